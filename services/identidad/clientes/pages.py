"""Pages of programs, for the administrator."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from identidad import queries
from identidad.clientes import actions
from identidad.clientes.actions import EdicionCliente, NuevoCliente
from identidad.clientes.alcances import ofrecidos
from identidad.clientes.schemas import FormaEdicionSchema, FormaNuevaSchema
from identidad.models import ClienteApi
from identidad.partes import parte
from identidad.schemas import PARA_QUE, ROLES
from identidad.secretos import nuevo_secreto
from identidad.unidades.queries import elegibles, nombres
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, guard, requires
from oficina.web.forms import Form

bp = Blueprint("clientes_paginas", __name__, url_prefix="/identidad/clientes")


@bp.get("")
@requires("identidad.cliente.administrar")
def lista() -> str:
    """Every program."""
    with env().db.read() as session:
        todos = queries.clientes(session)
    return render_template("identidad/clientes/lista.html", clientes=todos, roles=ROLES)


@bp.route("/nuevo", methods=["GET", "POST"])
@requires("identidad.cliente.administrar")
def nuevo() -> ResponseReturnValue:
    """Register a program; its secret is shown this once."""
    form = Form(FormaNuevaSchema())
    if form.valid:
        secreto = nuevo_secreto()
        datos = _con_limite(form.data)
        try:
            with env().db.begin() as session:
                hecho = actions.crear_cliente(
                    session, NuevoCliente(**datos, secreto=secreto), actor()
                )
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            return _secreto_una_vez(hecho, secreto)
    page = render_template("identidad/clientes/nuevo.html", form=form, **_opciones(form))
    return page, 422 if form.sent else 200


@bp.get("/<uuid:cliente_id>")
@requires("identidad.cliente.administrar")
def cliente(cliente_id: UUID) -> str:
    """One program, its secrets and when they were used."""
    with env().db.read() as session:
        uno = queries.cliente_por_id(session, cliente_id)
        unidades = nombres(session)
    return render_template(
        "identidad/clientes/cliente.html",
        cliente=uno,
        unidades=unidades,
        roles=ROLES,
        caben=actions.SECRETOS,
    )


@bp.route("/<uuid:cliente_id>/editar", methods=["GET", "POST"])
@requires("identidad.cliente.administrar")
def editar(cliente_id: UUID) -> ResponseReturnValue:
    """Change what a program may do."""
    with env().db.read() as session:
        uno = queries.cliente_por_id(session, cliente_id)
    form = Form(
        FormaEdicionSchema(),
        {
            "nombre": uno.nombre,
            "roles": uno.roles,
            "alcances": uno.alcances or [],
            "sin_limite": uno.alcances is None,
            "unidad": uno.unidad,
            "version": uno.version,
        },
    )
    if form.valid:
        datos = EdicionCliente(**_con_limite(form.data))
        try:
            with env().db.begin() as session:
                actions.editar_cliente(session, cliente_id, datos, actor())
        except DatosInvalidos as error:
            form.add_errors(error)
        else:
            flash(_("Guardamos los cambios; rigen en un minuto."), "success")
            return redirect(url_for(".cliente", cliente_id=cliente_id), 303)
    page = render_template(
        "identidad/clientes/editar.html", form=form, cliente=uno, **_opciones(form, uno)
    )
    return page, 422 if form.sent else 200


@bp.post("/<uuid:cliente_id>/secretos")
@requires("identidad.cliente.administrar")
def agregar_secreto(cliente_id: UUID) -> ResponseReturnValue:
    """Give it another secret, shown this once."""
    secreto = nuevo_secreto()
    with env().db.begin() as session:
        actions.agregar_secreto(session, cliente_id, secreto, actor())
        uno = queries.cliente_por_id(session, cliente_id)
    return _secreto_una_vez(uno, secreto)


@bp.post("/<uuid:cliente_id>/secretos/<uuid:secreto_id>/revocar")
@requires("identidad.cliente.administrar")
def revocar_secreto(cliente_id: UUID, secreto_id: UUID) -> ResponseReturnValue:
    """Revoke a secret."""
    with env().db.begin() as session:
        actions.revocar_secreto(session, cliente_id, secreto_id, actor(), guard().reloj())
    flash(_("El secreto ya no abre nada; sus tokens dejan de servir en un minuto."), "success")
    return redirect(url_for(".cliente", cliente_id=cliente_id), 303)


@bp.post("/<uuid:cliente_id>/revocar")
@requires("identidad.cliente.administrar")
def revocar(cliente_id: UUID) -> ResponseReturnValue:
    """Revoke a program."""
    with env().db.begin() as session:
        actions.revocar_cliente(session, cliente_id, actor())
    flash(_("El sistema está revocado; sus tokens dejan de servir en un minuto."), "success")
    return redirect(url_for(".cliente", cliente_id=cliente_id), 303)


def _con_limite(datos: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as the action wants it: None is without limits."""
    rest = {name: value for name, value in datos.items() if name != "sin_limite"}
    return rest | {"alcances": None if datos["sin_limite"] else datos["alcances"]}


def _opciones(form: Form, uno: ClienteApi | None = None) -> dict[str, Any]:
    with env().db.read() as session:
        unidades = elegibles(session, uno.unidad if uno else "")
    elegidos = (uno.alcances or []) if uno else []
    return {
        "roles": ROLES,
        "para_que": PARA_QUE,
        "unidades": unidades,
        "servicios": ofrecidos(env(), [*elegidos, *form.values("alcances")]),
        "parte": parte,
    }


def _secreto_una_vez(uno: ClienteApi, secreto: str) -> str:
    return render_template("identidad/clientes/secreto.html", cliente=uno, secreto=secreto)
