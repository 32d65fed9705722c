"""What a receipt changes: a message that left arrived, or did not.

The first final word stays. A receipt that comes before the message was settled waits, and is looked
at again when it is, and by the sweep; one of which nobody knows what it is about waits in vain.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from notificaciones.mensajes import respaldo
from notificaciones.mensajes.filas import bloqueado, contar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado
from notificaciones.proveedores.acuses import Dicho
from notificaciones.proveedores.models import Acuse, Recibo
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import real_now
from oficina.db import uuid7

SE_BUSCA = timedelta(minutes=10)
"""How long a receipt without its message is looked at again."""

_ACTOR = Actor.sistema("notificaciones")
_PASAN = frozenset({Estado.ENTREGADA, Estado.INCIERTA})
_AUN_NO = EN_ESPERA | {Estado.RESERVADA}


def recibir(session: Session, proveedor: str, dichos: Sequence[Dicho]) -> int:
    """Keep what a provider says and do what it means; how many of them are new."""
    nuevos = 0
    for dicho in dichos:
        huella = dicho.huella(proveedor)
        known = select(Recibo.id).where(Recibo.proveedor == proveedor, Recibo.huella == huella)
        if session.scalar(known) is not None:
            continue
        recibo = Recibo(
            id=uuid7(),
            proveedor=proveedor,
            huella=huella,
            referencia=dicho.referencia,
            mensaje_id=dicho.mensaje_id,
            acuse=dicho.acuse,
            detalle=dicho.detalle,
            recibido_en=real_now(),
        )
        session.add(recibo)
        session.flush()
        aplicar(session, recibo)
        nuevos += 1
    return nuevos


def aplicar(session: Session, recibo: Recibo) -> None:
    """Do what one means, if its message is known and settled."""
    mensaje_id = _about(session, recibo)
    if mensaje_id is None:
        return
    # What it says and to whom is not read for this, but when it changes.
    estado, proveedor = session.execute(
        select(Mensaje.estado, Mensaje.proveedor).where(Mensaje.id == mensaje_id).with_for_update()
    ).one()
    if estado in _AUN_NO:
        return
    # By which name the provider knows it is needed no more.
    recibo.aplicado_en, recibo.referencia = real_now(), ""
    if estado not in _PASAN:
        return
    if recibo.acuse is Acuse.CONFIRMADA:
        bloqueado(session, mensaje_id).confirmar()
        registrar(session, _ACTOR, "notificaciones.mensaje.confirmar", "mensaje", mensaje_id)
    elif proveedor == recibo.proveedor:
        # Of one that another provider carried in the end it says nothing that it did not reach.
        rebotar(session, bloqueado(session, mensaje_id))


def rebotar(session: Session, mensaje: Mensaje) -> None:
    """A message that left did not arrive; another way may be tried, if the office has a rule."""
    contar(session, mensaje.rebotar())
    registrar(session, _ACTOR, "notificaciones.mensaje.rebotar", "mensaje", mensaje.id)
    respaldo.respaldar(session, mensaje)


def aplicar_pendientes(session: Session, mensajes: Sequence[Mensaje]) -> None:
    """What was said of messages before they were settled."""
    mine: list[ColumnElement[bool]] = [Recibo.mensaje_id.in_([uno.id for uno in mensajes])]
    for proveedor in {uno.proveedor for uno in mensajes if uno.referencia}:
        known = [uno.referencia for uno in mensajes if uno.proveedor == proveedor]
        mine.append((Recibo.proveedor == proveedor) & Recibo.referencia.in_(filter(None, known)))
    waiting = select(Recibo).where(Recibo.aplicado_en.is_(None), or_(*mine)).order_by(Recibo.id)
    for recibo in session.scalars(waiting).all():
        aplicar(session, recibo)


def pendientes(session: Session) -> Sequence[UUID]:
    """Receipts whose message may have been settled since they came."""
    since = real_now() - SE_BUSCA
    return session.scalars(
        select(Recibo.id)
        .where(Recibo.aplicado_en.is_(None), Recibo.recibido_en > since)
        .order_by(Recibo.id)
        .limit(200)
    ).all()


def revisar(session: Session, recibo_id: UUID) -> None:
    """Look at one again."""
    aplicar(session, session.get_one(Recibo, recibo_id))


def _about(session: Session, recibo: Recibo) -> UUID | None:
    if recibo.mensaje_id is not None:
        found = session.scalar(select(Mensaje.id).where(Mensaje.id == recibo.mensaje_id))
        if found is not None:
            return found
    if not recibo.referencia:
        return None
    return session.scalar(
        select(Mensaje.id)
        .where(Mensaje.proveedor == recibo.proveedor, Mensaje.referencia == recibo.referencia)
        .order_by(Mensaje.id.desc())
        .limit(1)
    )
