"""The office's hours, on Chile's clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from agenda.horario import horario, momento
from oficina.errors import DatosInvalidos


@pytest.mark.parametrize(
    ("fecha", "utc"),
    [
        (date(2026, 7, 1), datetime(2026, 7, 1, 14, 0, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 12, 1, 13, 0, tzinfo=UTC)),
    ],
)
def test_las_diez_son_las_diez_en_invierno_y_en_verano(fecha: date, utc: datetime) -> None:
    assert momento(fecha, time(10)) == utc


def test_una_hora_que_los_relojes_saltan_no_existe() -> None:
    with pytest.raises(DatosInvalidos):
        momento(date(2026, 9, 6), time(0, 30))


@pytest.mark.parametrize(
    ("inicia", "minutos", "abierto"),
    [
        (datetime(2026, 12, 1, 11, 30, tzinfo=UTC), 30, True),
        (datetime(2026, 12, 1, 11, 29, tzinfo=UTC), 30, False),
        (datetime(2026, 12, 1, 20, 0, tzinfo=UTC), 30, True),
        (datetime(2026, 12, 1, 20, 0, tzinfo=UTC), 31, False),
        (datetime(2026, 12, 4, 19, 0, tzinfo=UTC), 30, True),
        (datetime(2026, 12, 4, 19, 30, tzinfo=UTC), 30, False),
        (datetime(2026, 12, 5, 14, 0, tzinfo=UTC), 30, False),
        (datetime(2026, 12, 8, 14, 0, tzinfo=UTC), 30, False),
    ],
)
def test_se_atiende_en_horario_y_nunca_en_feriado(
    inicia: datetime, minutos: int, *, abierto: bool
) -> None:
    termina = inicia + timedelta(minutes=minutos)

    if abierto:
        horario().exigir_abierto(inicia, termina)
    else:
        with pytest.raises(DatosInvalidos):
            horario().exigir_abierto(inicia, termina)
