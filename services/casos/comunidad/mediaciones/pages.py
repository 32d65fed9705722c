"""Entrance: the pages of mediations."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.comunidad.mediaciones import actions, queries
from casos.comunidad.mediaciones.etiquetas import RELATO
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.mediaciones.queries import Vista
from casos.comunidad.mediaciones.schemas import (
    AcuerdoSchema,
    CalificacionSchema,
    DeParteSchema,
    NuevaMediacionSchema,
    NuevaParteSchema,
    NuevaSesionSchema,
    NuevoCompromisoSchema,
    NuevoSeguimientoDeMediacionSchema,
    RespuestaDeParteSchema,
    SinDatosSchema,
    TerminoDeMediacionSchema,
)
from casos.comunidad.mediaciones.states import (
    FINALES,
    Accion,
    ClaseDeParte,
    EstadoCompromiso,
    Participa,
    ResultadoSeguimiento,
    ResultadoSesion,
)
from casos.comunidad.organizaciones.queries import organizaciones
from casos.comunidad.organizaciones.schemas import Filtro
from casos.etiquetas import etiqueta, opciones
from casos.expedientes.queries import caso_por_id
from casos.expedientes.states import Paso
from casos.formularios import intentar, posibles
from casos.red.queries import instituciones
from oficina import clock
from oficina.audit import Cambio, registrar_lectura, ultimo_cambio
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

bp = Blueprint("mediaciones_paginas", __name__, url_prefix="/casos/comunidad/mediaciones")

ACCIONES = "any({})".format(", ".join(sorted(Accion)))
_CAMBIAN = [f"casos.mediacion.{paso}" for paso in RELATO]


@bp.get("")
@requires("casos.mediacion.ver")
def lista() -> str:
    """Those of the reader's cases that go on."""
    todas = request.args.get("ver") == "todas"
    with env().db.read() as session:
        halladas = queries.mediaciones(session, Alcance.de(actor()), todas=todas)
    cuantas = len(halladas)
    registrar_lectura(
        env().db, actor(), "casos.mediacion.listar", "mediacion", None, cantidad=cuantas
    )
    return render_template(
        "casos/comunidad/mediaciones/lista.html", mediaciones=halladas, todas=todas
    )


@bp.route("/nueva/<uuid:caso_id>", methods=["GET", "POST"])
@requires("casos.mediacion.gestionar")
def nueva(caso_id: UUID) -> ResponseReturnValue:
    """Open the mediation of a case."""
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.caso.ver", "caso", caso.id)
    form = Form(NuevaMediacionSchema(), {"caso_id": caso_id})
    intento = intentar(
        form, lambda session: actions.abrir(session, form.data, actor(), clock.now())
    )
    if hecha := intento.resultado:
        flash(_("Se abrió la mediación %(folio)s.", folio=hecha.folio), "success")
        return redirect(url_for(".ver", mediacion_id=hecha.id), 303)
    page = render_template("casos/comunidad/mediaciones/nueva.html", form=form, caso=caso)
    return page, intento.status


@bp.get("/<uuid:mediacion_id>")
@requires("casos.mediacion.ver")
def ver(mediacion_id: UUID) -> str:
    """A mediation, as far as its reader may know it."""
    una = _leer(mediacion_id)
    return render_template("casos/comunidad/mediaciones/ver.html", una=una, hoy=clock.today())


