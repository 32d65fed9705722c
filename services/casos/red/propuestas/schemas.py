"""What comes in and goes out of proposals."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from casos.campos import Texto
from casos.red.models import Ambito, Modo, TipoInstitucion
from casos.red.propuestas.actions import Aceptacion, NuevaPropuesta
from casos.red.propuestas.states import EstadoPropuestaRed, MotivoDescarte
from casos.red.schemas import ServicioBreveSchema
from casos.subtemas.presentes import se_ofrece

MODOS_SIN_ENLACE = (Modo.OFICIO, Modo.PRESENCIAL_ACOMPANADA)
"""How one derives to whom nobody has looked at yet: by no link."""


class NuevaPropuestaSchema(Schema):
    """A service that is not in the list."""

    institucion_id = fields.UUID(load_default=None, allow_none=True)
    institucion = Texto(load_default="", validate=validate.Length(max=160))
    servicio = Texto(required=True, validate=validate.Length(3, 160))
    temas = fields.List(fields.String(), required=True, validate=validate.Length(1, 12))
    modo = fields.Enum(Modo, by_value=True, load_default=Modo.OFICIO)
    como_llegar = Texto(load_default="", validate=validate.Length(max=500))
    caso = fields.UUID(load_default=None, allow_none=True)
    reemplaza_a = fields.UUID(load_default=None, allow_none=True)

    @validates_schema
    def _cierto(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("institucion_id") is None and len(data.get("institucion", "")) < 3:
            raise ValidationError(_("Elija la institución o escriba su nombre."), "institucion")
        if not all(se_ofrece(codigo) for codigo in data.get("temas") or ()):
            raise ValidationError(_("Elija temas de la lista."), "temas")
        if data.get("modo") not in MODOS_SIN_ENLACE:
            raise ValidationError(_("Hasta que se revise, no se le escribe por correo."), "modo")

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaPropuesta:
        return NuevaPropuesta(**data)


class AceptacionSchema(Schema):
    """What it is called in the directory."""

    servicio = Texto(required=True, validate=validate.Length(3, 160))
    institucion = Texto(load_default="", validate=validate.Length(max=160))
    sigla = Texto(
        load_default="",
        validate=validate.Regexp(
            r"([A-Z0-9_]{2,20})?\Z",
            error=_l("Use de 2 a 20 mayúsculas, números o «_», sin acentos."),
        ),
    )
    tipo = fields.Enum(
        TipoInstitucion, by_value=True, load_default=TipoInstitucion.PRIVADA_SIN_FINES
    )
    ambito = fields.Enum(Ambito, by_value=True, load_default=Ambito.EXTERNA)
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Aceptacion:
        return Aceptacion(**data)


class UnionSchema(Schema):
    """Which one it turned out to be."""

    servicio_id = fields.UUID(required=True)
    version = fields.Integer(load_default=None, allow_none=True)


class DescarteSchema(Schema):
    """Why it does not stay."""

    motivo = fields.Enum(MotivoDescarte, by_value=True, required=True)
    version = fields.Integer(load_default=None, allow_none=True)


class FiltroPropuestasSchema(Schema):
    """Whether to list those that were decided too."""

    todas = fields.Boolean(load_default=False)


class PropuestaRedSchema(Schema):
    """A proposal."""

    id = fields.UUID()
    estado = fields.Enum(EstadoPropuestaRed, by_value=True)
    motivo = fields.Enum(MotivoDescarte, by_value=True, allow_none=True)
    como_llegar = fields.String()
    propuesta_por = fields.String()
    propuesta_en = fields.DateTime()
    unida_a_id = fields.UUID(allow_none=True)
    servicio = fields.Nested(ServicioBreveSchema)
    version = fields.Integer()


class PropuestasRedSchema(Schema):
    """Several proposals."""

    propuestas = fields.List(fields.Nested(PropuestaRedSchema))
