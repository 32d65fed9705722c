"""Pages of identidad: signing in and out, the way home, the accounts."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from identidad import actions, queries
from identidad.enlaces import queries as enlaces
from identidad.entrada import ENTRAR, local, seguir
from identidad.federacion.pages import proveedor_o_nada
from identidad.formularios import formulario_de_cuenta
from identidad.schemas import (
    PARA_QUE,
    ROLES,
    ClaveSchema,
    EdicionFuncionarioSchema,
    EntradaSchema,
    NuevoFuncionarioSchema,
)
from identidad.segundo_factor.queries import factor_de
from identidad.unidades.queries import nombres
from oficina.errors import Conflicto, DatosInvalidos, NoPermitido
from oficina.identity_docs import presentar_run
from oficina.web import i18n, limits
from oficina.web.app import env
from oficina.web.auth import actor, actor_or_none, guard, public, requires
from oficina.web.forms import Form
from oficina.web.tokens import Credencial

INTENTOS_POR_DIRECCION = "60/minute"
FALLOS_POR_CUENTA = "10/15minutes"
CUENTAS = "/identidad/cuentas"

# Where each role begins its day; the first that a person has decides.
INICIO = (
    ("coordinacion", "/casos/"),
    ("profesional", "/casos/"),
    ("recepcion", "/casos/recepcion"),
    ("delegado_datos", "/casos/derechos"),
    ("administrador", CUENTAS),
    ("contraparte_unidad", "/casos/unidad"),
    ("encargado_programa", "/casos/programas"),
    ("auditor", "/identidad/auditoria"),
    ("analista", "/reportes/"),
)

bp = Blueprint("identidad", __name__)


@bp.get("/")
@public
def inicio() -> ResponseReturnValue:
    """Each to where their work is; who has no place yet is told what their account is for."""
    reader = actor_or_none()
    if reader is None:
        return redirect(ENTRAR, 303)
    places = [url for rol, url in INICIO if rol in reader.roles]
    if places:
        return redirect(places[0], 303)
    if not reader.roles:
        raise NoPermitido(_("Su cuenta no tiene ningún rol; pídalo a quien administra el sistema."))
    return render_template("identidad/inicio.html", roles=ROLES, para_que=PARA_QUE)


@bp.get("/identidad/entrar")
@public
def entrar() -> ResponseReturnValue:
    """The sign-in page."""
    if actor_or_none() is not None:
        return redirect(local(request.args.get("siguiente", "/")), 303)
    return _pagina_de_entrada(Form(EntradaSchema()), 200)


@bp.post("/identidad/entrar")
@public
def abrir_sesion() -> ResponseReturnValue:
    """Sign in. Too many tries from one address, or failures on one account, have to wait.

    A try is counted before its password is compared, which is slow on purpose: of many at once, no
    more are compared than may fail.
    """
    form = Form(EntradaSchema())
    if not form.valid:
        return _pagina_de_entrada(form, 422)
    address, account = limits.remote_address(), form.data["usuario"].lower()
    limits.spend(INTENTOS_POR_DIRECCION, "entrar", address)
    limits.spend(FALLOS_POR_CUENTA, "cuenta", account)
    try:
        quien = actions.identificar(env().db, form.data["usuario"], form.data["clave"])
    except actions.CredencialesInvalidas:
        form.add_error("", _("El usuario o la clave no son correctos."))
        return _pagina_de_entrada(form, 422)
    limits.forget(FALLOS_POR_CUENTA, "cuenta", account)
    return seguir(quien, local(request.args.get("siguiente", "/")))


@bp.post("/identidad/salir")
@public
def salir() -> ResponseReturnValue:
    """Sign out, here and in every service; who has no session any more is out already."""
    credencial: Credencial | None = g.get("credencial")
    if credencial is not None and credencial.sesion_id is not None:
        with env().db.begin() as session:
            actions.salir(session, credencial.sesion_id, credencial.actor, guard().reloj())
    response = redirect(ENTRAR, 303)
    guard().drop_cookie(response)
    flash(_("Cerró su sesión."), "success")
    return response


@bp.post("/identidad/idioma")
@public
def idioma() -> ResponseReturnValue:
    """Remember the language of the pages and go back."""
    response = redirect(local(request.form.get("volver", "/")), 303)
    i18n.set_language(
        response, request.form.get("idioma", ""), secure=env().settings.secure_cookies
    )
    return response


@bp.get("/identidad/cuentas")
@requires("identidad.cuenta.administrar")
def cuentas() -> str:
    """Every account."""
    with env().db.read() as session:
        todas = queries.cuentas(session)
        unidades = nombres(session)
    return render_template("identidad/cuentas.html", cuentas=todas, roles=ROLES, unidades=unidades)


@bp.route("/identidad/cuentas/nueva", methods=["GET", "POST"])
@requires("identidad.cuenta.administrar")
def nueva_cuenta() -> ResponseReturnValue:
    """Open an account."""
    form = Form(NuevoFuncionarioSchema(), initial={"idioma": "es"})
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.crear_funcionario(session, form.data, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("La cuenta está abierta."), "success")
            return redirect(CUENTAS, 303)
    return formulario_de_cuenta("identidad/cuenta_nueva.html", form)


@bp.get("/identidad/cuentas/<uuid:funcionario_id>")
@requires("identidad.cuenta.administrar")
def cuenta(funcionario_id: UUID) -> str:
    """One account."""
    return _pagina_de_cuenta(funcionario_id, Form(ClaveSchema()))


@bp.route("/identidad/cuentas/<uuid:funcionario_id>/editar", methods=["GET", "POST"])
@requires("identidad.cuenta.administrar")
def editar_cuenta(funcionario_id: UUID) -> ResponseReturnValue:
    """Change an account."""
    with env().db.read() as session:
        cuenta = queries.funcionario_por_id(session, funcionario_id)
    form = Form(
        EdicionFuncionarioSchema(),
        {
            "nombre": cuenta.nombre,
            "correo": cuenta.correo,
            "roles": cuenta.roles,
            "unidad": cuenta.unidad,
            "idioma": cuenta.idioma,
            "run": presentar_run(cuenta.run) if cuenta.run else "",
            "version": cuenta.version,
        },
    )
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.editar_funcionario(
                    session, funcionario_id, form.data, actor(), guard().reloj()
                )
        except DatosInvalidos as error:
            form.add_errors(error)
        except Conflicto as error:
            form.add_error("roles", error.detail)
        else:
            flash(_("Guardamos los cambios de la cuenta."), "success")
            return redirect(f"{CUENTAS}/{funcionario_id}", 303)
    return formulario_de_cuenta(
        "identidad/cuenta_editar.html", form, unidad_actual=cuenta.unidad, cuenta=cuenta
    )


@bp.post("/identidad/cuentas/<uuid:funcionario_id>/clave")
@requires("identidad.cuenta.administrar")
def cambiar_clave(funcionario_id: UUID) -> ResponseReturnValue:
    """Give an account a new password."""
    form = Form(ClaveSchema())
    if form.valid:
        try:
            with env().db.begin() as session:
                actions.cambiar_clave(
                    session, funcionario_id, form.data["clave"], actor(), guard().reloj()
                )
        except DatosInvalidos as error:
            form.add_errors(error)
    if not form.valid:
        return _pagina_de_cuenta(funcionario_id, form), 422
    flash(_("La clave es nueva; las sesiones que estaban abiertas terminaron."), "success")
    return redirect(f"{CUENTAS}/{funcionario_id}", 303)


@bp.post("/identidad/cuentas/<uuid:funcionario_id>/desactivar")
@requires("identidad.cuenta.administrar")
def desactivar(funcionario_id: UUID) -> ResponseReturnValue:
    """Close an account."""
    with env().db.begin() as session:
        actions.desactivar(session, funcionario_id, actor(), guard().reloj())
    flash(_("La cuenta está cerrada y sus sesiones terminaron."), "success")
    return redirect(f"{CUENTAS}/{funcionario_id}", 303)


@bp.post("/identidad/cuentas/<uuid:funcionario_id>/reactivar")
@requires("identidad.cuenta.administrar")
def reactivar(funcionario_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    with env().db.begin() as session:
        actions.reactivar(session, funcionario_id, actor())
    flash(_("La cuenta está abierta otra vez."), "success")
    return redirect(f"{CUENTAS}/{funcionario_id}", 303)


@bp.post("/identidad/cuentas/<uuid:funcionario_id>/sesiones/terminar")
@requires("identidad.cuenta.administrar")
def terminar_sesiones(funcionario_id: UUID) -> ResponseReturnValue:
    """End the sessions of an account."""
    with env().db.begin() as session:
        actions.terminar_las_de(session, funcionario_id, actor(), guard().reloj())
    flash(_("Sus sesiones terminaron; en un minuto nada de ellas sirve."), "success")
    return redirect(f"{CUENTAS}/{funcionario_id}", 303)


def _pagina_de_entrada(form: Form, status: int) -> ResponseReturnValue:
    page = render_template(
        "identidad/entrar.html",
        form=form,
        proveedor=proveedor_o_nada(),
        siguiente=local(request.args.get("siguiente", "/")),
    )
    return page, status


def _pagina_de_cuenta(funcionario_id: UUID, form: Form) -> str:
    with env().db.read() as session:
        funcionario = queries.funcionario_por_id(session, funcionario_id)
        unidades = nombres(session)
        invitacion = enlaces.invitacion(session, funcionario_id)
        ficha = enlaces.vence(session, invitacion) if invitacion else None
        factor = factor_de(session, funcionario_id)
        sesiones = queries.sesiones_abiertas(session, funcionario_id, guard().reloj())
    return render_template(
        "identidad/cuenta.html",
        cuenta=funcionario,
        invitacion=invitacion,
        ficha=ficha,
        factor=factor,
        sesiones=sesiones,
        real=guard().reloj(),
        form=form,
        roles=ROLES,
        unidades=unidades,
        yo=actor(),
    )
