"""What comes into identidad and what goes out."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate

from identidad.actions import EdicionFuncionario, NuevoFuncionario
from identidad.claves import LARGO, LARGO_MAXIMO
from identidad.models import Rol
from identidad.textos import sin_control
from oficina.identity_docs import DocumentoInvalido, normalizar_run
from oficina.web.i18n import LANGUAGES
from oficina.web.names import is_a_name

ROLES = {
    Rol.RECEPCION: _l("Recepción"),
    Rol.PROFESIONAL: _l("Profesional"),
    Rol.COORDINACION: _l("Coordinación"),
    Rol.ENCARGADO_PROGRAMA: _l("Encargo de un programa"),
    Rol.CONTRAPARTE_UNIDAD: _l("Contraparte de una unidad"),
    Rol.CAPACITACION: _l("Capacitación"),
    Rol.ANALISTA: _l("Análisis de datos"),
    Rol.AUDITOR: _l("Auditoría"),
    Rol.DELEGADO_DATOS: _l("Protección de datos"),
    Rol.ADMINISTRADOR: _l("Administración del sistema"),
}
# What each is for, in one sentence, wherever somebody gives a role or reads their own.
PARA_QUE = {
    Rol.RECEPCION: _l("Recibe a las personas, las registra y agenda sus citas."),
    Rol.PROFESIONAL: _l("Atiende a las personas y sigue los casos de los que responde."),
    Rol.COORDINACION: _l("Ve el trabajo de toda la oficina, lo reparte y aprueba."),
    Rol.ENCARGADO_PROGRAMA: _l("Lleva un programa de ayuda social."),
    Rol.CONTRAPARTE_UNIDAD: _l("Responde las derivaciones que llegan a su unidad municipal."),
    Rol.CAPACITACION: _l("Organiza las capacitaciones de funcionarios."),
    Rol.ANALISTA: _l("Lee cifras agregadas, nunca casos ni personas."),
    Rol.AUDITOR: _l("Lee quién hizo y quién leyó qué, sin su contenido."),
    Rol.DELEGADO_DATOS: _l("Atiende los derechos de las personas sobre sus datos."),
    Rol.ADMINISTRADOR: _l("Configura el sistema y sus cuentas; no ve ningún caso."),
}
USUARIO = r"[a-z0-9][a-z0-9._-]{2,39}"


def campo_clave() -> fields.String:
    """A password that is being chosen; `claves.revisar` says what else it must be."""
    return fields.String(
        required=True,
        validate=validate.Length(
            min=LARGO,
            max=LARGO_MAXIMO,
            error=_l("La clave debe tener entre 12 y 200 caracteres."),
        ),
        metadata={"raw": True},
    )


def campo_nombre() -> fields.String:
    """The name of a person."""
    return fields.String(
        required=True,
        validate=[validate.Length(min=3, max=120), sin_control, is_a_name],
    )


def campo_correo() -> fields.Email:
    """An address of work."""
    return fields.Email(required=True, validate=validate.Length(max=254))


def campo_roles() -> fields.List[str]:
    """What an account may do."""
    return fields.List(
        fields.String(
            validate=validate.OneOf([rol.value for rol in Rol], error=_l("Ese rol no existe."))
        ),
        required=True,
        validate=validate.Length(min=1),
    )


def _es_run(texto: str) -> None:
    try:
        normalizar_run(texto)
    except DocumentoInvalido as error:
        raise ValidationError(_("No es un RUN: revise el número y el dígito.")) from error


class EntradaSchema(Schema):
    """Signing in."""

    usuario = fields.String(required=True, validate=[validate.Length(max=200), sin_control])
    clave = fields.String(
        required=True,
        validate=validate.Length(max=200),
        metadata={"raw": True},
    )


class NuevoFuncionarioSchema(Schema):
    """A new account."""

    usuario = fields.String(
        required=True,
        validate=validate.Regexp(
            re.compile(rf"{USUARIO}\Z", re.IGNORECASE),
            error=_l("Use de 3 a 40 letras sin acento, números, punto o guion."),
        ),
    )
    nombre = campo_nombre()
    correo = campo_correo()
    clave = campo_clave()
    roles = campo_roles()
    unidad = fields.String(load_default="", validate=[validate.Length(max=80), sin_control])
    idioma = fields.String(load_default="es", validate=validate.OneOf(list(LANGUAGES)))

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> NuevoFuncionario:
        """The account to open."""
        return NuevoFuncionario(**data)


class EdicionFuncionarioSchema(Schema):
    """What may change of an account: all but its user name, which its person signs in with."""

    nombre = campo_nombre()
    correo = campo_correo()
    roles = campo_roles()
    unidad = fields.String(load_default="", validate=[validate.Length(max=80), sin_control])
    idioma = fields.String(load_default="es", validate=validate.OneOf(list(LANGUAGES)))
    run = fields.String(load_default="", validate=_es_run)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> EdicionFuncionario:
        """The account as it is to be."""
        run = normalizar_run(data["run"]) if data["run"] else ""
        return EdicionFuncionario(**data | {"run": run})


class ClaveSchema(Schema):
    """A new password."""

    clave = campo_clave()


class FuncionariosConsultaSchema(Schema):
    """Which of the staff."""

    rol = fields.String(validate=validate.OneOf([rol.value for rol in Rol]))
    todos = fields.Boolean(load_default=False)


class FuncionarioSchema(Schema):
    """One of the staff, as colleagues and services see them."""

    id = fields.UUID(required=True)
    nombre = fields.String(required=True)
    correo = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    unidad = fields.String(required=True)
    idioma = fields.String(required=True, metadata={"description": "En qué idioma lee"})


class YoSchema(Schema):
    """Who the token speaks for."""

    id = fields.UUID(required=True)
    nombre = fields.String(required=True)
    roles = fields.Function(lambda actor: sorted(actor.roles))
    unidad = fields.String(required=True)
    tipo = fields.String(required=True)


class RenovacionSchema(Schema):
    """A fresh token."""

    token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Se dice una sola vez: null en una respuesta repetida"},
    )
