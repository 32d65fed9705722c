"""What can be asked about households: as much as the reader may know of each of their people.

Of a member whom the reader does not see they learn that there is one more, and nothing else; of one
who is sealed to them not even that.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.hogares.models import Hogar, Integrante
from casos.personas.edades import RangoEtario, rango_etario
from casos.personas.models import Persona
from casos.personas.queries import persona_por_id
from oficina.errors import NoEncontrado

VIGENTE = Integrante.hasta.is_(None)


@dataclass(frozen=True)
class Vista:
    """Somebody's household as a reader may know it. `suyas`: what was so of the person before,
    the newest first; `antes`: who belonged to the present one.
    """

    persona: Persona
    hogar: Hogar | None
    integrantes: Sequence[Integrante]
    otros: int
    suyas: Sequence[Integrante]
    antes: Sequence[Integrante]

    @property
    def total(self) -> int:
        """How many there are, as far as the reader may know."""
        return len(self.integrantes) + self.otros

    @property
    def version(self) -> int:
        """How often it changed; zero of who has none."""
        return self.hogar.version if self.hogar else 0

    def por_edad(self, hoy: date) -> Mapping[RangoEtario, int]:
        """How many of each band of age there are, of those whom the reader sees."""
        cuantos = Counter(
            rango_etario(uno.persona.fecha_nacimiento, hoy) for uno in self.integrantes
        )
        return {rango: cuantos[rango] for rango in RangoEtario if cuantos[rango]}


def hogar_de(session: Session, persona_id: UUID, alcance: Alcance) -> Vista:
    """Somebody's household. Raises NoEncontrado, DatosBloqueados, PersonaUnida."""
    persona = persona_por_id(session, persona_id, alcance)
    todas = session.scalars(
        select(Integrante)
        .where(Integrante.persona_id == persona_id)
        .options(joinedload(Integrante.hogar))
        .order_by(Integrante.desde.desc(), Integrante.id.desc())
    ).all()
    vigente = next((una for una in todas if una.hasta is None), None)
    suyas = [una for una in todas if una is not vigente]
    if vigente is None:
        return Vista(persona, None, (), 0, suyas, ())
    integrantes, otros = _integrantes(session, vigente.hogar_id, alcance)
    antes = _antes(session, vigente, alcance)
    return Vista(persona, vigente.hogar, integrantes, otros, suyas, antes)


def integrante_por_id(session: Session, integrante_id: UUID, alcance: Alcance) -> Integrante:
    """An entry of somebody whom the reader sees, with who it is and which household.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida.
    """
    una = session.scalar(
        select(Integrante)
        .where(Integrante.id == integrante_id)
        .options(joinedload(Integrante.persona), joinedload(Integrante.hogar))
    )
    if una is None:
        raise NoEncontrado
    persona_por_id(session, una.persona_id, alcance)
    return una


def vigente_de(session: Session, persona_id: UUID) -> Integrante | None:
    """Where somebody belongs now."""
    return session.scalar(select(Integrante).where(Integrante.persona_id == persona_id, VIGENTE))


def conocidos(session: Session, hogar_id: UUID, alcance: Alcance) -> Sequence[Integrante]:
    """Who belongs to a household now and the reader may know that they are there."""
    return session.scalars(
        select(Integrante)
        .join(Persona, Persona.id == Integrante.persona_id)
        .where(Integrante.hogar_id == hogar_id, VIGENTE, alcance.conocidas())
        .options(joinedload(Integrante.persona))
        .order_by(Integrante.desde, Integrante.id)
    ).all()


def _integrantes(
    session: Session, hogar_id: UUID, alcance: Alcance
) -> tuple[Sequence[Integrante], int]:
    sabidos = conocidos(session, hogar_id, alcance)
    vistas = set(
        session.scalars(
            select(Persona.id).where(
                Persona.id.in_([uno.persona_id for uno in sabidos]), alcance.personas()
            )
        )
    )
    integrantes = [uno for uno in sabidos if uno.persona_id in vistas]
    return integrantes, len(sabidos) - len(integrantes)


def _antes(session: Session, vigente: Integrante, alcance: Alcance) -> Sequence[Integrante]:
    return session.scalars(
        select(Integrante)
        .join(Persona, Persona.id == Integrante.persona_id)
        .where(
            Integrante.hogar_id == vigente.hogar_id,
            Integrante.persona_id != vigente.persona_id,
            ~VIGENTE,
            alcance.personas(),
        )
        .options(joinedload(Integrante.persona))
        .order_by(Integrante.hasta.desc(), Integrante.id.desc())
    ).all()
