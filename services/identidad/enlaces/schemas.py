"""What comes in and goes out of links."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from identidad.enlaces.actions import Invitacion
from identidad.enlaces.models import Proposito
from identidad.schemas import USUARIO, campo_clave, campo_correo, campo_nombre, campo_roles
from identidad.textos import sin_control
from oficina.web.i18n import LANGUAGES


class InvitacionSchema(Schema):
    """Whom to invite."""

    nombre = campo_nombre()
    correo = campo_correo()
    usuario = fields.String(
        load_default="",
        validate=validate.Regexp(
            re.compile(rf"(?:{USUARIO})?\Z", re.IGNORECASE),
            error=_l("Use de 3 a 40 letras sin acento, números, punto o guion."),
        ),
    )
    roles = campo_roles()
    unidad = fields.String(load_default="", validate=[validate.Length(max=80), sin_control])
    idioma = fields.String(load_default="es", validate=validate.OneOf(list(LANGUAGES)))

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> Invitacion:
        return Invitacion(**data)


class OlvidoSchema(Schema):
    """Whose password was forgotten."""

    quien = fields.String(required=True, validate=[validate.Length(max=254), sin_control])


class ClavePropiaSchema(Schema):
    """The password that a person chooses, twice."""

    clave = campo_clave()
    repetida = fields.String(
        required=True, validate=validate.Length(max=200), metadata={"raw": True}
    )

    @validates_schema
    def _igual(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("clave") != data.get("repetida"):
            raise ValidationError({"repetida": [_("No es igual a la clave de arriba.")]})


class EnlaceAcunadoSchema(Schema):
    """A link that was just minted, with what its mail needs."""

    url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Se dice una sola vez: null en una respuesta repetida"},
    )
    vence_en = fields.AwareDateTime(required=True)
    proposito = fields.Enum(Proposito, by_value=True, required=True)
    correo = fields.String(required=True, attribute="funcionario.correo")
    nombre = fields.String(required=True, attribute="funcionario.nombre")
    usuario = fields.String(required=True, attribute="funcionario.usuario")
    idioma = fields.String(required=True, attribute="funcionario.idioma")
