"""JSON of batches: the same step on several cases, tried first, and done once under its key."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from marshmallow import Schema, fields, validate

from casos.lotes import actions
from casos.lotes.acciones import ACCIONES, AccionDeLote
from casos.lotes.actions import Lote, Resultado
from casos.lotes.schemas import MAXIMO, Elegido, ElegidoSchema, ResultadosDeLoteSchema
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import NoPermitido
from oficina.texts import N_
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.blueprint import Blueprint

bp = Blueprint("lotes_api", __name__, url_prefix="/casos/api/v1/lotes", description="Lotes")


def _ofrecer(codigo: str, una: AccionDeLote) -> None:
    """The two addresses of an action: what it would do, and doing it."""
    campos: dict[str, fields.Field[Any]] = {
        "casos": fields.List(
            fields.Nested(ElegidoSchema), required=True, validate=validate.Length(1, MAXIMO)
        ),
        "datos": fields.Nested(una.schema, required=True),
    }
    clave = fields.UUID(
        required=True,
        metadata={"description": "La de la previsión, u otra: lo hecho con ella no se repite"},
    )
    nombre = codigo.capitalize()
    previsto = Schema.from_dict(campos, name=f"PrevisionDeLote{nombre}Schema")
    pedido = Schema.from_dict(campos | {"clave": clave}, name=f"Lote{nombre}Schema")

    @requires("casos.lote.hacer")
    def prever(cuerpo: Mapping[str, Any]) -> dict[str, Any]:
        lote, elegidos = _leer(una, cuerpo)
        return _dicho(uuid4(), actions.prever(env().db, lote, elegidos))

    @requires("casos.lote.hacer")
    def hacer(cuerpo: Mapping[str, Any]) -> dict[str, Any]:
        lote, elegidos = _leer(una, cuerpo)
        clave_ = cuerpo["clave"]
        return _dicho(clave_, actions.hacer(env().db, lote, elegidos, clave_))

    caminos = ((prever, previsto, f"/{codigo}/prevision"), (hacer, pedido, f"/{codigo}"))
    for (view, schema, camino), que in zip(caminos, _QUE_HACE[codigo], strict=True):
        view.__name__ = f"{view.__name__}_{codigo}"
        view.__doc__ = que
        bp.post(camino)(bp.arguments(schema)(bp.response(200, ResultadosDeLoteSchema)(view)))


_QUE_HACE = {
    "asignar": (
        N_("Asignar varios casos a alguien: ver qué pasaría, sin cambiar nada"),
        N_(
            "Asignar varios casos a alguien: hacerlo en cada caso; "
            "lo hecho con su clave no se repite"
        ),
    ),
    "prioridad": (
        N_("Cambiar la prioridad de varios casos: ver qué pasaría, sin cambiar nada"),
        N_(
            "Cambiar la prioridad de varios casos: hacerlo en cada caso; "
            "lo hecho con su clave no se repite"
        ),
    ),
    "tarea": (
        N_("Agregar una tarea a varios casos: ver qué pasaría, sin cambiar nada"),
        N_(
            "Agregar una tarea a varios casos: hacerlo en cada caso; "
            "lo hecho con su clave no se repite"
        ),
    ),
}
"""What each action's two addresses are for: trying it, and doing it."""


def _leer(una: AccionDeLote, cuerpo: Mapping[str, Any]) -> tuple[Lote, Sequence[Elegido]]:
    """What is asked for, each case once. Raises NoPermitido."""
    if not puede(una.permiso):
        raise NoPermitido
    elegidos = list({uno.id: uno for uno in cuerpo["casos"]}.values())
    registrar_lectura(env().db, actor(), "casos.caso.listar", "caso", None, cantidad=len(elegidos))
    return Lote(una, cuerpo["datos"], actor(), clock.now()), elegidos


def _dicho(clave: Any, resultados: Sequence[Resultado]) -> dict[str, Any]:
    return {
        "clave": clave,
        "bien": sum(uno.bien for uno in resultados),
        "resultados": resultados,
    }


for _codigo, _una in ACCIONES.items():
    _ofrecer(_codigo, _una)
