"""What can be done with safe contact: say anew how somebody may be reached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.contactos.models import ContactoSeguro
from casos.contactos.queries import contacto_de
from casos.contactos.schemas import NuevoContactoSeguro
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.events.casos import PersonaActualizada
from oficina.web.conditional import check_version


def acordar(
    session: Session,
    persona_id: UUID,
    datos: NuevoContactoSeguro,
    *,
    version: int | None,
    actor: Actor,
    ahora: datetime,
) -> None:
    """What holds from now on, in the place of what held; nothing at all lifts every precaution.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida, VersionVencida.
    """
    # One at a time: two who write at once would leave two that hold.
    session.get(Persona, persona_id, with_for_update=True, populate_existing=True)
    exigir_usable(session, persona_id)
    vista = contacto_de(session, persona_id, Alcance.de(actor))
    check_version(vista, version)
    for uno in vista.entradas:
        if uno.terminado_en is None:
            uno.terminar(actor, ahora)
    if not datos.vacio:
        session.add(
            ContactoSeguro(
                persona_id=persona_id,
                canales_vedados=sorted(canal.value for canal in datos.canales_vedados),
                desde=datos.desde,
                hasta=datos.hasta,
                palabra_clave=datos.palabra_clave,
                indicaciones=datos.indicaciones,
                puesto_en=ahora,
                puesto_por_id=actor.id,
                puesto_por=actor.nombre,
            )
        )
    session.flush()
    registrar(session, actor, "casos.contacto_seguro.acordar", "persona", persona_id)
    # That somebody must be reached with care is nobody's business outside: a contact changed.
    emitir(session, PersonaActualizada(persona_id=persona_id, campos_cambiados=["contactos"]))
