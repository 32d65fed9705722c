"""What comes in about an appointment and what goes out; the same for JSON and form."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from agenda.actions import Cancelacion, NuevaCita, Tiempo
from agenda.horario import horario
from agenda.models import Cita
from agenda.queries import Filtro
from agenda.states import Estado, MotivoCancelacion, Respuesta
from oficina import clock
from oficina.accesos import AccesosSchema
from oficina.web.i18n import language


def _es_duracion(minutos: int) -> None:
    if minutos not in horario().duraciones:
        raise ValidationError(_("Elija una de las duraciones."))


def _es_lugar(clave: str) -> None:
    if clave not in horario().lugares:
        raise ValidationError(_("Elija uno de los lugares."))


# What a calendar can hold with a day before and a day after in every zone.
_EN_EL_CALENDARIO = validate.Range(date(2000, 1, 1), date(2100, 12, 31))


class _ConVersion(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class _TiempoSchema(Schema):
    fecha = fields.Date(
        required=True, validate=_EN_EL_CALENDARIO, metadata={"description": "Día en Chile"}
    )
    hora = fields.Time(required=True, metadata={"description": "Hora en Chile"})
    duracion = fields.Integer(required=True, validate=_es_duracion)
    lugar = fields.String(required=True, validate=_es_lugar)


class NuevaCitaSchema(_TiempoSchema):
    """An appointment to book."""

    persona_id = fields.UUID(required=True)
    caso_id = fields.UUID(load_default=None, allow_none=True)
    profesional_id = fields.UUID(required=True)
    organizacion_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "La organización de la comunidad que la cita nombra"},
    )
    asunto = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaCita:
        return NuevaCita(**data)


class ReprogramacionSchema(_ConVersion, _TiempoSchema):
    """Another time or place."""

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> tuple[int | None, Tiempo]:
        return data.pop("version", None), Tiempo(**data)


class CancelacionSchema(_ConVersion):
    """Why it will not take place."""

    motivo = fields.Enum(MotivoCancelacion, by_value=True, required=True)
    detalle = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> tuple[int | None, Cancelacion]:
        return data.pop("version", None), Cancelacion(**data)


class VersionSchema(_ConVersion):
    """The version that the writer saw."""

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> int | None:
        version: int | None = data["version"]
        return version


class ConsultaSchema(Schema):
    """Which appointments; `dia` is short for both ends."""

    dia = fields.Date(validate=_EN_EL_CALENDARIO)
    desde = fields.Date(validate=_EN_EL_CALENDARIO)
    hasta = fields.Date(validate=_EN_EL_CALENDARIO)
    persona_id = fields.UUID()
    caso_id = fields.UUID()
    profesional_id = fields.UUID()
    organizacion_id = fields.UUID()
    estado = fields.Enum(Estado, by_value=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> Filtro:
        if dia := data.pop("dia", None):
            data |= {"desde": dia, "hasta": dia}
        return Filtro(**data)


class VistaSchema(Schema):
    """What the page of the agenda shows."""

    class Meta:
        """Addresses get longer by what others add to them."""

        unknown = EXCLUDE

    dia = fields.Date(load_default=clock.today, validate=_EN_EL_CALENDARIO)
    vista = fields.String(load_default="dia", validate=validate.OneOf(["dia", "semana"]))
    profesional = fields.UUID(load_default=None)


class ParaQuienSchema(Schema):
    """For whom an appointment is about to be booked."""

    class Meta:
        """Addresses get longer by what others add to them."""

        unknown = EXCLUDE

    persona = fields.UUID(load_default=None)
    caso = fields.UUID(load_default=None)


class LugarSchema(Schema):
    """Where an appointment takes place; its name by language."""

    clave = fields.String(required=True)
    etiquetas = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    exclusivo = fields.Boolean(required=True)


class CitaSchema(Schema):
    """An appointment as its readers see it. Moments are UTC."""

    id = fields.UUID(required=True)
    persona_id = fields.UUID(required=True)
    caso_id = fields.UUID(allow_none=True)
    profesional_id = fields.UUID(required=True)
    profesional_nombre = fields.String(required=True)
    lugar = fields.String(required=True)
    lugar_nombre = fields.Function(lambda cita: horario().lugares[cita.lugar].etiqueta(language()))
    lugar_frases = fields.Function(
        lambda cita: dict(horario().lugares[cita.lugar].frases),
        metadata={"description": "El lugar dentro de una frase a la persona, por idioma"},
    )
    inicia_en = fields.AwareDateTime(required=True)
    termina_en = fields.AwareDateTime(required=True)
    zona = fields.String(required=True)
    organizacion_id = fields.UUID(allow_none=True)
    organizacion_nombre = fields.String(allow_none=True)
    asunto = fields.String(allow_none=True)
    estado = fields.Enum(Estado, by_value=True, required=True)
    motivo_cancelacion = fields.Enum(MotivoCancelacion, by_value=True, allow_none=True)
    respuesta = fields.Enum(
        Respuesta,
        by_value=True,
        allow_none=True,
        metadata={"description": "Lo que la persona contestó a un recordatorio de esta hora"},
    )
    respuesta_canal = fields.String(allow_none=True)
    respondida_en = fields.AwareDateTime(allow_none=True)
    reprogramaciones = fields.Integer(required=True)
    acciones = fields.Method("_acciones", metadata={"description": "Lo que se puede hacer ahora"})
    version = fields.Integer(required=True)

    def _acciones(self, cita: Cita) -> list[str]:
        return sorted(cita.acciones(clock.now()))


class CitaDeCopiaSchema(CitaSchema):
    """An appointment in the copy that its person gets."""

    class Meta:
        fields = (
            "id",
            "profesional_nombre",
            "lugar_nombre",
            "inicia_en",
            "termina_en",
            "asunto",
            "organizacion_nombre",
            "estado",
            "motivo_cancelacion",
            "respuesta",
            "respondida_en",
        )


class DatosDePersonaSchema(Schema):
    """Everything that agenda holds of a person."""

    citas = fields.List(
        fields.Nested(CitaDeCopiaSchema),
        required=True,
    )
    accesos = fields.List(fields.Nested(AccesosSchema), required=True)
