"""Which subscription hears which fact: deliveries are written as facts are heard, and once more
when a unit asks for what happened since a day; never of a case that became somebody else's to know.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from notificaciones.suscripciones.models import CasoCallado, Entrega, Suscripcion
from notificaciones.suscripciones.queries import por_cambiar
from notificaciones.suscripciones.states import OYEN, SE_ENVIAN, Origen, Via
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.admin import cloudevent
from oficina.bus.difusion import Difundible, difusion, documento
from oficina.bus.envelope import SobreInvalido, read_hecho, read_sobre, to_data
from oficina.bus.inbox import Sobre
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.bus.tables import Inbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion, Evento

TANDA = 500
"""Facts that one transaction of a repetition looks at."""


def repartir(session: Session, hecho: Evento, sobre: Sobre) -> int:
    """Write a delivery for each subscription that a fact is for; how many."""
    if sobre.clasificacion is not Clasificacion.INTERNO:
        return 0
    regla = difusion().hechos.get(hecho.ce_type())
    if regla is None:
        return 0
    oyen = session.scalars(select(Suscripcion).where(Suscripcion.estado.in_(OYEN))).all()
    data = to_data(hecho)
    para = [una for una in oyen if una.admite(regla, data)]
    if not para or _silenced(session, hecho, sobre):
        return 0
    session.add_all(_of_fact(una, hecho, sobre, regla, Origen.HECHO) for una in para)
    return len(para)


def callar(session: Session, caso_id: UUID, desde: datetime) -> None:
    """Who may know of a case changed: nothing of what was told before leaves any more.

    What is told of it afterwards says itself who may hear it.
    """
    known = session.get(CasoCallado, caso_id)
    if known is None:
        session.add(CasoCallado(caso_id=caso_id, desde=desde))
    else:
        known.desde = max(known.desde, desde)
    atom = select(Suscripcion.id).where(Suscripcion.via == Via.ATOM)
    session.execute(
        delete(Entrega).where(
            Entrega.caso_id == caso_id,
            (Entrega.estado == EstadoDeEntrega.PENDIENTE) | Entrega.suscripcion_id.in_(atom),
        )
    )


def repetir(session: Session, suscripcion_id: UUID, desde: datetime, actor: Actor) -> Suscripcion:
    """Deliver again what happened since a moment, with the same `webhook-id` where there was one.

    Not what happened before it was subscribed. Facts are kept for ACOGIDA_INBOX_DIAS. Raises
    DatosInvalidos for a moment that has not come.
    """
    if desde > real_now():
        raise DatosInvalidos({"desde": [_("Todavía no llega: desde entonces no ha pasado nada.")]})
    una = por_cambiar(session, suscripcion_id, actor)
    if una.estado not in OYEN:
        raise Conflicto(_("Reanúdela para repetir lo que pasó."))
    if una.repite_hasta is not None:
        raise Conflicto(_("Ya se está repitiendo."))
    desde = max(desde, una.creada_en)
    first, last = session.execute(
        select(func.min(Inbox.id), func.max(Inbox.id)).where(
            Inbox.consumidor == "notificaciones",
            Inbox.recibido >= desde,
            Inbox.estado == EstadoDeEntrega.HECHO,
        )
    ).one()
    if first is not None:
        una.repite_despues, una.repite_hasta = first - 1, last
    registrar(session, actor, "notificaciones.suscripcion.repetir", "suscripcion", una.id)
    return una


def avanzar_repeticion(session: Session, suscripcion_id: UUID) -> bool:
    """Do the next part of a repetition; whether something is left."""
    una = session.scalar(
        select(Suscripcion).where(Suscripcion.id == suscripcion_id).with_for_update(key_share=True)
    )
    if una is None or una.repite_despues is None or una.estado not in OYEN:
        return False
    rows = session.execute(
        select(Inbox.id, Inbox.cuerpo)
        .where(
            Inbox.consumidor == "notificaciones",
            Inbox.estado == EstadoDeEntrega.HECHO,
            Inbox.id > una.repite_despues,
            Inbox.id <= una.repite_hasta,
        )
        .order_by(Inbox.id)
        .limit(TANDA)
    ).all()
    for row in rows:
        _repeat_one(session, una, cloudevent(row.cuerpo))
    whole = len(rows) == TANDA
    # Not through the row: how far it came is the machine's, and moves no version that people edit.
    session.execute(
        update(Suscripcion)
        .where(Suscripcion.id == una.id)
        .values(
            repite_despues=rows[-1].id if whole else None,
            repite_hasta=una.repite_hasta if whole else None,
        )
        .execution_options(synchronize_session="evaluate")
    )
    return whole


def nueva_entrega(una: Suscripcion, cuerpo: Mapping[str, Any], **columns: Any) -> Entrega:
    """A delivery of a document."""
    ahora = real_now()
    # A feed delivers by being there.
    done = una.via is Via.ATOM
    return Entrega(
        suscripcion_id=una.id,
        cuerpo=json.dumps(cuerpo, ensure_ascii=False, separators=(",", ":")),
        estado=EstadoDeEntrega.HECHO if done else EstadoDeEntrega.PENDIENTE,
        hecho_en=ahora if done else None,
        creada_en=ahora,
        visible=ahora,
        **columns,
    )


def _repeat_one(session: Session, una: Suscripcion, cuerpo: Mapping[str, Any]) -> None:
    regla = difusion().hechos.get(str(cuerpo.get("type")))
    if regla is None:
        return
    try:
        sobre, hecho = read_sobre(cuerpo), read_hecho(cuerpo)
    except SobreInvalido:
        # Of a version whose facts nobody reads any more.
        return
    interno = sobre.clasificacion is Clasificacion.INTERNO
    if not interno or not una.admite(regla, to_data(hecho)) or _silenced(session, hecho, sobre):
        return
    known = session.scalar(
        select(Entrega).where(Entrega.suscripcion_id == una.id, Entrega.evento_id == sobre.id)
    )
    if known is None:
        session.add(_of_fact(una, hecho, sobre, regla, Origen.REPETICION))
    elif una.via in SE_ENVIAN and known.estado is not EstadoDeEntrega.PENDIENTE:
        known.estado, known.origen = EstadoDeEntrega.PENDIENTE, Origen.REPETICION
        known.intentos, known.visible, known.hecho_en = 0, real_now(), None


def _silenced(session: Session, hecho: Evento, sobre: Sobre) -> bool:
    """Whether the case of a fact became somebody else's to know of after it was told."""
    caso_id = getattr(hecho, "caso_id", None)
    if caso_id is None:
        return False
    callado = session.get(CasoCallado, caso_id)
    return callado is not None and sobre.time <= callado.desde


def _of_fact(
    una: Suscripcion, hecho: Evento, sobre: Sobre, regla: Difundible, origen: Origen
) -> Entrega:
    entrega_id = uuid7()
    return nueva_entrega(
        una,
        documento(hecho, sobre, entrega_id=entrega_id, clave=una.clave_de_seudonimos()),
        id=entrega_id,
        evento_id=sobre.id,
        tipo=regla.kind.ce_type(),
        agregado=sobre.subject,
        secuencia=sobre.sequence,
        caso_id=getattr(hecho, "caso_id", None),
        origen=origen,
    )
