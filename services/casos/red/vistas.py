"""What a reader sees of a place: where a shelter is, only who works with people's cases."""

from casos.red.models import Sede
from oficina.web.auth import puede


def direccion_visible(sede: Sede) -> str | None:
    """The address of a place, for who may know it."""
    return sede.direccion if _la_puede_saber(sede) else None


def telefono_visible(sede: Sede) -> str | None:
    """The telephone of a place, for who may know it."""
    return sede.telefono if _la_puede_saber(sede) else None


def ocultos(sede: Sede) -> tuple[str, ...]:
    """The fields of a place that the reader may not know."""
    return () if _la_puede_saber(sede) else ("direccion", "telefono")


def _la_puede_saber(sede: Sede) -> bool:
    return not sede.confidencial or puede("casos.red.confidencial")
