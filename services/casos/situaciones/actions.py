"""What can be done about migratory status: write down what the person chose to tell."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.situaciones.models import SituacionMigratoria
from casos.situaciones.queries import exigir_legible
from casos.situaciones.schemas import NuevaSituacion
from oficina.actor import Actor
from oficina.audit import registrar as auditar


def registrar(
    session: Session, persona_id: UUID, datos: NuevaSituacion, actor: Actor, ahora: datetime
) -> SituacionMigratoria:
    """Write it down; earlier answers stay. Never told in a fact, not even that there is one.

    Raises what `exigir_legible` raises.
    """
    exigir_legible(session, persona_id, Alcance.de(actor))
    exigir_usable(session, persona_id, retener=True)
    nueva = SituacionMigratoria(
        persona_id=persona_id,
        prefiere_no_indicar=datos.prefiere_no_indicar,
        categoria=datos.categoria,
        numero_solicitud=datos.numero_solicitud,
        vigente_hasta=datos.vigente_hasta.isoformat() if datos.vigente_hasta else None,
        nota=datos.nota,
        fuente=datos.fuente,
        registrada_en=ahora,
        funcionario_id=actor.id,
        funcionario_nombre=actor.nombre,
    )
    session.add(nueva)
    session.flush()
    auditar(session, actor, "casos.situacion.registrar", "persona", persona_id)
    return nueva
