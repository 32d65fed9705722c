"""What a Reader reads is what marshmallow reads; what it does not read is marshmallow's."""

import copy
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum, StrEnum
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import (
    EXCLUDE,
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates,
    validates_schema,
)

from oficina.errors import DomainError
from oficina.settings import SERVICES
from oficina.web.reading import Odd, Reader

ODD = object()
ROOMS = {"api", "esquema", "pages", "schemas"}


def _below(kind: type[Schema]) -> Iterator[type[Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _schemas(package: str) -> list[Schema]:
    """Of one service, or of what they share. One that is made while a page is asked for is not
    whole by itself.
    """
    for one in walk_packages(import_module(package).__path__, f"{package}."):
        if one.name.rpartition(".")[2] in ROOMS:
            import_module(one.name)
    return [
        kind()
        for kind in _below(Schema)
        if kind.__module__.partition(".")[0] == package and "<locals>" not in kind.__qualname__
    ]


class Color(StrEnum):
    ROJO = "rojo"
    AZUL = "azul"


class Shout(fields.String):
    """Asks where it stands."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return f"{text} {attr} {sorted(data or ())}"


class Late(fields.Integer):
    """Is read in its own way as a whole."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return ("late", super().deserialize(value, *args, **kwargs))


class PartSchema(Schema):
    nombre = fields.String(required=True, validate=validate.Length(max=3))
    cuantos = fields.Integer(load_default=1)

    @post_load
    def _build(self, data: dict[str, Any], **said: Any) -> tuple[Any, ...]:
        return (*data.items(), *sorted(said.items(), key=str))


class OpenSchema(PartSchema):
    class Meta:
        unknown = EXCLUDE


class TreeSchema(Schema):
    ramas = fields.List(fields.Nested(lambda: TreeSchema))


class WholeSchema(Schema):
    """Every kind of field that bodies are made of."""

    texto = fields.String(required=True)
    largo = fields.String(validate=[validate.Length(min=2), validate.Regexp("a")])
    correo = fields.Email()
    numero = fields.Integer(validate=validate.Range(min=0))
    estricto = fields.Integer(strict=True)
    real = fields.Float()
    decimal = fields.Decimal(allow_nan=False)
    verdad = fields.Boolean()
    id = fields.UUID(allow_none=True)
    color = fields.Enum(Color, by_value=True, load_default=None)
    nombre_de_color = fields.Enum(Color)
    momento = fields.AwareDateTime()
    reloj = fields.NaiveDateTime()
    dia = fields.Date(validate=validate.Range(date(2000, 1, 1)))
    hora = fields.Time()
    textos = fields.List(fields.String(allow_none=True), validate=validate.Length(max=2))
    parte = fields.Nested(PartSchema)
    abierta = fields.Nested(OpenSchema)
    sin_resto = fields.Nested(PartSchema, unknown=EXCLUDE)
    partes = fields.List(fields.Nested(PartSchema), load_default=list)
    varias = fields.Nested(PartSchema(many=True))
    nombres = fields.Pluck(PartSchema, "nombre", many=True)
    arbol = fields.Nested(TreeSchema)
    mapa = fields.Dict(keys=fields.String(validate=validate.Length(max=2)), values=fields.Raw())
    mapa_libre = fields.Dict()
    crudo = fields.Raw(allow_none=True)
    grito = Shout()
    tardes = fields.List(Late())
    recortado = fields.String(pre_load=lambda text: str(text).strip(), post_load=str.upper)
    renombrado = fields.String(data_key="con otro nombre", attribute="otra")
    solo_sale = fields.String(dump_only=True)

    @validates_schema
    def _no_both(self, data: dict[str, Any], **_said: Any) -> None:
        if "numero" in data and "real" in data:
            raise ValidationError("uno de los dos", "numero")

    @post_load
    def _note(self, data: dict[str, Any], **said: Any) -> dict[str, Any]:
        if data.get("texto") == "no":
            raise ValidationError("no")
        return data | {"said": sorted(said.items(), key=str)}


class InvitingSchema(PartSchema):
    class Meta:
        unknown = INCLUDE


class TidySchema(PartSchema):
    @pre_load
    def _tidy(self, data: Any, **_said: Any) -> Any:
        return {"nombre": "x"}


class CarefulSchema(PartSchema):
    @validates("nombre")
    def _careful(self, value: str, **_said: Any) -> None:
        raise ValidationError(value)


class RememberingSchema(PartSchema):
    @post_load(pass_original=True)
    def _remember(self, data: Any, original: Any, **_said: Any) -> Any:
        return data, original


class WayOfItsOwnSchema(PartSchema):
    def load(self, *_args: Any, **_kwargs: Any) -> Any:
        return "mine"


class LateSchema(PartSchema):
    tarde = Late()


class FixedSchema(PartSchema):
    fijo = fields.Constant(7)


class PathSchema(Schema):
    nombre = fields.String(attribute="uno.dos")


LEFT: dict[str, Schema] = {
    "Inviting": InvitingSchema(),
    "Tidy": TidySchema(),
    "Careful": CarefulSchema(),
    "Remembering": RememberingSchema(),
    "WayOfItsOwn": WayOfItsOwnSchema(),
    "Late": LateSchema(),
    "Fixed": FixedSchema(),
    "Path": PathSchema(),
    "many": PartSchema(many=True),
    "partial": PartSchema(partial=True),
}

JUNK: list[Any] = [
    None, True, 0, -1, 7.5, "", " ", "x", "7", "no", "sí", "x" * 5_000, "\x00", "2030-01-02",
    "2030-01-02T03:04:05Z", "2030-01-02T03:04", "03:04", "0192f3a0-0000-7000-8000-000000000001",
    [], [None], ["x"], [["x"]], [{}], {}, {"x": None}, {"nombre": "x"}, {"nombre": "x", "y": 1},
]  # fmt: skip
NAMES = [field.data_key or name for name, field in WholeSchema().fields.items()]


@pytest.mark.parametrize("package", [*SERVICES, "oficina"])
def test_every_schema_reads_what_marshmallow_reads(package: str) -> None:
    schemas = _schemas(package)

    assert schemas
    for schema in schemas:
        reader, full = Reader(schema), _filled(schema)
        needed = {name: full[name] for name, field in _named(schema).items() if field.required}
        for body in (full, needed, {}, [full], None, "x", full | {"nadie lo conoce": 1}):
            _same(schema, reader, body)
        for name in _named(schema):
            _same(schema, reader, {key: one for key, one in full.items() if key != name})
            for junk in JUNK:
                _same(schema, reader, needed | {name: junk})


def test_what_is_in_order_is_read_here() -> None:
    """Or nothing would be gained."""
    asked = [schema for package in SERVICES for schema in _schemas(package)]
    plain = [schema for schema in asked if Reader(schema).is_plain]
    loaded = [(one, _loaded(one, _filled(one))) for one in plain]
    in_order = [one for one, said in loaded if said is not ODD and not isinstance(said, type)]

    assert len(in_order) > 200
    assert [one for one in in_order if _read(Reader(one), _filled(one)) is ODD] == []


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(JUNK), max_size=4))
def test_any_few_fields_are_read_as_marshmallow_reads_them(some: dict[str, Any]) -> None:
    schema = WholeSchema()
    reader = Reader(schema)

    _same(schema, reader, some)
    _same(schema, reader, {"texto": "hola"} | some)


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_of_field_is_read_as_marshmallow_reads_it(name: str) -> None:
    schema = WholeSchema()
    reader = Reader(schema)

    for junk in JUNK:
        _same(schema, reader, {"texto": "hola", name: junk})


