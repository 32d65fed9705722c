"""A service with one view of each kind, on the small office."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import marshmallow as ma
import pytest
from flask import Flask, flash, redirect, render_template, render_template_string, request
from flask.typing import ResponseReturnValue

from oficina.errors import DatosInvalidos, NoEncontrado, TransicionInvalida
from oficina.jobs import Jobs
from oficina.web.app import env, new_api, new_app
from oficina.web.auth import actor, public, requires
from oficina.web.blueprint import Blueprint
from oficina.web.conditional import check_version, vivo
from oficina.web.forms import Form
from oficina.web.limits import limited

SECRET_TEXT = "Jean Louis 26.123.456-7"

PERMISOS = {"cosa.ver": frozenset({"profesional", "servicio"})}


class CosaSchema(ma.Schema):
    """A thing with everything that a form may have."""

    nombre = ma.fields.String(required=True, validate=ma.validate.Length(min=3))
    fecha = ma.fields.Date()
    idiomas = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(["es", "ht"])))
    acepta = ma.fields.Boolean(load_default=False)
    clave = ma.fields.String(metadata={"raw": True})


@dataclass
class Editable:
    """Something with a version."""

    version: int


class OficinaLike(Protocol):
    """What the fixture `oficina` gives."""

    settings: Any
    client: Any

    def mount(self, app: Flask) -> None: ...


@pytest.fixture
def app(oficina: OficinaLike) -> Iterator[Flask]:
    """The service, mounted beside identidad."""
    made = new_app(
        "casos", oficina.settings, permisos=PERMISOS, jobs=Jobs("casos"), client=oficina.client
    )
    _add_pages(made)
    api = new_api(made, title="Prueba")
    api.register_blueprint(_api())
    oficina.mount(made)
    yield made
    made.extensions["env"].db.close()


def _add_pages(app: Flask) -> None:
    @app.get("/casos/abierta")
    @public
    def abierta() -> str:
        return "abierta"

    @app.route("/casos/cosas", methods=["GET", "POST"])
    @requires("cosa.ver")
    def cosas() -> ResponseReturnValue:
        if request.method == "POST":
            flash("Guardado", "success")
            return redirect("/casos/cosas", 303)
        return render_template_string(
            '{% extends "oficina/base.html" %}{% block contenido %}<h1>Cosas</h1>{% endblock %}'
        )

    @app.route("/casos/forma", methods=["GET", "POST"])
    @public
    def forma() -> ResponseReturnValue:
        form = Form(CosaSchema(), initial={"nombre": "Antes"})
        if form.valid:
            return {"data": {**form.data, "fecha": str(form.data.get("fecha"))}}
        return render_template("form_prueba.html", form=form), 422 if form.sent else 200

    @app.post("/casos/escribir")
    @public
    def escribir() -> str:
        sent = request.form.get("version")
        check_version(Editable(version=7), int(sent) if sent else None)
        return "escrito"

    @app.get("/casos/vivo/<int:numero>")
    @public
    def fragmento(numero: int) -> ResponseReturnValue:
        return vivo(str(numero), lambda: f"<p>{numero}</p>")

    @app.get("/casos/poco")
    @limited("2/minute")
    @public
    def poco() -> str:
        return "ok"

    @app.get("/casos/falla")
    @public
    def falla() -> str:
        raise RuntimeError(SECRET_TEXT)


def _api() -> Blueprint:
    bp = Blueprint("casos_api", __name__, url_prefix="/casos/api/v1")

    @bp.post("/cosas")
    @bp.arguments(CosaSchema)
    @bp.response(201, CosaSchema)
    @requires("cosa.ver")
    def crear(datos: dict[str, Any]) -> dict[str, Any]:
        """Guarda una cosa"""
        return datos

    @bp.get("/cosas/<uuid:cosa_id>")
    @bp.response(200, CosaSchema)
    @requires("cosa.ver")
    def ver(cosa_id: UUID) -> dict[str, Any]:
        """Muestra una cosa"""
        raise NoEncontrado

    @bp.post("/pasos")
    @bp.response(200)
    @requires("cosa.ver")
    def paso() -> None:
        """Da un paso"""
        raise TransicionInvalida("cerrado", ["reabierto"])

    @bp.post("/reglas")
    @bp.response(200)
    @requires("cosa.ver")
    def regla() -> None:
        """Aplica una regla"""
        raise DatosInvalidos({"persona": {"nombre": ["Falta este dato."]}})

    @bp.get("/falla")
    @bp.response(200)
    @public
    def falla() -> None:
        """Falla"""
        raise RuntimeError(SECRET_TEXT)

    @bp.get("/quien")
    @bp.response(200)
    @requires("cosa.ver")
    def quien() -> dict[str, str]:
        """Dice quién pregunta"""
        return {
            "nombre": actor().nombre,
            "tipo": actor().tipo,
            "correlation": request.headers.get("X-Correlation-Id", ""),
            "trace": request.headers.get("traceparent", ""),
        }

    @bp.get("/reenvio")
    @bp.response(200)
    @requires("cosa.ver")
    def reenvio() -> Any:
        """Pregunta en nombre de quien lee"""
        return env().client.get("casos", "/casos/api/v1/quien", actor_token=True)

    @bp.get("/consulta")
    @bp.response(200)
    @requires("cosa.ver")
    def consulta() -> list[str]:
        """Pregunta a su propio servicio en nombre propio, y dice quién preguntó y quién lee"""
        asked = env().client.get("casos", "/casos/api/v1/quien")
        return [asked["nombre"], actor().nombre]

    return bp
