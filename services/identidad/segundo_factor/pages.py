"""Pages of the second factor: as one signs in, in one's account, and for the administrator."""

from collections.abc import Callable
from uuid import UUID

import segno
from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from identidad import queries
from identidad.entrada import ENTRAR, con_sesion, olvidar_paso, paso_pendiente
from identidad.local import identidad_local
from identidad.models import Funcionario
from identidad.segundo_factor import actions
from identidad.segundo_factor.models import SegundoFactor
from identidad.segundo_factor.queries import codigos_que_quedan, factor_de
from identidad.segundo_factor.schemas import CodigoSchema
from oficina.errors import Conflicto, Demasiado
from oficina.web.app import env
from oficina.web.auth import actor, guard, public, requires
from oficina.web.forms import Form

bp = Blueprint("segundo_factor", __name__, url_prefix="/identidad")


@bp.route("/entrar/segundo-factor", methods=["GET", "POST"])
@public
def entrar() -> ResponseReturnValue:
    """The second step of signing in: a code, or, for a role that must have one, a new factor."""
    paso = paso_pendiente()
    if paso is None:
        flash(_("Pasó mucho tiempo: vuelva a entrar."), "warning")
        return olvidar_paso(redirect(ENTRAR, 303))
    with env().db.read() as session:
        cuenta = queries.funcionario_por_id(session, paso.funcionario_id)
        factor = factor_de(session, cuenta.id)
    form = Form(CodigoSchema())
    if factor is None or not factor.activo:
        return _activar(cuenta, form, al_entrar=True)
    if form.valid and _es_correcto(cuenta, form):
        return olvidar_paso(con_sesion(cuenta.id, paso.siguiente, con_factor=True))
    page = render_template("identidad/segundo_factor/entrar.html", form=form, cuenta=cuenta)
    return page, 422 if form.sent else 200


@bp.get("/mi-cuenta/segundo-factor")
@requires("identidad.yo.cambiar")
def ver() -> str:
    """Whether I have one, and what I can do with it."""
    return _estado(Form(CodigoSchema(), sent=False))


@bp.route("/mi-cuenta/segundo-factor/activar", methods=["GET", "POST"])
@requires("identidad.yo.cambiar")
def activar() -> ResponseReturnValue:
    """Put a new one in my telephone."""
    with env().db.read() as session:
        cuenta = queries.funcionario_por_id(session, actor().id)
        factor = factor_de(session, cuenta.id)
    if factor is not None and factor.activo:
        return redirect(url_for(".ver"), 303)
    return _activar(cuenta, Form(CodigoSchema()), al_entrar=False)


@bp.post("/mi-cuenta/segundo-factor/codigos")
@requires("identidad.yo.cambiar")
def otros_codigos() -> ResponseReturnValue:
    """Draw other recovery codes, with a code of now."""

    def renew(session: Session) -> str:
        drawn = actions.otros_codigos(session, actor())
        return render_template(
            "identidad/segundo_factor/codigos.html", codigos=drawn, seguir=url_for(".ver")
        )

    return _con_codigo(renew)


@bp.post("/mi-cuenta/segundo-factor/quitar")
@requires("identidad.yo.cambiar")
def quitar() -> ResponseReturnValue:
    """Do without one, with a code of now, when no role of mine must have it."""
    if identidad_local().exigen_factor & actor().roles:
        raise Conflicto(_("Su rol exige un segundo factor."))

    def remove(session: Session) -> ResponseReturnValue:
        actions.quitar(session, actor())
        flash(_("Desde ahora entra solo con su clave."), "success")
        return redirect(url_for("micuenta.ver"), 303)

    return _con_codigo(remove)


@bp.post("/cuentas/<uuid:funcionario_id>/segundo-factor/restablecer")
@requires("identidad.cuenta.administrar")
def restablecer(funcionario_id: UUID) -> ResponseReturnValue:
    """Take away the factor of who lost telephone and codes."""
    with env().db.begin() as session:
        actions.restablecer(session, funcionario_id, actor(), guard().reloj())
    flash(_("Su segundo factor ya no existe; sus sesiones terminaron."), "success")
    return redirect(url_for("identidad.cuenta", funcionario_id=funcionario_id), 303)


def _activar(cuenta: Funcionario, form: Form, *, al_entrar: bool) -> ResponseReturnValue:
    """Show the picture, and once a code of it is right, the recovery codes."""
    ahora = guard().reloj()
    paso = paso_pendiente() if al_entrar else None
    codigos = None
    if form.valid:
        _esperar(cuenta)
        with env().db.begin() as session:
            codigos = actions.activar(session, cuenta.actor(), form.data["codigo"], ahora)
            if codigos and not al_entrar and g.credencial.sesion_id:
                actions.marcar_sesion(session, g.credencial.sesion_id)
        if codigos is None:
            form.add_error("codigo", _("Ese código no es correcto."))
    if codigos is None:
        with env().db.begin() as session:
            factor = actions.preparar(session, cuenta.id, ahora)
        page = _pagina_de_alta(cuenta, factor, form, al_entrar=al_entrar)
        return page, 422 if form.sent else 200
    seguir = paso.siguiente if paso else url_for(".ver")
    page = render_template("identidad/segundo_factor/codigos.html", codigos=codigos, seguir=seguir)
    if paso is None:
        return page
    return olvidar_paso(con_sesion(cuenta.id, paso.siguiente, con_factor=True, page=page))


def _pagina_de_alta(
    cuenta: Funcionario, factor: SegundoFactor, form: Form, *, al_entrar: bool
) -> str:
    direccion = factor.direccion(cuenta.usuario)
    return render_template(
        "identidad/segundo_factor/activar.html",
        form=form,
        dibujo=segno.make(direccion, error="m").svg_data_uri(scale=5),
        secreto=" ".join(factor.secreto[i : i + 4] for i in range(0, len(factor.secreto), 4)),
        al_entrar=al_entrar,
    )


def _con_codigo(then: Callable[[Session], ResponseReturnValue]) -> ResponseReturnValue:
    """Do something for who shows a code of now."""
    form = Form(CodigoSchema())
    with env().db.read() as session:
        cuenta = queries.funcionario_por_id(session, actor().id)
    if form.valid and _es_correcto(cuenta, form):
        with env().db.begin() as session:
            return then(session)
    return _estado(form), 422


def _estado(form: Form) -> str:
    with env().db.read() as session:
        factor = factor_de(session, actor().id)
        quedan = codigos_que_quedan(session, actor().id)
    return render_template(
        "identidad/segundo_factor/ver.html",
        form=form,
        factor=factor,
        quedan=quedan,
        exigido=bool(identidad_local().exigen_factor & actor().roles),
    )


def _es_correcto(cuenta: Funcionario, form: Form) -> bool:
    _esperar(cuenta)
    with env().db.begin() as session:
        right = actions.comprobar(session, cuenta.actor(), form.data["codigo"], guard().reloj())
    if not right:
        form.add_error("codigo", _("Ese código no es correcto, o ya se usó."))
    return right


def _esperar(cuenta: Funcionario) -> None:
    """Raise Demasiado while too many wrong codes have to be waited for."""
    with env().db.read() as session:
        seconds = actions.espera(session, cuenta.id, guard().reloj())
    if seconds:
        raise Demasiado(retry_after=seconds)
