"""What becomes of the messages of somebody whose data are blocked for a while."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import encargar, retirar_por
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.recordatorios import Cita, planificar_recordatorios
from notificaciones.mensajes.states import Estado, Motivo
from oficina.clock import now


def de_persona_o_casos(persona_id: UUID, caso_ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Messages to a person, and those about their cases, whoever reads them."""
    return or_(Mensaje.persona_id == persona_id, Mensaje.caso_id.in_(list(caso_ids)))


def retirar(session: Session, persona_id: UUID, caso_ids: Iterable[UUID]) -> None:
    """Cancel what has not left."""
    retirar_por(session, de_persona_o_casos(persona_id, caso_ids), Motivo.PERSONA_BLOQUEADA)


def reponer(
    session: Session, persona_id: UUID, caso_ids: Iterable[UUID], desde: datetime, marca: str
) -> Iterator[Mensaje]:
    """Ask again for what was withdrawn since `desde` because of the block.

    Reminders are placed anew. The others ask their owners before they leave whether there is still
    something to say. `marca` tells them apart from those that were withdrawn.
    """
    retirados = session.scalars(
        select(Mensaje)
        .where(
            de_persona_o_casos(persona_id, caso_ids),
            Mensaje.motivo == Motivo.PERSONA_BLOQUEADA,
            # What somebody asked for on a day, they ask for again if it still makes sense.
            Mensaje.pedido_por.is_(None),
            Mensaje.estado.in_((Estado.CANCELADA, Estado.SUPRIMIDA)),
            Mensaje.cambiado_en >= desde,
        )
        .order_by(Mensaje.id)
    ).all()
    ahora = now()
    citas = {uno.cita_id: uno for uno in retirados if uno.cita_id is not None}
    for cita_id, uno in citas.items():
        if uno.regla is not None and uno.persona_id is not None:
            inicia_en = datetime.fromisoformat(uno.datos["inicia_en"])
            cita = Cita(
                cita_id=cita_id,
                persona_id=uno.persona_id,
                caso_id=uno.caso_id,
                inicia_en=inicia_en,
                secuencia=marca,
                lugar=uno.datos.get("lugar"),
            )
            yield from planificar_recordatorios(session, cita, ahora)
    for uno in retirados:
        if uno.regla is not None:
            continue
        otro = encargar(
            session,
            f"{uno.clave_de_negocio}/{marca}",
            uno.plantilla,
            ahora,
            caso_id=uno.caso_id,
            persona_id=uno.persona_id,
            derivacion_id=uno.derivacion_id,
            cita_id=uno.cita_id,
            caduca_en=uno.caduca_en,
            datos=uno.datos,
        )
        if otro is not None:
            yield otro
