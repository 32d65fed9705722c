"""What is asked of the register of communications, and what it tells."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, validates_schema

from casos.comunicaciones.queries import Tipo
from casos.consentimientos.models import BaseLicitud, FormaConsentimiento, Otorgante
from casos.derechos.states import Derecho, Entrega
from oficina.web.forms import DIAS


class PeriodoSchema(Schema):
    """From the first of these days to the last one, both included; without them the last 30."""

    desde = fields.Date(load_default=None, allow_none=True, validate=DIAS)
    hasta = fields.Date(load_default=None, allow_none=True, validate=DIAS)

    @validates_schema
    def _en_orden(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data["desde"] and data["hasta"] and data["desde"] > data["hasta"]:
            raise ValidationError({"hasta": [_("Debe ser el mismo día o después.")]})


class ComunicacionSchema(Schema):
    """One time that data of a person reached somebody."""

    tipo = fields.Enum(Tipo, by_value=True)
    cosa_id = fields.UUID()
    folio = fields.String()
    cuando = fields.AwareDateTime()
    persona_id = fields.UUID()
    persona_folio = fields.String()
    destinatario = fields.String()
    quien = fields.Enum(Otorgante, by_value=True, allow_none=True)
    para_que = fields.String()
    derecho = fields.Enum(Derecho, by_value=True, allow_none=True)
    base = fields.Enum(BaseLicitud, by_value=True, allow_none=True)
    forma = fields.Enum(FormaConsentimiento, by_value=True, allow_none=True)
    categorias = fields.List(fields.String())
    entrega = fields.Enum(Entrega, by_value=True, allow_none=True)
    retirada_en = fields.AwareDateTime(allow_none=True)


class RegistroSchema(Schema):
    """The communications of a period, the newest first."""

    comunicaciones = fields.List(fields.Nested(ComunicacionSchema), attribute="filas")
    hay_mas = fields.Boolean()
