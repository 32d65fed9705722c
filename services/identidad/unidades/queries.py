"""What can be asked of the units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from identidad.models import Funcionario, Rol
from identidad.unidades.models import Unidad
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class UnidadConPersonas:
    """A unit with the open accounts in it, and those of them who answer for it."""

    unidad: Unidad
    cuentas: Sequence[Funcionario]

    @property
    def contrapartes(self) -> Sequence[Funcionario]:
        """Who answers the derivations that come to it."""
        return [uno for uno in self.cuentas if Rol.CONTRAPARTE_UNIDAD in uno.roles]


def unidades(session: Session, *, todas: bool = False) -> Sequence[UnidadConPersonas]:
    """The active units by name; with `todas`, the closed ones after them."""
    query = select(Unidad).order_by(Unidad.activa.desc(), Unidad.nombre)
    if not todas:
        query = query.where(Unidad.activa)
    found = session.scalars(query).all()
    people = session.scalars(
        select(Funcionario)
        .where(Funcionario.activo, Funcionario.unidad.in_([una.codigo for una in found]))
        .order_by(Funcionario.nombre)
    ).all()
    return [
        UnidadConPersonas(una, [uno for uno in people if uno.unidad == una.codigo]) for una in found
    ]


def unidad_con_personas(session: Session, unidad_id: UUID) -> UnidadConPersonas:
    """One unit with its people; raises NoEncontrado."""
    una = unidad_por_id(session, unidad_id)
    query = select(Funcionario).where(Funcionario.activo, Funcionario.unidad == una.codigo)
    return UnidadConPersonas(una, session.scalars(query.order_by(Funcionario.nombre)).all())


def unidad_por_id(session: Session, unidad_id: UUID) -> Unidad:
    """One unit; raises NoEncontrado."""
    una = session.get(Unidad, unidad_id)
    if una is None:
        raise NoEncontrado
    return una


def unidad_por_codigo(session: Session, codigo: str) -> Unidad | None:
    """The unit of a code."""
    return session.scalar(select(Unidad).where(Unidad.codigo == codigo))


def nombres(session: Session) -> Mapping[str, str]:
    """What each code is called, of closed units too."""
    return {una.codigo: una.nombre for una in session.scalars(select(Unidad))}


def elegibles(session: Session, actual: str = "") -> Sequence[tuple[str, str]]:
    """Codes and names that an account may have: the active ones, and the one that it has."""
    query = select(Unidad).where(Unidad.activa | (Unidad.codigo == actual)).order_by(Unidad.nombre)
    return [(una.codigo, una.nombre) for una in session.scalars(query)]
