"""What can be asked about attentions: read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer, joinedload

from casos.alcance import Alcance
from casos.atenciones.models import Atencion
from oficina.clock import ZONA

POR_PAGINA = 50


@dataclass(frozen=True)
class PaginaAtenciones:
    """A page of attentions, the newest first; pages count from 1."""

    filas: Sequence[Atencion]
    total: int
    pagina: int

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // POR_PAGINA))


def del_dia(session: Session, dia: date, alcance: Alcance, pagina: int = 1) -> PaginaAtenciones:
    """The attentions of a Chilean day, persons loaded, notes not."""
    desde = datetime.combine(dia, time(), ZONA)
    hasta = datetime.combine(dia + timedelta(days=1), time(), ZONA)
    return _pagina(session, [Atencion.inicio >= desde, Atencion.inicio < hasta], alcance, pagina)


def de_persona(
    session: Session, persona_id: UUID, alcance: Alcance, pagina: int = 1
) -> PaginaAtenciones:
    """The attentions of a person."""
    return _pagina(session, [Atencion.persona_id == persona_id], alcance, pagina, con_nota=True)


def todas(session: Session, alcance: Alcance, pagina: int = 1) -> PaginaAtenciones:
    """Every attention that the reader may see."""
    return _pagina(session, [], alcance, pagina)


def _pagina(
    session: Session,
    condiciones: list[ColumnElement[bool]],
    alcance: Alcance,
    pagina: int,
    *,
    con_nota: bool = False,
) -> PaginaAtenciones:
    condiciones = [*condiciones, alcance.atenciones()]
    total = session.scalars(select(func.count()).select_from(Atencion).where(*condiciones)).one()
    consulta = (
        select(Atencion)
        .where(*condiciones)
        .options(joinedload(Atencion.persona))
        .order_by(Atencion.inicio.desc(), Atencion.id.desc())
        .offset((pagina - 1) * POR_PAGINA)
        .limit(POR_PAGINA)
    )
    if not con_nota:
        consulta = consulta.options(defer(Atencion.nota, raiseload=True))
    return PaginaAtenciones(session.scalars(consulta).all(), total, pagina)
