"""A form is a marshmallow schema read from what a browser sends, and shown again as it was sent.

A blank field is a missing one. Names with dots are nested: `documento.numero`. Names that the
schema does not know (the button, for one) are left aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import request
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from oficina.errors import DatosInvalidos
from oficina.web import messages

if TYPE_CHECKING:
    from oficina.web.stale import Stale

DIAS = validate.Range(date(1900, 1, 1), date(2999, 12, 31))
"""The days that an office may speak of; further away, neither calendars nor clocks can reckon."""

MOMENTOS = validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(3001, 1, 1, tzinfo=UTC))
"""The same of moments, in whatever zone somebody writes them."""


@cache
def _within(name: str, schema: type[Schema]) -> type[Schema]:
    return Schema.from_dict({name: fields.Nested(schema, required=True)})


class Form:
    """What was written, what it means, and what is wrong with it."""

    def __init__(
        self, schema: Schema, initial: Mapping[str, Any] | None = None, *, sent: bool | None = None
    ) -> None:
        """On POST, read and validate what was sent; else show `initial` values, if any.

        `sent=False` shows a form on the page that answers another form's POST.
        """
        self.schema = schema
        self.errors: dict[str, list[str]] = {}
        self.data: Any = None
        self.stale: Stale | None = None
        self.sent = request.method == "POST" if sent is None else sent
        self._values: MultiDict[str, str] = request.form if self.sent else as_sent(initial or {})
        if self.sent:
            self._load()

    @classmethod
    def named(
        cls,
        name: str,
        schema: type[Schema],
        initial: Mapping[str, Any] | None = None,
        *,
        sent: bool | None = None,
    ) -> "Form":
        """One of several forms of a page: its fields carry its name, `name.field`."""
        return cls(_within(name, schema)(), initial={name: dict(initial or {})}, sent=sent)

    @property
    def valid(self) -> bool:
        """Whether it was sent and nothing is wrong with it; `data` is then what it means."""
        return self.sent and not self.errors

    def add_error(self, field: str, message: Any) -> None:
        """Say what is wrong with a field, or with the whole ("")."""
        self.errors.setdefault(field, []).append(str(message))

    def add_errors(self, error: DatosInvalidos) -> None:
        """Take over what a rule found wrong, beside its fields."""
        for field, found in messages.flatten(error.errores).items():
            for message in found:
                self.add_error(field, message)
        if error.detail:
            self.add_error("", error.detail)

    def value(self, field: str) -> str:
        """What to show in a field: as it was written."""
        return str(self._values.get(field, ""))

    def values(self, field: str) -> list[str]:
        """What is chosen in a field of several values."""
        return [str(value) for value in self._values.getlist(field)]

    @property
    def written(self) -> MultiDict[str, str]:
        """What to show in every field: as it was written."""
        return self._values

    def renew(self, field: str, value: Any) -> None:
        """Show something else in a field than what was sent."""
        self._values = MultiDict(self._values)
        self._values[field] = str(value)

    def errors_of(self, field: str) -> list[str]:
        """What is wrong with one field."""
        return self.errors.get(field, [])

    def _load(self) -> None:
        try:
            self.data = self.schema.load(_read(self.schema, request.form, ""))
        except ValidationError as error:
            found = messages.flatten(error.messages)
            for path in sorted(found, key=self._position):
                for message in found[path]:
                    self.add_error(self._field_at(path), message)

    def _position(self, path: str) -> int:
        """Errors are told in the order of the fields, those of the whole at the end."""
        names = [field.data_key or name for name, field in self.schema.load_fields.items()]
        first = path.partition(".")[0]
        return names.index(first) if first in names else len(names)

    def _field_at(self, path: str) -> str:
        """The field to which an error belongs: of a choice among several, the whole choice."""
        parent, _dot, number = path.rpartition(".")
        is_one_of_many = number.isdigit() and isinstance(field_of(self.schema, parent), fields.List)
        return parent if is_one_of_many else path


def field_of(schema: Schema, path: str) -> fields.Field[Any] | None:
    """The field that a path names, through the nested ones."""
    first, _dot, rest = path.partition(".")
    for name, field in schema.load_fields.items():
        if (field.data_key or name) != first:
            continue
        if not rest:
            return field
        return field_of(field.schema, rest) if isinstance(field, fields.Nested) else None
    return None


def _read(schema: Schema, sent: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        value = read_field(field, sent, prefix + key)
        if value is not None:
            read[key] = value
    return read


def read_field(field: fields.Field[Any], sent: MultiDict[str, str], path: str) -> Any:
    """What was sent for a field, before it is validated; None when it was left blank."""
    if isinstance(field, fields.Nested):
        # Of one that must be there, what is missing in it is told, and not that it is missing.
        told = field.required and any(inner.required for inner in field.schema.load_fields.values())
        return _read(field.schema, sent, f"{path}.") or ({} if told else None)
    if isinstance(field, fields.List):
        return [text.strip() for text in sent.getlist(path) if text.strip()] or None
    text = sent.get(path, "")
    # A password is taken as it was typed.
    text = text if field.metadata.get("raw") else text.strip()
    return text or None


def as_sent(initial: Mapping[str, Any]) -> MultiDict[str, str]:
    """Values as a browser would send them."""
    sent: MultiDict[str, str] = MultiDict()
    for path, value in _leaves(initial, ""):
        if value is not None and value is not False:
            sent.add(path, "1" if value is True else str(value))
    return sent


def _leaves(value: Any, path: str) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from ((path, inner) for inner in value)
    else:
        yield path, value
