"""Pages of links: inviting, setting one's own password, and saying that it was forgotten."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from identidad.enlaces import actions
from identidad.enlaces.actions import EnlaceGastado
from identidad.enlaces.schemas import ClavePropiaSchema, InvitacionSchema, OlvidoSchema
from identidad.formularios import formulario_de_cuenta
from oficina.actor import Actor
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.web import limits
from oficina.web.app import env
from oficina.web.auth import actor, guard, public, requires
from oficina.web.forms import Form

OLVIDOS_POR_DIRECCION = "20/hour"
OLVIDOS_POR_CUENTA = "4/hour"
APERTURAS = "60/minute"

bp = Blueprint("enlaces_paginas", __name__, url_prefix="/identidad")


@bp.route("/cuentas/invitar", methods=["GET", "POST"])
@requires("identidad.cuenta.administrar")
def invitar() -> ResponseReturnValue:
    """Open an account by invitation."""
    form = Form(InvitacionSchema(), {"idioma": "es"})
    if form.valid:
        try:
            with env().db.begin() as session:
                cuenta = actions.invitar(session, form.data, actor(), guard().reloj())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La invitación va en camino a su correo."), "success")
            return redirect(url_for("identidad.cuenta", funcionario_id=cuenta.id), 303)
    return formulario_de_cuenta("identidad/enlaces/invitar.html", form)


@bp.post("/cuentas/<uuid:funcionario_id>/invitacion")
@requires("identidad.cuenta.administrar")
def invitar_otra_vez(funcionario_id: UUID) -> ResponseReturnValue:
    """Send another invitation."""
    with env().db.begin() as session:
        actions.invitar_otra_vez(session, funcionario_id, actor(), guard().reloj())
    flash(_("Otra invitación va en camino; la anterior ya no sirve."), "success")
    return redirect(url_for("identidad.cuenta", funcionario_id=funcionario_id), 303)


@bp.post("/cuentas/<uuid:funcionario_id>/invitacion/revocar")
@requires("identidad.cuenta.administrar")
def revocar(funcionario_id: UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    with env().db.begin() as session:
        actions.revocar_invitacion(session, funcionario_id, actor(), guard().reloj())
    flash(_("La invitación ya no sirve."), "success")
    return redirect(url_for("identidad.cuenta", funcionario_id=funcionario_id), 303)


@bp.route("/clave-olvidada", methods=["GET", "POST"])
@public
def olvidada() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether there is an account or not."""
    form = Form(OlvidoSchema())
    if not form.valid:
        page = render_template("identidad/enlaces/olvidada.html", form=form)
        return page, 422 if form.sent else 200
    limits.spend(OLVIDOS_POR_DIRECCION, "olvido", limits.remote_address())
    limits.spend(OLVIDOS_POR_CUENTA, "olvido-de", form.data["quien"].lower())
    with env().db.begin() as session:
        actions.olvidar_clave(
            session, form.data["quien"], Actor.sistema("identidad"), guard().reloj()
        )
    return render_template("identidad/enlaces/pedido.html")


@bp.route("/enlace/<token>", methods=["GET", "POST"])
@public
def enlace(token: str) -> ResponseReturnValue:
    """Set one's own password. Opening it changes nothing: readers of mail open links."""
    limits.spend(APERTURAS, "enlace", limits.remote_address())
    form = Form(ClavePropiaSchema())
    try:
        with env().db.read() as session:
            abierto = actions.abrir(session, token, guard().reloj())
        if form.valid:
            return _usar(token, form) or _pagina(abierto, form)
    except (EnlaceGastado, NoEncontrado):
        return render_template("identidad/enlaces/gastado.html"), 410
    return _pagina(abierto, form)


def _usar(token: str, form: Form) -> ResponseReturnValue | None:
    try:
        with env().db.begin() as session:
            actions.usar(session, token, form.data["clave"], guard().reloj())
    except DatosInvalidos as error:
        form.add_errors(error)
        return None
    flash(_("Su clave está lista: ya puede entrar con ella."), "success")
    return redirect("/identidad/entrar", 303)


def _pagina(abierto: object, form: Form) -> ResponseReturnValue:
    page = render_template("identidad/enlaces/clave.html", enlace=abierto, form=form)
    return page, 422 if form.sent else 200
