"""Dates and ages as several hands type them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casos.importacion.fechas import (
    FechaIlegible,
    leer_fecha,
    leer_fecha_siguiente,
    leer_nacimiento,
    mes_nombrado,
)
from casos.personas.models import PrecisionFecha

DIA = date(2024, 3, 5)


@pytest.mark.parametrize(
    "celda",
    [
        date(2024, 3, 5),
        datetime(2024, 3, 5, 10, 30),  # noqa: DTZ001  Excel has no zones
        45356.0,
        "2024-03-05",
        "2024/3/5",
        "05/03/2024",
        "5/3/2024",
        "05-03-24",
        "05.03.2024",
        "5 . 3 . 24",
        "05/03/2024 10:30",
        "05/03",
        "5 de marzo",
        "5 DE MARZO",
        "05 marzo 2024",
        "5-mar-24",
        "5 mar.",
        "martes 5 de marzo de 2024",
        "martes, 5 de marzo del 2024",
        "5° de marzo",
        "5 de maarzo",
        "marzo 5, 2024",
        5.0,
        "5",
        "05",
    ],
)
def test_una_fecha_se_lee_como_sea_que_la_escriban(celda: str | float | date) -> None:
    assert leer_fecha(celda, 2024, 3) == DIA


def test_el_dia_va_antes_que_el_mes() -> None:
    assert leer_fecha("03/05/2024", 2024, 3) == date(2024, 5, 3)


def test_el_mes_primero_solo_se_cree_cuando_es_el_de_la_hoja() -> None:
    assert leer_fecha("03/25/2024", 2024, 3) == date(2024, 3, 25)
    with pytest.raises(FechaIlegible, match="ese día no existe"):
        leer_fecha("03/25/2024", 2024, 4)


@pytest.mark.parametrize(
    ("celda", "motivo"),
    [
        ("", "falta la fecha"),
        ("lunes", "no es una fecha"),
        ("??", "no es una fecha"),
        ("31/02/2024", "ese día no existe"),
        ("29 de febrero de 2023", "ese día no existe"),
        ("5 de brumario", "no es una fecha"),
        (7.0, "no es una fecha"),
        (True, "no es una fecha"),
    ],
)
def test_lo_que_no_es_una_fecha_dice_por_que(celda: str | float, motivo: str) -> None:
    with pytest.raises(FechaIlegible) as caught:
        leer_fecha(celda, 2024)
    assert caught.value.texto == motivo


def test_sin_anio_no_hay_fecha() -> None:
    with pytest.raises(FechaIlegible, match="falta el año"):
        leer_fecha("5 de marzo", None)


@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_cada_forma_de_una_fecha_es_la_misma(dia: date) -> None:
    for forma in ("%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y", "%Y-%m-%d"):
        assert leer_fecha(dia.strftime(forma), None) == dia


@given(st.one_of(st.text(max_size=30), st.floats(allow_nan=False, allow_infinity=False)))
def test_ninguna_celda_rompe_la_lectura(celda: str | float) -> None:
    for lectura in (
        lambda: leer_fecha(celda, 2024, 1),
        lambda: leer_fecha_siguiente(celda, DIA),
        lambda: leer_nacimiento(celda, DIA),
    ):
        try:
            lectura()
        except FechaIlegible:
            continue


def test_una_derivacion_de_enero_sigue_a_su_atencion_de_diciembre() -> None:
    assert leer_fecha_siguiente("3 de enero", date(2024, 12, 30)) == date(2025, 1, 3)
    assert leer_fecha_siguiente("3 de marzo", date(2024, 3, 1)) == date(2024, 3, 3)
    assert leer_fecha_siguiente("03-01-24", date(2024, 12, 30)) == date(2024, 1, 3)


@pytest.mark.parametrize(
    ("celda", "nacida", "precision"),
    [
        (date(1980, 5, 1), date(1980, 5, 1), PrecisionFecha.EXACTA),
        ("01-05-80", date(1980, 5, 1), PrecisionFecha.EXACTA),
        ("01-05-19", date(2019, 5, 1), PrecisionFecha.EXACTA),
        ("01-05-25", date(1925, 5, 1), PrecisionFecha.EXACTA),
        ("34 años", date(1990, 1, 1), PrecisionFecha.ESTIMADA),
        ("34", date(1990, 1, 1), PrecisionFecha.ESTIMADA),
        (34.0, date(1990, 1, 1), PrecisionFecha.ESTIMADA),
        ("5 meses", date(2023, 10, 1), PrecisionFecha.ESTIMADA),
        (1990.0, date(1990, 1, 1), PrecisionFecha.ANIO),
        ("1990", date(1990, 1, 1), PrecisionFecha.ANIO),
    ],
)
def test_un_nacimiento_o_una_edad(
    celda: str | float | date, nacida: date, precision: PrecisionFecha
) -> None:
    leido = leer_nacimiento(celda, DIA)

    assert leido is not None
    assert (leido.fecha, leido.precision) == (nacida, precision)


@pytest.mark.parametrize("celda", ["", "s/i", "no informa"])
def test_un_nacimiento_que_nadie_escribio(celda: str) -> None:
    assert leer_nacimiento(celda, DIA) is None


def test_nadie_nace_despues_de_su_atencion() -> None:
    with pytest.raises(FechaIlegible):
        leer_nacimiento("05/03/2030", DIA)


@pytest.mark.parametrize(
    ("nombre", "mes"), [("SEPT", 9), ("Setiembre 2023", 9), ("NOV", 11), ("Hoja1", None)]
)
def test_el_mes_de_una_hoja(nombre: str, mes: int | None) -> None:
    assert mes_nombrado(nombre) == mes
