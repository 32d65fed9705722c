"""flask-smorest with our errors, our document and our page."""

import re
import threading
from copy import deepcopy
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from oficina.web import i18n, idempotency, problems
from oficina.web.auth import Acceso, access_of, public
from oficina.web.conditional import is_versioned
from oficina.web.csrf import SAFE_METHODS
from oficina.web.here import this_request
from oficina.web.messages import title_of

VERSION = "1"


def _itself(schema: ma.Schema, _memo: dict[int, Any]) -> ma.Schema:
    return schema


# flask-smorest copies all that it tells of an operation at each of its decorators, and marshmallow
# every field of a schema. A schema is not changed once it is made: six thousand copies were a tenth
# of what an office weighs beyond its libraries.
ma.Schema.__deepcopy__ = _itself  # type: ignore[attr-defined]  # marshmallow leaves it to Python


def _whole(field: ma.fields.Integer, value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise field.make_error("invalid", input=value)
    return _read_integer(field, value)


# marshmallow takes 7.9 for 7 without a word, and `strict` refuses what forms send; the document
# says that it is an integer.
_read_integer = ma.fields.Integer._validated
ma.fields.Integer._validated = _whole  # type: ignore[assignment, method-assign]


class ProblemSchema(ma.Schema):
    """RFC 9457, with members that say more of some problems."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String()
    correlation_id = ma.fields.String()
    errors = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.String()),
        metadata={"description": "Mensajes por la ruta del campo"},
    )
    estado_actual = ma.fields.String(metadata={"description": "De lo que no admite el paso"})
    transiciones_permitidas = ma.fields.List(
        ma.fields.String(), metadata={"description": "Los pasos que sí admite"}
    )
    version = ma.fields.Integer(metadata={"description": "La que tiene ahora"})
    retry_after = ma.fields.Integer(metadata={"description": "Segundos que conviene esperar"})


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest has no type information
    """The JSON side of one service: absolute paths, problem+json, a Bearer token or the cookie.

    The document is written when somebody first asks for it: writing it takes as long as everything
    else that a service does as it starts.
    """

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask, *, title: str) -> None:
        app.config.update(
            API_TITLE=title,
            API_VERSION=VERSION,
            OPENAPI_VERSION="3.1.0",
            OPENAPI_URL_PREFIX=f"/{app.name}",
        )
        self._blueprints: list[Any] = []
        self._document: dict[str, Any] | None = None
        self._writing = threading.Lock()
        super().__init__(app)
        self.ma_plugin.converter.add_attribute_function(_pattern)
        self.ma_plugin.converter.add_attribute_function(_how_many)
        for name, scheme in _SECURITY.items():
            self.spec.components.security_scheme(name, deepcopy(scheme))
        self.spec.options["security"] = [{"bearer": []}, {"sesion": []}]
        app.register_blueprint(_docs(app))
        app.before_request(_reads_json)
        app.before_request(idempotency.claim)

    def handle_http_exception(self, error: HTTPException) -> ResponseReturnValue:
        """Pages and API leave by the same door."""
        return problems.handle_http_exception(error)

    def register_blueprint(self, blp: Any, **options: Any) -> None:
        """Serve its routes; the document tells of them later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._blueprints.append(blp)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document, written once; what holds for whole kinds of operations is said of
        each.
        """
        with self._writing:
            if self._document is None:
                self._document = self._write()
            return self._document

    def read(self) -> dict[str, Any]:
        """The document in the reader's language as far as it says what each operation is for."""
        written = self.document()
        if i18n.language() == i18n.DEFAULT:
            return written
        paths = {path: _said(operations) for path, operations in written["paths"].items()}
        return written | {"paths": paths}

    @public
    def _openapi_json(self) -> Response:
        return jsonify(self.read())

    def _register_responses(self) -> None:
        """Nothing yet: they are a good part of the document."""

    def _write(self) -> dict[str, Any]:
        self._write_responses()
        for blp in self._blueprints:
            blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            self.spec.tag({"name": blp.name, "description": blp.description})
        written: dict[str, Any] = self.spec.to_dict()
        for rule in current_app.url_map.iter_rules():
            operations = written["paths"].get(_PARAMETER.sub(r"{\1}", rule.rule), {})
            view = current_app.view_functions[rule.endpoint]
            for method in rule.methods or ():
                if operation := operations.get(method.lower()):
                    _describe(operation, method, rule.rule, view)
        flow = written["components"]["securitySchemes"][PROGRAMA]["flows"]["clientCredentials"]
        flow["scopes"] = dict.fromkeys(sorted(current_app.extensions["guard"].permisos), "")
        return written

    def _write_responses(self) -> None:
        """Every status, and the default, as problem+json; flask-smorest would say plain JSON."""
        named = {status.name: title_of(status) for status in HTTPStatus if status >= 400}
        for name, title in (named | {"DEFAULT_ERROR": "Problema (RFC 9457)"}).items():
            response = {"description": title, "schema": self.ERROR_SCHEMA}
            prepare_response(response, self.spec, problems.PROBLEM)
            self.spec.components.response(name, response, lazy=name not in _TOLD)


def _said(operations: dict[str, Any]) -> dict[str, Any]:
    in_words = i18n.gettext  # not by its name: what it is given is no text of this file
    return {
        method: told | {"summary": in_words(told["summary"])}
        if isinstance(told, dict) and told.get("summary")
        else told
        for method, told in operations.items()
    }


def _describe(operation: dict[str, Any], method: str, path: str, view: Any) -> None:
    """Say of an operation who may ask, what it answers with, and which headers it reads."""
    if acceso := access_of(view):
        operation["security"] = _security_of(acceso)
    responses = operation["responses"]
    if is_versioned(view):
        for status, response in responses.items():
            if status.startswith("2"):
                response["headers"] = {**response.get("headers", {}), "ETag": _ETAG}
    if is_versioned(view) and method not in SAFE_METHODS:
        operation.setdefault("parameters", []).append(_IF_MATCH)
        responses |= {status: _problem(_STATUS[status]) for status in ("412", "428")}
    if idempotency.takes_key(path, method):
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        responses.setdefault("409", _problem(_STATUS["409"]))


def _pattern(
    _converter: Any, _field: ma.fields.Field[Any], *, ret: dict[str, Any]
) -> dict[str, str]:
    """A pattern as JSON Schema reads it: it looks anywhere in a text, and knows no `\\Z`."""
    if (said := ret.get("pattern")) is None or said.startswith("^"):
        return {}
    whole = said.removesuffix(r"\Z")
    return {"pattern": f"^(?:{whole})" + ("$" if whole != said else "")}


def _how_many(
    _converter: Any, field: ma.fields.Field[Any], *, ret: dict[str, Any]
) -> dict[str, int]:
    """How many members a map has: of a text it would be its length."""
    if not isinstance(field, ma.fields.Dict):
        return {}
    return {told: ret.pop(said) for said, told in _OF_MAPS.items() if said in ret}


_OF_MAPS = {"minLength": "minProperties", "maxLength": "maxProperties"}


def _problem(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def _reads_json() -> None:
    """A body that says to be something else is refused by that name, not for its missing fields.

    After the door: who may not enter is told so first.
    """
    asked = this_request()
    if "/api/" not in asked.path or asked.is_json:
        return
    if asked.content_length or "Transfer-Encoding" in asked.headers:
        error = UnsupportedMediaType()
        error.data = {"message": _("Envíe JSON, con «Content-Type: application/json».")}  # type: ignore[attr-defined]  # as webargs does it
        raise error


def _security_of(acceso: Acceso) -> list[dict[str, list[str]]]:
    """What opens an operation: nothing at all, or a person, or a program that has this scope."""
    if acceso.permiso is None:
        return []
    return [{PROGRAMA: [acceso.permiso]}, {"bearer": []}, {"sesion": []}]


PROGRAMA = "programa"
"""How programs sign in; their scopes are the permissions of the service."""

_PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")

_STATUS = {"409": "CONFLICT", "412": "PRECONDITION_FAILED", "428": "PRECONDITION_REQUIRED"}
_TOLD = {*_STATUS.values()}
_ETAG: dict[str, Any] = {
    "description": "La versión, para cambiarla con If-Match",
    "schema": {"type": "string"},
}
_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "El ETag de la última lectura: 412 si otra persona lo cambió, 428 si falta",
    "schema": {"type": "string"},
}
_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": idempotency.HEADER,
    "in": "header",
    "description": (
        "Enviada dos veces, la petición se hace una vez: por 24 horas, la misma clave con los "
        "mismos datos recibe la primera respuesta; con otros, 422; mientras se hace, 409. Vale "
        "para quien la envía y para esta dirección"
    ),
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}

_SECURITY: dict[str, dict[str, Any]] = {
    PROGRAMA: {
        "type": "oauth2",
        "flows": {"clientCredentials": {"tokenUrl": "/identidad/oauth/token", "scopes": {}}},
    },
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "sesion": {"type": "apiKey", "in": "cookie", "name": "acogida"},
}


def _docs(app: Flask) -> Blueprint:
    """A page made from the document, without anything from elsewhere."""
    bp = Blueprint("docs", __name__)

    @bp.get(f"/{app.name}/docs")
    @public
    def docs() -> str:
        api: ProblemApi = current_app.extensions["api"]
        spec = api.read()
        operations = [
            (method, path, operation)
            for path, methods in sorted(spec.get("paths", {}).items())
            for method, operation in methods.items()
            if isinstance(operation, dict)
        ]
        return render_template("oficina/docs.html", spec=spec, operations=operations)

    return bp
