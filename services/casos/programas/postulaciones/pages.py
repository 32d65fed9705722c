"""Entrance: the pages of applications."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.etiquetas import etiqueta
from casos.formularios import intentar, posibles
from casos.listas.postulaciones import POSTULACIONES
from casos.listas.presentacion import mostrar
from casos.personas.queries import persona_por_id
from casos.presentacion import idioma_del_lector
from casos.programas.entregas.queries import entrega_de
from casos.programas.postulaciones import actions, queries, vistas
from casos.programas.postulaciones.etiquetas import SE_HIZO
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.reglas import reglas
from casos.programas.postulaciones.schemas import (
    ComprobacionesEnCasillasSchema,
    EdicionPostulacionSchema,
    PasoDePostulacionSchema,
    PasoFundadoSchema,
    PedidoSchema,
    RechazoDePostulacionSchema,
)
from casos.programas.postulaciones.states import Accion
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Cambio, registrar_lectura, ultimo_cambio
from oficina.errors import DatosInvalidos, NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.stale import Present

bp = Blueprint("postulaciones_paginas", __name__, url_prefix="/casos")


@dataclass(frozen=True)
class Formulario:
    """One step as a form on its page."""

    permiso: str
    schema: type[Schema]
    accion: Callable[[Session, UUID, Any, Actor, datetime], Postulacion]


_CREAR, _RESOLVER, _SEGUIR = (f"casos.postulacion.{que}" for que in ("crear", "resolver", "seguir"))
FORMULARIOS: Mapping[Accion, Formulario] = {
    Accion.EDITAR: Formulario(_CREAR, EdicionPostulacionSchema, actions.editar),
    Accion.INGRESAR: Formulario(_CREAR, PasoDePostulacionSchema, actions.ingresar),
    Accion.REVISAR: Formulario(_RESOLVER, PasoDePostulacionSchema, actions.revisar),
    Accion.COMPROBAR: Formulario(_RESOLVER, ComprobacionesEnCasillasSchema, actions.comprobar),
    Accion.OBSERVAR: Formulario(_RESOLVER, PasoFundadoSchema, actions.observar),
    Accion.RESPONDER: Formulario(_SEGUIR, PasoDePostulacionSchema, actions.responder),
    Accion.ESPERAR: Formulario(_RESOLVER, PasoDePostulacionSchema, actions.esperar),
    Accion.APROBAR: Formulario(_RESOLVER, PasoDePostulacionSchema, actions.aprobar),
    Accion.RECHAZAR: Formulario(_RESOLVER, RechazoDePostulacionSchema, actions.rechazar),
    Accion.RENUNCIAR: Formulario(_SEGUIR, PasoDePostulacionSchema, actions.renunciar),
    Accion.ANULAR: Formulario(_SEGUIR, PasoFundadoSchema, actions.anular),
}
"""The steps that pages offer."""

ACCIONES = "any({})".format(", ".join(sorted(FORMULARIOS)))
_CAMBIAN = [f"casos.postulacion.{paso}" for paso in ("crear", *Accion)]


@bp.get("/postulaciones")
@requires("casos.postulacion.ver")
def lista() -> ResponseReturnValue:
    """Applications, what is to be decided first unless others are asked for."""
    return mostrar(POSTULACIONES, "casos/programas/postulaciones.html")


@bp.get("/personas/<uuid:persona_id>/ayudas")
@requires("casos.postulacion.crear")
def de_persona(persona_id: UUID) -> str:
    """What somebody asked for and got, whatever the programme."""
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        del_hogar = queries.ayudas_del_hogar(session, persona_id, Alcance.de(actor()))
    return render_template(
        "casos/programas/ayudas.html",
        persona=persona,
        del_hogar=del_hogar,
        postulaciones=vistas.de_persona(persona_id),
    )


@bp.route("/personas/<uuid:persona_id>/postular", methods=["GET", "POST"])
@requires("casos.postulacion.crear")
def nueva(persona_id: UUID) -> ResponseReturnValue:
    """Begin an application of somebody."""
    with env().db.read() as session:
        persona = persona_por_id(session, persona_id, Alcance.de(actor()))
        abiertos = queries.abiertos(session)
    registrar_lectura(env().db, actor(), "casos.persona.ver", "persona", persona_id)
    form = Form(PedidoSchema())
    if form.valid:
        datos = actions.NuevaPostulacion(persona_id=persona_id, **form.data)
        try:
            with env().db.begin() as session:
                hecha = actions.crear(session, datos, actor(), clock.now())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Se guardó el borrador %(folio)s.", folio=hecha.folio), "success")
            return redirect(url_for(".ver", postulacion_id=hecha.id), 303)
    page = render_template(
        "casos/programas/postular.html",
        form=form,
        persona=persona,
        programas=[(str(uno.id), f"{uno.nombre} ({uno.anio})") for uno in abiertos],
    )
    return page, 422 if form.sent else 200


@bp.get("/postulaciones/<uuid:postulacion_id>")
@requires("casos.postulacion.ver")
def ver(postulacion_id: UUID) -> str:
    """An application: what is asked for, what was found, and what can be done with it."""
    una, aparte = vistas.vista(postulacion_id)
    with env().db.read() as session:
        entrega = entrega_de(session, postulacion_id)
    return render_template(
        "casos/programas/postulacion.html",
        una=una,
        acciones=[a for a in una.acciones if puede(_permiso(a))],
        halladas={hallada.codigo: hallada for hallada in una.comprobaciones},
        rechazo=una.motivo_codigo and reglas().rechazo(una.motivo_codigo, idioma_del_lector()),
        pasos=aparte["pasos"],
        se_hizo=SE_HIZO,
        faltan=aparte["faltan"],
        del_hogar=aparte["del_hogar"],
        remedio=aparte["recurso"],
        entrega=entrega,
    )


@bp.route(f"/postulaciones/<uuid:postulacion_id>/<{ACCIONES}:accion>", methods=["GET", "POST"])
@requires("casos.postulacion.ver")
def paso(postulacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Take a step, with what it needs."""
    pedida = Accion(accion)
    formulario = FORMULARIOS[pedida]
    una, aparte = vistas.vista(postulacion_id)
    if not puede(formulario.permiso):
        raise NoPermitido
    form = Form(formulario.schema(), _al_empezar(pedida, una) | {"version": una.version})
    intento = intentar(
        form,
        lambda s: formulario.accion(s, postulacion_id, form.data, actor(), clock.now()),
        lambda s: como_esta(s, postulacion_id, pedida),
    )
    if intento.hecho:
        flash(_("Quedó anotado en la postulación %(folio)s.", folio=una.folio), "success")
        return redirect(url_for(".ver", postulacion_id=postulacion_id), 303)
    idioma = idioma_del_lector()
    page = render_template(
        "casos/programas/postulacion_paso.html",
        form=form,
        una=una,
        accion=pedida,
        rechazos=[(clave, reglas().rechazo(clave, idioma)) for clave in reglas().rechazos],
        fundado=formulario.schema is PasoFundadoSchema,
        faltan=aparte["faltan"],
        remedio=reglas().recurso(reglas().recurso_vigente, idioma),
    )
    return page, intento.status


