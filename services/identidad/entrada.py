"""What follows once it is known who somebody is, whichever way they showed it.

An account with a second factor, or with a role that must have one, goes on to it; what the browser
holds between the two steps is sealed, opens nothing and lasts minutes. Then a session begins.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import g, make_response, redirect, request
from werkzeug.wrappers import Response

from identidad import actions
from identidad.actions import Origen
from identidad.local import identidad_local
from identidad.models import Funcionario
from identidad.segundo_factor.queries import factor_de
from oficina.web import i18n
from oficina.web.app import env
from oficina.web.auth import guard
from oficina.web.tokens import Credencial

ENTRAR = "/identidad/entrar"
SEGUNDO_FACTOR = "/identidad/entrar/segundo-factor"
COOKIE = "acogida_paso"
PROPOSITO = "segundo-factor"
VIDA = timedelta(minutes=10)


@dataclass(frozen=True)
class Paso:
    """Who has shown their password and not yet their second factor, and where they were going."""

    funcionario_id: UUID
    siguiente: str


def seguir(funcionario: Funcionario, siguiente: str) -> Response:
    """To the second factor when the account has one or must have it; else inside."""
    with env().db.read() as session:
        factor = factor_de(session, funcionario.id)
    local = identidad_local()
    tiene = factor is not None and factor.activo
    if not tiene and not local.exigen_factor.intersection(funcionario.roles):
        return con_sesion(funcionario.id, siguiente)
    response = redirect(SEGUNDO_FACTOR, 303)
    datos = {"funcionario": str(funcionario.id), "siguiente": siguiente}
    guardar(response, COOKIE, local.sellar(PROPOSITO, datos, VIDA), VIDA)
    return response


def con_sesion(
    funcionario_id: UUID, siguiente: str, *, con_factor: bool = False, page: str | None = None
) -> Response:
    """Open a session and go on, or show `page` first. It replaces the one that the browser had."""
    credencial: Credencial | None = g.get("credencial")
    origen = Origen(request.remote_addr or "", request.user_agent.string)
    with env().db.begin() as session:
        sesion = actions.abrir_sesion(
            session,
            funcionario_id,
            origen,
            guard().reloj(),
            con_factor=con_factor,
            en_vez_de=credencial.sesion_id if credencial else None,
        )
    response = redirect(siguiente, 303) if page is None else make_response(page)
    guard().set_cookie(response, identidad_local().token_de(sesion))
    if i18n.COOKIE not in request.cookies:
        i18n.set_language(response, sesion.funcionario.idioma, secure=env().settings.secure_cookies)
    return response


def paso_pendiente() -> Paso | None:
    """Who is between the two steps in this browser."""
    datos = identidad_local().abrir(PROPOSITO, request.cookies.get(COOKIE, ""))
    return Paso(UUID(datos["funcionario"]), datos["siguiente"]) if datos else None


def olvidar_paso(response: Response) -> Response:
    """The step was taken, or its time is over."""
    borrar(response, COOKIE)
    return response


def guardar(response: Response, name: str, value: str, vida: timedelta) -> None:
    """Have the browser keep something for the pages of identidad, out of reach of scripts."""
    response.set_cookie(
        name,
        value,
        max_age=vida,
        path="/identidad",
        secure=env().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def borrar(response: Response, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(
        name,
        path="/identidad",
        secure=env().settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def local(address: str) -> str:
    """An address of ours, never of another site."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours and address.isprintable() else "/"
