"""What waits by a rule that has changed: how much would move, and moving it.

One message, one transaction: whoever is killed in between has moved some, and the page still counts
the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import retirar_por
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.recordatorios import acordar, con_callados, sujetar
from notificaciones.mensajes.states import EN_ESPERA, Motivo
from notificaciones.reglas.calculo import Plan, Recordatorio, planificar
from notificaciones.reglas.queries import ReglaVigente, regla_por_clave
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now
from oficina.db import Database

LIMITE = 5000
"""More than wait in any office; who has more moves them in two goes."""


@dataclass(frozen=True)
class Espera:
    """What waits by a rule: what would move, and what stays because its new moment has passed."""

    mueven: Sequence[UUID]
    quedan: int
    apagada: int
    """Wait although the rule is off."""


def prever(session: Session, regla: ReglaVigente, ahora: datetime) -> Espera:
    """What waits by what the rule said before; nothing is done."""
    esperan = _waiting(session, *_old(regla))
    if not regla.activa:
        return Espera([], 0, len(esperan))
    return _split(esperan, regla.dice, ahora)


def prever_con(
    session: Session, regla: ReglaVigente, dice: Recordatorio, ahora: datetime
) -> Espera:
    """What would move if the rule said this; nothing is done."""
    return _split(_waiting(session, *_of(regla)), dice, ahora)


def mover(db: Database, clave: str, actor: Actor, ahora: datetime) -> int:
    """Give what waits the moment that the rule says today; how many moved."""
    with db.read() as session:
        regla = regla_por_clave(session, clave)
        ids = prever(session, regla, ahora).mueven
    with db.begin() as session:
        _note(session, actor, "mover", regla, len(ids))
    movidos = sum(_move(db, mensaje_id, regla, ahora) for mensaje_id in ids)
    with db.begin() as session:
        # Its own that another one says, and that says something else now.
        for uno in con_callados(session, clave):
            acordar(session, uno, ahora)
    return movidos


def retirar(db: Database, clave: str, actor: Actor) -> int:
    """Cancel what waits by a rule that is off; how many."""
    with db.begin() as session:
        regla = regla_por_clave(session, clave)
        if regla.activa:
            return 0
        hablan = con_callados(session, clave)
        cuantos = retirar_por(session, Mensaje.regla == clave, Motivo.REGLA_APAGADA)
        for uno in hablan:
            acordar(session, uno, now())
        _note(session, actor, "retirar", regla, cuantos)
    return cuantos


def _move(db: Database, mensaje_id: UUID, regla: ReglaVigente, ahora: datetime) -> bool:
    with db.begin() as session:
        suya = select(Mensaje.cita_id).where(Mensaje.id == mensaje_id).scalar_subquery()
        sujetar(session, Mensaje.cita_id == suya)
        mensaje = session.scalar(
            select(Mensaje).where(Mensaje.id == mensaje_id, *_old(regla)).with_for_update()
        )
        if mensaje is None:
            return False
        plan = _plan(regla.dice, mensaje.datos, ahora)
        if plan.omitido is not None:
            return False
        mensaje.plantilla = regla.dice.plantilla
        mensaje.mover(mensaje.clave_de_negocio, plan, regla.numero, motivo=Motivo.REGLA_CAMBIADA)
        acordar(session, mensaje, ahora)
    return True


def _note(session: Session, actor: Actor, accion: str, regla: ReglaVigente, cuantos: int) -> None:
    registrar(
        session,
        actor,
        f"notificaciones.regla.{accion}",
        "regla",
        regla.regla.id,
        cantidad=cuantos,
        motivo_codigo=f"{regla.clave}/{regla.numero}",
    )


def _split(
    esperan: Sequence[tuple[UUID, Mapping[str, Any]]], dice: Recordatorio, ahora: datetime
) -> Espera:
    mueven = [uno for uno, datos in esperan if _plan(dice, datos, ahora).omitido is None]
    return Espera(mueven, len(esperan) - len(mueven), 0)


def _waiting(
    session: Session, *conditions: ColumnElement[bool]
) -> Sequence[tuple[UUID, Mapping[str, Any]]]:
    """Ids and moments alone: counting tells nothing of anybody."""
    query = select(Mensaje.id, Mensaje.datos).where(*conditions)
    return session.execute(query.order_by(Mensaje.enviar_en).limit(LIMITE)).all()


def _of(regla: ReglaVigente) -> list[ColumnElement[bool]]:
    return [Mensaje.regla == regla.clave, Mensaje.estado.in_(EN_ESPERA)]


def _old(regla: ReglaVigente) -> list[ColumnElement[bool]]:
    if not regla.activa:
        return _of(regla)
    otra = or_(Mensaje.regla_version.is_(None), Mensaje.regla_version != regla.numero)
    return [*_of(regla), otra]


def _plan(dice: Recordatorio, datos: Mapping[str, Any], ahora: datetime) -> Plan:
    return planificar(dice, datetime.fromisoformat(datos["inicia_en"]), ahora)
