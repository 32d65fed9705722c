"""Working days and deadlines of Chile.

A working day («día hábil», Ley 19.880 art. 25) is none of Saturday, Sunday and public holiday; a
bank holiday is one. `cierres` are days on which this office is closed besides: a municipal
closure, or a holiday made by a law that the holiday table does not know yet.

Days are Chilean days. A deadline ends with the last second of its day there.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal

from oficina import feriados as tabla
from oficina.clock import ZONA, local

Unidad = Literal["dias_habiles", "dias_corridos", "horas"]
"""What a term is counted in."""

_DAY = timedelta(days=1)


@cache
def feriados(anio: int) -> Mapping[date, str]:
    """The public holidays of a year with their Spanish names; bank holidays are not among them."""
    return tabla.del_anio(anio)


def es_habil(dia: date, cierres: Collection[date] = ()) -> bool:
    """Whether `dia` counts as a working day."""
    return dia.weekday() < 5 and dia not in feriados(dia.year) and dia not in cierres


def siguiente_habil(dia: date, cierres: Collection[date] = ()) -> date:
    """`dia` itself if it is a working day, else the next one."""
    while not es_habil(dia, cierres):
        dia += _DAY
    return dia


def sumar_dias_habiles(dia: date, dias: int, cierres: Collection[date] = ()) -> date:
    """The `dias`-th working day after `dia`, which itself does not count.

    Zero moves nothing, not even from a Saturday. Raises ValueError for a negative number.
    """
    if dias < 0:
        raise ValueError("working days are counted forwards")
    for _ in range(dias):
        dia = siguiente_habil(dia + _DAY, cierres)
    return dia


def fin_de_plazo(
    inicio: datetime,
    *,
    dias_habiles: int | None = None,
    dias_corridos: int | None = None,
    horas: int | None = None,
    cierres: Collection[date] = (),
) -> datetime:
    """The last moment of a term that starts at `inicio`, aware.

    Exactly one unit is given. Days count from the day after; the term ends at 23:59:59 in Chile.
    Zero working days means the same day, or the next working one if that is none. Calendar days
    («corridos») and hours count every day alike and end where they end.
    """
    if inicio.tzinfo is None:
        raise ValueError("a term starts at a moment with a zone")
    if [dias_habiles, dias_corridos, horas].count(None) != 2:
        raise ValueError("a term has exactly one of dias_habiles, dias_corridos, horas")
    if horas is not None:
        return inicio + timedelta(hours=horas)
    dia = local(inicio).date()
    if dias_corridos is not None:
        return _fin_del_dia(dia + timedelta(days=dias_corridos))
    ultimo = sumar_dias_habiles(dia, dias_habiles or 0, cierres)
    return _fin_del_dia(siguiente_habil(ultimo, cierres))


def momento_de_avance(
    inicio: datetime,
    fin: datetime,
    porcentaje: int,
    habil: bool = True,  # noqa: FBT001, FBT002  reads as a word of the term: hábil or corrido
    cierres: Collection[date] = (),
) -> datetime:
    """When `porcentaje` of the term from `inicio` to `fin` has passed; beyond 100, after `fin`.

    Of a term in working days only the working days pass. 100 is `fin` itself.
    """
    if porcentaje == 100 or fin <= inicio:
        return fin
    total = _habil_entre(inicio, fin, cierres) if habil else fin - inicio
    if not habil or not total:
        return inicio + (fin - inicio) * porcentaje / 100
    return _avanzar_habil(inicio, total * porcentaje / 100, cierres)


def termino_reanudado(
    inicio: datetime,
    fin: datetime,
    *,
    pausa: datetime,
    reanuda: datetime,
    unidad: Unidad = "dias_habiles",
    cierres: Collection[date] = (),
) -> tuple[datetime, datetime]:
    """From and until when a term counts that was held from `pausa` to `reanuda`.

    As much of it has passed as had, and as many days are left, to the end of the last one, or of
    hours as much time; one that had ended stays as it was.
    The pair is what `momento_de_avance` takes: its beginning is where the term would have begun,
    had nobody held it.
    """
    if pausa >= fin:
        return inicio, fin
    if unidad == "horas":
        return inicio + (reanuda - pausa), fin + (reanuda - pausa)
    if unidad == "dias_corridos":
        dias = (local(fin).date() - local(pausa).date()).days
        return inicio + (reanuda - pausa), fin_de_plazo(reanuda, dias_corridos=dias)
    pasado = _habil_entre(inicio, pausa, cierres)
    quedan = _dias_habiles_entre(local(pausa).date(), local(fin).date(), cierres)
    return (
        _retroceder_habil(reanuda, pasado, cierres),
        fin_de_plazo(reanuda, dias_habiles=quedan, cierres=cierres),
    )


def termino_movido(
    inicio: datetime, fin: datetime, *, antes: Collection[date], cierres: Collection[date]
) -> datetime:
    """When a term of working days ends that went from `inicio` to `fin` while `antes` was closed:
    as many days as then, over those that are closed now.
    """
    dias = _dias_habiles_entre(local(inicio).date(), local(fin).date(), antes)
    return fin_de_plazo(inicio, dias_habiles=dias, cierres=cierres)


def _dias_habiles_entre(desde: date, hasta: date, cierres: Collection[date]) -> int:
    """How many working days come after one day, up to another."""
    dias = (desde + _DAY * numero for numero in range(1, (hasta - desde).days + 1))
    return sum(es_habil(dia, cierres) for dia in dias)


def _habil_entre(inicio: datetime, fin: datetime, cierres: Collection[date]) -> timedelta:
    total, desde, dia = timedelta(), inicio, local(inicio).date()
    while desde < fin:
        dia += _DAY
        hasta = min(_empieza(dia), fin)
        if es_habil(dia - _DAY, cierres):
            total += hasta - desde
        desde = hasta
    return total


def _avanzar_habil(desde: datetime, falta: timedelta, cierres: Collection[date]) -> datetime:
    dia = local(desde).date()
    while True:
        hasta = _empieza(dia + _DAY)
        if es_habil(dia, cierres):
            if falta <= hasta - desde:
                return desde + falta
            falta -= hasta - desde
        desde, dia = hasta, dia + _DAY


def _retroceder_habil(hasta: datetime, falta: timedelta, cierres: Collection[date]) -> datetime:
    dia = local(hasta - timedelta(microseconds=1)).date()
    while True:
        desde = _empieza(dia)
        if es_habil(dia, cierres):
            if falta <= hasta - desde:
                return hasta - falta
            falta -= hasta - desde
        hasta, dia = desde, dia - _DAY


@lru_cache(maxsize=2000)
def _empieza(dia: date) -> datetime:
    # Differences between moments are only true in one fixed zone: days of 23 and 25 hours exist.
    return datetime.combine(dia, time(), ZONA).astimezone(UTC)


def _fin_del_dia(dia: date) -> datetime:
    # fold: on the night when clocks go back, 23:59:59 happens twice and the later one is the end.
    return datetime.combine(dia, time(23, 59, 59, fold=1), ZONA).astimezone(UTC)
