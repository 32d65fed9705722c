"""Entrance: requests about somebody's data, on pages: received at the counter, answered by the
delegate.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.atenciones.models import Canal
from casos.bloqueos import queries as bloqueos
from casos.consentimientos.models import Otorgante
from casos.copias.pages import huella
from casos.copias.queries import de_solicitud
from casos.copias.states import POR_HACER
from casos.derechos import actions, queries
from casos.derechos.catalogo import catalogo
from casos.derechos.etiquetas import HECHAS
from casos.derechos.models import SolicitudDerecho
from casos.derechos.schemas import (
    NuevaSolicitudSchema,
    ProrrogaSchema,
    RechazoSchema,
    RespuestaASolicitudSchema,
)
from casos.derechos.states import EN_MANOS, Accion, Derecho, Entrega, Identidad
from casos.etiquetas import etiqueta, opciones
from casos.formularios import intentar, posibles
from casos.personas import busqueda
from casos.personas.models import EstadoPersona
from casos.personas.queries import persona_por_id
from casos.plazos.etiquetas import situacion
from casos.plazos.models import Plazo
from casos.supresion import queries as supresiones
from casos.supresion.states import Estado as EstadoSupresion
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Cambio, registrar_lectura, ultimo_cambio
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present

bp = Blueprint("derechos_paginas", __name__, url_prefix="/casos")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))
_CAMBIAN = [f"casos.derecho.{paso}" for paso in ("registrar", *Accion)]


@bp.get("/derechos")
@requires("casos.derecho.ver")
def bandeja() -> str:
    """What is due, the nearest end on top."""
    todas = request.args.get("ver") == "todas"
    with env().db.read() as session:
        filas = queries.bandeja(session, todas=todas)
    registrar_lectura(
        env().db, actor(), "casos.derecho.listar", "solicitud", None, cantidad=len(filas)
    )
    return render_template(
        "casos/derechos/bandeja.html",
        filas=[(fila, *_como_va(fila.plazo)) for fila in filas],
        todas=todas,
        maximo=queries.MAXIMO,
    )


@bp.route("/derechos/nueva", methods=["GET", "POST"])
@requires("casos.derecho.buscar")
def buscar() -> str:
    """Find whose request it is; what was typed stands in no address."""
    texto = request.form.get("q", "")
    hallados = None
    if texto:
        with env().db.read() as session:
            hallados = busqueda.buscar(session, busqueda.reconocer(texto), Alcance.de(actor()))
        registrar_lectura(
            env().db, actor(), "casos.persona.buscar", "persona", None, cantidad=len(hallados.filas)
        )
    return render_template("casos/derechos/buscar.html", q=texto, hallados=hallados)


@bp.route("/personas/<uuid:persona_id>/derechos/nueva", methods=["GET", "POST"])
@requires("casos.derecho.registrar")
def registrar(persona_id: UUID) -> ResponseReturnValue:
    """Receive a request of a person."""
    form = Form(NuevaSolicitudSchema(), {"canal": Canal.PRESENCIAL, "pedida_por": "persona"})
    if form.valid:
        with env().db.begin() as session:
            hecha = actions.registrar(session, persona_id, form.data, actor(), clock.now())
        flash(_("Se registró la solicitud %(folio)s.", folio=hecha.folio), "success")
        return redirect(url_for(".recibo", solicitud_id=hecha.id), 303)
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    page = render_template(
        "casos/derechos/registrar.html",
        form=form,
        persona=persona,
        derechos=opciones(Derecho),
        canales=opciones(Canal),
        identidades=opciones(Identidad),
        quienes=opciones(Otorgante),
    )
    return page, 422 if form.sent else 200


@bp.get("/derechos/<uuid:solicitud_id>/recibo")
@requires("casos.derecho.registrar")
def recibo(solicitud_id: UUID) -> str:
    """What the person takes along: the folio and until when the office answers; no name.

    For who took it in: that somebody asks for a right over their data is theirs to know.
    """
    quien = None if puede("casos.derecho.ver") else actor().id
    with env().db.read() as session:
        hallada = queries.seguimiento(session, solicitud_id, recibida_por=quien)
    registrar_lectura(env().db, actor(), "casos.derecho.recibo", "solicitud", solicitud_id)
    return render_template("casos/derechos/recibo.html", una=hallada, solicitud_id=solicitud_id)


@bp.get("/derechos/<uuid:solicitud_id>")
@requires("casos.derecho.ver")
def ver(solicitud_id: UUID) -> str:
    """A request, its history, and what can be done with it."""
    with env().db.read() as session:
        fila = queries.con_historia(session, solicitud_id)
        copias = de_solicitud(session, solicitud_id)
        bloqueo = bloqueos.vigente(session, fila.solicitud.persona_id)
        supresion = supresiones.de_solicitud(session, solicitud_id)
    registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
    como, tono_de_plazo = _como_va(fila.plazo)
    una = fila.solicitud
    rechazo = catalogo().rechazos.get(una.rechazo_codigo or "")
    return render_template(
        "casos/derechos/ver.html",
        una=una,
        plazo=fila.plazo,
        como=como,
        tono_de_plazo=tono_de_plazo,
        hechas=HECHAS,
        copias=copias,
        por_hacer=POR_HACER,
        huella_de_copias=huella(copias),
        copiable=una.estado in EN_MANOS,
        bloqueo=bloqueo,
        supresion=supresion,
        suprimida=una.persona.estado is EstadoPersona.ANONIMIZADA,
        suprimible=una.estado in EN_MANOS
        and (supresion is None or supresion.estado is EstadoSupresion.NEGADA),
        bloqueable=bloqueo is None
        and una.estado in EN_MANOS
        and una.derecho in catalogo().bloqueo_mientras,
        fuente=catalogo().fuentes[una.derecho],
        rechazo=rechazo,
        idioma_lector=language(),
        reclamo=catalogo().recurso(language()),
    )


@bp.route(f"/derechos/<uuid:solicitud_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.derecho.tramitar")
def paso(solicitud_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    with env().db.read() as session:
        una = queries.con_historia(session, solicitud_id).solicitud
    form = Form(_SCHEMAS[pedida]())
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, solicitud_id, form.data, actor(), clock.now()),
        lambda s: _como_esta(s, solicitud_id, pedida),
    )
    if intento.hecho:
        flash(_("Se registró el paso de la solicitud %(folio)s.", folio=una.folio), "success")
        return redirect(url_for(".ver", solicitud_id=solicitud_id), 303)
    registrar_lectura(env().db, actor(), "casos.derecho.ver", "solicitud", solicitud_id)
    rechazos = catalogo().rechazos_de(una.derecho)
    page = render_template(
        "casos/derechos/paso.html",
        form=form,
        una=una,
        accion=pedida,
        entregas=opciones(Entrega),
        motivos=[(clave, uno.en(language())) for clave, uno in rechazos.items()],
        reclamo=catalogo().recurso(language()),
    )
    return page, intento.status


def _como_esta(session: Session, solicitud_id: UUID, pedida: Accion) -> Present:
    """How a request stands, who left it so, and what the delegate can do with it now."""
    una = queries.con_historia(session, solicitud_id).solicitud
    ultimo = una.pasos[-1]
    dicho = Cambio(ultimo.ocurrido_en, quien=ultimo.quien)
    return Present(
        change=ultimo_cambio(session, "solicitud", solicitud_id, _CAMBIAN) or dicho,
        what=str(HECHAS[ultimo.accion]),
        state=etiqueta(una.estado),
        allowed=posibles(
            una.acciones,
            pedida,
            lambda accion: url_for(".paso", solicitud_id=solicitud_id, accion=accion),
        ),
    )


def _como_va(plazo: Plazo) -> tuple[str, str]:
    return situacion(plazo, clock.now())


def _tramitar(
    session: Session, cual: UUID, _datos: object, quien: Actor, ahora: datetime
) -> SolicitudDerecho:
    return actions.tramitar(session, cual, quien, ahora)


_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.TRAMITAR: Schema,
    Accion.PRORROGAR: ProrrogaSchema,
    Accion.RESPONDER: RespuestaASolicitudSchema,
    Accion.RECHAZAR: RechazoSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any, Actor, datetime], SolicitudDerecho]] = {
    Accion.TRAMITAR: _tramitar,
    Accion.PRORROGAR: actions.prorrogar,
    Accion.RESPONDER: actions.responder,
    Accion.RECHAZAR: actions.rechazar,
}
