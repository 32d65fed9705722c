"""Every state of an appointment against every action."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from agenda.models import Cita
from agenda.states import PASOS, Accion, Estado, MotivoCancelacion
from oficina.errors import Conflicto, TransicionInvalida

INICIA = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)


def _cita(estado: Estado) -> Cita:
    return Cita(
        id=uuid4(),
        persona_id=uuid4(),
        estado=estado,
        inicia_en=INICIA,
        termina_en=INICIA + timedelta(minutes=30),
        lugar="oficina",
        reprogramaciones=0,
    )


def _hacer(cita: Cita, accion: Accion, ahora: datetime) -> None:
    if accion is Accion.REPROGRAMAR:
        cita.reprogramar(INICIA + timedelta(days=1), INICIA + timedelta(days=1), "oficina", ahora)
    elif accion is Accion.CANCELAR:
        cita.cancelar(MotivoCancelacion.YA_NO_HACE_FALTA, None, ahora)
    elif accion is Accion.REALIZAR:
        cita.realizar(ahora)
    else:
        cita.registrar_inasistencia(ahora)


@pytest.mark.parametrize("accion", Accion)
@pytest.mark.parametrize("estado", Estado)
def test_cada_estado_admite_lo_que_dice_la_tabla(estado: Estado, accion: Accion) -> None:
    cita, comenzada = _cita(estado), INICIA + timedelta(minutes=5)

    if accion in PASOS[estado]:
        _hacer(cita, accion, comenzada)
        assert cita.estado is PASOS[estado][accion]
    else:
        with pytest.raises(TransicionInvalida):
            _hacer(cita, accion, comenzada)
        assert cita.estado is estado


@pytest.mark.parametrize("accion", [Accion.REALIZAR, Accion.INASISTENCIA])
def test_antes_de_la_hora_nadie_falto_ni_vino(accion: Accion) -> None:
    cita = _cita(Estado.AGENDADA)

    with pytest.raises(Conflicto):
        _hacer(cita, accion, INICIA - timedelta(seconds=1))
    assert accion not in cita.acciones(INICIA - timedelta(seconds=1))
    assert accion in cita.acciones(INICIA)
