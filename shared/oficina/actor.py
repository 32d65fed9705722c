"""Who does something: a person of the staff, a client of the API, or a service by itself."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

TipoActor = Literal["persona", "cliente", "servicio"]

DE_SERVICIO = "servicio-"
"""How the name of a service that acts by itself begins."""

# A service has no row anywhere; its id is derived from its name and is the same in every database.
_SERVICIOS = UUID("7f0c5f6e-6c0f-5d0e-9d3a-2f7a7b1f4c11")


@dataclass(frozen=True)
class Actor:
    """The subject of an action, as a signed token or the process itself says it.

    `alcances` narrows what the roles allow to these permissions; None, for people and services,
    narrows nothing.
    """

    id: UUID
    nombre: str
    roles: frozenset[str]
    unidad: str
    tipo: TipoActor
    alcances: frozenset[str] | None = None

    @classmethod
    def sistema(cls, servicio: str) -> "Actor":
        """A service acting by itself, in a task or a handler."""
        return cls(
            id=uuid5(_SERVICIOS, servicio),
            nombre=f"{DE_SERVICIO}{servicio}",
            roles=frozenset({"servicio"}),
            unidad="",
            tipo="servicio",
        )

    def tiene(self, permiso: str, roles: frozenset[str]) -> bool:
        """Whether a permission that these roles hold is the actor's."""
        dentro = self.alcances is None or permiso in self.alcances
        return dentro and bool(roles & self.roles)
