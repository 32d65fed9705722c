"""What an auditor asks on the pages: ids and codes, and walls in Chile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from oficina.clock import ZONA
from oficina.settings import SERVICES
from oficina.web.auditoria.schemas import Direccion, LugarEscrito, codigo, tipo_de_actor

_FIRST, _LAST = datetime(2000, 1, 1), datetime(2100, 12, 31)  # noqa: DTZ001  on a wall in Chile
_DAYS = validate.Range(_FIRST.date(), _LAST.date(), error=_l("Escriba una fecha de este siglo."))


@dataclass(frozen=True)
class Pedido:
    """Which services to ask, and what of each: as a query of their API."""

    servicios: tuple[str, ...]
    consulta: dict[str, str]


def _id() -> fields.UUID:
    return fields.UUID(
        load_default=None, error_messages={"invalid_uuid": _l("No es un identificador.")}
    )


class BuscarSchema(Schema):
    """Who, what, about which thing, from where, and when."""

    class Meta:
        """The page's address may carry more."""

        unknown = EXCLUDE

    servicio = fields.String(
        load_default=None,
        validate=validate.OneOf(SERVICES, error=_l("Elija uno de los servicios.")),
    )
    actor_id = _id()
    actor_tipo = tipo_de_actor()
    accion = codigo(100)
    recurso_id = _id()
    direccion = Direccion(load_default=None)
    sesion_id = _id()
    correlation_id = _id()
    desde = fields.Date(load_default=None, validate=_DAYS)
    hasta = fields.Date(load_default=None, validate=_DAYS)
    antes = LugarEscrito(load_default=None)

    @validates_schema
    def _has_a_length(self, data: dict[str, Any], **_options: Any) -> None:
        desde, hasta = data.get("desde"), data.get("hasta")
        if desde and hasta and hasta < desde:
            raise ValidationError(str(_l("Debe ser posterior al comienzo.")), "hasta")

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> Pedido:
        """What to ask; a day is whole, from midnight to midnight in Chile."""
        servicio, hasta = data.pop("servicio"), data.pop("hasta")
        asked = {name: _written(value) for name, value in data.items() if value is not None}
        if hasta is not None:
            asked["hasta"] = _written(hasta + timedelta(days=1))
        return Pedido((servicio,) if servicio else SERVICES, asked)


def _written(value: Any) -> str:
    if isinstance(value, (str, UUID)) or not hasattr(value, "year"):
        return str(value)
    return datetime(value.year, value.month, value.day, tzinfo=ZONA).isoformat()
