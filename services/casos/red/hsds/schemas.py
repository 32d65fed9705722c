"""What HSDS asks for in an address, and the envelope in which a list is answered."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from marshmallow import Schema, fields, post_load, validate

from casos.red.hsds.formato import Recurso
from casos.red.hsds.queries import Filtro

MAXIMO = 500
"""So many are answered at most in a page."""

Cosa = TypeVar("Cosa")


class HojaSchema(Schema):
    """Which page."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 10**6))
    per_page = fields.Integer(load_default=50, validate=validate.Range(1, MAXIMO))


class BusquedaHsdsSchema(HojaSchema):
    """Words, and whether everything that hangs from each is told."""

    search = fields.String(load_default="", validate=validate.Length(max=100))
    full = fields.Boolean(load_default=False)


class FiltroHsdsSchema(BusquedaHsdsSchema):
    """Filters of services, all of which hold at once."""

    taxonomy_term_id = fields.String(load_default="", validate=validate.Length(max=40))
    taxonomy_id = fields.String(load_default="", validate=validate.Length(max=40))
    organization_id = fields.String(load_default="", validate=validate.Length(max=40))
    modified_after = fields.AwareDateTime(load_default=None, default_timezone=UTC)
    minimal = fields.Boolean(load_default=False)

    @post_load
    def _build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        de = ("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after")
        return {
            **{clave: valor for clave, valor in data.items() if clave not in de},
            "filtro": Filtro(**{clave: data[clave] for clave in de}),
        }


def hoja(
    cosas: Sequence[Cosa], decir: Callable[[Cosa], Recurso], page: int, per_page: int
) -> dict[str, Any]:
    """A page of things in the envelope of the specification."""
    paginas = max(1, -(-len(cosas) // per_page))
    trozo = cosas[(page - 1) * per_page : page * per_page]
    return {
        "total_items": len(cosas),
        "total_pages": paginas,
        "page_number": page,
        "size": len(trozo),
        "first_page": page == 1,
        "last_page": page >= paginas,
        "empty": not trozo,
        "contents": [decir(una) for una in trozo],
    }


def minimo(cosa: Any) -> Recurso:
    """A thing by its id and when it changed."""
    cuando: datetime | None = cosa.actualizado_en
    return {"id": str(cosa.id), "modified_date": cuando.isoformat() if cuando else None}
