"""What the schemas of answers have in common."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import Schema, fields, missing

_NONE = frozenset({type(None)})
# What a kind of field hands on as it is, besides None.
_AS_IT_IS: Mapping[type[fields.Field[Any]], Set[type]] = {
    fields.String: _NONE | {str},
    fields.Boolean: _NONE | {bool},
    fields.Integer: _NONE | {int},
    fields.UUID: _NONE,
    fields.Enum: _NONE,
    fields.DateTime: _NONE,
    fields.Date: _NONE,
    fields.List: _NONE,
    fields.Nested: _NONE,
}


class _Part(NamedTuple):
    """A field of the answer: its name in it, the attribute that it tells, and how."""

    key: str
    attribute: str
    as_it_is: Set[type]
    at_once: Mapping[type, Callable[[Any], Any]]
    """What is told of a value of these types without asking the field."""
    say: Callable[[Any, str, Any], Any] | None
    """Of a value that is not handed on as it is; None when the field asks for the value itself."""
    field: fields.Field[Any]


class ObjectSchema(Schema):
    """Of objects: a field is the attribute of its name; one that is not there is left out.

    marshmallow asks of each value whether it is a mapping, looks for a path in each name, and calls
    six functions to hand on a text as it is: of an answer that is most of the work. What is told is
    what marshmallow tells. `pre_dump` and `post_dump` are not for here.
    """

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return getattr(obj, attr, default)

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """As marshmallow does it: a dict, or a list of them."""
        if self.many if many is None else many:
            return [self._tell(one) for one in obj]
        return self._tell(obj)

    def _tell(self, obj: Any) -> dict[str, Any]:
        told = {}
        for key, attribute, as_it_is, at_once, say, field in self._parts:
            value = getattr(obj, attribute, missing)
            if value is missing or say is None:
                value = field.serialize(field.name or key, obj, self.get_attribute)
            elif (kind := type(value)) in at_once:
                value = at_once[kind](value)
            elif kind not in as_it_is:
                value = say(value, attribute, obj)
            if value is not missing:
                told[key] = value
        return told

    @cached_property
    def _parts(self) -> Sequence[_Part]:
        return [_part(name, field) for name, field in self.dump_fields.items()]


def _part(name: str, field: fields.Field[Any]) -> _Part:
    attribute = name if field.attribute is None else field.attribute
    key = name if field.data_key is None else field.data_key
    for kind, as_it_is in _AS_IT_IS.items():
        # Nothing is handed on by one that has its own way of saying it.
        if isinstance(field, kind) and type(field)._serialize is kind._serialize:
            written = getattr(field, "as_string", False)
            handed_on = _NONE if written else as_it_is
            return _Part(key, attribute, handed_on, _at_once(field), field._serialize, field)
    return _Part(key, attribute, frozenset(), {}, None, field)


def _at_once(field: fields.Field[Any]) -> Mapping[type, Callable[[Any], Any]]:
    if isinstance(field, fields.UUID):
        return {UUID: str}
    if isinstance(field, fields.Enum) and field.by_value is True:
        return {field.enum: attrgetter("_value_")}
    for temporal, kind in ((fields.DateTime, datetime), (fields.Date, date)):
        if isinstance(field, temporal):
            written = field.SERIALIZATION_FUNCS.get(field.format or field.DEFAULT_FORMAT)
            return {kind: written} if written else {}
    return {}
