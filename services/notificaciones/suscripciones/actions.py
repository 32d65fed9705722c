"""What can be done with subscriptions: one function a use case, inside the entrance's transaction.

Where a webhook goes is looked at before the transaction (`destino.comprobar`): an action takes the
`Destino` that came out of it, so that none can be saved that nobody looked at.
"""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.mensajes.actions import encargar
from notificaciones.plantillas.catalogo import Clave, base
from notificaciones.suscripciones import reparto
from notificaciones.suscripciones.colas.models import Cola, nueva_clave
from notificaciones.suscripciones.destino import (
    Destino,
    DestinoNoPermitido,
    Resolver,
    comprobar,
    resolver_del_sistema,
)
from notificaciones.suscripciones.firma import huella_de, nuevo_secreto
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.queries import por_cambiar, puede_administrar
from notificaciones.suscripciones.resumenes.calculo import ajustes
from notificaciones.suscripciones.resumenes.encargos import llevar, pedir_enlace, pedir_resumen
from notificaciones.suscripciones.states import Cadencia, Estado, Motivo, Origen, Via
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.catalogue import example
from oficina.bus.difusion import armar, difusion
from oficina.bus.envelope import read_hecho, read_sobre
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos, NoPermitido
from oficina.jobs import nudge_after_commit
from oficina.settings import Settings
from oficina.web.conditional import check_version

MANTENER_COLAS = "notificaciones.mantener_colas"

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
    simultaneas: int | None = None
    correo: str | None = None
    idioma: str | None = None
    cadencia: Cadencia | None = None
    dia: int | None = None
    hora: time | None = None


@dataclass(frozen=True, kw_only=True)
class NuevaSuscripcion:
    """The same of a subscription that is not there yet."""

    unidad: str
    via: Via
    pedido: Pedido


def mirar_via(settings: Settings, via: Via, url: str | None) -> Destino | None:
    """Whether the office offers a way, and where it goes. Raises DatosInvalidos."""
    if via is Via.COLA and not settings.da_colas:
        raise DatosInvalidos({"via": [_("Esta oficina no da colas: informática no las activó.")]})
    return mirar_destino(settings, url) if via is Via.WEBHOOK else None


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
    """Subscribe a unit; the secret that comes with it is told this once. A digest has none: a
    link is sent to its address.

    Raises NoPermitido for another unit's, and DatosInvalidos.
    """
    if not puede_administrar(actor, datos.unidad):
        raise NoPermitido
    _revisar(datos.pedido, datos.via)
    if (datos.via is Via.WEBHOOK) != (al is not None):
        raise AssertionError("a webhook goes somewhere, the others nowhere")
    una = Suscripcion(
        id=uuid7(),
        unidad=datos.unidad,
        via=datos.via,
        url=url if datos.via is Via.WEBHOOK else None,
        clave=base64.b64encode(secrets.token_bytes(32)).decode(),
        creada_por=actor.nombre,
        creada_por_id=actor.id,
        **_columns(datos.pedido),
    )
    _dirigir(una, datos.pedido)
    session.add(una)
    session.flush()
    secreto = _dar_secreto(session, una)
    if una.espera_confirmacion:
        pedir_enlace(session, una)
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
    _revisar(pedido, una.via)
    for columna, valor in _columns(pedido).items():
        setattr(una, columna, valor)
    if una.via is Via.WEBHOOK and al is not None:
        una.url = url
    if _dirigir(una, pedido):
        pedir_enlace(session, una)
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
    if una.espera_confirmacion:
        pedir_enlace(session, una)
    registrar(session, actor, "notificaciones.suscripcion.reanudar", "suscripcion", una.id)
    return una


def rotar(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None = None
) -> tuple[Suscripcion, str]:
    """Give it another secret, told this once. A webhook's old one signs for a day more; the old
    address of a feed opens nothing any more, nor the old password of a queue.
    """
    una = _abierta(session, suscripcion_id, actor, version)
    if una.via is Via.RESUMEN:
        raise Conflicto(_("El resumen por correo no tiene un secreto."))
    if una.via is Via.WEBHOOK:
        secreto = nuevo_secreto()
        una.rotar(secreto, real_now())
    else:
        secreto = _dar_secreto(session, una)
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
    if una.via is Via.COLA:
        nudge_after_commit(session, MANTENER_COLAS)
    registrar(session, actor, "notificaciones.suscripcion.cerrar", "suscripcion", una.id)
    return una


