"""What can be asked about cases: read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, case, or_, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance, exigir_usable
from casos.expedientes.models import (
    Caso,
    Confidencialidad,
    Evaluacion,
    Hito,
    HitoLeido,
    MiembroDeCaso,
    TipoHito,
)
from casos.expedientes.states import TERMINADOS
from oficina.errors import DomainError, NoPermitido


@dataclass(frozen=True)
class CasoDePersona:
    """A case on its person's page: the reader's own work, or one of which they know that it is
    there and, unless it is reserved, who has it.
    """

    caso: Caso
    propio: bool

    @property
    def reservado(self) -> bool:
        """Nothing but the folio is shown."""
        return self.caso.por_lista and not self.propio


@dataclass(frozen=True)
class Reservado:
    """What is known of a reserved case by who is not named in it."""

    id: UUID
    folio: str


def caso_por_id(
    session: Session, caso_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> Caso:
    """A case that the reader may read, with its person.

    With `bloquear` it stays locked and must be the reader's work: who only reads it by an
    exceptional access changes nothing. Raises NoEncontrado, CasoReservado, NoPermitido.
    """
    if bloquear:
        return _para_cambiar(session, caso_id, alcance, alcance.casos())
    caso = session.scalar(_legible(alcance), {"caso_id": caso_id})
    if caso is None:
        raise alcance.negativa(session, caso_id)
    return caso


@lru_cache(512)
def _legible(alcance: Alcance) -> Select[Caso]:
    """The case `caso_id` if a reader may read it, put together once for each reader."""
    return (
        select(Caso)
        .where(Caso.id == bindparam("caso_id"), alcance.lectura())
        .options(joinedload(Caso.persona))
    )


def caso_para_asignar(session: Session, caso_id: UUID, alcance: Alcance) -> Caso:
    """A case for which the reader may say who answers, locked; raises as `caso_por_id`."""
    return _para_cambiar(session, caso_id, alcance, alcance.asignables())


def caso_para_seguir(session: Session, caso_id: UUID, alcance: Alcance) -> Caso:
    """A case to which the reader may add an attention, locked; raises as `caso_por_id`."""
    return _para_cambiar(session, caso_id, alcance, alcance.seguimiento())


def _para_cambiar(
    session: Session, caso_id: UUID, alcance: Alcance, condicion: ColumnElement[bool]
) -> Caso:
    # Its key stays free: whoever writes a line of its story never waits for this lock.
    caso = session.scalar(
        select(Caso)
        .where(Caso.id == caso_id, condicion)
        .options(joinedload(Caso.persona))
        .with_for_update(of=Caso, key_share=True)
        .execution_options(populate_existing=True)
    )
    if caso is None:
        raise _negativa_al_cambiar(session, caso_id, alcance)
    exigir_usable(session, caso.persona_id, retener=True)
    return caso


def _negativa_al_cambiar(session: Session, caso_id: UUID, alcance: Alcance) -> DomainError:
    legible = select(Caso.id).where(Caso.id == caso_id, alcance.lectura())
    if session.scalar(legible) is not None:
        return NoPermitido(_("El acceso excepcional es solo para leer."))
    return alcance.negativa(session, caso_id)


def caso_a_la_vista(session: Session, caso_id: UUID, alcance: Alcance) -> tuple[Caso, bool]:
    """A case with its person, and whether the reader may read its content: of one that is not
    reserved, reception knows that it is there and who has it. Raises as `caso_por_id`.
    """
    fila = session.execute(
        select(Caso, alcance.lectura())
        .where(Caso.id == caso_id, or_(alcance.lectura(), alcance.seguimiento()))
        .options(joinedload(Caso.persona))
    ).one_or_none()
    if fila is None:
        raise alcance.negativa(session, caso_id)
    return fila[0], bool(fila[1])


def es_propio(session: Session, caso: Caso, alcance: Alcance) -> bool:
    """Whether a case that the reader may read is their work, and not read by exception."""
    if not caso.por_lista:
        return True
    propio = select(Caso.id).where(Caso.id == caso.id, alcance.casos())
    return session.scalar(propio) is not None


def exigir_propio(session: Session, caso: Caso, alcance: Alcance) -> None:
    """Raise NoPermitido when a case is read by an exceptional access alone."""
    if not es_propio(session, caso, alcance):
        raise NoPermitido(_("El acceso excepcional es solo para leer."))


def legibles(session: Session, ids: Sequence[UUID], alcance: Alcance) -> Sequence[UUID]:
    """Those of some cases that are the reader's work, or that reception may speak of."""
    return session.scalars(
        select(Caso.id).where(Caso.id.in_(ids), or_(alcance.casos(), alcance.seguimiento()))
    ).all()