@pytest.mark.parametrize("way", LEFT)
def test_what_is_done_in_another_way_is_left_to_marshmallow(way: str) -> None:
    with pytest.raises(Odd):
        Reader(LEFT[way]).read({"nombre": "x"})


def test_fields_that_are_left_out_are_unknown() -> None:
    schema = PartSchema(exclude=["cuantos"])

    assert _read(Reader(schema), {"nombre": "x", "cuantos": 2}) is ODD
    _same(schema, Reader(schema), {"nombre": "x"})


def test_what_is_not_in_order_by_one_check_is_not_read() -> None:
    reader = Reader(WholeSchema())

    wrongs: list[dict[str, Any]] = [
        {"largo": "ba"},
        {"numero": -1},
        {"textos": ["a"] * 3},
        {"mapa": {"abc": 1}},
        {"numero": 1, "real": 1},
        {"texto": "no"},
        {"parte": {"nombre": "larga"}},
    ]
    for wrong in wrongs:
        assert _read(reader, {"texto": "hola"} | wrong) is ODD
    assert _read(reader, {"texto": "hola", "largo": "ab", "mapa": {"ab": 1}}) is not ODD


def _same(schema: Schema, reader: Reader, body: Any) -> None:
    ours = _read(reader, body)
    if ours is not ODD:
        assert _told(ours) == _told(_loaded(schema, body))


