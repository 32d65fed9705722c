"""What can be done about a death: write it down, and take it back. It closes no case by itself."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.defunciones.models import Defuncion
from casos.defunciones.queries import de_persona, defuncion_por_id
from casos.defunciones.schemas import NuevaDefuncion
from casos.personas.models import Persona
from casos.personas.queries import persona_por_id
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events.casos import PersonaActualizada
from oficina.web.conditional import check_version


def registrar(
    session: Session, persona_id: UUID, datos: NuevaDefuncion, actor: Actor, ahora: datetime
) -> Defuncion:
    """Write down that somebody died: from now on nothing is sent to them.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida, Conflicto when it is written down already,
    DatosInvalidos for a day before their birth.
    """
    # One at a time: the second of two finds that it is written down.
    session.get(Persona, persona_id, with_for_update=True, populate_existing=True)
    persona = persona_por_id(session, persona_id, Alcance.de(actor))
    exigir_usable(session, persona_id)
    if any(una.vigente for una in de_persona(session, persona_id)):
        raise Conflicto(_("Ya está anotado que la persona falleció."))
    nacida = persona.fecha_nacimiento
    if datos.fecha and nacida and datos.fecha.year < nacida.year:
        raise DatosInvalidos({"fecha": [_("Es anterior a su nacimiento.")]})
    defuncion = Defuncion(
        persona_id=persona_id,
        fecha=datos.fecha,
        fuente=datos.fuente,
        detalle=datos.detalle,
        registrada_en=ahora,
        registrada_por_id=actor.id,
        registrada_por=actor.nombre,
    )
    session.add(defuncion)
    session.flush()
    _contar(session, defuncion, "casos.defuncion.registrar", actor)
    return defuncion


def anular(  # noqa: PLR0917  which, why, as it was seen, by whom and when
    session: Session,
    defuncion_id: UUID,
    motivo: str,
    version: int | None,
    actor: Actor,
    ahora: datetime,
) -> Defuncion:
    """It was a mistake: what still waits for the person may leave again.

    Raises NoEncontrado, DatosBloqueados, VersionVencida, TransicionInvalida when it was taken back
    before.
    """
    defuncion = defuncion_por_id(session, defuncion_id, Alcance.de(actor))
    session.refresh(defuncion, with_for_update=True)
    exigir_usable(session, defuncion.persona_id)
    check_version(defuncion, version)
    defuncion.anular(actor, motivo, ahora)
    session.flush()
    _contar(session, defuncion, "casos.defuncion.anular", actor)
    return defuncion


def _contar(session: Session, defuncion: Defuncion, accion: str, actor: Actor) -> None:
    auditar(session, actor, accion, "persona", defuncion.persona_id)
    # What others need to know is that there is another way to reach the person, or none.
    emitir(
        session,
        PersonaActualizada(persona_id=defuncion.persona_id, campos_cambiados=["contactos"]),
    )
