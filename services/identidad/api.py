"""JSON of identidad: who the staff are, the keys, and tokens."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response, g, jsonify, request
from flask.typing import ResponseReturnValue

from identidad import actions, queries
from identidad.clientes import actions as clientes
from identidad.local import identidad_local
from identidad.models import Funcionario
from identidad.schemas import (
    FuncionarioSchema,
    FuncionariosConsultaSchema,
    RenovacionSchema,
    YoSchema,
)
from oficina.errors import NoPermitido
from oficina.web import limits
from oficina.web.app import env
from oficina.web.auth import Actor, actor, public, requires
from oficina.web.blueprint import Blueprint
from oficina.web.idempotency import withheld
from oficina.web.tokens import LIFE, Credencial

FALLOS = "30/minute"

bp = Blueprint(
    "identidad_api",
    __name__,
    url_prefix="/identidad/api/v1",
    description="Quién trabaja en la oficina",
)
oauth_bp = FlaskBlueprint("oauth", __name__)


@bp.get("/funcionarios")
@bp.arguments(FuncionariosConsultaSchema, location="query")
@bp.response(200, FuncionarioSchema(many=True))
@requires("identidad.funcionario.listar")
def funcionarios(consulta: dict[str, Any]) -> Sequence[Funcionario]:
    """Funcionarios activos, de un rol si se pide; con `todos`, también quienes ya no están"""
    with env().db.read() as session:
        return queries.funcionarios(session, rol=consulta.get("rol"), todos=consulta["todos"])


@bp.get("/yo")
@bp.response(200, YoSchema)
@requires("identidad.yo.ver")
def yo() -> Actor:
    """De quién es el token"""
    return actor()


@bp.post("/sesiones/renovacion")
@bp.response(200, RenovacionSchema)
@requires("identidad.sesion.renovar", scoped=False)
@withheld("token")
def renovacion() -> dict[str, str]:
    """Un token nuevo de una sesión vigente, para los servicios de la oficina"""
    # The door renewed the cookie when it was due. Only services ask for it: a script of a page
    # must not read what the browser keeps from scripts.
    if "Sec-Fetch-Site" in request.headers:
        raise NoPermitido
    return {"token": g.token}


@oauth_bp.get("/identidad/.well-known/jwks.json")
@public
def jwks() -> Response:
    """The public keys of the tokens."""
    response = jsonify(identidad_local().jwks())
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@oauth_bp.post("/identidad/oauth/token")
@public
def token() -> ResponseReturnValue:
    """Client credentials (RFC 6749 §4.4), by Basic or in the body."""
    limits.check(FALLOS, "oauth", limits.remote_address())
    if request.form.get("grant_type") != "client_credentials":
        kind = "unsupported_grant_type" if request.form.get("grant_type") else "invalid_request"
        return _oauth_error(kind, 400)
    client_id, secret = _presented()
    local = identidad_local()
    with env().db.read() as session:
        found = actions.autenticar_cliente(session, env().settings, client_id, secret)
    if found is None:
        limits.spend(FALLOS, "oauth", limits.remote_address())
        return _oauth_error("invalid_client", 401)
    quien = _narrowed(found[0], request.form.get("scope", "").split())
    if quien is None:
        return _oauth_error("invalid_scope", 400)
    if found[1] is not None:
        clientes.marcar_uso(env().db, found[1], local.reloj())
    signed = local.token_de_cliente(Credencial.nueva(quien, local.reloj(), found[1]))
    return _uncached(
        {
            "access_token": signed,
            "token_type": "Bearer",
            "expires_in": int(LIFE.total_seconds()),
            "scope": " ".join(sorted(quien.roles if quien.alcances is None else quien.alcances)),
        }
    )


def _narrowed(quien: Actor, asked: list[str]) -> Actor | None:
    """The program with only the scopes that it asks for; None for one that it has not.

    Without scopes of its own it may ask for any, which its roles still have to allow. The names of
    its roles, which such a program is told as its scope, ask for no less.
    """
    wanted = frozenset(asked)
    if not wanted or (quien.alcances is None and wanted <= quien.roles):
        return quien
    if quien.alcances is not None and not wanted <= quien.alcances:
        return None
    return replace(quien, alcances=wanted)


def _presented() -> tuple[str, str]:
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _oauth_error(error: str, status: int) -> Response:
    response = _uncached({"error": error})
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="identidad"'
    return response


def _uncached(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
