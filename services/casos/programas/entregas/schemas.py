"""What comes in about deliveries, goods and accounts, and what goes out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Pesos, Texto
from casos.programas.entregas.actions import (
    NuevaEntrega,
    NuevoArticulo,
    NuevoMovimiento,
    Salida,
)
from casos.programas.entregas.models import Receptor, TipoExistencia
from casos.programas.models import TipoBeneficio
from oficina.web.forms import DIAS

MAXIMO = 1_000_000
"""More of a thing than any store holds: a slip of the hand."""
ARTICULOS = 20
"""How many kinds of things one delivery may have."""


class SalidaSchema(Schema):
    """So many of a kind of thing."""

    articulo_id = fields.UUID(required=True)
    cantidad = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAXIMO))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Salida:
        return Salida(**data)


class _QuienSchema(Schema):
    receptor = fields.Enum(Receptor, by_value=True, required=True)
    receptor_nombre = Texto(load_default="", validate=validate.Length(max=160))
    receptor_documento = Texto(load_default="", validate=validate.Length(max=40))
    monto_clp = Pesos(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _quien(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("receptor") is Receptor.REPRESENTANTE and not data.get("receptor_nombre"):
            raise ValidationError(_("Escriba quién recibe en su nombre."), "receptor_nombre")


class NuevaEntregaSchema(_QuienSchema):
    """A delivery; each kind of thing once."""

    articulos = fields.List(
        fields.Nested(SalidaSchema), load_default=list, validate=validate.Length(max=ARTICULOS)
    )

    @validates_schema
    def _una_vez(self, data: dict[str, Any], **_kwargs: Any) -> None:
        cuales = [una.articulo_id for una in data.get("articulos", ())]
        if len(cuales) != len(set(cuales)):
            raise ValidationError(_("Un artículo está dos veces."), "articulos")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaEntrega:
        return NuevaEntrega(**data)


def entrega_en_casillas(articulos: Sequence[UUID]) -> Schema:
    """The same as a form, with a field for how many of each kind of thing: also none is said, or
    what left the store unsaid would stay in it.
    """
    casillas = {f"a{numero}": cual for numero, cual in enumerate(articulos[:ARTICULOS], 1)}

    class EntregaEnCasillas(_QuienSchema):
        @post_load
        def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaEntrega:
            cuantos = {casilla: data.pop(casilla) for casilla in casillas}
            salidas = [
                Salida(articulo_id=casillas[casilla], cantidad=cuanto)
                for casilla, cuanto in cuantos.items()
                if cuanto
            ]
            return NuevaEntrega(articulos=salidas, **data)

    cuanto: dict[str, fields.Field[Any]] = {
        casilla: fields.Integer(
            required=True,
            validate=validate.Range(0, MAXIMO),
            error_messages={"required": _l("Escriba cuántas se entregan; 0 si ninguna.")},
        )
        for casilla in casillas
    }
    return EntregaEnCasillas.from_dict(cuanto)()


class NuevoArticuloSchema(Schema):
    """A kind of thing that a programme keeps."""

    nombre = Texto(required=True, validate=validate.Length(1, 120))
    unidad = Texto(required=True, validate=validate.Length(1, 40))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoArticulo:
        return NuevoArticulo(**data)


class NuevoMovimientoSchema(Schema):
    """Goods that come in, or a count that was wrong (with its sign)."""

    tipo = fields.Enum(TipoExistencia, by_value=True, required=True)
    cantidad = fields.Integer(required=True, validate=validate.Range(-MAXIMO, MAXIMO))
    respaldo = Texto(required=True, validate=validate.Length(1, 200))

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("tipo") is TipoExistencia.SALIDA:
            raise ValidationError(_("Las salidas se anotan con su entrega."), "tipo")
        cantidad = data.get("cantidad")
        if cantidad == 0 or (data.get("tipo") is TipoExistencia.ENTRADA and (cantidad or 1) < 0):
            raise ValidationError(_("Escriba cuántas unidades."), "cantidad")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoMovimiento:
        return NuevoMovimiento(**data)


class NuevaRendicionSchema(Schema):
    """Up to which day to account for."""

    hasta = fields.Date(
        required=True, validate=DIAS, error_messages={"required": _l("Indique hasta qué día.")}
    )


class SalidaVistaSchema(Schema):
    """Goods that left with a delivery."""

    articulo_id = fields.UUID()
    nombre = fields.String(attribute="articulo.nombre")
    unidad = fields.String(attribute="articulo.unidad")
    cantidad = fields.Integer()


class EntregaSchema(Schema):
    """What was handed over, and to whom."""

    id = fields.UUID()
    folio = fields.String()
    postulacion_id = fields.UUID()
    programa_id = fields.UUID()
    tipo = fields.Enum(TipoBeneficio, by_value=True)
    monto_clp = fields.Integer()
    receptor = fields.Enum(Receptor, by_value=True)
    receptor_nombre = fields.String(allow_none=True)
    receptor_documento = fields.String(allow_none=True)
    entregada_en = fields.AwareDateTime()
    entregada_por = fields.String()
    autorizada_por = fields.String()
    rendicion_id = fields.UUID(allow_none=True)
    salidas = fields.List(fields.Nested(SalidaVistaSchema))


class ArticuloSchema(Schema):
    """A kind of thing, and how many there are."""

    id = fields.UUID()
    programa_id = fields.UUID()
    nombre = fields.String()
    unidad = fields.String()
    existencias = fields.Integer()


class ArticulosSchema(Schema):
    """What a programme keeps."""

    articulos = fields.List(fields.Nested(ArticuloSchema))


class ExistenciaSchema(Schema):
    """A line of what came in and went out."""

    id = fields.UUID()
    tipo = fields.Enum(TipoExistencia, by_value=True)
    cantidad = fields.Integer()
    quedan = fields.Integer()
    respaldo = fields.String()
    actor_nombre = fields.String()
    ocurrido_en = fields.AwareDateTime()


class ExistenciasSchema(Schema):
    """The last lines of a kind of thing."""

    movimientos = fields.List(fields.Nested(ExistenciaSchema))


class RendicionResumenSchema(Schema):
    """An account in a list."""

    id = fields.UUID()
    folio = fields.String()
    programa_id = fields.UUID()
    hasta = fields.Date()
    entregas = fields.Integer()
    monto_clp = fields.Integer()
    hecha_en = fields.AwareDateTime()
    hecha_por = fields.String()


class RendicionesSchema(Schema):
    """The accounts of a programme."""

    rendiciones = fields.List(fields.Nested(RendicionResumenSchema))


class FilaRendidaSchema(Schema):
    """A delivery of an account; whose it is, for who may know it."""

    acta = fields.String(attribute="entrega.folio")
    postulacion = fields.String()
    persona_folio = fields.String(allow_none=True)
    persona = fields.String(allow_none=True)
    tipo = fields.Enum(TipoBeneficio, by_value=True, attribute="entrega.tipo")
    monto_clp = fields.Integer(attribute="entrega.monto_clp")
    salidas = fields.List(fields.Nested(SalidaVistaSchema), attribute="entrega.salidas")
    receptor = fields.Enum(Receptor, by_value=True, attribute="entrega.receptor")
    entregada_en = fields.AwareDateTime(attribute="entrega.entregada_en")
    entregada_por = fields.String(attribute="entrega.entregada_por")
    autorizada_por = fields.String(attribute="entrega.autorizada_por")


class RendicionSchema(RendicionResumenSchema):
    """An account, delivery by delivery."""

    filas = fields.List(fields.Nested(FilaRendidaSchema))
