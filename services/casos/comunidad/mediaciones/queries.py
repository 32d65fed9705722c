"""What can be asked of mediations: always of cases that the reader may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.alcance import Alcance
from casos.comunidad.mediaciones.models import (
    Mediacion,
    ParteDeMediacion,
    SesionDeMediacion,
)
from casos.comunidad.mediaciones.states import VIVAS, Accion, ClaseDeParte
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.expedientes.queries import caso_por_id, es_propio
from casos.expedientes.queries import ultimo_hito as ultimo_de_caso
from casos.personas.models import Persona
from oficina.errors import NoEncontrado

MAXIMO = 200
"""How many one list shows."""


@dataclass(frozen=True)
class VistaParte:
    """A party, by the name that the reader may know."""

    id: UUID
    clase: ClaseDeParte
    quien: str
    participa: str


@dataclass(frozen=True)
class VistaSesion:
    """A session, without its notes for who may not read them."""

    id: UUID
    dia: date
    lugar: str
    mediador_nombre: str
    asistieron: Sequence[str]
    resultado: str
    notas: str | None
    reservadas: bool


@dataclass(frozen=True)
class Vista:
    """A mediation as far as its reader may know it. `propia`: it is their work."""

    mediacion: Mediacion
    caso: Caso
    propia: bool
    partes: Sequence[VistaParte]
    sesiones: Sequence[VistaSesion]

    def __getattr__(self, campo: str) -> Any:
        return getattr(self.mediacion, campo)

    @property
    def acciones(self) -> Sequence[Accion]:
        """What the reader may do."""
        return self.mediacion.acciones if self.propia else []

    @property
    def nombres(self) -> Mapping[str, str]:
        """Who a party is, by its id."""
        return {str(una.id): una.quien for una in self.partes}


def mediacion_por_id(
    session: Session, mediacion_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> tuple[Mediacion, Caso]:
    """A mediation and its case. With `bloquear` both are held, the case first, and it must be the
    reader's work. Raises NoEncontrado, and what `caso_por_id` raises.
    """
    caso_id = session.scalar(select(Mediacion.caso_id).where(Mediacion.id == mediacion_id))
    if caso_id is None:
        raise NoEncontrado
    caso = caso_por_id(session, caso_id, alcance, bloquear=bloquear)
    consulta = select(Mediacion).where(Mediacion.id == mediacion_id).options(*_TODO)
    if bloquear:
        consulta = consulta.with_for_update(of=Mediacion).execution_options(populate_existing=True)
    return session.scalars(consulta).unique().one(), caso


def vista(session: Session, mediacion_id: UUID, alcance: Alcance) -> Vista:
    """A mediation as far as the reader may know it; raises as `mediacion_por_id`."""
    mediacion, caso = mediacion_por_id(session, mediacion_id, alcance)
    nombrado = select(Caso.id).where(Caso.id == caso.id, alcance.nombrado())
    lee_notas = session.scalar(nombrado) is not None
    return Vista(
        mediacion=mediacion,
        caso=caso,
        propia=es_propio(session, caso, alcance),
        partes=_partes(session, mediacion.partes, alcance),
        sesiones=[_sesion(una, alcance.quien, lee_notas=lee_notas) for una in mediacion.sesiones],
    )


def mediaciones(session: Session, alcance: Alcance, *, todas: bool = False) -> Sequence[Mediacion]:
    """Those of the cases that are the reader's work, the newest on top."""
    consulta = (
        select(Mediacion)
        .join(Mediacion.caso)
        .where(alcance.casos())
        .options(joinedload(Mediacion.caso).joinedload(Caso.persona))
        .order_by(Mediacion.id.desc())
        .limit(MAXIMO)
    )
    if not todas:
        consulta = consulta.where(Mediacion.estado.in_(VIVAS))
    return session.scalars(consulta).all()


def de_caso(session: Session, caso: Caso) -> Sequence[Mediacion]:
    """The mediations of a case that was read, the newest on top."""
    consulta = select(Mediacion).where(Mediacion.caso_id == caso.id)
    return session.scalars(consulta.order_by(Mediacion.id.desc())).all()


def de_persona(session: Session, persona_id: UUID) -> Sequence[Mediacion]:
    """Those in which somebody takes part, with all of theirs: for the copy of their data."""
    suyas = select(ParteDeMediacion.mediacion_id).where(ParteDeMediacion.persona_id == persona_id)
    consulta = select(Mediacion).where(Mediacion.id.in_(suyas)).options(*_TODO)
    return session.scalars(consulta.order_by(Mediacion.id)).unique().all()


def ultimo_hito(session: Session, mediacion: Mediacion) -> Hito | None:
    """The last line that the story of its case tells of a mediation."""
    return ultimo_de_caso(
        session, mediacion.caso_id, TipoHito.MEDIACION, "mediacion_id", mediacion.id
    )


def hay_viva(session: Session, caso_id: UUID) -> bool:
    """Whether a case has one that goes on."""
    viva = select(Mediacion.id).where(Mediacion.caso_id == caso_id, Mediacion.estado.in_(VIVAS))
    return session.scalar(viva.limit(1)) is not None


def _partes(
    session: Session, partes: Sequence[ParteDeMediacion], alcance: Alcance
) -> Sequence[VistaParte]:
    ids = [una.persona_id for una in partes if una.persona_id]
    visibles = {
        una.id: una.nombre
        for una in session.scalars(select(Persona).where(Persona.id.in_(ids), alcance.personas()))
    }
    folios: dict[UUID, str] = {
        fila.id: fila.folio
        for fila in session.execute(select(Persona.id, Persona.folio).where(Persona.id.in_(ids)))
    }
    return [
        VistaParte(una.id, una.clase, _quien(una, visibles, folios), una.participa)
        for una in partes
    ]


def _quien(una: ParteDeMediacion, visibles: Mapping[UUID, str], folios: Mapping[UUID, str]) -> str:
    if una.persona_id is not None:
        return visibles.get(una.persona_id) or folios[una.persona_id]
    if una.organizacion is not None:
        return una.organizacion.nombre
    if una.institucion is not None:
        return una.institucion.nombre
    return una.nombre or "—"


def _sesion(una: SesionDeMediacion, quien: UUID, *, lee_notas: bool) -> VistaSesion:
    lee = lee_notas or una.mediador_id == quien
    return VistaSesion(
        una.id,
        una.dia,
        una.lugar,
        una.mediador_nombre,
        una.asistieron,
        una.resultado,
        una.notas if lee else None,
        reservadas=bool(una.notas) and not lee,
    )


_TODO = (
    selectinload(Mediacion.partes).joinedload(ParteDeMediacion.organizacion),
    selectinload(Mediacion.partes).joinedload(ParteDeMediacion.institucion),
    selectinload(Mediacion.sesiones),
    selectinload(Mediacion.compromisos),
    selectinload(Mediacion.seguimientos),
)
