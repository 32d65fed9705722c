"""What can be asked of deadlines."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Subquery, Uuid, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from casos.expedientes.models import Caso
from casos.personas.models import EstadoPersona, Persona
from casos.plazos.models import VIVOS, EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.tareas.models import Tarea
from oficina.db import UtcDateTime
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class Seguimiento:
    """How a deadline stands, and who answers for its task, or else for its case."""

    caso_id: UUID
    caso_folio: str
    estado: EstadoPlazo
    responsable_id: UUID | None


def plazos_de_caso(session: Session, caso_id: UUID) -> Sequence[Plazo]:
    """Every clock of a case and of its derivations: those that run, the nearest on top."""
    termino = Plazo.estado.in_((EstadoPlazo.CUMPLIDO, EstadoPlazo.CANCELADO))
    return session.scalars(
        select(Plazo).where(Plazo.caso_id == caso_id).order_by(termino, Plazo.vence_en, Plazo.id)
    ).all()


def plazos_de_derivacion(session: Session, derivacion_id: UUID) -> Sequence[Plazo]:
    """Every clock of one derivation, in the order in which they end."""
    return session.scalars(
        select(Plazo).where(Plazo.derivacion_id == derivacion_id).order_by(Plazo.vence_en, Plazo.id)
    ).all()


def con_acuerdo_por_cumplir(
    session: Session, derivacion_ids: Collection[UUID], ahora: datetime
) -> Collection[UUID | None]:
    """Those derivations whose service promised an answer by a time that has not come yet."""
    if not derivacion_ids:
        return frozenset()
    return frozenset(
        session.scalars(
            select(Plazo.derivacion_id).where(
                Plazo.derivacion_id.in_(derivacion_ids),
                Plazo.acuerdo_dias.is_not(None),
                Plazo.estado == EstadoPlazo.CORRIENDO,
                Plazo.vence_en > ahora,
            )
        )
    )


def corre(session: Session, caso_id: UUID, reloj: str) -> bool:
    """Whether a clock of a case runs or is held."""
    return (
        session.scalar(
            select(Plazo.id)
            .where(Plazo.caso_id == caso_id, Plazo.reloj == reloj, Plazo.estado.in_(VIVOS))
            .limit(1)
        )
        is not None
    )


def vivo(plazos: Iterable[Plazo], reloj: str) -> bool:
    """As `corre`, among clocks of a case that were read."""
    return any(plazo.reloj == reloj and plazo.estado in VIVOS for plazo in plazos)


def seguimiento(session: Session, plazo_id: UUID) -> Seguimiento:
    """One clock as somebody who writes about it must know it; raises NoEncontrado."""
    # A task is whoever's does it; everything else of a case, whoever's answers for it.
    quien = func.coalesce(Tarea.responsable_id, Caso.responsable_id)
    fila = session.execute(
        select(Caso.id, Caso.folio, Plazo.estado, quien)
        .join(Caso, Caso.id == Plazo.caso_id)
        .outerjoin(Tarea, Tarea.id == Plazo.tarea_id)
        .where(Plazo.id == plazo_id)
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    return Seguimiento(*fila)


def niveles_por_caso(
    session: Session, caso_ids: Iterable[UUID], ahora: datetime
) -> Mapping[UUID, int]:
    """The highest stage that a running clock of each case has reached; cases without one are left
    out.
    """
    corren = session.scalars(
        select(Plazo).where(
            Plazo.caso_id.in_(list(caso_ids)), Plazo.estado == EstadoPlazo.CORRIENDO
        )
    )
    niveles: dict[UUID, int] = {}
    for plazo in corren:
        if plazo.caso_id is not None:
            nivel = nivel_a_la_fecha(plazo, ahora)
            niveles[plazo.caso_id] = max(nivel, niveles.get(plazo.caso_id, 0))
    return niveles


def proximo_vencimiento() -> Subquery:
    """A subquery (`caso_id`, `vence_en`) with the nearest end among the running clocks of a case.

    Joined from the outside, `vence_en` in ascending order puts what is late longest on top.
    """
    return (
        select(Plazo.caso_id, func.min(Plazo.vence_en).label("vence_en"))
        .where(Plazo.estado == EstadoPlazo.CORRIENDO)
        .group_by(Plazo.caso_id)
        .subquery()
    )


def nivel_a_la_fecha(plazo: Plazo, ahora: datetime) -> int:
    """The highest stage (percentage) that a clock has reached; 0 before the first one.

    Of a clock that no longer runs, the stage at which it stopped; of a paused one, at which it was
    paused.
    """
    regla = reglas().relojes[plazo.reloj]
    hasta = plazo.terminado_en or plazo.pausado_en or ahora
    nivel = 0
    for etapa in reglas().etapas:
        if regla.momento(plazo.desde, plazo.vence_en, etapa.nivel, plazo.dias_cerrados) > hasta:
            break
        nivel = etapa.nivel
    return nivel


@dataclass(frozen=True)
class Debido:
    """A clock whose next stage is due, and what is to be held before it."""

    siguiente_en: datetime
    id: UUID
    caso_id: UUID | None
    derivacion_id: UUID | None
    solicitud_id: UUID | None
    incidente_id: UUID | None

    @property
    def puesto(self) -> tuple[datetime, UUID]:
        """Its place among those that are due."""
        return self.siguiente_en, self.id


def por_avanzar(
    session: Session,
    ahora: datetime,
    real: datetime,
    *,
    despues: tuple[datetime, UUID] | None = None,
    cuantos: int,
) -> Sequence[Debido]:
    """The running clocks whose next stage has been due the longest, after a place among them; none
    of those left alone.
    """
    apartado = (
        select(Caso.id)
        .join(Persona, Persona.id == Caso.persona_id)
        .where(Caso.id == Plazo.caso_id, Persona.estado != EstadoPersona.ACTIVA)
        .correlate(Plazo)
        .exists()
    )
    consulta = (
        select(
            Plazo.siguiente_en,
            Plazo.id,
            Plazo.caso_id,
            Plazo.derivacion_id,
            Plazo.solicitud_id,
            Plazo.incidente_id,
        )
        .where(
            Plazo.estado == EstadoPlazo.CORRIENDO,
            Plazo.siguiente_en <= ahora,
            or_(Plazo.visible.is_(None), Plazo.visible <= real),
            # While somebody's data are blocked, what is due waits; it is told when they are back.
            ~apartado,
        )
        .order_by(Plazo.siguiente_en, Plazo.id)
        .limit(cuantos)
    )
    if despues is not None:
        en, plazo_id = despues
        consulta = consulta.where(
            tuple_(Plazo.siguiente_en, Plazo.id)
            > tuple_(literal(en, UtcDateTime()), literal(plazo_id, Uuid()))
        )
    return [Debido(**fila) for fila in session.execute(consulta).mappings()]
