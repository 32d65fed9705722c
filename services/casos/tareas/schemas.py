"""What comes in and goes out of tasks; the same for JSON and form."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from casos.campos import Texto
from casos.tareas.states import EstadoTarea
from oficina.web.forms import DIAS


@dataclass(frozen=True, kw_only=True)
class NuevaTarea:
    """What is to be done, by whom (whoever asks, unless somebody is named), and until when."""

    que: str
    vence_el: date
    responsable_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CambioDeTarea:
    """Somebody else does it, or until another day."""

    vence_el: date
    responsable_id: UUID
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class FinDeTarea:
    """What came of it."""

    texto: str
    version: int | None = None


class _ConVersion(Schema):
    version = fields.Integer(load_default=None, allow_none=True)


class NuevaTareaSchema(Schema):
    """A task to add to a case."""

    que = Texto(required=True, validate=validate.Length(1, 1000))
    vence_el = fields.Date(required=True, validate=DIAS)
    responsable_id = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> NuevaTarea:
        return NuevaTarea(**data)


class CambioDeTareaSchema(_ConVersion):
    """Who does a task, and until when."""

    vence_el = fields.Date(required=True, validate=DIAS)
    responsable_id = fields.UUID(required=True)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> CambioDeTarea:
        return CambioDeTarea(**data)


class FinDeTareaSchema(_ConVersion):
    """A task ends."""

    texto = Texto(required=True, validate=validate.Length(1, 4000))

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> FinDeTarea:
        return FinDeTarea(**data)


class TareaSchema(Schema):
    """A task; `vence_en` while somebody is to do it, `detenida` while its case is suspended."""

    id = fields.UUID()
    caso_id = fields.UUID()
    caso_folio = fields.String()
    que = fields.String()
    responsable_id = fields.UUID()
    responsable_nombre = fields.String()
    estado = fields.Enum(EstadoTarea, by_value=True)
    creada_por = fields.String()
    creada_en = fields.AwareDateTime()
    terminada_en = fields.AwareDateTime(allow_none=True)
    vence_en = fields.AwareDateTime(allow_none=True)
    atrasada = fields.Boolean()
    detenida = fields.Boolean()
    version = fields.Integer()


class TareasSchema(Schema):
    """Tasks of a list; `despues` is where the next ones begin, if there are more."""

    tareas = fields.List(fields.Nested(TareaSchema))
    total = fields.Integer()
    despues = fields.String(allow_none=True)
