"""What a reader of the facts asks and gets."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.hechos.cursor import Cursor

MAXIMO = 1000


class DesdeSchema(Schema):
    """Where the reader stands and how much it takes."""

    desde = fields.String(load_default="")
    limite = fields.Integer(load_default=200, validate=validate.Range(min=1, max=MAXIMO))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Cursor, int]:
        """The cursor and the size of the page."""
        return Cursor.leer(data["desde"]), data["limite"]


class HechoSchema(Schema):
    """One de-identified fact."""

    id = fields.UUID(required=True)
    clase = fields.String(required=True)
    fecha = fields.Date(required=True)
    nacionalidad = fields.String(required=True)
    tramo_edad = fields.String(required=True)
    sexo = fields.String(allow_none=True)
    tema = fields.String(allow_none=True)
    linea = fields.String(allow_none=True)
    canal = fields.String(allow_none=True)
    institucion = fields.String(allow_none=True)
    resultado = fields.String(allow_none=True)
    grado_evidencia = fields.String(allow_none=True)
    unidad = fields.String(allow_none=True)
    origen = fields.String(required=True)
    persona = fields.String(allow_none=True)
    motivo = fields.String(allow_none=True)
    lugar = fields.String(allow_none=True)
    tipo = fields.String(allow_none=True)
    idioma = fields.String(allow_none=True)
    vigente = fields.Boolean(required=True)


class PaginaSchema(Schema):
    """A page of facts."""

    hechos = fields.List(fields.Nested(HechoSchema), required=True)
    cursor = fields.String(required=True)
    hay_mas = fields.Boolean(required=True)


class EtiquetaSchema(Schema):
    """The words of a code in one language."""

    dimension = fields.String(required=True)
    codigo = fields.String(required=True)
    idioma = fields.String(required=True)
    texto = fields.String(required=True)


class EtiquetasSchema(Schema):
    """The words of every code that facts carry."""

    etiquetas = fields.List(fields.Nested(EtiquetaSchema), required=True)
