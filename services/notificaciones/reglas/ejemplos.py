"""What a rule would do on the calendar, shown before it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from notificaciones.reglas.calculo import Plan, Razon, Recordatorio, en_la_pared, planificar, razon
from oficina.calendar_cl import es_habil, feriados, siguiente_habil
from oficina.clock import ZONA, local

_DAY = timedelta(days=1)
_HORIZONTE = 400
"""Days within which there is a holiday and a change of clocks."""


class Caso(StrEnum):
    """Why an appointment is worth looking at."""

    PROPIO = "propio"
    TEMPRANO = "temprano"
    MEDIA_MANANA = "media_manana"
    TARDE = "tarde"
    TRAS_FERIADO = "tras_feriado"
    TRAS_CAMBIO_DE_HORA = "tras_cambio_de_hora"


@dataclass(frozen=True)
class Ejemplo:
    """An appointment and what becomes of its reminder."""

    caso: Caso
    inicia_en: datetime
    plan: Plan
    ya_paso: bool
    """Booked at this moment, it would be too late to remind of it so."""
    razon: Razon
    """Why it leaves then."""


def ejemplos(
    regla: Recordatorio, ahora: datetime, propio: datetime | None = None
) -> Sequence[Ejemplo]:
    """Appointments of the days to come, and the one that somebody asks about first."""
    halladas = [] if propio is None else [(Caso.PROPIO, propio)]
    halladas += _del_calendario(local(ahora).date())
    return [_one(regla, caso, inicia_en, ahora) for caso, inicia_en in halladas]


def _one(regla: Recordatorio, caso: Caso, inicia_en: datetime, ahora: datetime) -> Ejemplo:
    plan = planificar(regla, inicia_en, inicia_en - timedelta(days=_HORIZONTE))
    return Ejemplo(
        caso=caso,
        inicia_en=inicia_en,
        plan=plan,
        ya_paso=planificar(regla, inicia_en, ahora).omitido is not None,
        razon=razon(regla, inicia_en),
    )


def _del_calendario(hoy: date) -> Iterator[tuple[Caso, datetime]]:
    lunes = hoy + _DAY * (7 - hoy.weekday())
    martes, jueves = (siguiente_habil(lunes + _DAY * n) for n in (1, 3))
    yield Caso.TEMPRANO, en_la_pared(martes, time(8, 30))
    yield Caso.MEDIA_MANANA, en_la_pared(martes, time(10))
    yield Caso.TARDE, en_la_pared(jueves, time(16, 30))
    dias = [hoy + _DAY * n for n in range(1, _HORIZONTE)]
    feriado = next(dia for dia in dias if dia.weekday() < 5 and dia in feriados(dia.year))
    yield Caso.TRAS_FERIADO, en_la_pared(siguiente_habil(feriado), time(10))
    cambio = next((dia for dia in dias if _shift(dia) != _shift(dia + _DAY)), None)
    if cambio is not None:
        despues = next(dia for dia in (cambio + _DAY * n for n in range(1, 30)) if es_habil(dia))
        yield Caso.TRAS_CAMBIO_DE_HORA, en_la_pared(despues, time(10))


def _shift(dia: date) -> timedelta | None:
    return datetime.combine(dia, time(), ZONA).utcoffset()
