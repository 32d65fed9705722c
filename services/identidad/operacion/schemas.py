"""What operators write on their pages."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, post_load, validate, validates_schema

from identidad.operacion.servicios import Avance, Pedido
from oficina.bus.catalogue import descripcion
from oficina.clock import ZONA, real_now
from oficina.settings import SERVICES
from oficina.web.bus.schemas import check_span, momento, nota

_FIRST, _LAST = datetime(2000, 1, 1), datetime(2100, 12, 31)  # noqa: DTZ001  on a wall in Chile


def tipos() -> list[str]:
    """The routing keys of all facts, by their producer."""
    return sorted({hecho.tipo for hecho in descripcion()})


def _is_tipo(tipo: str) -> None:
    validate.OneOf(tipos(), error=str(_l("Ese tipo no está en el catálogo.")))(tipo)


def _wall() -> fields.NaiveDateTime:
    return fields.NaiveDateTime(
        load_default=None,
        validate=validate.Range(_FIRST, _LAST, error=_l("Escriba una fecha de este siglo.")),
    )


def _servicio() -> fields.String:
    known = validate.OneOf(SERVICES, error=_l("Elija uno de los servicios."))
    return fields.String(required=True, validate=known)


class RepetirSchema(Schema):
    """Who is to hear again what, from whom, why, and how far that already came."""

    class Meta:
        """The page's address may carry more."""

        unknown = EXCLUDE

    consumidor = _servicio()
    productor = _servicio()
    tipo = fields.String(load_default=None, validate=_is_tipo)
    desde = _wall()
    hasta = _wall()
    nota = nota(required=True)
    iniciado = momento()
    despues = fields.String(load_default="", validate=validate.Length(max=120))
    van = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**53))

    @validates_schema
    def _narrows(self, data: dict[str, Any], **_options: Any) -> None:
        check_span(data)

    @post_load
    def build(self, data: dict[str, Any], **_options: Any) -> tuple[Pedido, Avance, str]:
        """The facts, how far it came, and why. An hour that comes twice is counted whole."""
        desde, hasta = data["desde"], data["hasta"]
        pedido = Pedido(
            consumidor=data["consumidor"],
            productor=data["productor"],
            tipo=data["tipo"],
            desde=desde and desde.replace(tzinfo=ZONA),
            hasta=hasta and hasta.replace(tzinfo=ZONA, fold=1),
            iniciado=data["iniciado"] or real_now(),
        )
        return pedido, Avance(van=data["van"], despues=data["despues"]), data.get("nota", "")
