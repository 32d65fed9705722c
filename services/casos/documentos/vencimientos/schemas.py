"""What the list of documents that expire is narrowed by, and how it is told."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from casos.documentos.vencimientos.reglas import reglas
from oficina.identity_docs import TipoDocumento


@dataclass(frozen=True)
class Filtro:
    """Which documents to list: how many days ahead, of which kind, of one's own cases."""

    dias: int
    tipo: TipoDocumento | None = None
    vencidos: bool = False
    mios: bool = False
    pagina: int = 1


class FiltroDeVencimientosSchema(Schema):
    """Which documents to list."""

    dias = fields.Integer(
        load_default=lambda: reglas().lista_por_omision, validate=validate.Range(1, 366)
    )
    tipo = fields.Enum(TipoDocumento, by_value=True, load_default=None)
    vencidos = fields.Boolean(load_default=False)
    mios = fields.Boolean(load_default=False)
    pagina = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        return Filtro(**data)


class DocumentoPorVencerSchema(Schema):
    """A document that expires, without its number, and whose it is."""

    documento_id = fields.UUID(attribute="documento.id")
    tipo = fields.Enum(TipoDocumento, by_value=True, attribute="documento.tipo")
    vence_el = fields.Date(attribute="documento.vence_el")
    faltan = fields.Integer()
    persona_id = fields.UUID(attribute="persona.id")
    folio = fields.String(attribute="persona.folio")
    nombre = fields.String(attribute="persona.nombre")


class DocumentosPorVencerSchema(Schema):
    """Documents that expire, some a page."""

    documentos = fields.List(fields.Nested(DocumentoPorVencerSchema), attribute="filas")
    total = fields.Integer()
    pagina = fields.Integer()
    paginas = fields.Integer()
