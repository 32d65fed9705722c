"""Asking again for a message that did not leave, once what kept it back was mended.

It is another message with a fate of its own; the one that did not leave stays as it is. Each is
asked for again once: two clicks make one message.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import DE_CUENTAS, Clave, Plantilla
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.reglas.catalogo import reglas
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.db import uuid7
from oficina.errors import Conflicto
from oficina.web.conditional import check_version

_PREFIJO = "otra/"
# What may be mended: an address, a provider, the hour. Nobody asks again against a wish or a block.
_SE_ARREGLAN = frozenset(
    {
        Motivo.SIN_CONTACTO,
        Motivo.INSTITUCION_SIN_CORREO,
        Motivo.MOMENTO_PASADO,
        Motivo.DIRECCION_REBOTA,
    }
)
_NUNCA = DE_CUENTAS | {Clave.AVISO_RESUMEN}


def se_repite(mensaje: Mensaje, plantilla: Plantilla, ahora: datetime) -> bool:
    """Whether somebody may ask for it again."""
    arreglable = mensaje.estado in {Estado.FALLIDA, Estado.REBOTADA} or (
        mensaje.estado is Estado.SUPRIMIDA and mensaje.motivo in _SE_ARREGLAN
    )
    a_tiempo = mensaje.caduca_en is None or _sale_en(plantilla, ahora) < mensaje.caduca_en
    # Of one that speaks for others each of those may be asked for again.
    ajeno = mensaje.pedido_por is not None or mensaje.plantilla in _NUNCA or mensaje.lleva_otros()
    return arreglable and a_tiempo and not ajeno


def repetir(
    session: Session, mensaje_id: UUID, actor: Actor, ahora: datetime, version: int | None = None
) -> Mensaje:
    """Ask for it again; the one that was asked for before when somebody was faster.

    Raises VersionVencida, Conflicto.
    """
    mensaje = session.scalars(
        select(Mensaje).where(Mensaje.id == mensaje_id).with_for_update()
    ).one()
    if (previa := repetida(session, mensaje)) is not None:
        return previa
    check_version(mensaje, version)
    plantilla = plantillas(session)[mensaje.plantilla]
    if not se_repite(mensaje, plantilla, ahora):
        raise Conflicto(_("Este mensaje no se puede pedir otra vez."))
    otra = Mensaje(
        id=uuid7(),
        clave_de_negocio=f"{_PREFIJO}{mensaje.id}",
        plantilla=mensaje.plantilla,
        estado=Estado.PROGRAMADA,
        enviar_en=_sale_en(plantilla, ahora),
        creado_en=ahora,
        caduca_en=mensaje.caduca_en,
        regla=mensaje.regla,
        regla_version=mensaje.regla_version,
        persona_id=mensaje.persona_id,
        caso_id=mensaje.caso_id,
        derivacion_id=mensaje.derivacion_id,
        cita_id=mensaje.cita_id,
        datos=mensaje.datos,
    )
    session.add(otra)
    registrar(session, actor, "notificaciones.mensaje.repetir", "mensaje", mensaje.id)
    session.flush()
    return otra


def repetida(session: Session, mensaje: Mensaje) -> Mensaje | None:
    """The message that was asked for in its place."""
    return session.scalar(
        select(Mensaje).where(Mensaje.clave_de_negocio == f"{_PREFIJO}{mensaje.id}")
    )


def repite_a(mensaje: Mensaje) -> UUID | None:
    """The message in whose place it was asked for."""
    antes, otra, id_ = mensaje.clave_de_negocio.partition(_PREFIJO)
    return UUID(id_) if otra and not antes else None


def _sale_en(plantilla: Plantilla, ahora: datetime) -> datetime:
    """At once, or when people may be written to; its rule's own hours count as it leaves."""
    if not plantilla.respeta_ventana:
        return ahora
    return reglas().ventana.siguiente(ahora)
