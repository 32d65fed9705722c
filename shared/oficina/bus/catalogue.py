"""The published language as documents: JSON Schemas, AsyncAPI, and the goldens that hold them.

    python -m oficina.bus.catalogue check    fails when a fact changed in a way that its readers
                                             cannot bear, or when the goldens are not up to date
    python -m oficina.bus.catalogue write    makes the goldens say what the code says

A golden is the schema of one fact as readers know it, `oficina/contracts/<type>.json`. Inside a
version a fact may only gain optional fields; anything else is a new version beside the old one.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from oficina.bus.difusion import Alcance, difusion
from oficina.bus.envelope import CONTENT_TYPE, SPECVERSION, Campo, campos
from oficina.bus.topology import EVENTOS
from oficina.events import Clasificacion, Evento, catalogo

CONTRACTS = Path(str(files("oficina"))) / "contracts"
ASYNCAPI = "asyncapi.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES: dict[Any, dict[str, Any]] = {
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    list[str]: {"type": "array", "items": {"type": "string"}},
}

# Examples are the same every time: ids derived from the name of their field.
_EXAMPLES = UUID("5d1f0e0a-6a2c-5b7e-8f43-0c9b7a2d4e61")
_MOMENT = "2026-03-02T12:30:00+00:00"
_PLAIN_EXAMPLES: dict[Any, Any] = {
    datetime: _MOMENT,
    date: "2026-03-02",
    int: 80,
    bool: True,
    list[str]: ["telefono"],
}


@dataclass(frozen=True, kw_only=True)
class CampoDescrito:
    """A field of a fact, for people."""

    nombre: str
    tipo: str
    requerido: bool


@dataclass(frozen=True, kw_only=True)
class HechoDescrito:
    """A fact, for people: what the page of the catalogue shows."""

    tipo: str
    """The routing key, `<servicio>.<agregado>.<hecho>`."""
    ce_type: str
    version: int
    productor: str
    agregado: str
    descripcion: str
    campos: list[CampoDescrito]
    esquema: dict[str, Any]
    ejemplo: dict[str, Any]
    alcance: Alcance | None
    """Which departments may subscribe to it; None: none."""


def descripcion() -> list[HechoDescrito]:
    """Every fact of every service, in alphabetical order."""
    return [_described(kind) for kind in catalogo().values()]


def schema(kind: type[Evento]) -> dict[str, Any]:
    """The JSON Schema of a fact's `data`. Readers must pass over fields that they do not know."""
    known = campos(kind)
    return {
        "$schema": DIALECT,
        "title": kind.ce_type(),
        "description": _doc(kind),
        "type": "object",
        "properties": {campo.nombre: dict(_TYPES[campo.tipo]) for campo in known},
        "required": [campo.nombre for campo in known if _is_required(campo)],
    }


