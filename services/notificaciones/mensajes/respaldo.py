"""When an SMS does not reach its reader, the same by e-mail, where the rule of it says so.

A rule that leaves the channel to the person, or that allows the other one, means it also for this.
A person without a telephone that takes SMS is written by e-mail from the start (`destinatarios`).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado
from notificaciones.plantillas.catalogo import Canal
from notificaciones.reglas.queries import version_de
from oficina.clock import now
from oficina.db import uuid7
from oficina.jobs import nudge_after_commit


def respaldar(session: Session, mensaje: Mensaje) -> Mensaje | None:
    """Ask for the same by e-mail; None when no rule says so, or it would come too late.

    Nor when something newer about the same already waits.
    """
    if mensaje.canal is not Canal.SMS or not _allowed(session, mensaje):
        return None
    ahora = now()
    if mensaje.caduca_en is not None and mensaje.caduca_en <= ahora:
        return None
    clave = f"{mensaje.clave_de_negocio}/{Canal.CORREO}"
    if len(clave) > Mensaje.clave_de_negocio.type.length or _known(session, mensaje, clave):
        return None
    copia = Mensaje(
        id=uuid7(),
        clave_de_negocio=clave,
        plantilla=mensaje.plantilla,
        regla=mensaje.regla,
        regla_version=mensaje.regla_version,
        persona_id=mensaje.persona_id,
        caso_id=mensaje.caso_id,
        cita_id=mensaje.cita_id,
        datos=mensaje.datos,
        canal_pedido=Canal.CORREO,
        prioridad=mensaje.prioridad,
        estado=Estado.PROGRAMADA,
        enviar_en=ahora,
        caduca_en=mensaje.caduca_en,
        creado_en=ahora,
    )
    session.add(copia)
    nudge_after_commit(session, "notificaciones.preparar", str(copia.id))
    return copia


def _allowed(session: Session, mensaje: Mensaje) -> bool:
    version = version_de(session, mensaje.regla, mensaje.regla_version)
    if version is None:
        return False
    return version.recordatorio.solo_por is None or version.recordatorio.otra_via


def _known(session: Session, mensaje: Mensaje, clave: str) -> bool:
    same = Mensaje.clave_de_negocio == clave
    if mensaje.cita_id is not None:
        waits = Mensaje.estado.in_([*EN_ESPERA, Estado.RESERVADA])
        about = (Mensaje.cita_id == mensaje.cita_id) & (Mensaje.regla == mensaje.regla)
        same = same | (about & waits & (Mensaje.id != mensaje.id))
    return session.scalar(select(Mensaje.id).where(same).limit(1)) is not None
