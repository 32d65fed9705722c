"""What comes in and goes out of programs."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from identidad.clientes.actions import EdicionCliente
from identidad.clientes.alcances import FORMA
from identidad.schemas import campo_nombre, campo_roles
from identidad.textos import sin_control

CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,59}\Z")


class _ClienteSchema(Schema):
    nombre = campo_nombre()
    roles = campo_roles()
    alcances = fields.List(
        fields.String(validate=validate.Regexp(FORMA, error=_l("Ese permiso no existe."))),
        load_default=None,
        allow_none=True,
    )
    unidad = fields.String(load_default="", validate=[validate.Length(max=80), sin_control])


class NuevoClienteSchema(_ClienteSchema):
    """A new program. Without `alcances` it may do all that its roles allow."""

    client_id = fields.String(
        required=True,
        validate=validate.Regexp(
            CLIENT_ID, error=_l("Use de 3 a 60 letras minúsculas sin acento, números o guiones.")
        ),
    )


class EdicionClienteSchema(_ClienteSchema):
    """What may change of a program."""

    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> EdicionCliente:
        return EdicionCliente(**data)


class FormaNuevaSchema(NuevoClienteSchema):
    """The form: to leave a program without limits has to be said."""

    sin_limite = fields.Boolean(load_default=False)

    @validates_schema
    def _dicho(self, data: dict[str, Any], **_options: Any) -> None:
        _limite_dicho(data)


class FormaEdicionSchema(_ClienteSchema):
    """The same for one that is there."""

    sin_limite = fields.Boolean(load_default=False)
    version = fields.Integer(load_default=None, allow_none=True)

    @validates_schema
    def _dicho(self, data: dict[str, Any], **_options: Any) -> None:
        _limite_dicho(data)


def _limite_dicho(data: dict[str, Any]) -> None:
    if data.get("sin_limite") == bool(data.get("alcances")):
        raise ValidationError(
            {"alcances": [_("Elija qué permisos tiene, o diga que tiene todos los de sus roles.")]}
        )


class SecretoSchema(Schema):
    """A secret, of which only when is known."""

    id = fields.UUID(required=True)
    creado_en = fields.AwareDateTime(required=True)
    usado_en = fields.AwareDateTime(allow_none=True)
    vigente = fields.Boolean(required=True)


class ClienteSchema(Schema):
    """A program."""

    id = fields.UUID(required=True)
    client_id = fields.String(required=True)
    nombre = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    alcances = fields.List(fields.String(), allow_none=True)
    unidad = fields.String(required=True)
    activo = fields.Boolean(required=True)
    creado_en = fields.AwareDateTime(required=True)
    secretos = fields.List(fields.Nested(SecretoSchema), required=True)
    version = fields.Integer(required=True)


class ClienteConSecretoSchema(ClienteSchema):
    """A program with the secret that was just made: the only time that it is told."""

    client_secret = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Se dice una sola vez: null en una respuesta repetida"},
    )
