"""The reminders of an appointment: each has its place, and follows the appointment and its rule.

Of those that would say the same at the same moment one leaves (`reglas.repetidos`). The others are
kept as suppressed, so that the page can say why, and are asked for again as soon as none says it
for them: when the appointment moves, and when a rule changes or is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from notificaciones.mensajes.actions import retirar_por
from notificaciones.mensajes.filas import conocida, contar, nuevo
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo
from notificaciones.reglas.calculo import Plan, planificar
from notificaciones.reglas.queries import ReglaVigente, activas, version_de
from notificaciones.reglas.repetidos import Puesto, de_mas, planificar_todas
from oficina.apartadas import Situacion, apartada, vigente

_VIVOS = (*EN_ESPERA, Estado.RESERVADA)


@dataclass(frozen=True, kw_only=True)
class Cita:
    """What a fact of agenda says of an appointment, and which fact of it that was (or what else
    made it be reminded of anew).
    """

    cita_id: UUID
    persona_id: UUID
    caso_id: UUID | None
    inicia_en: datetime
    secuencia: int | str
    lugar: str | None = None


def planificar_recordatorios(session: Session, cita: Cita, ahora: datetime) -> list[Mensaje]:
    """Place every reminder of an appointment that is new or has moved; returns what must be asked.

    One that still waits is moved; one that left stays, and another takes its place. One whose
    moment has passed, or that another one says, is kept as suppressed, so that the page can say
    why nobody was reminded; also one of somebody whose data are blocked, which is placed anew when
    they may be used again. Of somebody who was erased nothing comes back. What waits by a rule that
    is off, or is not for where it takes place now, would remind of another time: it is withdrawn.
    """
    cita = replace(cita, persona_id=vigente(session, cita.persona_id))
    fila = apartada(session, cita.persona_id)
    if fila is not None and fila.situacion is Situacion.SUPRIMIDA:
        return []
    bloqueada = Motivo.PERSONA_BLOQUEADA if fila is not None else None
    de_hoy = activas(session, cita.lugar)
    sujetar(session, Mensaje.cita_id == cita.cita_id)
    retirar_por(session, _de_otras(cita.cita_id, de_hoy), Motivo.CITA_REPROGRAMADA)
    puestos = [
        _place(session, cita, regla, replace(plan, omitido=bloqueada or plan.omitido))
        for regla, plan in planificar_todas(de_hoy, cita.inicia_en, ahora)
    ]
    return [uno for uno in puestos if uno is not None]


def sujetar(session: Session, cuales: ColumnElement[bool]) -> None:
    """Lock the reminders of an appointment before any of them is changed: all in one order, so that
    nobody waits for somebody who waits for them.
    """
    suyos = select(Mensaje.id).where(cuales, Mensaje.regla.is_not(None))
    session.execute(suyos.order_by(Mensaje.id).with_for_update()).all()


def retirar_recordatorios(session: Session, cita_id: UUID, motivo: Motivo) -> None:
    """Cancel every reminder of an appointment that has not left."""
    retirar_por(session, Mensaje.cita_id == cita_id, motivo)


def acordar(session: Session, cambiado: Mensaje, ahora: datetime) -> None:
    """See that of an appointment's reminders each thing is said once, now that one has changed.

    What waits and would say again what another one does is withdrawn; what was kept back for one
    that says it no more is asked for again, if its moment has not passed.
    """
    ultimos = _last_of_each_rule(session, cambiado)
    de_hoy = {una.clave: una for una in activas(session, cambiado.datos.get("lugar"))}
    esperan = [uno for uno in ultimos if uno.estado in _VIVOS and uno.retirado_por is None]
    vuelven = {
        clave: (uno, plan)
        for uno in ultimos
        if (clave := str(uno.regla)) in de_hoy and _kept_back(uno, cambiado)
        if (plan := _plan_today(de_hoy[clave], cambiado, ahora)).omitido is None
    }
    sobran = de_mas(
        [
            *(puesto for uno in esperan if (puesto := _puesto(session, uno)) is not None),
            *(
                Puesto(clave, de_hoy[clave].dice, plan.enviar_en)
                for clave, (_uno, plan) in vuelven.items()
            ),
        ]
    )
    for uno in esperan:
        if uno.regla in sobran:
            contar(session, uno.retirar(Motivo.YA_LO_DICE_OTRO))
    for clave in vuelven.keys() - sobran:
        uno, plan = vuelven[clave]
        session.add(_again(uno, de_hoy[clave], plan))


def con_callados(session: Session, regla: str) -> Sequence[Mensaje]:
    """What waits of the appointments of which one reminder says what another one would, when a
    rule's is either; locked.
    """
    callado = aliased(Mensaje)
    hay = select(callado.id).where(
        callado.cita_id == Mensaje.cita_id,
        callado.motivo == Motivo.YA_LO_DICE_OTRO,
        or_(Mensaje.regla == regla, callado.regla == regla),
    )
    query = select(Mensaje).where(Mensaje.estado.in_(EN_ESPERA), Mensaje.regla.is_not(None))
    query = query.where(hay.exists()).order_by(Mensaje.id)
    return session.scalars(query.with_for_update()).all()


def _place(session: Session, cita: Cita, regla: ReglaVigente, plan: Plan) -> Mensaje | None:
    """Give the reminder of a rule its place; the message when it must be asked about."""
    clave = f"{regla.clave}/{cita.cita_id}/{cita.secuencia}"
    if conocida(session, clave):
        return None
    anterior = _reminder(session, cita.cita_id, regla.clave)
    datos = {"inicia_en": cita.inicia_en.isoformat(), "lugar": cita.lugar}
    if plan.omitido is None and anterior is not None and anterior.estado in EN_ESPERA:
        anterior.plantilla = regla.dice.plantilla
        anterior.mover(clave, plan, regla.numero, datos=datos)
        return anterior
    if anterior is not None:
        contar(session, anterior.retirar(Motivo.CITA_REPROGRAMADA))
    mensaje = _reminder_of(
        clave,
        regla,
        plan,
        cita_id=cita.cita_id,
        persona_id=cita.persona_id,
        caso_id=cita.caso_id,
        datos=datos,
    )
    session.add(mensaje)
    if plan.omitido is None:
        return mensaje
    # Never planned, so nobody is told that it was cancelled.
    mensaje.suprimir(plan.omitido)
    return None


def _again(callado: Mensaje, regla: ReglaVigente, plan: Plan) -> Mensaje:
    """One that was kept back, asked for anew; by its id, however often that comes about."""
    return _reminder_of(
        f"{regla.clave}/{callado.cita_id}/{callado.id}",
        regla,
        plan,
        cita_id=callado.cita_id,
        persona_id=callado.persona_id,
        caso_id=callado.caso_id,
        datos=callado.datos,
    )


def _reminder_of(clave: str, regla: ReglaVigente, plan: Plan, **de_que: object) -> Mensaje:
    return nuevo(
        clave,
        regla.dice.plantilla,
        plan.enviar_en,
        regla=regla.clave,
        regla_version=regla.numero,
        caduca_en=plan.caduca_en,
        **de_que,
    )


def _de_otras(cita_id: UUID, reglas: Sequence[ReglaVigente]) -> ColumnElement[bool]:
    """The reminders of an appointment by other rules than these."""
    return and_(
        Mensaje.cita_id == cita_id,
        Mensaje.regla.is_not(None),
        Mensaje.regla.not_in([regla.clave for regla in reglas]),
    )


def _reminder(session: Session, cita_id: UUID, regla: str) -> Mensaje | None:
    return session.scalars(
        select(Mensaje)
        .where(
            Mensaje.cita_id == cita_id,
            Mensaje.regla == regla,
            Mensaje.estado.in_(_VIVOS),
            Mensaje.retirado_por.is_(None),
        )
        .with_for_update()
    ).one_or_none()


def _last_of_each_rule(session: Session, de: Mensaje) -> Sequence[Mensaje]:
    suyos = session.scalars(
        select(Mensaje)
        .where(Mensaje.cita_id == de.cita_id, Mensaje.regla.is_not(None))
        .order_by(Mensaje.id)
        .with_for_update()
    ).all()
    return list({uno.regla: uno for uno in suyos}.values())


def _kept_back(mensaje: Mensaje, cambiado: Mensaje) -> bool:
    """Whether it was kept back for another one, of the time that the appointment has now."""
    if mensaje.motivo is not Motivo.YA_LO_DICE_OTRO:
        return False
    return bool(mensaje.datos["inicia_en"] == cambiado.datos["inicia_en"])


def _plan_today(regla: ReglaVigente, de: Mensaje, ahora: datetime) -> Plan:
    return planificar(regla.dice, datetime.fromisoformat(de.datos["inicia_en"]), ahora)


def _puesto(session: Session, mensaje: Mensaje) -> Puesto | None:
    """As its own version of the rule says it; None when nobody knows that one any more."""
    version = version_de(session, mensaje.regla, mensaje.regla_version)
    if version is None:
        return None
    return Puesto(str(mensaje.regla), version.recordatorio, mensaje.enviar_en)
