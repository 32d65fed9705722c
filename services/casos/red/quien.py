"""An institution as whoever does something: by its link, or by mail."""

from casos.red.models import Institucion
from oficina.actor import Actor


def actor_de(institucion: Institucion) -> Actor:
    """The institution itself; it has no account and no role."""
    return Actor(
        id=institucion.id,
        nombre=institucion.rotulo,
        roles=frozenset(),
        unidad=institucion.sigla,
        tipo="cliente",
    )
