"""Pages of the tray of a municipal unit: what was derived to it, and its answers."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.schemas import DatosRespuesta, RespuestaSchema
from casos.derivaciones.states import Accion
from casos.enlaces import presentacion
from casos.enlaces.actions import VistaEnlace, vista
from casos.enlaces.pages import ACCIONES
from casos.etiquetas import etiqueta
from casos.subtemas.presentes import temas_ofrecidos
from casos.unidad import actions, queries
from casos.unidad.schemas import RECIBIBLES, FiltroRecibidasSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form
from oficina.web.i18n import language

bp = Blueprint("unidad", __name__, url_prefix="/casos/unidad")

CAMPOS = tuple(FiltroRecibidasSchema().fields)


@bp.get("")
@requires("casos.unidad.ver")
def bandeja() -> str:
    """The derivations to the reader's unit, or those that a filter finds."""
    dicho = {nombre: texto for nombre in CAMPOS if (texto := request.args.get(nombre))}
    filtro = FiltroRecibidasSchema().load(dicho)
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        recibidas = queries.recibidas(session, alcance, filtro, clock.now())
        pedidos = queries.servicios_pedidos(session, alcance)
    nombres = temas_ofrecidos(language())
    suyos = {tema for uno in pedidos for tema in uno.temas}
    registrar_lectura(
        env().db,
        actor(),
        "casos.unidad.listar",
        "derivacion",
        None,
        cantidad=len(recibidas),
    )
    return render_template(
        "casos/unidad/bandeja.html",
        recibidas=recibidas,
        unidad=actor().unidad,
        filtro=filtro,
        filtrada=bool(dicho),
        estados=[(uno.value, etiqueta(uno)) for uno in RECIBIBLES],
        servicios=[(str(uno.id), uno.nombre) for uno in pedidos],
        temas=[(codigo, nombre) for codigo, nombre in nombres.items() if codigo in suyos],
        limite=queries.LIMITE,
    )


@bp.get("/derivaciones/<uuid:derivacion_id>")
@requires("casos.unidad.ver")
def ver(derivacion_id: UUID) -> str:
    """What is shared with the unit, and what it can answer."""
    return presentacion.pagina(_vista(derivacion_id), **_marco(derivacion_id))


@bp.get(f"/derivaciones/<uuid:derivacion_id>/<{ACCIONES}:accion>")
@requires("casos.unidad.responder")
def preguntar(derivacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Ask for the reason or the result of an answer."""
    mostrada, pedida = _vista(derivacion_id), Accion(accion)
    if pedida not in mostrada.acciones:
        return presentacion.ya_respondida(mostrada, None, **_marco(derivacion_id)), 409
    form = Form(RespuestaSchema())
    return presentacion.formulario(form, mostrada, pedida, **_marco(derivacion_id))


@bp.post(f"/derivaciones/<uuid:derivacion_id>/<{ACCIONES}:accion>")
@requires("casos.unidad.responder")
def responder(derivacion_id: UUID, accion: str) -> ResponseReturnValue:
    """Take the answer."""
    pedida = Accion(accion)
    form = Form(RespuestaSchema())
    if form.valid:
        try:
            _responder(derivacion_id, pedida, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except (TransicionInvalida, Conflicto):
            marco = _marco(derivacion_id)
            pagina = presentacion.ya_respondida(_vista(derivacion_id), form, **marco)
            return pagina, 409
        else:
            flash(_("Recibimos su respuesta. Muchas gracias."), "success")
            return redirect(url_for(".ver", derivacion_id=derivacion_id), 303)
    mostrada = _vista(derivacion_id)
    return presentacion.formulario(form, mostrada, pedida, **_marco(derivacion_id)), 422


def _responder(derivacion_id: UUID, accion: Accion, datos: DatosRespuesta) -> None:
    respuesta = Respuesta(accion=accion, motivo=datos.motivo, texto=datos.texto)
    with env().db.begin() as session:
        actions.responder(session, derivacion_id, respuesta, actor(), clock.now())


def _vista(derivacion_id: UUID) -> VistaEnlace:
    with env().db.read() as session:
        hallada = queries.recibida(session, derivacion_id, Alcance.de(actor()))
        mostrada = vista(session, hallada)
    registrar_lectura(env().db, actor(), "casos.unidad.ver", "derivacion", derivacion_id)
    return mostrada


def _marco(derivacion_id: UUID) -> dict[str, str]:
    return {
        "marco": "casos/unidad/_base.html",
        "direccion": url_for(".ver", derivacion_id=derivacion_id),
    }
