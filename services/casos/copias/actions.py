"""What can be done with a copy of somebody's data. Callers hold the transaction."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.copias.models import CopiaDeDatos
from casos.copias.states import EstadoCopia
from casos.derechos.catalogo import catalogo
from casos.derechos.queries import solicitud_por_id
from casos.derechos.states import EN_MANOS
from casos.personas.models import EstadoPersona, Persona
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto
from oficina.jobs import nudge_after_commit


def pedir(session: Session, solicitud_id: UUID, actor: Actor, ahora: datetime) -> CopiaDeDatos:
    """Ask for a copy, to answer a request; it is made apart, and its row tells how far it is.

    Raises NoEncontrado, Conflicto when nobody has taken the request, it was answered, or the person
    was erased.
    """
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    if solicitud.estado not in EN_MANOS:
        raise Conflicto(_("Una copia se prepara mientras la solicitud está en trámite."))
    estado = session.scalar(select(Persona.estado).where(Persona.id == solicitud.persona_id))
    if estado is EstadoPersona.ANONIMIZADA:
        raise Conflicto(_("Los datos de esta persona ya se suprimieron."))
    copia = CopiaDeDatos(
        solicitud_id=solicitud.id,
        persona_id=solicitud.persona_id,
        estado=EstadoCopia.PEDIDA,
        pedida_por_id=actor.id,
        pedida_por=actor.nombre,
        pedida_en=ahora,
    )
    session.add(copia)
    session.flush()
    registrar(session, actor, "casos.copia.pedir", "persona", solicitud.persona_id)
    nudge_after_commit(session, "casos.hacer_copia", str(copia.id))
    return copia


def entregar(session: Session, copia_id: UUID, pdf: bytes, texto: str, ahora: datetime) -> None:
    """Keep the files of a copy with their hashes, unless a worker thought dead was first."""
    copia = session.get_one(CopiaDeDatos, copia_id, with_for_update=True)
    if copia.estado is not EstadoCopia.EN_PROCESO:
        return
    copia.entregar(pdf, texto, ahora, ahora + timedelta(days=catalogo().dias_de_copia))
    copia.sha256_pdf = hashlib.sha256(pdf).hexdigest()
    copia.sha256_json = hashlib.sha256(texto.encode()).hexdigest()
    registrar(session, Actor.sistema("casos"), "casos.copia.hacer", "persona", copia.persona_id)


def caducar(session: Session, copia_id: UUID, ahora: datetime) -> None:
    """Forget the files of a copy whose time has passed."""
    copia = session.get_one(CopiaDeDatos, copia_id, with_for_update=True)
    if copia.estado is EstadoCopia.LISTA and copia.caduca_en and copia.caduca_en <= ahora:
        copia.caducar()
