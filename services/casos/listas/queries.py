"""What can be asked of views: one's own, and those that the office shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from casos.listas.models import VistaGuardada, VistaPorOmision
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class Vista:
    """A view as its reader sees it."""

    id: UUID
    lista: str
    nombre: str
    consulta: dict[str, str]
    compartida: bool
    propia: bool
    por_omision: bool
    de_nombre: str


def vistas_de(session: Session, lista: str, quien: UUID) -> Sequence[Vista]:
    """The views of a list that somebody may open: their own first, by name."""
    elegida = por_omision(session, lista, quien)
    halladas = session.scalars(
        select(VistaGuardada).where(
            VistaGuardada.lista == lista,
            or_(VistaGuardada.de_id == quien, VistaGuardada.compartida.is_(True)),
        )
    )
    vistas = [_vista(una, quien, elegida) for una in halladas]
    return sorted(vistas, key=lambda una: (not una.propia, una.nombre.casefold(), una.id))


def vista_por_id(session: Session, vista_id: UUID, lista: str, quien: UUID) -> Vista:
    """One that somebody may open. Raises NoEncontrado."""
    una = session.get(VistaGuardada, vista_id)
    if una is None or una.lista != lista or not (una.compartida or una.de_id == quien):
        raise NoEncontrado
    return _vista(una, quien, por_omision(session, lista, quien))


def por_omision(session: Session, lista: str, quien: UUID) -> UUID | None:
    """The view with which a list opens for somebody, as long as they may open it."""
    return session.scalar(
        select(VistaPorOmision.vista_id)
        .join(VistaGuardada, VistaGuardada.id == VistaPorOmision.vista_id)
        .where(
            VistaPorOmision.funcionario_id == quien,
            VistaPorOmision.lista == lista,
            or_(VistaGuardada.de_id == quien, VistaGuardada.compartida.is_(True)),
        )
    )


def cuantas_tiene(session: Session, lista: str, quien: UUID) -> int:
    """How many views somebody keeps of a list."""
    consulta = select(func.count()).where(
        VistaGuardada.de_id == quien, VistaGuardada.lista == lista
    )
    return session.scalar(consulta) or 0


def _vista(una: VistaGuardada, quien: UUID, elegida: UUID | None) -> Vista:
    campos: dict[str, Any] = {
        campo: getattr(una, campo)
        for campo in ("id", "lista", "nombre", "consulta", "compartida", "de_nombre")
    }
    return Vista(**campos, propia=una.de_id == quien, por_omision=una.id == elegida)
