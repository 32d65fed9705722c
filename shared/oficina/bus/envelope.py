"""A fact as a CloudEvents 1.0 JSON document, and back.

The dataclass of a fact is its schema: writing refuses a value of another type, reading refuses a
missing or mistyped one and passes over fields that a newer version added.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from oficina import telemetry
from oficina.events import Clasificacion, Evento, catalogo

SPECVERSION = "1.0"
CONTENT_TYPE = "application/cloudevents+json"

_SOBRE = ("id", "tipo", "sequence", "time", "clasificacion")
"""What of an envelope may be there and not be readable."""

_NUMBER = '"sequence": "'

_kinds: dict[str, type[Evento]] = {}
_campos: dict[type[Evento], tuple["Campo", ...]] = {}


class SobreInvalido(ValueError):
    """What arrived is not a fact that this version can read; the message says where."""


class HechoInvalido(TypeError):
    """A fact that does not fit its schema; the message names it and the path of the field."""

    def __init__(self, hecho: Evento, campo: str, said: str) -> None:
        super().__init__(f"{hecho.tipo}: data.{campo} {said}")
        self.campo = f"data.{campo}"


@dataclass(frozen=True, kw_only=True)
class Campo:
    """A field of a fact: its plain type, how it is read and written, and whether it may be
    absent.
    """

    nombre: str
    tipo: Any
    parse: Callable[[Any], Any]
    """The value of a JSON value; raises ValueError, TypeError or AttributeError."""
    plain: Callable[[Any], Any]
    """The JSON value of a value of its type; raises TypeError."""
    opcional: bool
    requerido: bool


class Sobre:
    """What a handler knows about a fact besides the fact: a view of its CloudEvent.

    Each attribute is read when it is asked for; `read_sobre` has seen that all of them can be.
    """

    __slots__ = ("_cuerpo",)

    def __init__(self, cuerpo: Mapping[str, Any]) -> None:
        self._cuerpo = cuerpo

    @property
    def id(self) -> UUID:
        """The event's own."""
        return UUID(self._cuerpo["id"])

    @property
    def tipo(self) -> str:
        """The routing key, `<servicio>.<agregado>.<hecho>`."""
        return routing_key(self._cuerpo["type"])

    @property
    def ce_type(self) -> str:
        """The CloudEvents `type`."""
        return str(self._cuerpo["type"])

    @property
    def source(self) -> str:
        """`/<comuna>/<servicio>`."""
        return str(self._cuerpo["source"])

    @property
    def subject(self) -> str:
        """The aggregate, `<agregado>/<uuid>`."""
        return str(self._cuerpo["subject"])

    @property
    def sequence(self) -> int:
        """The number of the fact among those of its aggregate, from 1."""
        return int(self._cuerpo["sequence"])

    @property
    def time(self) -> datetime:
        """When it was told, in real time."""
        return _moment(self._cuerpo["time"])

    @property
    def correlationid(self) -> str:
        """The story that it belongs to."""
        return str(self._cuerpo.get("correlationid", ""))

    @property
    def causationid(self) -> str:
        """The fact that it follows from, or nothing."""
        return str(self._cuerpo.get("causationid", ""))

    @property
    def traceparent(self) -> str:
        """Its place in a W3C trace, or nothing."""
        return str(self._cuerpo.get("traceparent", ""))

    @property
    def clasificacion(self) -> Clasificacion:
        """Who may hear it."""
        return Clasificacion(self._cuerpo.get("clasificacion", Clasificacion.INTERNO))


def campos(kind: type[Evento]) -> tuple[Campo, ...]:
    """The fields of a fact, in the order of its dataclass."""
    if kind not in _campos:
        hints = get_type_hints(kind)
        _campos[kind] = tuple(_campo(item, hints[item.name]) for item in fields(kind))
    return _campos[kind]


def to_cloudevent(
    hecho: Evento,
    *,
    evento_id: UUID,
    source: str,
    sequence: int,
    time: datetime,
    clasificacion: Clasificacion,
) -> dict[str, Any]:
    """The JSON document of a fact told inside the story that this thread follows.

    Raises HechoInvalido when a field has another type than its dataclass declares.
    """
    attributes = {
        "specversion": SPECVERSION,
        "id": str(evento_id),
        "source": source,
        "type": hecho.ce_type(),
        "subject": hecho.subject(),
        "time": time.isoformat(),
        "datacontenttype": "application/json",
        "sequence": sequence_text(sequence),
        "correlationid": telemetry.correlation_id.get() or str(evento_id),
        "causationid": telemetry.causation_id.get(),
        "traceparent": telemetry.traceparent(),
        "clasificacion": str(clasificacion),
        "data": to_data(hecho),
    }
    return {name: value for name, value in attributes.items() if value != ""}


def sequence_text(sequence: int) -> str:
    """A number as the CloudEvents extension asks for it: a string that sorts."""
    return f"{sequence:012d}"


