"""Who represents somebody: asked by what needs it, and shown as far as the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.personas.models import Persona
from casos.representantes.models import Representante
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class Visto:
    """Who represents somebody; of one whom the reader does not see, that there is one."""

    representante: Representante
    otra: Persona | None
    vale: bool

    @property
    def nombre(self) -> str:
        """How they are called; empty when the reader may not know it."""
        return self.otra.nombre if self.otra else self.representante.nombre or ""


def vigentes(session: Session, persona_id: UUID, dia: date) -> Sequence[Representante]:
    """Who represents somebody on a day, the first that was written down on top."""
    todos = session.scalars(
        select(Representante)
        .where(Representante.persona_id == persona_id, Representante.terminado_en.is_(None))
        .order_by(Representante.id)
    ).all()
    return [uno for uno in todos if uno.vale(dia)]


def de_persona(session: Session, persona_id: UUID, alcance: Alcance, dia: date) -> Sequence[Visto]:
    """Who represents somebody and who did, those who do now first. One who is sealed to
    the reader is not told of.
    """
    todos = session.scalars(
        select(Representante)
        .where(Representante.persona_id == persona_id)
        .order_by(Representante.terminado_en.is_not(None), Representante.id)
    ).all()
    ids = [uno.otra_id for uno in todos if uno.otra_id is not None]
    sabidas: dict[UUID, Persona | None] = {}
    if ids:
        consulta = select(Persona, alcance.personas()).where(
            Persona.id.in_(ids), alcance.conocidas()
        )
        sabidas = {una.id: una if se_ve else None for una, se_ve in session.execute(consulta)}
    return [
        Visto(uno, sabidas[uno.otra_id] if uno.otra_id else None, uno.vale(dia))
        for uno in todos
        if uno.otra_id is None or uno.otra_id in sabidas
    ]


def representante_por_id(
    session: Session, representante_id: UUID, alcance: Alcance
) -> Representante:
    """One of somebody whom the reader sees, as they see the representative. Raises NoEncontrado,
    DatosBloqueados.
    """
    uno = session.get(Representante, representante_id)
    if uno is None:
        raise NoEncontrado
    for persona_id in filter(None, (uno.persona_id, uno.otra_id)):
        a_la_vista = select(Persona.id).where(Persona.id == persona_id, alcance.personas())
        if session.scalar(a_la_vista) is None:
            raise alcance.negativa_de_persona(session, uno.persona_id)
    return uno
