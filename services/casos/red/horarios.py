"""When a service is open: hours as people write them, and whether it is open at a moment.

A week is written a day a line, «9:00-13:00 y 15:00-17:00». On public holidays nothing that repeats
by week is open. What an import brings by month («1TU») is kept and read, and no form changes it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from casos.red.models import Horario, Lugar
from oficina.calendar_cl import feriados
from oficina.clock import local

DIAS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SEMANAL, MENSUAL = "WEEKLY", "MONTHLY"

_TRAMO = re.compile(r"(\d{1,2})[:.](\d{2})\s*(?:-|–|a)\s*(\d{1,2})[:.](\d{2})")
_DIA_DEL_MES = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


class HorasIlegibles(ValueError):
    """What somebody wrote for a day are no hours."""


@dataclass(frozen=True)
class Tramo:
    """Some hours of a day."""

    abre: time
    cierra: time

    def __str__(self) -> str:
        return f"{self.abre:%H:%M}-{self.cierra:%H:%M}"


Semana = Mapping[str, Sequence[Tramo]]
"""The hours of each day that has any, by `DIAS`."""


def leer(texto: str) -> list[Tramo]:
    """The hours that somebody wrote for a day. Raises HorasIlegibles when they are none."""
    tramos, resto = [], texto.strip().lower()
    while resto:
        hallado = _TRAMO.match(resto)
        if hallado is None:
            raise HorasIlegibles(texto)
        abre_h, abre_m, cierra_h, cierra_m = (int(uno) for uno in hallado.groups())
        if max(abre_h, cierra_h) > 23 or max(abre_m, cierra_m) > 59:
            raise HorasIlegibles(texto)
        tramos.append(Tramo(time(abre_h, abre_m), time(cierra_h, cierra_m)))
        resto = re.sub(r"^\s*(,|;|y\b)?\s*", "", resto[hallado.end() :])
    tramos.sort(key=lambda tramo: tramo.abre)
    if any(uno.abre >= uno.cierra for uno in tramos):
        raise HorasIlegibles(texto)
    if any(uno.cierra > otro.abre for uno, otro in pairwise(tramos)):
        raise HorasIlegibles(texto)
    return tramos


def dias_validos(freq: str, dias: Iterable[str]) -> bool:
    """Whether these are days on which something repeats by week or by month."""
    if freq == SEMANAL:
        return all(dia in DIAS for dia in dias)
    return all(_DIA_DEL_MES.fullmatch(dia) for dia in dias)


def de_la_semana(semana: Semana) -> list[Horario]:
    """Rows for a week, days with the same hours together."""
    juntos: dict[Tramo, list[str]] = {}
    for dia in DIAS:
        for tramo in semana.get(dia, ()):
            juntos.setdefault(tramo, []).append(dia)
    return [
        Horario(freq=SEMANAL, dias=dias, abre=tramo.abre, cierra=tramo.cierra)
        for tramo, dias in juntos.items()
    ]


def semana_de(horarios: Iterable[Horario]) -> dict[str, list[Tramo]]:
    """The hours of a week; what repeats otherwise, or has an end, is not among them."""
    semana: dict[str, list[Tramo]] = {}
    for horario in horarios:
        if es_de_la_semana(horario):
            for dia in horario.dias:
                semana.setdefault(dia, []).append(Tramo(horario.abre, horario.cierra))
    return {dia: sorted(semana[dia], key=lambda tramo: tramo.abre) for dia in DIAS if dia in semana}


def es_de_la_semana(horario: Horario) -> bool:
    """Whether the form shows it, and writes it anew."""
    return horario.freq == SEMANAL and horario.desde is None and horario.hasta is None


def abierto(lugares: Iterable[Lugar], ahora: datetime) -> bool:
    """Whether any of these places is open at a moment. Their hours must be loaded."""
    momento = local(ahora)
    return any(
        _vale(horario, momento.date()) and horario.abre <= momento.time() < horario.cierra
        for lugar in lugares
        for horario in lugar.horarios
    )


def _vale(horario: Horario, dia: date) -> bool:
    if dia < (horario.desde or dia) or dia > (horario.hasta or dia) or dia in feriados(dia.year):
        return False
    codigo = DIAS[dia.weekday()]
    if horario.freq == SEMANAL:
        return codigo in horario.dias
    veces = {codigo, f"{(dia.day - 1) // 7 + 1}{codigo}", f"{_del_final(dia)}{codigo}"}
    return not veces.isdisjoint(horario.dias)


def _del_final(dia: date) -> int:
    """The last Tuesday of a month is -1, the one before -2."""
    siguiente = date(dia.year + dia.month // 12, dia.month % 12 + 1, 1)
    return -(((siguiente - dia).days - 1) // 7) - 1
