"""Pages of the rules of reminders: what they say, what they would do, and what waits by them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from notificaciones.plantillas.catalogo import Clave
from notificaciones.plantillas.citas import que_recuerdan
from notificaciones.plantillas.etiquetas import nombre_de
from notificaciones.reglas import actions, coherencia, espera, etiquetas, queries
from notificaciones.reglas.calculo import Recordatorio, en_la_pared
from notificaciones.reglas.catalogo import reglas as de_la_casa
from notificaciones.reglas.ejemplos import ejemplos
from notificaciones.reglas.lugares import lugares
from notificaciones.reglas.models import VersionDeRegla
from notificaciones.reglas.queries import ReglaVigente
from notificaciones.reglas.schemas import FormaSchema, en_campos
from oficina.clock import now
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.conditional import form_version
from oficina.web.forms import Form

bp = Blueprint("reglas_paginas", __name__, url_prefix="/notificaciones/reglas")

# What a new rule says until somebody writes it.
_NUEVA = {
    "desde": "09:00",
    "hasta": "21:00",
    "vispera": "18:00",
    "caduca_antes_horas": 0,
    "canal": "preferido",
    "otra_via": True,
    "idioma": "persona",
    "plantilla": Clave.RECORDATORIO_CITA.value,
}


@bp.get("")
@requires("notificaciones.regla.ver")
def lista() -> str:
    """Every rule, on or off."""
    with env().db.read() as session:
        todas = queries.reglas_de_cita(session)
    return render_template(
        "notificaciones/reglas/lista.html",
        reglas=todas,
        escribe=puede("notificaciones.regla.escribir"),
        **_words(),
    )


@bp.route("/nueva", methods=["GET", "POST"])
@requires("notificaciones.regla.escribir")
def nueva() -> ResponseReturnValue:
    """Write a rule, see what it would do, and keep it."""
    form = Form(FormaSchema(), _NUEVA)
    if form.valid and _coherent(form, "") and not _only_looking():
        try:
            with env().db.begin() as session:
                una = actions.crear(session, form.data["dice"], actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La regla vale para las citas que se agenden desde ahora."), "success")
            return _back(una.clave)
    return _written(form, None)


@bp.get("/<clave>")
@requires("notificaciones.regla.ver")
def ver(clave: str) -> str:
    """One rule: what it says, what it would do, what it said before and what waits by it."""
    with env().db.read() as session:
        una = queries.regla_por_clave(session, clave)
        versiones = queries.versiones(session, una.regla)
        esperan = espera.prever(session, una, now())
    return render_template(
        "notificaciones/reglas/ver.html",
        una=una,
        versiones=versiones,
        cambios=_changes(versiones),
        esperan=esperan,
        ejemplos=ejemplos(una.dice, now()),
        de_fabrica=_shipped(una),
        escribe=puede("notificaciones.regla.escribir"),
        **_words(),
    )


@bp.route("/<clave>/editar", methods=["GET", "POST"])
@requires("notificaciones.regla.escribir")
def editar(clave: str) -> ResponseReturnValue:
    """Change what a rule says; what waits moves only if that is asked for."""
    with env().db.read() as session:
        una = queries.regla_por_clave(session, clave)
    form = Form(FormaSchema(), en_campos(una.dice) | {"version": una.version})
    if form.valid and form.data["version"] is None:
        form.add_error("", _("Vuelva a abrir la página: falta la versión que usted leyó."))
    if form.valid and _coherent(form, clave) and not _only_looking():
        try:
            with env().db.begin() as session:
                actions.cambiar(session, clave, form.data["dice"], actor(), form.data["version"])
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La regla vale así para las citas que se agenden desde ahora."), "success")
            if form.data["mover"]:
                _flash_moved(espera.mover(env().db, clave, actor(), now()))
            return _back(clave)
    return _written(form, una)


@bp.post("/<clave>/fabrica")
@requires("notificaciones.regla.escribir")
def de_fabrica(clave: str) -> ResponseReturnValue:
    """Say again what the program brings."""
    dice = de_la_casa().de_fabrica.get(clave)
    if dice is not None:
        try:
            with env().db.begin() as session:
                actions.cambiar(session, clave, dice, actor(), form_version())
        except DatosInvalidos as error:
            _flash_errors(error)
        else:
            flash(_("La regla dice otra vez lo que trae el programa."), "success")
    return _back(clave)


@bp.post("/<clave>/encendido")
@requires("notificaciones.regla.escribir")
def encender(clave: str) -> ResponseReturnValue:
    """Turn a rule on."""
    try:
        with env().db.begin() as session:
            actions.encender(session, clave, actor(), form_version())
    except DatosInvalidos as error:
        _flash_errors(error)
    else:
        flash(_("La regla está encendida para las citas que se agenden desde ahora."), "success")
    return _back(clave)


@bp.post("/<clave>/apagado")
@requires("notificaciones.regla.escribir")
def apagar(clave: str) -> ResponseReturnValue:
    """Turn a rule off; what waits by it still leaves, unless that is withdrawn too."""
    with env().db.begin() as session:
        actions.apagar(session, clave, actor(), form_version())
    flash(_("La regla está apagada para las citas que se agenden desde ahora."), "success")
    return _back(clave)


@bp.post("/<clave>/espera")
@requires("notificaciones.regla.escribir")
def mover(clave: str) -> ResponseReturnValue:
    """Move what waits to what the rule says today."""
    _flash_moved(espera.mover(env().db, clave, actor(), now()))
    return _back(clave)


@bp.post("/<clave>/retiro")
@requires("notificaciones.regla.escribir")
def retirar(clave: str) -> ResponseReturnValue:
    """Withdraw what waits by a rule that is off."""
    cuantos = espera.retirar(env().db, clave, actor())
    flash(
        ngettext("Se canceló %(num)s mensaje.", "Se cancelaron %(num)s mensajes.", cuantos),
        "success",
    )
    return _back(clave)


def _written(form: Form, una: ReglaVigente | None) -> ResponseReturnValue:
    """The form, with what it would do when it can be told."""
    dice = form.data["dice"] if form.valid else None if form.sent or una is None else una.dice
    cuantos = None
    if una is not None and dice is not None and una.activa:
        with env().db.read() as session:
            cuantos = espera.prever_con(session, una, dice, now())
    page = render_template(
        "notificaciones/reglas/editar.html",
        form=form,
        una=una,
        ejemplos=ejemplos(dice, now(), _tried(form)) if dice is not None else [],
        esperan=cuantos,
        opciones_de_plantilla=_templates(),
        **_words(),
    )
    return page, 422 if form.errors else 200


def _coherent(form: Form, clave: str) -> bool:
    """Say beside the fields what contradicts itself, also when somebody only looks."""
    try:
        with env().db.read() as session:
            actions.exigir_que_recuerde(session, form.data["dice"])
            coherencia.exigir_coherente(form.data["dice"], actions.activas_menos(session, clave))
    except DatosInvalidos as error:
        form.add_errors(error)
    return form.valid


def _templates() -> list[tuple[str, str]]:
    with env().db.read() as session:
        return [(clave, nombre_de(una)) for clave, una in que_recuerdan(session).items()]


def _only_looking() -> bool:
    return request.form.get("que") == "ver"


def _tried(form: Form) -> datetime | None:
    """The appointment that whoever writes asks about."""
    if not form.valid or form.data["prueba_dia"] is None or form.data["prueba_hora"] is None:
        return None
    return en_la_pared(form.data["prueba_dia"], form.data["prueba_hora"])


def _shipped(una: ReglaVigente) -> Recordatorio | None:
    """What the program brings, when the office says something else."""
    dice = de_la_casa().de_fabrica.get(una.clave)
    return dice if dice != una.dice else None


def _changes(versiones: Sequence[VersionDeRegla]) -> dict[int, list[str]]:
    """Which fields each version changed, by its number."""
    cambios: dict[int, list[str]] = {}
    for una, anterior in pairwise(versiones):
        antes, ahora = en_campos(anterior.recordatorio), en_campos(una.recordatorio)
        cambios[una.numero] = [campo for campo, valor in ahora.items() if antes[campo] != valor]
    return cambios


def _flash_moved(cuantos: int) -> None:
    flash(
        ngettext(
            "%(num)s mensaje que esperaba tomó su nueva hora.",
            "%(num)s mensajes que esperaban tomaron su nueva hora.",
            cuantos,
        ),
        "success",
    )


def _flash_errors(error: DatosInvalidos) -> None:
    for mensajes in error.errores.values():
        flash(" ".join(str(uno) for uno in mensajes), "error")


def _back(clave: str) -> ResponseReturnValue:
    return redirect(url_for(".ver", clave=clave), 303)


def _words() -> dict[str, Any]:
    return {
        "canales": etiquetas.CANALES,
        "idiomas_de_regla": etiquetas.IDIOMAS,
        "origenes": etiquetas.ORIGENES,
        "razones": etiquetas.RAZONES,
        "casos_de_ejemplo": etiquetas.CASOS,
        "campos_de_regla": etiquetas.CAMPOS,
        "lugares_de_cita": lugares(env()),
    }
