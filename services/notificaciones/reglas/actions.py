"""What can be done with rules of reminders. One function a use case, inside the entrance's
transaction; a change holds for appointments from then on, and `espera` moves what waits.
"""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.plantillas.citas import que_recuerdan
from notificaciones.reglas.calculo import Recordatorio
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.coherencia import exigir_coherente
from notificaciones.reglas.models import Origen, Regla
from notificaciones.reglas.queries import ReglaVigente, activas, regla_por_clave, reglas_de_cita
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.db import hold, uuid7
from oficina.errors import DatosInvalidos
from oficina.web.conditional import check_version

_SISTEMA = Actor.sistema("notificaciones")


def sembrar(session: Session) -> int:
    """Bring the reminders that every office starts with: how many are new or say something new.

    What the office wrote itself, also that one is off, stays as it wrote it.
    """
    hold(session, "reglas")
    presentes = {una.clave: una for una in reglas_de_cita(session)}
    nuevas = 0
    for clave, dice in reglas().de_fabrica.items():
        presente = presentes.get(clave)
        if presente is not None and (
            presente.ultima.origen is Origen.OFICINA or presente.dice == dice
        ):
            continue
        regla = presente.regla if presente is not None else _new(session, clave)
        session.add(regla.siguiente(dice, activa=True, actor=_SISTEMA, origen=Origen.FABRICA))
        nuevas += 1
    session.flush()
    return nuevas


def crear(session: Session, dice: Recordatorio, actor: Actor) -> ReglaVigente:
    """Write a rule, which is on; raises DatosInvalidos when it contradicts itself or another."""
    hold(session, "reglas")
    exigir_que_recuerde(session, dice)
    exigir_coherente(dice, activas_menos(session, ""))
    identidad = uuid7()
    regla = _new(session, f"propia_{identidad.hex[-12:]}")
    return _say(session, regla, dice, "crear", actor, activa=True)


def cambiar(
    session: Session, clave: str, dice: Recordatorio, actor: Actor, version: int | None = None
) -> ReglaVigente:
    """Say something else from now on; raises VersionVencida, DatosInvalidos."""
    presente = _locked(session, clave, version)
    exigir_que_recuerde(session, dice)
    exigir_coherente(dice, activas_menos(session, clave))
    return _say(session, presente.regla, dice, "cambiar", actor, activa=presente.activa)


def exigir_que_recuerde(session: Session, dice: Recordatorio) -> None:
    """Raise DatosInvalidos for a template that an appointment cannot fill, or that has no text for
    the rule's channel.
    """
    plantilla = que_recuerdan(session).get(dice.plantilla)
    if plantilla is None:
        raise DatosInvalidos({"plantilla": [_("Ese mensaje no es de una cita.")]})
    if dice.solo_por is not None and dice.solo_por not in plantilla.canales:
        raise DatosInvalidos({"plantilla": [_("Esa plantilla no tiene texto para ese canal.")]})


def encender(
    session: Session, clave: str, actor: Actor, version: int | None = None
) -> ReglaVigente:
    """Make reminders again; raises DatosInvalidos when another rule took its moment meanwhile."""
    presente = _locked(session, clave, version)
    if presente.activa:
        return presente
    exigir_coherente(presente.dice, activas_menos(session, clave))
    return _say(session, presente.regla, presente.dice, "encender", actor, activa=True)


def apagar(session: Session, clave: str, actor: Actor, version: int | None = None) -> ReglaVigente:
    """Make no reminders from now on."""
    presente = _locked(session, clave, version)
    if not presente.activa:
        return presente
    return _say(session, presente.regla, presente.dice, "apagar", actor, activa=False)


def activas_menos(session: Session, clave: str) -> list[ReglaVigente]:
    """The rules that are on, but for one."""
    return [una for una in activas(session, None) if una.clave != clave]


def _new(session: Session, clave: str) -> Regla:
    regla = Regla(id=uuid7(), clave=clave, numero=0, activa=True)
    session.add(regla)
    session.flush()
    return regla


def _locked(session: Session, clave: str, version: int | None) -> ReglaVigente:
    # Two rules are compared with each other: nobody else writes one meanwhile.
    hold(session, "reglas")
    session.scalars(select(Regla).where(Regla.clave == clave).with_for_update()).one_or_none()
    presente = regla_por_clave(session, clave)
    check_version(presente.regla, version)
    return presente


def _say(
    session: Session,
    regla: Regla,
    dice: Recordatorio,
    accion: str,
    actor: Actor,
    *,
    activa: bool,
) -> ReglaVigente:
    ultima = regla.siguiente(dice, activa=activa, actor=actor, origen=Origen.OFICINA)
    session.add(ultima)
    registrar(
        session,
        actor,
        f"notificaciones.regla.{accion}",
        "regla",
        regla.id,
        motivo_codigo=f"{regla.clave}/{ultima.numero}",
    )
    session.flush()
    return ReglaVigente(regla, ultima)