def como_esta(session: Session, postulacion_id: UUID, pedida: Accion) -> Present:
    """How an application stands, who left it so, and what the reader can do with it now."""
    una = queries.postulacion_por_id(session, postulacion_id, Alcance.de(actor()))
    ultimo = queries.pasos_de(session, postulacion_id)[-1]
    dicho = Cambio(ultimo.ocurrido_en, quien=ultimo.actor_nombre)
    return Present(
        values=_al_empezar(pedida, una) | {"version": una.version},
        change=ultimo_cambio(session, "postulacion", postulacion_id, _CAMBIAN) or dicho,
        what=str(SE_HIZO[ultimo.accion]) if ultimo.accion else _("Se empezó"),
        state=etiqueta(una.estado),
        allowed=posibles(
            (accion for accion in una.acciones if puede(_permiso(accion))),
            pedida,
            lambda accion: _donde(postulacion_id, accion),
        ),
    )


def _donde(postulacion_id: UUID, accion: Accion) -> str:
    if accion is Accion.ENTREGAR:
        return url_for("entregas_paginas.entregar", postulacion_id=postulacion_id)
    return url_for("postulaciones_paginas.paso", postulacion_id=postulacion_id, accion=accion)


def _permiso(accion: Accion) -> str:
    """What a step needs; the delivery has a page of its own (`casos.programas.entregas`)."""
    return _SEGUIR if accion is Accion.ENTREGAR else FORMULARIOS[accion].permiso


def _al_empezar(accion: Accion, una: Postulacion) -> dict[str, Any]:
    if accion is Accion.EDITAR:
        return {"monto_clp": una.monto_clp, "detalle": una.detalle}
    if accion is Accion.COMPROBAR:
        return {
            hallada.codigo: {
                "cumple": "1" if hallada.cumple else "0",
                "documento_el": hallada.documento_el,
                "nota": hallada.nota,
            }
            for hallada in una.comprobaciones
        }
    return {}
