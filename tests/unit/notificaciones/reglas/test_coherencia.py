"""A rule that contradicts itself or another one is refused before it is kept."""

from dataclasses import replace
from datetime import time
from types import SimpleNamespace
from typing import Any

import pytest

from notificaciones.reglas.calculo import Recordatorio, Ventana
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.coherencia import exigir_coherente
from oficina.errors import DatosInvalidos

DOS_DIAS, TRES_HORAS = reglas().de_fabrica.values()


def _mal(dice: Recordatorio, *otras: Recordatorio) -> set[str]:
    try:
        exigir_coherente(dice, [SimpleNamespace(dice=una) for una in otras])  # type: ignore[misc]  # only what it says is asked
    except DatosInvalidos as error:
        return set(error.errores)
    return set()


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"caduca_antes_horas": 48}, "caduca_antes_horas"),
        ({"caduca_antes_horas": 60}, "caduca_antes_horas"),
        ({"margen_horas": 49}, "margen_horas"),
        ({"margen_horas": 12}, "margen_horas"),
        ({"ventana": Ventana(time(21), time(9), False)}, "hasta"),
        ({"ventana": Ventana(time(9), time(9), False)}, "hasta"),
        ({"vispera": time(21)}, "vispera"),
        ({"a_las": time(8, 59)}, "a_las"),
    ],
)
def test_lo_que_se_contradice_se_dice_junto_a_su_campo(cambio: dict[str, Any], campo: str) -> None:
    assert _mal(replace(DOS_DIAS, **cambio)) == {campo}


def test_las_que_trae_el_programa_no_se_contradicen() -> None:
    assert _mal(DOS_DIAS, TRES_HORAS) == set()
    assert _mal(TRES_HORAS, DOS_DIAS) == set()


def test_dos_que_salen_en_el_mismo_momento_son_una_escrita_dos_veces() -> None:
    # Not the same numbers: the window makes of both the opening of the day.
    temprano = replace(
        DOS_DIAS, ventana=Ventana(time(9), time(9, 1), False), vispera=time(9), a_las=time(9)
    )
    gemela = replace(temprano, antes_horas=48, margen_horas=20, caduca_antes_horas=2, a_las=None)

    assert _mal(replace(DOS_DIAS, nombre="Otra"), DOS_DIAS) == {"antes_horas"}
    assert _mal(replace(TRES_HORAS, antes_horas=4), TRES_HORAS) == set()
    assert _mal(temprano, gemela) == set()
    assert _mal(replace(temprano, nombre="Otra", canal=DOS_DIAS.canal), temprano) == {"antes_horas"}


def test_de_lugares_distintos_pueden_salir_a_la_vez() -> None:
    en_la_oficina = replace(DOS_DIAS, lugares=frozenset({"oficina"}))
    por_telefono = replace(DOS_DIAS, lugares=frozenset({"telefono", "sala_entrevistas"}))

    assert _mal(por_telefono, en_la_oficina) == set()
    assert _mal(replace(por_telefono, lugares=frozenset({"oficina"})), en_la_oficina)
    assert _mal(por_telefono, DOS_DIAS)