def example(kind: type[Evento]) -> dict[str, Any]:
    """A whole CloudEvent of this kind, always the same."""
    data = {campo.nombre: _example_of(campo) for campo in campos(kind)}
    event_id = str(uuid5(_EXAMPLES, kind.ce_type()))
    return {
        "specversion": SPECVERSION,
        "id": event_id,
        "source": f"/independencia/{_producer(kind)}",
        "type": kind.ce_type(),
        "subject": f"{kind.tipo.split('.')[1]}/{data[kind.sujeto_id]}",
        "time": _MOMENT,
        "datacontenttype": "application/json",
        "sequence": "000000000003",
        "correlationid": event_id,
        "clasificacion": Clasificacion.INTERNO.value,
        "data": data,
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the exchange that departments may read."""
    kinds = catalogo().values()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Acogida",
            "version": "1",
            "description": "Facts that the services of a municipal migration office tell. "
            "They carry ids, codes and moments; details are asked of the producer's API.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {_name(kind): _channel(kind) for kind in kinds},
        "operations": {
            f"{_name(kind)}.receive": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{_name(kind)}"},
                "messages": [{"$ref": f"#/channels/{_name(kind)}/messages/{_name(kind)}"}],
            }
            for kind in kinds
        },
        "components": {
            "messages": {_name(kind): _message(kind) for kind in kinds},
            "schemas": {_name(kind): _event_schema(kind) for kind in kinds},
        },
    }


def breaking_changes(golden: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """What readers of the golden could not bear in the current schema, a sentence each."""
    name = golden["title"]
    wrong = []
    for field, kind in golden["properties"].items():
        if field not in current["properties"]:
            wrong.append(f"{name}: {field} is gone")
        elif current["properties"][field] != kind:
            wrong.append(f"{name}: {field} has another type")
    before, now = set(golden["required"]), set(current["required"])
    wrong += [f"{name}: {field} may be absent now" for field in sorted(before - now)]
    for field in sorted(now - before):
        wrong.append(f"{name}: {field} is required and was not")
    return wrong


def check(folder: Path = CONTRACTS) -> list[str]:
    """What is wrong with the goldens and the way out, a sentence each; nothing when they hold."""
    if broken := _broken(folder):
        return broken
    documents = _documents().items()
    stale = [name for name, document in documents if _text(document) != _read(folder, name)]
    if not stale:
        return []
    way_out = "Run `python -m oficina.bus.catalogue write` and commit oficina/contracts."
    return [*(f"{name} is not up to date" for name in stale), way_out]


def write(folder: Path = CONTRACTS) -> list[str]:
    """Write the goldens; when a reader could not bear them, nothing: a sentence each says why."""
    if broken := _broken(folder):
        return broken
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in _documents().items():
        (folder / name).write_text(_text(document), encoding="utf-8")
    return []


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 when all is well."""
    commands: dict[str, Callable[[], list[str]]] = {"check": check, "write": write}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write("usage: python -m oficina.bus.catalogue check|write\n")
        return 2
    wrong = commands[arguments[0]]()
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


def _broken(folder: Path) -> list[str]:
    documents = _documents()
    wrong = []
    for path in sorted(folder.glob("*.json")):
        if path.name not in documents:
            wrong.append(f"{path.stem}: the fact is gone and readers may still wait for it")
        elif path.name != ASYNCAPI:
            golden = json.loads(path.read_text(encoding="utf-8"))
            wrong += breaking_changes(golden, documents[path.name])
    if wrong:
        wrong.append(
            "Leave the version as it was and tell a new one beside it; only a fact that was never "
            "released may go, and its golden with it."
        )
    return wrong


def _described(kind: type[Evento]) -> HechoDescrito:
    difundible = difusion().hechos.get(kind.ce_type())
    return HechoDescrito(
        tipo=kind.tipo,
        ce_type=kind.ce_type(),
        version=kind.version,
        productor=_producer(kind),
        agregado=kind.tipo.split(".")[1],
        descripcion=_doc(kind),
        campos=[
            CampoDescrito(
                nombre=campo.nombre,
                tipo=_TYPES[campo.tipo].get("format", _TYPES[campo.tipo]["type"]),
                requerido=_is_required(campo),
            )
            for campo in campos(kind)
        ],
        esquema=schema(kind),
        ejemplo=example(kind),
        alcance=difundible.alcance if difundible else None,
    )


def _channel(kind: type[Evento]) -> dict[str, Any]:
    return {
        "address": kind.tipo,
        "messages": {_name(kind): {"$ref": f"#/components/messages/{_name(kind)}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTOS, "type": "topic", "durable": True},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(kind: type[Evento]) -> dict[str, Any]:
    return {
        "name": kind.ce_type(),
        "title": kind.tipo,
        "summary": _doc(kind),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"#/components/schemas/{_name(kind)}"},
        "examples": [{"name": "ejemplo", "payload": example(kind)}],
    }


def _event_schema(kind: type[Evento]) -> dict[str, Any]:
    data = {key: value for key, value in schema(kind).items() if not key.startswith("$")}
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "specversion": {"const": SPECVERSION},
            "id": {"type": "string", "format": "uuid"},
            "source": {"type": "string", "format": "uri-reference"},
            "type": {"const": kind.ce_type()},
            "subject": text,
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "sequence": {"type": "string", "pattern": "^[0-9]{12,}$"},
            "correlationid": text,
            "causationid": text,
            "traceparent": text,
            "clasificacion": {"enum": [one.value for one in Clasificacion]},
            "data": data,
        },
        "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"],
    }


def _is_required(campo: Campo) -> bool:
    return campo.requerido and not campo.opcional


def _example_of(campo: Campo) -> Any:
    if campo.tipo is UUID:
        return str(uuid5(_EXAMPLES, campo.nombre))
    return _PLAIN_EXAMPLES.get(campo.tipo, campo.nombre)


def _doc(kind: type[Evento]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _producer(kind: type[Evento]) -> str:
    return kind.tipo.split(".")[0]


def _name(kind: type[Evento]) -> str:
    return f"{kind.tipo}.v{kind.version}"


def _documents() -> dict[str, dict[str, Any]]:
    schemas = {f"{_name(kind)}.json": schema(kind) for kind in catalogo().values()}
    return {**schemas, ASYNCAPI: asyncapi()}


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _read(folder: Path, name: str) -> str:
    path = folder / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
