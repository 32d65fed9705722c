"""Rules that come to the same for one appointment: of their reminders one leaves.

Two rules that differ all the year may be brought to one moment by an eve, an opening or a holiday.
Their reminders are the same when they leave in the same minute with the same template, by the same
channel and in the same language. An office that writes hours of its own for each means them apart,
however near they are; so does one that reminds by two channels or with two texts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notificaciones.mensajes.states import Motivo
from notificaciones.reglas.calculo import Plan, Recordatorio, planificar
from notificaciones.reglas.queries import ReglaVigente


@dataclass(frozen=True)
class Puesto:
    """The reminder of one rule, and when it leaves."""

    clave: str
    dice: Recordatorio
    enviar_en: datetime


def de_mas(puestos: Iterable[Puesto]) -> frozenset[str]:
    """The rules of which the reminder would say again what another one says at that moment.

    Whatever their order, the same one of them stays: the one that may take the other way, then the
    one that makes sense the longest.
    """
    iguales: defaultdict[tuple[object, ...], list[Puesto]] = defaultdict(list)
    for uno in puestos:
        iguales[_lo_mismo(uno)].append(uno)
    return frozenset(
        uno.clave for suyos in iguales.values() for uno in sorted(suyos, key=_turno)[1:]
    )


def planificar_todas(
    reglas: Iterable[ReglaVigente], inicia_en: datetime, ahora: datetime
) -> Sequence[tuple[ReglaVigente, Plan]]:
    """The place of each rule's reminder of an appointment; what another one says is left out."""
    planes = [(regla, planificar(regla.dice, inicia_en, ahora)) for regla in reglas]
    sobran = de_mas(
        Puesto(regla.clave, regla.dice, plan.enviar_en)
        for regla, plan in planes
        if plan.omitido is None
    )
    return [
        (regla, replace(plan, omitido=Motivo.YA_LO_DICE_OTRO) if regla.clave in sobran else plan)
        for regla, plan in planes
    ]


def _lo_mismo(puesto: Puesto) -> tuple[object, ...]:
    dice = puesto.dice
    minuto = puesto.enviar_en.replace(second=0, microsecond=0)
    return dice.plantilla, dice.canal, dice.idioma, minuto


def _turno(puesto: Puesto) -> tuple[bool, int, str]:
    return not puesto.dice.otra_via, puesto.dice.caduca_antes_horas, puesto.clave
