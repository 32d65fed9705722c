"""Signing in with a provider. Whatever goes wrong there, the way with a password is open."""

import re
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from identidad.entrada import ENTRAR, VIDA, borrar, guardar, local, seguir
from identidad.federacion import actions
from identidad.federacion.actions import SinCuenta
from identidad.federacion.proveedor import (
    Identidad,
    NoEsDeFiar,
    Pregunta,
    Proveedor,
    ProveedorNoResponde,
)
from identidad.local import identidad_local
from oficina import telemetry
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado
from oficina.web import limits
from oficina.web.app import env
from oficina.web.auth import actor, actor_or_none, guard, public, requires

INTENTOS_POR_DIRECCION = "60/minute"
COOKIE = "acogida_proveedor"
PROPOSITO = "proveedor"
VUELTA = "/identidad/entrar/proveedor/vuelta"
MI_CUENTA = "/identidad/mi-cuenta"

log = telemetry.get_logger("identidad.federacion")

bp = Blueprint("federacion", __name__, url_prefix="/identidad")


def proveedor_o_nada() -> Proveedor | None:
    """The provider of this office, if it has one."""
    found: Proveedor | None = current_app.extensions["proveedor"]
    return found


@bp.get("/entrar/proveedor")
@public
def ir() -> ResponseReturnValue:
    """Go to the provider, to come back known."""
    return _enviar(local(request.args.get("siguiente", "/")), vincula="")


@bp.get("/mi-cuenta/proveedor/vincular")
@requires("identidad.yo.cambiar")
def vincular() -> ResponseReturnValue:
    """Go to the provider, to come back with a link to one's own account."""
    return _enviar(MI_CUENTA, vincula=str(actor().id))


@bp.get("/entrar/proveedor/vuelta")
@public
def vuelta() -> ResponseReturnValue:
    """Back from the provider: who it says that this is enters, or is linked."""
    limits.spend(INTENTOS_POR_DIRECCION, "proveedor", limits.remote_address())
    held = identidad_local().abrir(PROPOSITO, request.cookies.get(COOKIE, ""))
    proveedor = _proveedor()
    if held is None:
        return _sin_exito(ENTRAR, _("Pasó mucho tiempo: vuelva a entrar."))
    a_donde = MI_CUENTA if held["vincula"] else ENTRAR
    if "error" in request.args:
        log.info("proveedor_rechaza", kind=_codigo(request.args["error"]))
        return _sin_exito(a_donde, _("El proveedor no le dejó entrar."))
    pregunta = Pregunta(held["state"], held["nonce"], held["verifier"])
    try:
        identidad = proveedor.identificar(pregunta, request.args)
    except NoEsDeFiar as error:
        log.warning("proveedor_no_fiable", kind=str(error))
        return _sin_exito(a_donde, _("La respuesta del proveedor no se pudo comprobar."))
    except ProveedorNoResponde as error:
        return _caido(proveedor, a_donde, error)
    if held["vincula"]:
        return _vinculado(identidad, held["vincula"])
    return _adentro(proveedor, identidad, held["siguiente"])


@bp.post("/mi-cuenta/proveedor/<uuid:vinculo_id>/quitar")
@requires("identidad.yo.cambiar")
def desvincular(vinculo_id: UUID) -> ResponseReturnValue:
    """Take away one of one's own links."""
    with env().db.begin() as session:
        actions.desvincular(session, vinculo_id, actor())
    flash(_("El vínculo ya no existe."), "success")
    return redirect(MI_CUENTA, 303)


def _enviar(siguiente: str, *, vincula: str) -> Response:
    limits.spend(INTENTOS_POR_DIRECCION, "proveedor", limits.remote_address())
    proveedor = _proveedor()
    pregunta = Pregunta.nueva()
    try:
        direccion = proveedor.direccion(pregunta)
    except ProveedorNoResponde as error:
        return _caido(proveedor, MI_CUENTA if vincula else ENTRAR, error)
    response = redirect(direccion, 303)
    sealed = identidad_local().sellar(
        PROPOSITO, {**vars(pregunta), "siguiente": siguiente, "vincula": vincula}, VIDA
    )
    guardar(response, COOKIE, sealed, VIDA)
    return response


def _adentro(proveedor: Proveedor, identidad: Identidad, siguiente: str) -> Response:
    try:
        with env().db.begin() as session:
            cuenta = actions.reconocer(session, proveedor.acuerdo, identidad, guard().reloj())
    except (SinCuenta, DatosInvalidos):
        return _sin_exito(
            ENTRAR,
            _("No hay una cuenta de la oficina para usted; pídala a quien administra el sistema."),
        )
    response = seguir(cuenta, siguiente)
    borrar(response, COOKIE)
    return response


def _vinculado(identidad: Identidad, de_quien: str) -> Response:
    reader = actor_or_none()
    # Whoever went is who comes back, or nobody is linked.
    if reader is None or str(reader.id) != de_quien:
        return _sin_exito(ENTRAR, _("Pasó mucho tiempo: vuelva a entrar."))
    try:
        with env().db.begin() as session:
            actions.vincular(session, identidad, reader, guard().reloj())
    except Conflicto as error:
        return _sin_exito(MI_CUENTA, error.detail)
    flash(_("Su cuenta quedó vinculada: puede entrar también así."), "success")
    response = redirect(MI_CUENTA, 303)
    borrar(response, COOKIE)
    return response


def _caido(proveedor: Proveedor, a_donde: str, error: ProveedorNoResponde) -> Response:
    log.warning("proveedor_no_responde", kind=str(error))
    return _sin_exito(
        a_donde,
        _(
            "%(proveedor)s no responde ahora. Puede entrar con su usuario y su clave.",
            proveedor=proveedor.nombre,
        ),
    )


def _codigo(error: str) -> str:
    """A code of the standard, or that it is none: an address may bring any text."""
    return error if re.fullmatch("[a-z_]{1,40}", error) else "otro"


def _sin_exito(a_donde: str, texto: str) -> Response:
    flash(texto, "warning")
    response = redirect(a_donde, 303)
    borrar(response, COOKIE)
    return response


def _proveedor() -> Proveedor:
    if (found := proveedor_o_nada()) is None:
        raise NoEncontrado
    return found
