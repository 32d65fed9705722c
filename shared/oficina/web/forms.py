"""A form is a marshmallow schema read from what a browser sends, and shown again as it was sent.

A blank field is a missing one. Names with dots are nested: `documento.numero`, `contactos.0.valor`.
Names that the schema does not know (the button, for one) are left aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from oficina.errors import DatosInvalidos
from oficina.web import messages


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
        self.sent = request.method == "POST" if sent is None else sent
        self._values = request.form if self.sent else _as_sent(initial or {})
        if self.sent:
            self._load()

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

    def label_of(self, field: str) -> str:
        """The name that people know a field by, where its schema says it (`etiqueta`)."""
        for name, known in self.schema.load_fields.items():
            if (known.data_key or name) == field:
                return str(known.metadata.get("etiqueta", ""))
        return ""

    def errors_of(self, field: str) -> list[str]:
        """What is wrong with one field."""
        return self.errors.get(field, [])

    def _load(self) -> None:
        try:
            self.data = self.schema.load(_read(self.schema, request.form, ""))
        except ValidationError as error:
            for path, found in messages.flatten(error.messages).items():
                for message in found:
                    self.add_error(self._field_at(path), message)

    def _field_at(self, path: str) -> str:
        """The field to which an error belongs: of a choice among several, the whole choice."""
        parent, _dot, number = path.rpartition(".")
        return parent if number.isdigit() and parent in self._choices() else path

    def _choices(self) -> set[str]:
        return {
            field.data_key or name
            for name, field in self.schema.load_fields.items()
            if isinstance(field, fields.List) and not isinstance(field.inner, fields.Nested)
        }


def _read(schema: Schema, sent: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        value = _read_field(field, sent, prefix + key)
        if value is not None:
            read[key] = value
    return read


def _read_field(field: fields.Field[Any], sent: MultiDict[str, str], path: str) -> Any:
    if isinstance(field, fields.Nested):
        return _read_nested(field, sent, path)
    if isinstance(field, fields.List):
        if isinstance(field.inner, fields.Nested):
            return _read_rows(field.inner, sent, path) or None
        return [text.strip() for text in sent.getlist(path) if text.strip()] or None
    text = sent.get(path, "")
    # A password is taken as it was typed.
    text = text if field.metadata.get("raw") else text.strip()
    return text or None


def _read_nested(field: fields.Nested, sent: MultiDict[str, str], path: str) -> Any:
    if field.many:
        return _read_rows(field, sent, path) or None
    return _read(field.schema, sent, f"{path}.") or None


def _read_rows(field: fields.Nested, sent: MultiDict[str, str], path: str) -> list[dict[str, Any]]:
    """The rows `path.0`, `path.1`…; a row that was left blank is not one."""
    numbers = {rest for name in sent if (rest := _row_number(name, path)) is not None}
    rows = [_read(field.schema, sent, f"{path}.{number}.") for number in sorted(numbers)]
    return [row for row in rows if row]


def _row_number(name: str, path: str) -> int | None:
    if not name.startswith(f"{path}."):
        return None
    number = name[len(path) + 1 :].partition(".")[0]
    return int(number) if number.isdigit() else None


def _as_sent(initial: Mapping[str, Any]) -> MultiDict[str, str]:
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
        for number, inner in enumerate(value):
            nested = isinstance(inner, Mapping)
            yield from _leaves(inner, f"{path}.{number}" if nested else path)
    else:
        yield path, value
