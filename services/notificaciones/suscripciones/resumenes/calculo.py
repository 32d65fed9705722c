"""When a digest leaves, on Chile's clocks and on working days only; and its limits, as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from notificaciones.reglas.calculo import en_la_pared
from notificaciones.suscripciones.states import Cadencia
from oficina.calendar_cl import es_habil, siguiente_habil
from oficina.clock import local

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Ajustes:
    """One version. `hora` is proposed to whoever subscribes; more facts than `hechos_con_enlace`
    are counted only; a digest that could not leave for `sirve_horas` leaves with the next one's.
    """

    version: str
    hora: time
    hechos_con_enlace: int
    sirve: timedelta
    enlace_dura: timedelta
    y_mas: Mapping[str, str]
    """What follows when there are more, by language."""


@cache
def ajustes() -> Ajustes:
    """The version in force."""
    datos = json.loads((Path(__file__).parent / "resumenes.json").read_text(encoding="utf-8"))
    return Ajustes(
        version=datos["version"],
        hora=time.fromisoformat(datos["hora"]),
        hechos_con_enlace=datos["hechos_con_enlace"],
        sirve=timedelta(hours=datos["sirve_horas"]),
        enlace_dura=timedelta(hours=datos["enlace_horas"]),
        y_mas=datos["y_mas"],
    )


def ultimo_corte(cadencia: Cadencia, dia: int | None, hora: time, ahora: datetime) -> datetime:
    """The last moment, not after `ahora`, at which a digest was to leave.

    A weekly one whose `dia` (0 is Monday) is no working day leaves on the next that is.
    """
    hoy = local(ahora).date()
    if cadencia is Cadencia.SEMANAL:
        if dia is None:
            raise AssertionError("a weekly digest has a day")
        return _ultimo_de_la_semana(hoy, dia, hora, ahora)
    while not es_habil(hoy) or en_la_pared(hoy, hora) > ahora:
        hoy -= _DAY
    return en_la_pared(hoy, hora)


def _ultimo_de_la_semana(hoy: date, dia: int, hora: time, ahora: datetime) -> datetime:
    lunes = hoy - timedelta(days=hoy.weekday())
    while True:
        corte = en_la_pared(siguiente_habil(lunes + timedelta(days=dia)), hora)
        if corte <= ahora:
            return corte
        lunes -= _WEEK
