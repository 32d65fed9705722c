"""Working days and deadlines in Chile. Dates were checked against the official calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina import feriados as tabla
from oficina.calendar_cl import (
    es_habil,
    feriados,
    fin_de_plazo,
    momento_de_avance,
    siguiente_habil,
    sumar_dias_habiles,
    termino_reanudado,
)
from oficina.clock import ZONA, local

DIAS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MOMENTOS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  hypothesis wants naive bounds and adds the zone itself
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def _chile(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONA)  # type: ignore[arg-type]  # parts are date and time only


@pytest.mark.parametrize(
    ("dia", "habil"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 12, 8), False),  # Immaculate Conception
        (date(2026, 12, 31), True),  # bank holiday only
        (date(2027, 9, 17), False),  # bridge to the national holidays
        (date(2027, 6, 28), False),  # moved to Monday
        (date(2027, 10, 11), False),  # moved to Monday
        (date(2022, 9, 16), False),  # one-off law
    ],
)
def test_dias_habiles(dia: date, *, habil: bool) -> None:
    assert es_habil(dia) is habil


def test_un_cierre_municipal_no_es_habil() -> None:
    assert not es_habil(date(2026, 11, 23), cierres={date(2026, 11, 23)})
    assert sumar_dias_habiles(date(2026, 11, 20), 1, [date(2026, 11, 23)]) == date(2026, 11, 24)


def test_los_feriados_tienen_nombre() -> None:
    assert feriados(2026)[date(2026, 1, 1)] == "Año Nuevo"
    assert date(2026, 12, 31) not in feriados(2026)


def test_cada_feriado_se_dice_tambien_en_ingles() -> None:
    assert tabla.traducido("Año Nuevo", "en") == "New Year's Day"
    assert tabla.traducido("Año Nuevo", "es") == "Año Nuevo"
    nombres = {nombre for anio in tabla.ANIOS for nombre in feriados(anio).values()}
    assert all(tabla.traducido(nombre, "en") != nombre for nombre in nombres)


def test_cinco_dias_habiles_saltan_el_8_de_diciembre() -> None:
    assert sumar_dias_habiles(date(2026, 12, 4), 5) == date(2026, 12, 14)


def test_cero_dias_no_mueven_ni_siquiera_un_sabado() -> None:
    assert sumar_dias_habiles(date(2026, 11, 21), 0) == date(2026, 11, 21)


@given(DIAS, st.integers(1, 60))
def test_entre_inicio_y_fin_hay_justo_esos_dias_habiles(dia: date, dias: int) -> None:
    fin = sumar_dias_habiles(dia, dias)

    between = [dia + timedelta(days=n) for n in range(1, (fin - dia).days + 1)]
    assert es_habil(fin)
    assert sum(es_habil(each) for each in between) == dias


def test_no_se_cuenta_hacia_atras() -> None:
    with pytest.raises(ValueError, match="forwards"):
        sumar_dias_habiles(date(2026, 1, 1), -1)


def test_un_plazo_habil_cuenta_desde_el_dia_siguiente_y_termina_con_el_dia() -> None:
    fin = fin_de_plazo(_chile(2026, 12, 4, 9), dias_habiles=2)

    assert local(fin) == _chile(2026, 12, 9, 23, 59, 59)


def test_el_mismo_dia_pasa_al_siguiente_habil_si_es_sabado() -> None:
    assert local(fin_de_plazo(_chile(2026, 11, 23, 9), dias_habiles=0)).day == 23
    assert local(fin_de_plazo(_chile(2026, 11, 21, 9), dias_habiles=0)).day == 23


def test_los_dias_corridos_y_las_horas_cuentan_todos_los_dias() -> None:
    inicio = _chile(2026, 12, 4, 9)

    assert local(fin_de_plazo(inicio, dias_corridos=2)) == _chile(2026, 12, 6, 23, 59, 59)
    assert fin_de_plazo(inicio, horas=24) == inicio + timedelta(hours=24)


def test_el_dia_es_el_de_chile_y_no_el_de_utc() -> None:
    inicio = datetime(2026, 12, 5, 1, 30, tzinfo=UTC)  # 22:30 on the 4th in Chile

    assert local(fin_de_plazo(inicio, dias_corridos=0)).date() == date(2026, 12, 4)


def test_la_noche_de_25_horas_termina_en_su_segunda_medianoche() -> None:
    # The clocks go back at 24:00 of Saturday 2026-04-04: 23:59:59 happens twice.
    fin = fin_de_plazo(_chile(2026, 4, 3, 12), dias_corridos=1)

    assert fin == datetime(2026, 4, 5, 3, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("unidades", [{}, {"dias_habiles": 1, "horas": 1}])
def test_un_plazo_tiene_una_sola_unidad(unidades: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        fin_de_plazo(_chile(2026, 1, 5, 9), **unidades)


def test_un_plazo_sin_zona_no_existe() -> None:
    with pytest.raises(ValueError, match="zone"):
        fin_de_plazo(datetime(2026, 1, 5), horas=1)  # noqa: DTZ001  the refusal is what is tested


def test_la_mitad_de_un_plazo_no_pasa_en_fin_de_semana() -> None:
    inicio = _chile(2026, 11, 20, 0)  # a Friday
    fin = fin_de_plazo(_chile(2026, 11, 19, 12), dias_habiles=2)  # Monday 23:59:59

    assert local(momento_de_avance(inicio, fin, 50)).date() == date(2026, 11, 20)
    assert local(momento_de_avance(inicio, fin, 51)).date() == date(2026, 11, 23)
    assert local(momento_de_avance(inicio, fin, 150)).date() == date(2026, 11, 24)


@given(MOMENTOS, st.integers(0, 20), st.integers(0, 300))
def test_los_avances_van_en_orden_y_el_cien_es_el_fin(
    inicio: datetime, dias: int, porcentaje: int
) -> None:
    fin = fin_de_plazo(inicio, dias_habiles=dias)

    momento = momento_de_avance(inicio, fin, porcentaje)

    assert momento_de_avance(inicio, fin, 100) == fin
    assert inicio <= momento
    assert (momento <= fin) == (porcentaje <= 100)


@given(MOMENTOS, st.integers(1, 20), st.integers(0, 100), st.integers(0, 400))
def test_tras_una_pausa_pasa_lo_que_faltaba(
    inicio: datetime, dias: int, avance: int, horas: int
) -> None:
    fin = fin_de_plazo(inicio, dias_habiles=dias)
    pausa = momento_de_avance(inicio, fin, avance)
    reanuda = pausa + timedelta(hours=horas)

    desde, hasta = termino_reanudado(inicio, fin, pausa=pausa, reanuda=reanuda)

    assert _dias_habiles(reanuda, hasta) in {_dias_habiles(pausa, fin), 1}
    assert local(hasta).time() == local(fin).time()
    if pausa < fin:
        # What had passed has passed, no more: the rest is what is left, to the end of its day.
        assert _pasado(desde, reanuda) == _pasado(inicio, pausa)


def _pasado(desde: datetime, hasta: datetime) -> timedelta:
    """How much of the time between two moments falls on working days."""
    total, uno = timedelta(), desde
    while uno < hasta:
        medianoche = datetime.combine(local(uno).date() + timedelta(days=1), time(), ZONA)
        siguiente = min(medianoche.astimezone(UTC), hasta)
        total += siguiente - uno if es_habil(local(uno).date()) else timedelta()
        uno = siguiente
    return total


def _dias_habiles(desde: datetime, hasta: datetime) -> int:
    dia, ultimo = local(desde).date(), local(hasta).date()
    return sum(es_habil(dia + timedelta(days=n)) for n in range(1, (ultimo - dia).days + 1))


def test_lo_que_vencio_en_pausa_sigue_vencido_y_lo_corrido_se_corre() -> None:
    inicio, fin = _chile(2026, 11, 2, 9), _chile(2026, 11, 4, 23)
    pausa, reanuda = _chile(2026, 11, 5, 9), _chile(2026, 12, 1, 9)

    assert termino_reanudado(inicio, fin, pausa=pausa, reanuda=reanuda) == (inicio, fin)
    pausa = _chile(2026, 11, 3, 9)
    de_horas = termino_reanudado(inicio, fin, pausa=pausa, reanuda=reanuda, unidad="horas")
    assert de_horas == (inicio + (reanuda - pausa), fin + (reanuda - pausa))
    corrido = termino_reanudado(inicio, fin, pausa=pausa, reanuda=reanuda, unidad="dias_corridos")
    assert corrido == (inicio + (reanuda - pausa), _chile(2026, 12, 2, 23, 59, 59))


def test_un_plazo_corrido_avanza_parejo() -> None:
    inicio, fin = _chile(2026, 11, 20, 0), _chile(2026, 11, 24, 0)

    assert local(momento_de_avance(inicio, fin, 50, habil=False)) == _chile(2026, 11, 22, 0)


def test_siguiente_habil_deja_quieto_a_un_dia_habil() -> None:
    assert siguiente_habil(date(2026, 11, 23)) == date(2026, 11, 23)


def test_lo_guardado_es_lo_que_dice_la_biblioteca_y_otros_anios_se_le_preguntan() -> None:
    assert tabla.main(["check"]) == 0
    assert date(2051, 1, 1) in feriados(2051)
    assert date(2051, 9, 18) in feriados(2051)
    assert all(len(feriados(anio)) > 12 for anio in tabla.ANIOS)