def around_sequence(cuerpo: Mapping[str, Any]) -> tuple[str, str]:
    """The JSON text of a CloudEvent of number 0, before its number and after it."""
    text = json.dumps(cuerpo)
    # Quotes inside a value are escaped, so that only the attribute itself reads like this.
    start = text.index(_NUMBER) + len(_NUMBER)
    return text[:start], text[start + len(sequence_text(0)) :]


def to_data(hecho: Evento) -> dict[str, Any]:
    """The fields of a fact as JSON values; absent optional ones are left out."""
    data = {}
    for campo in campos(type(hecho)):
        value = getattr(hecho, campo.nombre)
        if value is None and campo.opcional:
            continue
        data[campo.nombre] = _write(hecho, campo, value)
    return data


def read_sobre(cuerpo: Mapping[str, Any]) -> Sobre:
    """The envelope of a CloudEvent of ours, all of it readable. Raises SobreInvalido."""
    sobre = Sobre(cuerpo)
    try:
        for name in ("source", "subject"):
            if not isinstance(cuerpo[name], str):
                raise TypeError(name)
        for attribute in _SOBRE:
            getattr(sobre, attribute)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SobreInvalido(f"not a CloudEvent of ours: {type(error).__name__} {error}") from error
    return sobre


def read_hecho(cuerpo: Mapping[str, Any]) -> Evento:
    """The fact in a CloudEvent. Raises SobreInvalido for an unknown type or data that lacks."""
    kind = _kind(str(cuerpo.get("type")))
    data = cuerpo.get("data")
    if not isinstance(data, Mapping):
        raise SobreInvalido("data is not an object")
    return kind(**{c.nombre: _read(c, data[c.nombre]) for c in campos(kind) if _present(c, data)})


@lru_cache(maxsize=1024)
def routing_key(ce_type: str) -> str:
    """`casos.caso.abierto` of `cl.acogida.casos.caso.abierto.v1`. Raises SobreInvalido."""
    words = ce_type.split(".")
    if words[:2] != ["cl", "acogida"] or len(words) != 6 or not words[5].startswith("v"):
        raise SobreInvalido(f"{ce_type} is no type of ours")
    return ".".join(words[2:5])


def _campo(item: Any, hint: Any) -> Campo:
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    plain = [part for part in parts if part is not NoneType]
    if len(plain) != 1:
        raise TypeError(f"{item.name}: a field of a fact has one type, or that one and None")
    without_default = item.default is MISSING and item.default_factory is MISSING
    return Campo(
        nombre=item.name,
        tipo=plain[0],
        parse=_parser(plain[0]),
        plain=_writer(plain[0]),
        opcional=len(parts) > 1,
        requerido=without_default,
    )


def _kind(ce_type: str) -> type[Evento]:
    if not _kinds:
        _kinds.update(catalogo())
    if ce_type not in _kinds:
        raise SobreInvalido(f"no fact of this version is called {ce_type}")
    return _kinds[ce_type]


def _present(campo: Campo, data: Mapping[str, Any]) -> bool:
    if data.get(campo.nombre) is not None:
        return True
    if campo.requerido and not campo.opcional:
        raise SobreInvalido(f"data.{campo.nombre} is missing")
    return False


def _write(hecho: Evento, campo: Campo, value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise HechoInvalido(hecho, campo.nombre, "must be a moment with its zone")
    try:
        return campo.plain(value)
    except TypeError as error:
        wanted = getattr(campo.tipo, "__name__", campo.tipo)
        what = f"must be {wanted}, not {type(value).__name__}"
        raise HechoInvalido(hecho, campo.nombre, what) from error


_AS_JSON: Mapping[type, Callable[[Any], str]] = {
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
}


def _writer(kind: Any) -> Callable[[Any], Any]:
    """How a value of a type is written; made once a field, as a sweep tells of 10^5 facts."""
    if kind == list[str]:
        return lambda value: list(_texts(value))
    if kind is str:
        return _text
    as_json = _AS_JSON.get(kind)

    def exactly(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError("another type")
        return as_json(value) if as_json else value

    return exactly


def _text(value: Any) -> str:
    if isinstance(value, str):
        # A StrEnum is a string that JSON should see as one.
        return str(value)
    raise TypeError("no text")


def _read(campo: Campo, value: Any) -> Any:
    try:
        return campo.parse(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise SobreInvalido(f"data.{campo.nombre} is no {campo.tipo}") from error


def _parser(kind: Any) -> Callable[[Any], Any]:
    if kind is UUID:
        return UUID
    if kind is datetime:
        return _moment
    if kind is date:
        return date.fromisoformat
    if kind == list[str]:
        return _texts

    def same(value: Any) -> Any:
        if type(value) is kind:
            return value
        raise TypeError("another type")

    return same


def _texts(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise TypeError("no list of texts")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
