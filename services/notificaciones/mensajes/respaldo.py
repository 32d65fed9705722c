"""When an SMS does not reach its reader, the same by e-mail: which messages, as data
(respaldo.json).

A person without a telephone that takes SMS is written by e-mail from the start (`destinatarios`).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado
from notificaciones.plantillas.catalogo import Canal, Clave
from oficina.clock import now
from oficina.db import uuid7
from oficina.jobs import nudge_after_commit


@dataclass(frozen=True)
class Respaldo:
    """One version of the rule."""

    version: str
    fuente: str
    de_sms_a_correo: frozenset[Clave]


@cache
def regla() -> Respaldo:
    """The rule in force."""
    datos = json.loads((Path(__file__).parent / "respaldo.json").read_text(encoding="utf-8"))
    claves = frozenset(Clave(uno) for uno in datos["de_sms_a_correo"])
    return Respaldo(datos["version"], datos["fuente"], claves)


def respaldar(session: Session, mensaje: Mensaje) -> Mensaje | None:
    """Ask for the same by e-mail; None when no rule says so, or it would come too late.

    Nor when something newer about the same already waits.
    """
    if mensaje.canal is not Canal.SMS or mensaje.plantilla not in regla().de_sms_a_correo:
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


def _known(session: Session, mensaje: Mensaje, clave: str) -> bool:
    same = Mensaje.clave_de_negocio == clave
    if mensaje.cita_id is not None:
        waits = Mensaje.estado.in_([*EN_ESPERA, Estado.RESERVADA])
        about = (Mensaje.cita_id == mensaje.cita_id) & (Mensaje.regla == mensaje.regla)
        same = same | (about & waits & (Mensaje.id != mensaje.id))
    return session.scalar(select(Mensaje.id).where(same).limit(1)) is not None