def probar(session: Session, suscripcion_id: UUID, actor: Actor, tipo: str | None = None) -> UUID:
    """Have an invented fact delivered, marked as a trial. Raises Conflicto unless it is active."""
    una = por_cambiar(session, suscripcion_id, actor)
    if una.estado is not Estado.ACTIVA:
        raise Conflicto(_("Reanúdela para probarla."))
    if una.espera_confirmacion:
        raise Conflicto(_("Falta que alguien confirme el correo con el enlace que se le envió."))
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
        reparto.nueva_entrega(
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
    if una.via is Via.RESUMEN:
        _probar_por_correo(session, una, entrega_id)
    registrar(session, actor, "notificaciones.suscripcion.probar", "suscripcion", una.id)
    return entrega_id


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


def _probar_por_correo(session: Session, una: Suscripcion, entrega_id: UUID) -> None:
    session.flush()
    mensaje = pedir_resumen(session, una, f"prueba/{entrega_id}", now(), prueba=True)
    if mensaje is None:
        raise AssertionError("each trial is another")
    llevar(session, una.id, mensaje.id, Entrega.id == entrega_id)


def _revisar(pedido: Pedido, via: Via) -> None:
    """Only facts that a unit may hear, narrowed by codes that they carry; of a digest, where and
    when. Raises DatosInvalidos.
    """
    if via is Via.RESUMEN:
        _revisar_resumen(pedido)
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


def _revisar_resumen(pedido: Pedido) -> None:
    falta = [_("Falta este dato.")]
    faltan = {
        "correo": pedido.correo is None,
        "cadencia": pedido.cadencia is None,
        "dia": pedido.cadencia is Cadencia.SEMANAL and pedido.dia is None,
    }
    if any(faltan.values()):
        raise DatosInvalidos({campo: falta for campo, si in faltan.items() if si})


def _dirigir(una: Suscripcion, pedido: Pedido) -> bool:
    """Where a digest goes and when; whether its address is another, which has to be confirmed."""
    if una.via is not Via.RESUMEN:
        return False
    semanal = pedido.cadencia is Cadencia.SEMANAL
    una.cadencia, una.dia = pedido.cadencia, pedido.dia if semanal else None
    una.hora, una.idioma = pedido.hora or ajustes().hora, pedido.idioma or base()
    correo = direcciones.normal(pedido.correo or "")
    if correo == una.correo:
        return False
    una.correo = correo
    una.olvidar_correo()
    return True


def _columns(pedido: Pedido) -> dict[str, Any]:
    return {
        "nombre": pedido.nombre,
        "tipos": sorted(set(pedido.tipos)),
        "filtros": {campo: sorted(set(v)) for campo, v in sorted(pedido.filtros.items())},
        "finalidad": pedido.finalidad,
        "base": pedido.base,
        "ordenada": pedido.ordenada,
        "simultaneas": pedido.simultaneas,
    }


def _dar_secreto(session: Session, una: Suscripcion) -> str:
    """Give it a new one; returns it, as nobody can read it again."""
    if una.via is Via.WEBHOOK:
        una.secreto = nuevo_secreto()
        return una.secreto
    if una.via is Via.RESUMEN:
        return ""
    if una.via is Via.ATOM:
        token = secrets.token_urlsafe(32)
        una.huella = huella_de(token)
        return token
    clave, guardada = nueva_clave()
    cola = session.get(Cola, una.id)
    if cola is None:
        cola = Cola(suscripcion_id=una.id, nombre=una.destino)
        session.add(cola)
    cola.clave, cola.revisada_en, cola.falla = guardada, None, None
    nudge_after_commit(session, MANTENER_COLAS)
    return clave


def _abierta(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None
) -> Suscripcion:
    una = por_cambiar(session, suscripcion_id, actor)
    check_version(una, version)
    if una.estado is Estado.CERRADA:
        raise Conflicto(_("Esta suscripción está cerrada."))
    return una
