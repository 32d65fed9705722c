"""What comes in and goes out about who may know of a case; the same for JSON and form."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.accesos.actions import NuevaConfidencialidad, NuevoAcceso
from casos.accesos.models import MotivoAcceso
from casos.accesos.reglas import reglas
from casos.campos import Texto
from casos.expedientes.models import Confidencialidad

_MOTIVO = validate.Length(3, 1000)


@dataclass(frozen=True, kw_only=True)
class Nombramiento:
    """Somebody of the staff who is named in a case or no longer, and why."""

    funcionario_id: UUID
    motivo: str


def _suficiente(texto: str) -> None:
    """A reason that says something: its letters and digits are counted, not its spaces."""
    minimo = reglas().motivo_minimo
    if sum(map(str.isalnum, texto)) < minimo:
        raise ValidationError(_("Explique por qué con al menos %(letras)s letras.", letras=minimo))


class NuevaConfidencialidadSchema(Schema):
    """How confidential a case is to be, and why."""

    confidencialidad = fields.Enum(Confidencialidad, by_value=True, required=True)
    motivo = Texto(required=True, validate=_MOTIVO)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaConfidencialidad:
        return NuevaConfidencialidad(**data)


class NombramientoSchema(Schema):
    """Whom to name in a case, or no longer, and why."""

    funcionario_id = fields.UUID(required=True)
    motivo = Texto(required=True, validate=_MOTIVO)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Nombramiento:
        return Nombramiento(**data)


class NuevoAccesoSchema(Schema):
    """Why somebody must read a reserved case now."""

    motivo = fields.Enum(MotivoAcceso, by_value=True, required=True)
    texto = Texto(required=True, validate=[validate.Length(max=2000), _suficiente])

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoAcceso:
        return NuevoAcceso(**data)


class AccesoSchema(Schema):
    """An exceptional access. `texto` is only there for who coordinates."""

    id = fields.UUID()
    folio = fields.String()
    funcionario_id = fields.UUID()
    funcionario_nombre = fields.String()
    motivo = fields.Enum(MotivoAcceso, by_value=True)
    texto = fields.String(allow_none=True)
    abierto_en = fields.AwareDateTime()
    hasta = fields.AwareDateTime()
    vigente = fields.Boolean()
    lecturas = fields.Integer()


class AccesosSchema(Schema):
    """The newest accesses."""

    accesos = fields.List(fields.Nested(AccesoSchema))


class AccesoAbiertoSchema(Schema):
    """An access that was just opened, or ended."""

    id = fields.UUID()
    caso_id = fields.UUID()
    abierto_en = fields.AwareDateTime()
    vence_en = fields.AwareDateTime()
    terminado_en = fields.AwareDateTime(allow_none=True)


class SeguimientoDeAccesoSchema(Schema):
    """What a notice about an access says."""

    folio = fields.String()
    vence_en = fields.AwareDateTime()


class AlcanceSchema(Schema):
    """Some cases and people: of those asked about, the answer has the ones that may be seen."""

    casos = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=500))
    personas = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=500))
