"""Every step from every state of a case, without a database."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from casos.expedientes.models import Caso, Instancia, ResultadoCierre, Riesgo
from casos.expedientes.states import CIERRES, PASOS, Estado, MotivoCierre, Paso
from oficina import clock
from oficina.errors import Conflicto, TransicionInvalida


def _caso(estado: Estado, **campos: object) -> Caso:
    return Caso(**{"estado": estado, "orientaciones": 1, "instancia": Instancia.PRIMERA} | campos)


def _cerrar(caso: Caso) -> None:
    motivo = min(CIERRES[caso.estado], default=MotivoCierre.NO_AMERITA)
    caso.cerrar(motivo, ResultadoCierre.LOGRADO, clock.now(), derivaciones_activas=0)


VERBOS: dict[Paso, Callable[[Caso], object]] = {
    Paso.ORIENTAR: lambda caso: caso.orientar(),
    Paso.ELEVAR: lambda caso: caso.elevar(),
    Paso.EVALUAR: lambda caso: caso.evaluar(Riesgo.MEDIO),
    Paso.DERIVAR: lambda caso: caso.exigir(Paso.DERIVAR),
    Paso.ASIGNAR: lambda caso: caso.asignar(uuid4(), "Profesional"),
    Paso.CERRAR: _cerrar,
    Paso.REABRIR: lambda caso: caso.reabrir(),
}

# The decree's two instances: (state, step) -> state. What is not here is refused.
ADMITIDOS = {
    (Estado.ABIERTO, Paso.ORIENTAR): Estado.ABIERTO,
    (Estado.ABIERTO, Paso.ELEVAR): Estado.EN_EVALUACION,
    (Estado.ABIERTO, Paso.ASIGNAR): Estado.ABIERTO,
    (Estado.ABIERTO, Paso.CERRAR): Estado.CERRADO,
    (Estado.EN_EVALUACION, Paso.EVALUAR): Estado.EN_GESTION,
    (Estado.EN_EVALUACION, Paso.ASIGNAR): Estado.EN_EVALUACION,
    (Estado.EN_EVALUACION, Paso.CERRAR): Estado.CERRADO,
    (Estado.EN_GESTION, Paso.DERIVAR): Estado.EN_GESTION,
    (Estado.EN_GESTION, Paso.ASIGNAR): Estado.EN_GESTION,
    (Estado.EN_GESTION, Paso.CERRAR): Estado.CERRADO,
    (Estado.CERRADO, Paso.REABRIR): Estado.EN_EVALUACION,
}


@pytest.mark.parametrize("paso", list(Paso))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, paso: Paso) -> None:
    caso = _caso(estado)

    if (estado, paso) in ADMITIDOS:
        VERBOS[paso](caso)
        assert caso.estado is ADMITIDOS[estado, paso]
        return
    with pytest.raises(TransicionInvalida) as refused:
        VERBOS[paso](caso)
    assert caso.estado is estado
    assert refused.value.extra == {
        "estado_actual": estado,
        "transiciones_permitidas": sorted(PASOS[estado]),
    }


def test_elevar_pasa_a_la_segunda_instancia() -> None:
    caso = _caso(Estado.ABIERTO)
    caso.elevar()
    assert caso.instancia is Instancia.SEGUNDA


@pytest.mark.parametrize("motivo", list(MotivoCierre))
@pytest.mark.parametrize("estado", [e for e in Estado if e is not Estado.CERRADO])
def test_se_cierra_solo_por_los_motivos_del_estado(estado: Estado, motivo: MotivoCierre) -> None:
    caso = _caso(estado)

    if motivo in CIERRES[estado]:
        caso.cerrar(motivo, ResultadoCierre.PARCIAL, clock.now(), derivaciones_activas=0)
        assert (caso.estado, caso.cierre_motivo) == (Estado.CERRADO, motivo)
        return
    with pytest.raises(Conflicto):
        caso.cerrar(motivo, ResultadoCierre.PARCIAL, clock.now(), derivaciones_activas=0)
    assert caso.estado is estado


def test_sin_orientacion_no_se_cierra_por_orientacion() -> None:
    caso = _caso(Estado.ABIERTO, orientaciones=0)
    with pytest.raises(Conflicto, match="orientación"):
        _cerrar(caso)


def test_con_una_derivacion_activa_no_se_cierra() -> None:
    caso = _caso(Estado.EN_GESTION)
    with pytest.raises(Conflicto, match="derivaciones"):
        caso.cerrar(
            MotivoCierre.GESTION_TERMINADA,
            ResultadoCierre.LOGRADO,
            clock.now(),
            derivaciones_activas=1,
        )


def test_una_evaluacion_encuentra_un_riesgo() -> None:
    with pytest.raises(ValueError, match="risk"):
        _caso(Estado.EN_EVALUACION).evaluar(Riesgo.SIN_EVALUAR)


def test_reabrir_olvida_el_cierre() -> None:
    caso = _caso(Estado.EN_GESTION)
    _cerrar(caso)
    caso.reabrir()
    assert caso.cerrado_en is caso.cierre_motivo is caso.cierre_resultado is None
    assert caso.instancia is Instancia.SEGUNDA
