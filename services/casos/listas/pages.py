"""Entrance: a list as a file, and the views that people keep of it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from casos.listas import actions
from casos.listas.archivo import archivo
from casos.listas.catalogo import LISTAS, NOMBRES
from casos.listas.lista import NADA, Lista
from casos.listas.schemas import NuevaVista, VistaEnFormularioSchema
from casos.listas.vistas import en_codigos
from oficina import clock
from oficina.errors import NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form

bp = Blueprint("listas", __name__, url_prefix="/casos/listas")


@bp.get(f"/<{NOMBRES}:lista>.<any(csv, xlsx):formato>")
@requires("casos.lista.exportar")
def exportar(lista: str, formato: str) -> Response:
    """The rows of a filter as a file, with the columns that the reader may read."""
    una = _lista(lista)
    dicho = {nombre: texto for nombre, texto in request.args.items() if texto}
    filtro = una.filtro(dicho)
    return archivo(una, filtro, formato, motivo=en_codigos(una.consulta(dicho)))


@bp.post(f"/<{NOMBRES}:lista>/vistas")
@requires("casos.vista.guardar")
def guardar(lista: str) -> ResponseReturnValue:
    """Keep the filter of the page under a name."""
    una = _lista(lista)
    form = Form(VistaEnFormularioSchema())
    consulta = una.consulta(dict(parse_qsl(form.value("consulta"))))
    if not form.valid:
        sin_nombre = form.value("nombre").strip() == ""
        for mensajes in form.errors.values():
            dicho = _("Escriba un nombre para la vista.") if sin_nombre else " ".join(mensajes)
            flash(dicho, "error")
        return _a(una, consulta)
    datos: dict[str, Any] = form.data
    vista = NuevaVista(**(datos | {"consulta": consulta}))
    try:
        with env().db.begin() as session:
            actions.guardar(session, una, vista, actor(), clock.now())
    except ValidationError:
        # The filter came along in a field that nobody types into.
        flash(_("No pudimos leer el filtro: ábralo de nuevo y guárdelo."), "error")
        return _a(una, {})
    flash(_("Guardamos la vista «%(nombre)s».", nombre=vista.nombre), "success")
    return _a(una, consulta)


@bp.post(f"/<{NOMBRES}:lista>/vistas/<uuid:vista_id>/borrado")
@requires("casos.vista.guardar")
def borrar(lista: str, vista_id: UUID) -> ResponseReturnValue:
    """Forget a view."""
    una = _lista(lista)
    with env().db.begin() as session:
        actions.borrar(session, una, vista_id, actor())
    flash(_("Borramos la vista."), "success")
    return _a(una, {})


@bp.post(f"/<{NOMBRES}:lista>/vistas/<uuid:vista_id>/inicial")
@requires("casos.vista.guardar")
def elegir(lista: str, vista_id: UUID) -> ResponseReturnValue:
    """Open the list with a view from now on."""
    una = _lista(lista)
    with env().db.begin() as session:
        actions.elegir(session, una, vista_id, actor())
    flash(_("La lista se abrirá con esa vista."), "success")
    return redirect(url_for(una.endpoint, vista=vista_id), 303)


@bp.post(f"/<{NOMBRES}:lista>/sin-vista-inicial")
@requires("casos.vista.guardar")
def no_elegir(lista: str) -> ResponseReturnValue:
    """Open the list without any view from now on."""
    una = _lista(lista)
    with env().db.begin() as session:
        actions.elegir(session, una, None, actor())
    flash(_("La lista se abrirá sin ninguna vista."), "success")
    return _a(una, {})


def _lista(nombre: str) -> Lista:
    """One of the lists. Raises NoPermitido to who may not see it."""
    una = LISTAS[nombre]
    if not puede(una.permiso):
        raise NoPermitido
    return una


def _a(lista: Lista, consulta: Mapping[str, str]) -> ResponseReturnValue:
    lleva: dict[str, Any] = dict(consulta) or {"vista": NADA}
    return redirect(url_for(lista.endpoint, **lleva), 303)