def equipo_de(session: Session, caso: Caso) -> Sequence[MiembroDeCaso]:
    """Who is named in a case beside whoever answers for it, by name."""
    return session.scalars(_equipo(), {"caso_id": caso.id}).all()


@cache
def _equipo() -> Select[MiembroDeCaso]:
    return (
        select(MiembroDeCaso)
        .where(MiembroDeCaso.caso_id == bindparam("caso_id"))
        .order_by(MiembroDeCaso.nombre, MiembroDeCaso.id)
    )


def solo_para(session: Session, caso_id: UUID) -> Sequence[UUID] | None:
    """The only people who may hear of a case; None when it is not sealed."""
    responsable = session.execute(
        select(Caso.responsable_id).where(
            Caso.id == caso_id, Caso.confidencialidad == Confidencialidad.SELLADO
        )
    ).one_or_none()
    if responsable is None:
        return None
    miembros = select(MiembroDeCaso.funcionario_id).where(MiembroDeCaso.caso_id == caso_id)
    return [uno for uno in (responsable[0], *session.scalars(miembros)) if uno]


def reservados_por_asignar(session: Session, alcance: Alcance) -> Sequence[Reservado]:
    """Reserved cases that wait for the reader to say who answers for them."""
    filas = session.execute(
        select(Caso.id, Caso.folio)
        .where(
            Caso.confidencialidad == Confidencialidad.RESERVADO,
            Caso.responsable_id.is_(None),
            Caso.estado.not_in(TERMINADOS),
            alcance.asignables(),
            ~alcance.nombrado(),
        )
        .order_by(Caso.id)
    )
    return [Reservado(*fila) for fila in filas]


def reservado_por_folio(session: Session, folio: str, alcance: Alcance) -> Reservado | None:
    """The reserved case of a folio, for who may know that it is there and may not read it."""
    if not alcance.atiende:
        return None
    fila = session.execute(
        select(Caso.id, Caso.folio).where(
            Caso.folio == folio,
            Caso.confidencialidad == Confidencialidad.RESERVADO,
            alcance.existencia(),
            ~alcance.nombrado(),
        )
    ).one_or_none()
    return Reservado(*fila) if fila else None


def version_de(session: Session, caso_id: UUID, alcance: Alcance) -> int:
    """How often a case has changed; raises as `caso_por_id`."""
    version = session.scalar(select(Caso.version).where(Caso.id == caso_id, alcance.lectura()))
    if version is None:
        raise alcance.negativa(session, caso_id)
    return version


def casos_de_persona(
    session: Session, persona_id: UUID, alcance: Alcance
) -> Sequence[CasoDePersona]:
    """The cases of a person that the reader may know of, open ones first, then the newest."""
    filas = session.execute(
        select(Caso, alcance.casos())
        .where(Caso.persona_id == persona_id, alcance.existencia())
        .order_by(case((Caso.estado.in_(TERMINADOS), 1), else_=0), Caso.id.desc())
    )
    return [CasoDePersona(caso, bool(propio)) for caso, propio in filas]


def historia(session: Session, caso: Caso) -> Sequence[HitoLeido]:
    """The story of a case that was read, the newest line first."""
    return [HitoLeido(*fila) for fila in session.execute(_historia(), {"caso_id": caso.id})]


@cache
def _historia() -> Select[*tuple[Any, ...]]:
    columnas = (getattr(Hito, campo) for campo in HitoLeido._fields)
    return (
        select(*columnas)
        .where(Hito.caso_id == bindparam("caso_id"))
        .order_by(Hito.ocurrido_en.desc(), Hito.id.desc())
    )


def evaluaciones(session: Session, caso: Caso) -> Sequence[Evaluacion]:
    """What was found in a case that was read, the newest first."""
    return session.scalars(_evaluaciones(), {"caso_id": caso.id}).all()


@cache
def _evaluaciones() -> Select[Evaluacion]:
    return (
        select(Evaluacion)
        .where(Evaluacion.caso_id == bindparam("caso_id"))
        .order_by(Evaluacion.id.desc())
    )


def ultimo_hito(
    session: Session, caso_id: UUID, tipo: TipoHito, clave: str, cual: UUID
) -> Hito | None:
    """The last line of a kind in the story of a case about the thing whose id it has in `clave`."""
    de_su_tipo = (
        select(Hito).where(Hito.caso_id == caso_id, Hito.tipo == tipo).order_by(Hito.id.desc())
    )
    suyos = (uno for uno in session.scalars(de_su_tipo) if uno.datos.get(clave) == str(cual))
    return next(suyos, None)
