"""A message's row in somebody's hands, and what it tells of itself."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import HechoDeSalida, Mensaje
from notificaciones.mensajes.preguntas import Descarte, Juntos
from notificaciones.mensajes.states import EN_ESPERA, Estado, Paso
from notificaciones.plantillas.catalogo import Clave
from oficina.bus.outbox import emitir, emitir_muchos
from oficina.clock import now
from oficina.db import uuid7
from oficina.events import Clasificacion, Evento

_LOCKED = (
    select(Mensaje)
    .where(Mensaje.id.in_(bindparam("ids", expanding=True)))
    .order_by(Mensaje.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)

_SE_JUNTAN = frozenset({Clave.RECORDATORIO_PLAZO})
"""Those of a case leave in one that is of none."""

_TAKEN = (
    select(Mensaje)
    .where(Mensaje.resumen_id == bindparam("junto"))
    .order_by(Mensaje.id)
    .with_for_update()
)


def nuevo(clave: str, plantilla: str, enviar_en: datetime, **rest: Any) -> Mensaje:
    """A message that is planned; what it will say is still to be asked of its owner."""
    return Mensaje(
        id=uuid7(),
        clave_de_negocio=clave,
        plantilla=plantilla,
        enviar_en=enviar_en,
        estado=Estado.PROGRAMADA,
        creado_en=now(),
        **rest,
    )


def conocida(session: Session, clave: str) -> bool:
    """Whether there is a message of this business key: the same was asked for before."""
    query = select(Mensaje.id).where(Mensaje.clave_de_negocio == clave)
    return session.scalar(query) is not None


def bloqueado(session: Session, mensaje_id: UUID) -> Mensaje:
    """The message, locked until the transaction ends."""
    return bloqueados(session, [mensaje_id])[mensaje_id]


def bloqueados(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Mensaje]:
    """Several messages, locked in one order until the transaction ends; all of them are there."""
    hallados = session.scalars(_LOCKED, {"ids": list(ids)}).all()
    return {mensaje.id: mensaje for mensaje in hallados}


def descartar(session: Session, mensaje: Mensaje, descarte: Descarte) -> None:
    """Keep a message back, for what its owners say today."""
    step = mensaje.cancelar if descarte.paso is Paso.CANCELAR else mensaje.suprimir
    contar(session, step(descarte.motivo))


def contar(session: Session, hecho: Evento | None) -> None:
    """A message about a case is told to our own services alone: the case may be one of which nobody
    else may hear. What becomes of one that speaks for others becomes of each of them, told of each.
    """
    if hecho is not None:
        emitir(session, hecho, clasificacion=_para_quien(hecho))
        _contar_de_los_que_lleva(session, hecho)


def contar_todos(session: Session, hechos: Sequence[Evento]) -> None:
    """The same of several messages, whose rows are written."""
    if len(hechos) == 1:
        contar(session, hechos[0])
        return
    emitir_muchos(session, [(hecho, _para_quien(hecho)) for hecho in hechos])
    for hecho in hechos:
        _contar_de_los_que_lleva(session, hecho)


def llevar(session: Session, mensaje: Mensaje, juntos: Juntos) -> None:
    """Keep of which others a message speaks as it is written; of the rest it does not any more."""
    mensaje.datos = {**mensaje.datos, "van": sorted(map(str, juntos.van))}
    for uno in bloqueados(session, juntos.fuera).values():
        if uno.estado in EN_ESPERA:
            descartar(session, uno, juntos.fuera[uno.id])


def _para_quien(hecho: Evento) -> Clasificacion:
    return Clasificacion.RESERVADO if _es_de_caso(hecho) else Clasificacion.INTERNO


def _es_de_caso(hecho: Evento) -> bool:
    return getattr(hecho, "caso_id", None) is not None


def _contar_de_los_que_lleva(session: Session, hecho: Evento) -> None:
    if not isinstance(hecho, HechoDeSalida) or _es_de_caso(hecho):
        return
    if hecho.plantilla in _SE_JUNTAN:
        mensaje = session.get_one(Mensaje, hecho.mensaje_id)
        for otro in session.scalars(_TAKEN, {"junto": mensaje.id}).all():
            contar(session, otro.acompanar(mensaje))
