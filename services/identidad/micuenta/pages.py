"""Pages of one's own account."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from identidad import actions, queries
from identidad.federacion import queries as federacion
from identidad.federacion.pages import proveedor_o_nada
from identidad.micuenta.navegador import nombre_de
from identidad.micuenta.schemas import CambioDeClaveSchema
from identidad.schemas import PARA_QUE, ROLES
from identidad.segundo_factor.queries import factor_de
from identidad.unidades.queries import nombres
from oficina.errors import DatosInvalidos
from oficina.web import limits
from oficina.web.app import env
from oficina.web.auth import actor, guard, requires
from oficina.web.forms import Form

FALLOS = "10/15minutes"

bp = Blueprint("micuenta", __name__, url_prefix="/identidad/mi-cuenta")


@bp.get("")
@requires("identidad.yo.cambiar")
def ver() -> str:
    """Who I am here, and what I can change."""
    with env().db.read() as session:
        cuenta = queries.funcionario_por_id(session, actor().id)
        unidades = nombres(session)
        factor = factor_de(session, actor().id)
        sesiones = queries.sesiones_abiertas(session, actor().id, guard().reloj())
        vinculos = federacion.vinculos(session, actor().id)
    return render_template(
        "identidad/micuenta/ver.html",
        cuenta=cuenta,
        unidades=unidades,
        factor=factor,
        sesiones=sesiones,
        vinculos=vinculos,
        proveedor=proveedor_o_nada(),
        esta=g.credencial.sesion_id,
        nombre_de=nombre_de,
        roles=ROLES,
        para_que=PARA_QUE,
    )


@bp.route("/clave", methods=["GET", "POST"])
@requires("identidad.yo.cambiar")
def clave() -> ResponseReturnValue:
    """Change one's own password."""
    form = Form(CambioDeClaveSchema())
    if form.valid:
        limits.spend(FALLOS, "clave-actual", str(actor().id))
        try:
            actions.cambiar_mi_clave(
                env().db,
                g.credencial,
                form.data["actual"],
                form.data["clave"],
                guard().reloj(),
            )
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            limits.forget(FALLOS, "clave-actual", str(actor().id))
            flash(_("Su clave es nueva; sus otras sesiones terminaron."), "success")
            return redirect(url_for(".ver"), 303)
    page = render_template("identidad/micuenta/clave.html", form=form)
    return page, 422 if form.sent else 200


@bp.post("/sesiones/<uuid:sesion_id>/terminar")
@requires("identidad.yo.cambiar")
def terminar_sesion(sesion_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with env().db.begin() as session:
        actions.terminar_sesion(session, sesion_id, actor(), guard().reloj())
    flash(_("La sesión terminó; en un minuto nada de ella sirve."), "success")
    return redirect(url_for(".ver"), 303)