def _read(reader: Reader, body: Any) -> Any:
    return _given(reader.read, body)


def _loaded(schema: Schema, body: Any) -> Any:
    return _given(schema.load, body)


def _given(read: Callable[[Any], Any], body: Any) -> Any:
    """What is read; ODD when it is not; of what a schema leaves to others, or is
    mistaken in, the error's class.
    """
    try:
        return read(copy.deepcopy(body))
    except (Odd, ValidationError, ValueError):
        return ODD
    except (DomainError, RuntimeError, TypeError) as error:
        return type(error)


def _told(thing: Any) -> Any:
    """With its types, and the order of its names."""
    if isinstance(thing, dict):
        return type(thing), [(name, _told(one)) for name, one in thing.items()]
    if isinstance(thing, list | tuple):
        return type(thing), [_told(one) for one in thing]
    if hasattr(thing, "__dict__") and not isinstance(thing, Enum):
        return type(thing), _told(vars(thing))
    return type(thing), repr(thing)


def _named(schema: Schema) -> dict[str, Any]:
    return {field.data_key or name: field for name, field in schema.load_fields.items()}


def _filled(schema: Schema) -> dict[str, Any]:
    return {name: _value(field) for name, field in _named(schema).items()}


def _value(field: Any) -> Any:
    """Something that may well be in order."""
    if isinstance(field, fields.Pluck):
        return [] if field.many else _value(field.schema.fields[field.field_name])
    if isinstance(field, fields.Nested):
        filled = _filled(field.schema)
        return [filled] if field.schema.many else filled
    if isinstance(field, fields.List):
        return [_value(field.inner)]
    if isinstance(field, fields.Enum):
        first = next(iter(field.enum))
        return first.value if field.by_value else first.name
    for kind, value in (
        (fields.UUID, "0192f3a0-0000-7000-8000-000000000001"),
        (fields.AwareDateTime, "2030-01-02T03:04:05Z"),
        (fields.NaiveDateTime, "2030-01-02T03:04:05"),
        (fields.Date, "2030-01-02"),
        (fields.Time, "03:04"),
        (fields.Boolean, False),
        (fields.Integer, 7),
        (fields.Number, 7.5),
        (fields.Dict, {}),
        (fields.Email, "una@oficina.example"),
        (fields.Url, "https://oficina.example/"),
    ):
        if isinstance(field, kind):
            return value
    return next((one for one in ("hola", "2030-05", "9:00-13:00") if _takes(field, one)), "hola")


def _takes(field: Any, text: str) -> bool:
    try:
        field.deserialize(text)
    except (ValidationError, ValueError, RuntimeError):
        return False
    return True
