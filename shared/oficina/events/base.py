"""What a fact is, and the register of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar, dataclass_transform
from uuid import UUID


class Clasificacion(StrEnum):
    """Who may hear it: `interno` any subscriber by permission, `reservado` our services only."""

    INTERNO = "interno"
    RESERVADO = "reservado"


@dataclass(frozen=True, kw_only=True)
class Evento:
    """Base of every fact.

    `tipo` is the routing key, `<servicio>.<agregado>.<hecho>`; the CloudEvents type is
    `cl.acogida.<tipo>.v<version>`. `sujeto_id` names the field with the id of the aggregate, whose
    facts keep their order.
    """

    tipo: ClassVar[str]
    version: ClassVar[int]
    sujeto_id: ClassVar[str]

    @classmethod
    def ce_type(cls) -> str:
        """The CloudEvents `type`."""
        return f"cl.acogida.{cls.tipo}.v{cls.version}"

    def subject(self) -> str:
        """The CloudEvents `subject`: `<agregado>/<uuid>`."""
        aggregate: UUID = getattr(self, self.sujeto_id)
        return f"{self.tipo.split('.')[1]}/{aggregate}"


@dataclass(frozen=True, kw_only=True)
class HechoDePurga(Evento):
    """What a service says that it erased of somebody: how many of each class, as
    `<clase>:<cantidad>`, and its certificate. Reserved.
    """

    supresion_id: UUID
    persona_id: UUID
    borrado: list[str]
    certificado_id: UUID
    certificado_huella: str


_CATALOGO: dict[str, type[Evento]] = {}

E = TypeVar("E", bound=Evento)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def evento(tipo: str, *, sujeto_id: str, v: int = 1) -> Callable[[type[E]], type[E]]:
    """Class decorator: a frozen keyword-only dataclass that is in the catalogue."""

    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.tipo, made.version, made.sujeto_id = tipo, v, sujeto_id
        if made.ce_type() in _CATALOGO:
            raise ValueError(f"two facts are called {made.ce_type()}")
        _CATALOGO[made.ce_type()] = made
        return made

    return register


def catalogo() -> dict[str, type[Evento]]:
    """Every fact that any service tells, by CloudEvents type, in alphabetical order."""
    # The modules register their facts when imported; the language is whole only with all of them.
    from oficina.events import (  # noqa: PLC0415
        agenda,  # noqa: F401
        casos,  # noqa: F401
        identidad,  # noqa: F401
        notificaciones,  # noqa: F401
        reportes,  # noqa: F401
    )

    return dict(sorted(_CATALOGO.items()))
