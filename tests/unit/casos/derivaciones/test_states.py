"""Every state × every step, against the table: what is not in it is refused, and says what is."""

import pytest

from casos.derivaciones.actions import TERMINALES
from casos.derivaciones.states import ACTIVAS, ADOPTABLES, PASOS, Accion, Estado
from oficina.errors import TransicionInvalida

from .mundo import Mundo

TARDIAS = {(Estado.VENCIDA, accion) for accion in ADOPTABLES}
PARES = [(estado, accion) for estado in Estado for accion in Accion]
ADMITIDOS = [(e, a) for e, a in PARES if a in PASOS[e]]
NO_ADMITIDOS = [
    (e, a) for e, a in PARES if a not in PASOS[e] and (e, a) not in TARDIAS and a != Accion.VENCER
]


def test_the_table_names_every_state() -> None:
    assert set(PASOS) == set(Estado)
    assert {
        Estado.VERIFICADA,
        Estado.RECHAZADA,
        Estado.NO_LOGRADA,
        Estado.VENCIDA,
        Estado.ANULADA,
    } == TERMINALES
    assert not ACTIVAS & TERMINALES


@pytest.mark.parametrize(("estado", "accion"), ADMITIDOS)
def test_un_paso_admitido_cambia_el_estado_y_deja_un_hito_y_un_hecho(
    mundo: Mundo, estado: Estado, accion: Accion
) -> None:
    derivacion_id = mundo.en(estado)
    hitos, hechos = len(mundo.hitos()), len(mundo.hechos())

    mundo.hacer(derivacion_id, accion)

    derivacion = mundo.derivacion(derivacion_id)
    assert derivacion.estado is PASOS[estado][accion]
    assert (derivacion.terminada_en is not None) == (derivacion.estado in TERMINALES)
    if estado is Estado.BORRADOR and accion is Accion.ANULAR:
        assert (len(mundo.hitos()), len(mundo.hechos())) == (hitos, hechos)
        return
    assert len(mundo.hitos()) == hitos + 1
    assert mundo.hitos()[-1].datos["hecho"] == accion.value
    # Whoever was attended is asked about it.
    contados = 2 if accion is Accion.CUMPLIR else 1
    assert len(mundo.hechos()) == hechos + contados


@pytest.mark.parametrize(("estado", "accion"), NO_ADMITIDOS)
def test_un_paso_no_admitido_responde_que_si_se_puede(
    mundo: Mundo, estado: Estado, accion: Accion
) -> None:
    derivacion_id = mundo.en(estado)
    hitos, hechos = len(mundo.hitos()), len(mundo.hechos())

    with pytest.raises(TransicionInvalida) as refused:
        mundo.hacer(derivacion_id, accion)

    assert refused.value.extra["estado_actual"] == estado
    assert refused.value.extra["transiciones_permitidas"] == sorted(PASOS[estado])
    assert mundo.derivacion(derivacion_id).estado is estado
    assert (len(mundo.hitos()), len(mundo.hechos())) == (hitos, hechos)


@pytest.mark.parametrize("estado", [e for e in Estado if Accion.VENCER not in PASOS[e]])
def test_lo_ya_respondido_no_vence(mundo: Mundo, estado: Estado) -> None:
    derivacion_id = mundo.en(estado)

    with pytest.raises(AssertionError, match="answered"):
        mundo.hacer(derivacion_id, Accion.VENCER)

    assert mundo.derivacion(derivacion_id).estado is estado
