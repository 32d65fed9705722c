"""What can be asked about relations: those to people whom the reader does not see are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.personas.models import Persona
from casos.personas.queries import persona_a_la_vista, personas_por_id
from casos.vinculos.catalogo import inverso
from casos.vinculos.models import Vinculo
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class Visto:
    """A relation from one of its ends: `tipo` is what the other is to the person."""

    vinculo: Vinculo
    tipo: str
    otra: Persona | None

    @property
    def nombre(self) -> str:
        """How the other one is called."""
        return self.otra.nombre if self.otra else self.vinculo.nombre or ""


def de_persona(session: Session, persona_id: UUID, alcance: Alcance) -> Sequence[Visto]:
    """Somebody's relations as a reader may know them, those that hold first."""
    todos = session.scalars(
        select(Vinculo)
        .where(or_(Vinculo.persona_id == persona_id, Vinculo.otra_id == persona_id))
        .order_by(Vinculo.terminado_en.is_not(None), Vinculo.id)
    ).all()
    otras = {uno.id: _otra(uno, persona_id) for uno in todos}
    ids = [otra for otra in otras.values() if otra is not None]
    vistas = {una.id: una for una in personas_por_id(session, ids, alcance)} if ids else {}
    hallados: dict[object, Visto] = {}
    for uno in todos:
        otra = otras[uno.id]
        if otra is not None and otra not in vistas:
            continue
        tipo = uno.tipo if uno.persona_id == persona_id else inverso(uno.tipo)
        # Two records that were joined may have told the same.
        clave = (tipo, otra) if otra and uno.terminado_en is None else uno.id
        hallados.setdefault(clave, Visto(uno, tipo, vistas.get(otra) if otra else None))
    return list(hallados.values())


def vinculo_por_id(session: Session, vinculo_id: UUID, alcance: Alcance) -> Vinculo:
    """A relation of people both of whom the reader sees. Raises NoEncontrado, DatosBloqueados."""
    uno = session.get(Vinculo, vinculo_id)
    if uno is None:
        raise NoEncontrado
    persona_a_la_vista(session, uno.persona_id, alcance)
    if uno.otra_id is not None and not personas_por_id(session, [uno.otra_id], alcance):
        raise NoEncontrado
    return uno


def _otra(uno: Vinculo, persona_id: UUID) -> UUID | None:
    return uno.otra_id if uno.persona_id == persona_id else uno.persona_id
