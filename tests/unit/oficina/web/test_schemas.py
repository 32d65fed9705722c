"""What an ObjectSchema tells is what marshmallow would tell of the same object."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from marshmallow import Schema, fields

import notificaciones.mensajes.schemas
from oficina.web.schemas import ObjectSchema

assert notificaciones.mensajes.schemas  # its schemas are among those of every service

ONE = UUID("0190b5a0-0000-7000-8000-000000000001")
MOMENT = datetime(2030, 5, 6, 7, 8, 9, 10, tzinfo=UTC)


class Color(StrEnum):
    ROJO = "rojo"
    AZUL = "azul"


class Nivel(IntEnum):
    ALTO = 3


class Loud(fields.String):
    """A field that says even nothing in its own way."""

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        return f"{value}!"


class PartSchema(ObjectSchema):
    nombre = fields.String()
    cuantos = fields.Integer()


class WholeSchema(ObjectSchema):
    """Every kind of field that answers are made of."""

    texto = fields.String()
    clave = fields.String(attribute="otra")
    numero = fields.Integer()
    escrito = fields.Integer(as_string=True)
    real = fields.Float()
    verdad = fields.Boolean()
    id = fields.UUID()
    color = fields.Enum(Color, by_value=True)
    nombre_de_color = fields.Enum(Color)
    color_escrito = fields.Enum(Color, by_value=fields.String())
    nivel = fields.Enum(Nivel, by_value=True)
    momento = fields.AwareDateTime()
    momento_escrito = fields.AwareDateTime(format="rfc")
    momento_a_mano = fields.NaiveDateTime(format="%H")
    dia = fields.Date()
    dia_corto = fields.Date(format="%d-%m")
    textos = fields.List(fields.String())
    parte = fields.Nested(PartSchema)
    partes = fields.List(fields.Nested(PartSchema))
    varias = fields.Nested(PartSchema(many=True))
    nombres = fields.Pluck(PartSchema, "nombre", many=True)
    mapa = fields.Dict(keys=fields.String(), values=fields.Integer())
    crudo = fields.Raw()
    contado = fields.Function(lambda thing: len(vars(thing)))
    fijo = fields.Constant(7)
    fuerte = Loud()
    renombrado = fields.String(data_key="con_otro_nombre")
    por_omision = fields.String(dump_default="nada")
    escondido = fields.String(load_only=True)


PARTS = [SimpleNamespace(nombre="a", cuantos=1), SimpleNamespace(nombre=None, cuantos="2")]
FULL = {
    "texto": "hola",
    "otra": "k",
    "numero": 3,
    "escrito": 4,
    "real": 5,
    "verdad": True,
    "id": ONE,
    "color": Color.AZUL,
    "nombre_de_color": Color.ROJO,
    "color_escrito": Color.AZUL,
    "nivel": Nivel.ALTO,
    "momento": MOMENT,
    "momento_escrito": MOMENT,
    "momento_a_mano": MOMENT,
    "dia": date(2030, 1, 2),
    "dia_corto": date(2030, 1, 2),
    "textos": ["a", Color.ROJO],
    "parte": PARTS[0],
    "partes": PARTS,
    "varias": PARTS,
    "nombres": PARTS,
    "mapa": {"a": 1},
    "crudo": object,
    "fuerte": "ya",
    "renombrado": "r",
    "por_omision": "p",
    "escondido": "secreto",
}
ODD = {
    # What a field does not hand on as it is.
    "texto": Color.ROJO,
    "otra": b"bytes",
    "numero": True,
    "real": 1,
    "verdad": 1,
    "id": str(ONE),
    "momento": MOMENT.astimezone(),
    "textos": (),
    "dia": MOMENT,
}


@pytest.mark.parametrize(
    "thing",
    [FULL, dict.fromkeys(FULL), {}, ODD, {"texto": Decimal("1.50"), "numero": "12"}],
    ids=["full", "none", "nothing", "odd", "other types"],
)
def test_an_object_is_told_as_marshmallow_tells_it(thing: dict[str, Any]) -> None:
    _same(WholeSchema(), SimpleNamespace(**thing))


def test_only_and_exclude_are_kept_to() -> None:
    thing = SimpleNamespace(**FULL)

    assert WholeSchema(only=["texto", "parte.nombre"]).dump(thing) == {
        "texto": "hola",
        "parte": {"nombre": "a"},
    }
    _same(WholeSchema(exclude=["numero"]), thing)


def test_many_are_a_list() -> None:
    things = [SimpleNamespace(**FULL), SimpleNamespace()]

    assert WholeSchema(many=True).dump(things) == Schema.dump(WholeSchema(many=True), things)
    assert WholeSchema().dump(iter(things), many=True) == WholeSchema(many=True).dump(things)


def test_every_schema_of_objects_tells_what_marshmallow_tells() -> None:
    kinds = [kind for kind in _below(ObjectSchema) if kind.__module__ != __name__]

    assert kinds
    for kind in kinds:
        # What is done to an answer before or after it is told would be left out.
        assert not kind._hooks["pre_dump"] and not kind._hooks["post_dump"]  # noqa: PT018
        schema = kind(exclude=_asking(kind))
        _same(schema, _filled(schema))
        _same(schema, SimpleNamespace(**dict.fromkeys(vars(_filled(schema)))))


def _same(schema: Schema, thing: Any) -> None:
    ours, theirs = schema.dump(thing), Schema.dump(schema, thing)
    assert list(ours.items()) == list(theirs.items())
    assert [type(one) for one in ours.values()] == [type(one) for one in theirs.values()]


def _below(kind: type[Schema]) -> Iterator[type[Schema]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _asking(kind: type[Schema]) -> list[str]:
    """Fields that ask their object for more than an attribute."""
    return [name for name, one in kind().fields.items() if isinstance(one, fields.Function)]


def _filled(schema: Schema) -> SimpleNamespace:
    return SimpleNamespace(
        **{one.attribute or name: _value(one) for name, one in schema.fields.items()}
    )


def _value(field: Any) -> Any:
    if isinstance(field, fields.Nested):
        return _filled(field.schema)
    if isinstance(field, fields.List):
        return [_value(field.inner)]
    if isinstance(field, fields.Enum):
        return next(iter(field.enum))
    for kind, value in (
        (fields.Date, date(2030, 1, 2)),
        (fields.DateTime, MOMENT),
        (fields.UUID, ONE),
        (fields.Boolean, False),
        (fields.Integer, 7),
        (fields.String, "hola"),
    ):
        if isinstance(field, kind):
            return value
    raise AssertionError(f"no value for {field!r}: add one")
