"""What can be done with a document that is there: show it first, or keep it as of use no more."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.documentos.queries import documento_por_id
from casos.personas.models import DocumentoIdentidad, Persona
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto
from oficina.events.casos import PersonaActualizada


def retirar(
    session: Session, documento_id: UUID, motivo: str, actor: Actor, ahora: datetime
) -> DocumentoIdentidad:
    """It is of use no more: it stays in the history, and finds nobody.

    Raises NoEncontrado, DatosBloqueados, Conflicto when it was retired before.
    """
    documento, persona = _para_cambiar(session, documento_id, actor)
    documento.retirar(motivo, actor.nombre, ahora)
    if persona.documento_principal_id == documento.id:
        persona.documento_principal_id = None
    session.flush()
    _contar(session, documento, "casos.documento.retirar", actor, motivo)
    return documento


def elegir(session: Session, documento_id: UUID, actor: Actor) -> DocumentoIdentidad:
    """It is the one to use; the one before is one of the others.

    Raises NoEncontrado, DatosBloqueados, Conflicto when it was retired.
    """
    documento, persona = _para_cambiar(session, documento_id, actor)
    persona.documento_principal_id = documento.id
    session.flush()
    _contar(session, documento, "casos.documento.elegir", actor)
    return documento


def _para_cambiar(
    session: Session, documento_id: UUID, actor: Actor
) -> tuple[DocumentoIdentidad, Persona]:
    documento = documento_por_id(session, documento_id, Alcance.de(actor))
    persona = session.get_one(
        Persona, documento.persona_id, with_for_update=True, populate_existing=True
    )
    exigir_usable(session, persona.id)
    session.refresh(documento)
    if documento.retirado_en is not None:
        raise Conflicto(_("Ese documento ya se había retirado."))
    return documento, persona


def _contar(
    session: Session, uno: DocumentoIdentidad, accion: str, actor: Actor, codigo: str = ""
) -> None:
    auditar(session, actor, accion, "persona", uno.persona_id, motivo_codigo=codigo)
    emitir(session, PersonaActualizada(persona_id=uno.persona_id, campos_cambiados=["documentos"]))