@bp.route(f"/<uuid:mediacion_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.mediacion.gestionar")
def paso(mediacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    una = _leer(mediacion_id)
    de_cual = {campo: request.args[campo] for campo in _DE_CUAL if campo in request.args}
    inicial = {"version": una.version, "dia": clock.today()} | de_cual
    form = Form(_SCHEMAS[pedida](), inicial)
    intento = intentar(
        form,
        lambda s: _HACER[pedida](s, mediacion_id, form.data),
        lambda s: _como_esta(s, mediacion_id, pedida),
    )
    if intento.hecho:
        flash(_("Se guardó la mediación %(folio)s.", folio=una.folio), "success")
        return redirect(url_for(".ver", mediacion_id=mediacion_id), 303)
    page = render_template(
        "casos/comunidad/mediaciones/paso.html",
        form=form,
        una=una,
        accion=pedida,
        **_opciones(una, pedida),
    )
    return page, intento.status


def _como_esta(session: Session, mediacion_id: UUID, pedida: Accion) -> Present:
    """How a mediation stands, who left it so, and what the reader can do with it now: while its
    case takes no work, only how it ends.
    """
    una = queries.vista(session, mediacion_id, Alcance.de(actor()))
    ultimo = queries.ultimo_hito(session, una.mediacion)
    cambio = Cambio(ultimo.ocurrido_en, quien=ultimo.actor_nombre) if ultimo else None
    se_trabaja = Paso.AGREGAR_TAREA in una.caso.pasos()
    estado = etiqueta(una.estado)
    if not se_trabaja:
        del_caso = etiqueta(una.caso.estado)
        estado = _("%(estado)s; su caso: %(del_caso)s", estado=estado, del_caso=del_caso)
    return Present(
        values={"version": una.version},
        change=ultimo_cambio(session, "mediacion", mediacion_id, _CAMBIAN) or cambio,
        what=str(RELATO[ultimo.datos["hecho"]]) % ultimo.datos if ultimo else "",
        state=estado,
        allowed=posibles(
            (accion for accion in una.acciones if se_trabaja or accion in FINALES),
            pedida,
            lambda accion: url_for(".paso", mediacion_id=mediacion_id, accion=accion),
        ),
    )


def _leer(mediacion_id: UUID) -> Vista:
    with env().db.read() as session:
        una = queries.vista(session, mediacion_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.mediacion.ver", "mediacion", mediacion_id)
    return una


def _opciones(una: Vista, accion: Accion) -> dict[str, Any]:
    """What the step lets one choose from."""
    dichas: dict[str, Any] = {
        "partes": [(str(parte.id), parte.quien) for parte in una.partes],
        "participa": opciones(Participa, Participa.PENDIENTE),
        "clases": opciones(ClaseDeParte),
        "resultados": opciones(ResultadoSesion),
        "calificaciones": opciones(EstadoCompromiso, EstadoCompromiso.PENDIENTE),
        "seguimientos": opciones(ResultadoSeguimiento),
        "compromisos": [(str(c.id), c.que) for c in una.compromisos],
        "dias": [
            (str(s.dias), _("A los %(dias)s días", dias=s.dias))
            for s in una.seguimientos
            if s.hecho_en is None
        ],
    }
    if accion is Accion.AGREGAR_PARTE:
        with env().db.read() as session:
            dichas["organizaciones"] = [
                (str(o.id), o.nombre) for o in organizaciones(session, Filtro(), clock.today())
            ]
            dichas["instituciones"] = [(str(i.id), i.titulo) for i in instituciones(session)]
    return dichas


def _hacer(accion: Callable[..., Mediacion]) -> Callable[[Session, UUID, Any], Mediacion]:
    return lambda session, cual, datos: accion(session, cual, datos, actor(), clock.now())


_DE_CUAL = ("parte_id", "compromiso_id", "dias")
"""What a link may choose already: of whom, of which commitment, of which follow-up the step is."""

_SCHEMAS: Mapping[Accion, type[Schema]] = {
    Accion.AGREGAR_PARTE: NuevaParteSchema,
    Accion.RESPONDER: RespuestaDeParteSchema,
    Accion.QUITAR_PARTE: DeParteSchema,
    Accion.INICIAR: SinDatosSchema,
    Accion.SESION: NuevaSesionSchema,
    Accion.COMPROMISO: NuevoCompromisoSchema,
    Accion.ACORDAR: AcuerdoSchema,
    Accion.CALIFICAR: CalificacionSchema,
    Accion.SEGUIR: NuevoSeguimientoDeMediacionSchema,
    Accion.NO_ACORDAR: TerminoDeMediacionSchema,
    Accion.DESISTIR: TerminoDeMediacionSchema,
    Accion.TERMINAR: TerminoDeMediacionSchema,
}

_HACER: Mapping[Accion, Callable[[Session, UUID, Any], Mediacion]] = {
    Accion.AGREGAR_PARTE: _hacer(actions.agregar_parte),
    Accion.RESPONDER: _hacer(actions.responder),
    Accion.QUITAR_PARTE: _hacer(actions.quitar_parte),
    Accion.INICIAR: _hacer(actions.iniciar),
    Accion.SESION: _hacer(actions.realizar_sesion),
    Accion.COMPROMISO: _hacer(actions.comprometer),
    Accion.ACORDAR: _hacer(actions.acordar),
    Accion.CALIFICAR: _hacer(actions.calificar),
    Accion.SEGUIR: _hacer(actions.seguir),
    Accion.NO_ACORDAR: _hacer(actions.no_acordar),
    Accion.DESISTIR: _hacer(actions.desistir),
    Accion.TERMINAR: _hacer(actions.terminar),
}
