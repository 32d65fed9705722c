"""What can be asked about safe contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.contactos.models import ContactoSeguro
from casos.contactos.pauta import Pauta, pauta_de
from casos.personas.models import Persona
from casos.personas.queries import persona_por_id


@dataclass(frozen=True)
class Vista:
    """Somebody, what holds of them, and every entry, the newest first. The version grows with each
    change.
    """

    persona: Persona
    pauta: Pauta
    entradas: Sequence[ContactoSeguro]

    @property
    def version(self) -> int:
        """How often it changed."""
        return sum(1 + (uno.terminado_en is not None) for uno in self.entradas)


def contacto_de(session: Session, persona_id: UUID, alcance: Alcance) -> Vista:
    """How somebody may be reached. Raises NoEncontrado, DatosBloqueados, PersonaUnida."""
    persona = persona_por_id(session, persona_id, alcance)
    entradas = session.scalars(
        select(ContactoSeguro)
        .where(ContactoSeguro.persona_id == persona_id)
        .order_by(ContactoSeguro.id.desc())
    ).all()
    return Vista(persona, pauta_de(session, persona), entradas)
