"""What can be done with subscriptions: one function a use case, inside the entrance's transaction.

Where a webhook goes is looked at before the transaction (`destino.comprobar`): an action takes the
`Destino` that came out of it, so that none can be saved that nobody looked at.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import encargar
from notificaciones.plantillas.catalogo import Clave
from notificaciones.suscripciones.destino import (
    Destino,
    DestinoNoPermitido,
    Resolver,
    comprobar,
    resolver_del_sistema,
)
from notificaciones.suscripciones.firma import nuevo_secreto
from notificaciones.suscripciones.models import CasoCallado, Entrega, Suscripcion
from notificaciones.suscripciones.queries import por_cambiar, puede_administrar
from notificaciones.suscripciones.states import OYEN, Estado, Motivo, Origen, Via
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.admin import cloudevent
from oficina.bus.catalogue import example
from oficina.bus.difusion import Difundible, armar, difusion, documento
from oficina.bus.envelope import SobreInvalido, read_hecho, read_sobre, to_data
from oficina.bus.inbox import Sobre
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.bus.tables import Inbox
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos, NoPermitido
from oficina.events import Clasificacion, Evento
from oficina.jobs import nudge_after_commit
from oficina.settings import Settings
from oficina.web.conditional import check_version

TANDA = 500
"""Facts that one transaction of a repetition looks at."""

_ACTOR = Actor.sistema("notificaciones")


@dataclass(frozen=True, kw_only=True)
class Pedido:
    """What a unit wants to get, and why."""

    nombre: str
    tipos: Sequence[str]
    finalidad: str
    base: str
    filtros: Mapping[str, Sequence[str]]
    ordenada: bool = False


@dataclass(frozen=True, kw_only=True)
class NuevaSuscripcion:
    """The same of a subscription that is not there yet."""

    unidad: str
    via: Via
    pedido: Pedido


def mirar_destino(
    settings: Settings, url: str | None, resolver: Resolver = resolver_del_sistema
) -> Destino:
    """Where a webhook would go. Raises DatosInvalidos, about the field `url`."""
    if not url:
        raise DatosInvalidos({"url": [_("Falta este dato.")]})
    try:
        return comprobar(url, settings.redes_de_webhooks, resolver)
    except DestinoNoPermitido as error:
        raise DatosInvalidos({"url": [_(error.razon)]}) from error


def crear(
    session: Session, datos: NuevaSuscripcion, actor: Actor, *, url: str | None, al: Destino | None
) -> tuple[Suscripcion, str]:
    """Subscribe a unit; the secret that comes with it is told this once.

    Raises NoPermitido for another unit's, and DatosInvalidos.
    """
    if not puede_administrar(actor, datos.unidad):
        raise NoPermitido
    _revisar(datos.pedido)
    if (datos.via is Via.WEBHOOK) != (al is not None):
        raise AssertionError("a webhook goes somewhere, a feed nowhere")
    secreto = nuevo_secreto() if datos.via is Via.WEBHOOK else secrets.token_urlsafe(32)
    una = Suscripcion(
        id=uuid7(),
        unidad=datos.unidad,
        via=datos.via,
        url=url,
        clave=base64.b64encode(secrets.token_bytes(32)).decode(),
        creada_por=actor.nombre,
        creada_por_id=actor.id,
        **_columns(datos.pedido),
    )
    _dar_secreto(una, secreto)
    session.add(una)
    session.flush()
    registrar(session, actor, "notificaciones.suscripcion.crear", "suscripcion", una.id)
    return una, secreto


def editar(
    session: Session,
    suscripcion_id: UUID,
    pedido: Pedido,
    actor: Actor,
    *,
    url: str | None = None,
    al: Destino | None = None,
    version: int | None = None,
) -> Suscripcion:
    """Change what it gets, why, or where to."""
    una = _abierta(session, suscripcion_id, actor, version)
    _revisar(pedido)
    for columna, valor in _columns(pedido).items():
        setattr(una, columna, valor)
    if una.via is Via.WEBHOOK and al is not None:
        una.url = url
    registrar(session, actor, "notificaciones.suscripcion.editar", "suscripcion", una.id)
    return una


def pausar(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None = None
) -> Suscripcion:
    """Send and show nothing for now; what happens waits."""
    una = por_cambiar(session, suscripcion_id, actor)
    check_version(una, version)
    una.pausar()
    registrar(session, actor, "notificaciones.suscripcion.pausar", "suscripcion", una.id)
    return una


def reanudar(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None = None
) -> Suscripcion:
    """Go on. What waits leaves at once."""
    una = por_cambiar(session, suscripcion_id, actor)
    check_version(una, version)
    una.reanudar()
    registrar(session, actor, "notificaciones.suscripcion.reanudar", "suscripcion", una.id)
    return una


def rotar(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None = None
) -> tuple[Suscripcion, str]:
    """Give it another secret, told this once. A webhook's old one signs for a day more; the old
    address of a feed opens nothing any more.
    """
    una = _abierta(session, suscripcion_id, actor, version)
    if una.via is Via.WEBHOOK:
        secreto = nuevo_secreto()
        una.rotar(secreto, real_now())
    else:
        secreto = secrets.token_urlsafe(32)
        _dar_secreto(una, secreto)
    registrar(session, actor, "notificaciones.suscripcion.rotar", "suscripcion", una.id)
    return una, secreto


def cerrar(session: Session, suscripcion_id: UUID, actor: Actor) -> Suscripcion:
    """End it for good: what waits is dropped, and its keys are forgotten."""
    una = por_cambiar(session, suscripcion_id, actor)
    una.cerrar()
    session.execute(
        delete(Entrega).where(
            Entrega.suscripcion_id == una.id, Entrega.estado == EstadoDeEntrega.PENDIENTE
        )
    )
    registrar(session, actor, "notificaciones.suscripcion.cerrar", "suscripcion", una.id)
    return una


def probar(session: Session, suscripcion_id: UUID, actor: Actor, tipo: str | None = None) -> UUID:
    """Have an invented fact delivered, marked as a trial. Raises Conflicto unless it is active."""
    una = por_cambiar(session, suscripcion_id, actor)
    if una.estado is not Estado.ACTIVA:
        raise Conflicto(_("Reanúdela para probarla."))
    elegido = tipo or una.tipos[0]
    if elegido not in una.tipos:
        raise DatosInvalidos({"tipo": [_("La suscripción no lo incluye.")]})
    inventado = example(difusion().hechos[elegido].kind)
    sobre = read_sobre(inventado)
    entrega_id = uuid7()
    cuerpo = armar(
        read_hecho(inventado),
        entrega_id=entrega_id,
        clave=una.clave_de_seudonimos(),
        source=sobre.source,
        time=real_now(),
        sequence=sobre.sequence,
    )
    session.add(
        _entrega(
            una,
            {**cuerpo, "prueba": True},
            id=entrega_id,
            tipo=elegido,
            # Its own aggregate: a trial neither waits for anything nor is waited for.
            agregado=f"prueba/{entrega_id}",
            secuencia=sobre.sequence,
            origen=Origen.PRUEBA,
        )
    )
    registrar(session, actor, "notificaciones.suscripcion.probar", "suscripcion", una.id)
    return entrega_id


def repetir(session: Session, suscripcion_id: UUID, desde: datetime, actor: Actor) -> Suscripcion:
    """Deliver again what happened since a moment, with the same `webhook-id` where there was one.

    Not what happened before it was subscribed. Facts are kept for ACOGIDA_INBOX_DIAS.
    """
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


def desactivar(session: Session, una: Suscripcion, motivo: Motivo) -> None:
    """Give an endpoint up, and tell its unit."""
    una.desactivar(motivo)
    registrar(
        session,
        _ACTOR,
        "notificaciones.suscripcion.desactivar",
        "suscripcion",
        una.id,
        motivo_codigo=motivo.value,
    )
    mensaje = encargar(
        session,
        f"{Clave.AVISO_SUSCRIPCION}/{una.id}/{una.version}",
        Clave.AVISO_SUSCRIPCION,
        now(),
        datos={"suscripcion_id": str(una.id), "motivo": motivo.value},
    )
    if mensaje is not None:
        nudge_after_commit(session, "notificaciones.preparar", str(mensaje.id))


def huella_de(token: str) -> str:
    """What is kept of the secret in the address of a feed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _revisar(pedido: Pedido) -> None:
    """Only facts that a unit may hear, narrowed by codes that they carry. Raises DatosInvalidos."""
    hechos = difusion().hechos
    if any(tipo not in hechos for tipo in pedido.tipos):
        raise DatosInvalidos({"tipos": [_("Hay un hecho que otra unidad no puede recibir.")]})
    filtrables = frozenset[str]().union(*(hechos[tipo].filtrables for tipo in pedido.tipos))
    if ajenos := sorted(pedido.filtros.keys() - filtrables):
        raise DatosInvalidos(
            {
                "filtros": [
                    _("Ningún hecho elegido lleva %(campos)s.", campos=", ".join(ajenos)),
                ]
            }
        )


def _columns(pedido: Pedido) -> dict[str, Any]:
    return {
        "nombre": pedido.nombre,
        "tipos": sorted(set(pedido.tipos)),
        "filtros": {campo: sorted(set(v)) for campo, v in sorted(pedido.filtros.items())},
        "finalidad": pedido.finalidad,
        "base": pedido.base,
        "ordenada": pedido.ordenada,
    }


def _dar_secreto(una: Suscripcion, secreto: str) -> None:
    if una.via is Via.WEBHOOK:
        una.secreto = secreto
    else:
        una.huella = huella_de(secreto)


def _abierta(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None
) -> Suscripcion:
    una = por_cambiar(session, suscripcion_id, actor)
    check_version(una, version)
    if una.estado is Estado.CERRADA:
        raise Conflicto(_("Esta suscripción está cerrada."))
    return una


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
    elif una.via is Via.WEBHOOK and known.estado is not EstadoDeEntrega.PENDIENTE:
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
    return _entrega(
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


def _entrega(una: Suscripcion, cuerpo: Mapping[str, Any], **columns: Any) -> Entrega:
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
