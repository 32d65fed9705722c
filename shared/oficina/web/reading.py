"""What the body of a request says, read by its schema.

marshmallow makes a function and several objects for each field of a body, and calls a dozen to hand
on a text as it is: of a short body that is most of the work. Here the fields of a schema are put
together once, and what is read is what marshmallow reads. What is wrong, or out of the ordinary, is
left to marshmallow itself: who gets no answer here asks it, and gets its answer or its errors.
"""

from collections.abc import Callable, Sequence, Set
from functools import cached_property
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, INCLUDE, Schema, fields, missing

Read = Callable[[Any, str | None, Any], Any]
"""Of a value, the name that it has in what is around it (None in a list), and that."""

_NONE: Set[type] = frozenset()
_TEXT: Set[type] = frozenset({str})
_OF_ONE_THERE_OR_NOT = ("deserialize", "_validate_missing")
_OF_A_FIELD = (*_OF_ONE_THERE_OR_NOT, "_validate", "_validate_all")
_OF_A_SCHEMA = (
    "load",
    "_do_load",
    "_deserialize",
    "_call_and_store",
    "_run_validator",
    "_invoke_field_validators",
    "_invoke_schema_validators",
    "_invoke_load_processors",
    "_invoke_processors",
)


class Odd(Exception):
    """To be read by marshmallow itself."""


class _Part(NamedTuple):
    """A field: its name in the body and in what is read, how it is read, and what stands for one
    that is not there (`missing`: nothing does), which may be a function that makes it.
    """

    key: str
    attribute: str
    read: Read
    required: bool
    default: Any
    is_made: bool


class Reader:
    """Reads what `schema.load` reads; the schema is not changed any more."""

    def __init__(self, schema: Schema, unknown: str | None = None) -> None:
        """`unknown` as `load` takes it."""
        self._schema = schema
        self._unknown = unknown or schema.unknown

    def read(self, data: Any, *_around: Any) -> Any:
        """As `load`; raises Odd, or one of the ValidationErrors, when that would read it otherwise
        or not at all.
        """
        if type(data) is not dict or not self.is_plain:
            raise Odd
        there, found = 0, {}
        for key, attribute, read, required, default, is_made in self._parts:
            if key in data:
                there += 1
                found[attribute] = read(data[key], key, data)
            elif required:
                raise Odd
            elif default is not missing:
                found[attribute] = default() if is_made else default
        if there != len(data) and self._unknown != EXCLUDE:
            raise Odd
        for check in self._checks:
            check(found, partial=None, many=False, unknown=self._unknown)
        whole: Any = found
        for build in self._builds:
            whole = build(whole, many=False, partial=None, unknown=self._unknown)
        return whole

    @cached_property
    def is_plain(self) -> bool:
        """Whether the schema is of one thing, which is read field by field and then as a whole."""
        schema, hooks = self._schema, self._schema._hooks
        parts = schema.load_fields
        done = [hook for name in ("validates_schema", "post_load") for hook in hooks[name]]
        return (
            _is_as(schema, Schema, _OF_A_SCHEMA)
            and schema.dict_class is dict
            and not schema.many
            and schema.partial is None
            and self._unknown != INCLUDE
            and not hooks["pre_load"]
            and not hooks["validates"]
            and not any(of_many or said.get("pass_original") for _name, of_many, said in done)
            and all(_is_as(one, fields.Field, _OF_ONE_THERE_OR_NOT) for one in parts.values())
            and not any("." in (one.attribute or name) for name, one in parts.items())
            and len({_key(name, one) for name, one in parts.items()}) == len(parts)
        )

    @cached_property
    def _parts(self) -> Sequence[_Part]:
        return [_part(name, field) for name, field in self._schema.load_fields.items()]

    @cached_property
    def _checks(self) -> Sequence[Callable[..., Any]]:
        return self._done("validates_schema")

    @cached_property
    def _builds(self) -> Sequence[Callable[..., Any]]:
        return self._done("post_load")

    def _done(self, when: str) -> Sequence[Callable[..., Any]]:
        return [getattr(self._schema, name) for name, *_ in self._schema._hooks[when]]


class _Value:
    """How a field reads a value that is there."""

    __slots__ = ("_as_it_is", "_checks", "_none", "_say")

    def __init__(self, field: fields.Field[Any], say: Read | None, as_it_is: Set[type]) -> None:
        """`say` reads what is not of a type that is handed on as it is; None: all is."""
        self._none = field.allow_none
        self._say, self._as_it_is = say, as_it_is
        self._checks = tuple(field.validators)

    def __call__(self, value: Any, key: str | None, data: Any) -> Any:
        if value is None:
            if not self._none:
                raise Odd
            return None
        if self._say is not None and type(value) not in self._as_it_is:
            value = self._say(value, key, data)
        for check in self._checks:
            check(value)
        return value


def _part(name: str, field: fields.Field[Any]) -> _Part:
    default = field.load_default
    return _Part(
        key=_key(name, field),
        attribute=field.attribute or name,
        read=_reading(field),
        required=field.required,
        default=default,
        is_made=callable(default),
    )


def _key(name: str, field: fields.Field[Any]) -> str:
    return name if field.data_key is None else field.data_key


def _reading(field: fields.Field[Any]) -> Read:
    if not _is_as(field, fields.Field, _OF_A_FIELD) or field.pre_load or field.post_load:
        return field.deserialize
    if _is_as(field, fields.String, ["_deserialize"]):
        return _Value(field, field._deserialize, _TEXT)
    return _Value(field, _saying(field), _NONE)


def _saying(field: Any) -> Read | None:
    """How a field makes what it reads of a value."""
    if _is_as(field, fields.Field, ["_deserialize"]):
        return None
    if _is_as(field, fields.List, ["_deserialize"]):
        return _list_of(_reading(field.inner))
    if _is_as(field, fields.Dict, ["_deserialize"]) and field.key_field and field.value_field:
        return _dict_of(_reading(field.key_field), _reading(field.value_field))
    if _is_as(field, fields.Nested, ["_deserialize", "_load", "_test_collection"]):
        nested = Reader(field.schema, field.unknown)
        if nested.is_plain:
            return nested.read
    own: Read = field._deserialize
    return own


def _list_of(inner: Read) -> Read:
    def read(value: Any, _key: str | None, _data: Any) -> list[Any]:
        if type(value) is not list:
            raise Odd
        return [inner(one, None, None) for one in value]

    return read


def _dict_of(name: Read, inner: Read) -> Read:
    def read(value: Any, _key: str | None, _data: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise Odd
        return {name(key, None, None): inner(one, None, None) for key, one in value.items()}

    return read


def _is_as(thing: object, kind: type, names: Sequence[str]) -> bool:
    """Whether `thing` does all of these as `kind` does them."""
    return isinstance(thing, kind) and all(
        getattr(type(thing), name) is getattr(kind, name) for name in names
    )
