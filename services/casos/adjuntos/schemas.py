"""What comes in about an attachment and what goes out; the same for JSON and form."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, post_load, validate

from casos.campos import Texto


@dataclass(frozen=True, kw_only=True)
class NuevoAdjunto:
    """How people call a file and, of a person's, what it is of; over the API, its content too."""

    nombre: str
    documento_id: UUID | None = None
    consentimiento_id: UUID | None = None
    contenido: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class NuevoRetiro:
    """Why a file should not be here."""

    motivo: str


class NuevoAdjuntoSchema(Schema):
    """A file of a case to keep."""

    nombre = Texto(required=True, validate=validate.Length(1, 160))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoAdjunto:
        return NuevoAdjunto(**data)


class NuevoAdjuntoDePersonaSchema(NuevoAdjuntoSchema):
    """A file of a person to keep: of one of their documents, or the evidence of a consent."""

    documento_id = fields.UUID(load_default=None, allow_none=True)
    consentimiento_id = fields.UUID(load_default=None, allow_none=True)


class _Archivo(fields.String):
    """The bytes of a file, in base64."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        texto = str(super()._deserialize(*args, **kwargs))
        try:
            return base64.b64decode(texto, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("Se esperaba el archivo en base64.")) from None


class ArchivoDeCasoSchema(NuevoAdjuntoSchema):
    """A file of a case, with its content."""

    contenido = _Archivo(required=True)


class ArchivoDePersonaSchema(NuevoAdjuntoDePersonaSchema):
    """A file of a person, with its content."""

    contenido = _Archivo(required=True)


class NuevoRetiroSchema(Schema):
    """Why a file should not be here."""

    motivo = Texto(required=True, validate=validate.Length(1, 500))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevoRetiro:
        return NuevoRetiro(**data)


class AdjuntoSchema(Schema):
    """A file that is kept, or was until it was retired."""

    id = fields.UUID()
    caso_id = fields.UUID(allow_none=True)
    documento_id = fields.UUID(allow_none=True)
    consentimiento_id = fields.UUID(allow_none=True)
    nombre = fields.String()
    tipo = fields.String()
    tamano = fields.Integer()
    sha256 = fields.String()
    agregado_en = fields.AwareDateTime()
    agregado_por = fields.String()
    retirado_en = fields.AwareDateTime(allow_none=True)
    retirado_por = fields.String(allow_none=True)
    retiro_motivo = fields.String(allow_none=True)


class AdjuntosSchema(Schema):
    """The files of something, the oldest first."""

    adjuntos = fields.List(fields.Nested(AdjuntoSchema))
