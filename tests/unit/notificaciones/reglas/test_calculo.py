"""When a reminder leaves: the window, holidays, and clocks that change."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.mensajes.states import Motivo
from notificaciones.reglas.calculo import planificar
from notificaciones.reglas.catalogo import reglas
from oficina.calendar_cl import feriados
from oficina.clock import ZONA, local

VENTANA = reglas().ventana
DOS_DIAS, TRES_HORAS = reglas().de_fabrica.values()
HACE_MUCHO = datetime(2026, 1, 1, tzinfo=UTC)


def _en_chile(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONA).astimezone(UTC)


@pytest.mark.parametrize(
    ("regla", "inicia", "sale"),
    [
        # In the window: as many hours before as the rule says.
        (DOS_DIAS, "2026-12-03 10:30", "2026-12-01 10:30"),
        (TRES_HORAS, "2026-12-03 15:00", "2026-12-03 12:00"),
        # Too early in the morning: when the window opens.
        (DOS_DIAS, "2026-12-03 08:30", "2026-12-01 09:00"),
        (TRES_HORAS, "2026-12-03 10:30", "2026-12-03 09:00"),
        # The window opens less than an hour before: the evening before instead.
        (TRES_HORAS, "2026-12-03 09:30", "2026-12-02 18:00"),
        # A holiday: the day after, as long as there is a whole day left.
        (DOS_DIAS, "2026-12-10 10:00", "2026-12-09 09:00"),
        (DOS_DIAS, "2026-12-27 10:00", "2026-12-26 09:00"),
        # The eve is a holiday: the day before that.
        (TRES_HORAS, "2026-12-09 08:30", "2026-12-07 18:00"),
        # Hours pass while clocks go back (April) and forward (September).
        (DOS_DIAS, "2027-04-05 10:30", "2027-04-03 11:30"),
        (DOS_DIAS, "2026-09-07 10:30", "2026-09-05 09:30"),
        (TRES_HORAS, "2027-04-05 12:30", "2027-04-05 09:30"),
    ],
)
def test_un_recordatorio_sale_cuando_dicen_las_reglas(
    regla: object, inicia: str, sale: str
) -> None:
    plan = planificar(regla, _en_chile(inicia), HACE_MUCHO)  # type: ignore[arg-type]  # a rule

    assert local(plan.enviar_en).replace(tzinfo=None) == datetime.fromisoformat(sale)
    assert plan.omitido is None


def test_la_ventana_es_de_9_a_21_y_no_en_feriado() -> None:
    assert VENTANA.abierta(_en_chile("2026-12-01 09:00"))
    assert not VENTANA.abierta(_en_chile("2026-12-01 08:59"))
    assert VENTANA.abierta(_en_chile("2026-12-01 20:59"))
    assert not VENTANA.abierta(_en_chile("2026-12-01 21:00"))
    assert not VENTANA.abierta(_en_chile("2026-12-08 12:00"))


def test_a_las_nueve_abre_tambien_la_manana_en_que_cambia_la_hora() -> None:
    noche = _en_chile("2026-09-05 23:00")

    assert VENTANA.siguiente(noche) == datetime(2026, 9, 6, 12, 0, tzinfo=UTC)


def test_lo_que_debio_salir_antes_de_agendar_no_sale_tarde() -> None:
    inicia = _en_chile("2026-12-03 10:30")
    la_tarde_anterior = _en_chile("2026-12-02 16:00")

    assert planificar(DOS_DIAS, inicia, la_tarde_anterior).omitido is (Motivo.MOMENTO_PASADO)
    assert planificar(TRES_HORAS, inicia, la_tarde_anterior).omitido is None


def test_si_la_vispera_ya_paso_tampoco_sale() -> None:
    inicia = _en_chile("2026-12-03 09:30")

    plan = planificar(TRES_HORAS, inicia, _en_chile("2026-12-02 19:00"))

    assert plan.omitido is Motivo.MOMENTO_PASADO


@given(
    inicia=st.datetimes(
        min_value=datetime(2026, 1, 2),  # noqa: DTZ001  made aware below
        max_value=datetime(2030, 12, 30),  # noqa: DTZ001  made aware below
    ),
    regla=st.sampled_from([DOS_DIAS, TRES_HORAS]),
)
def test_ninguna_cita_se_recuerda_de_noche_ni_en_feriado_ni_tarde(
    inicia: datetime, regla: object
) -> None:
    comienza = inicia.replace(tzinfo=UTC)

    plan = planificar(regla, comienza, HACE_MUCHO - timedelta(days=30))  # type: ignore[arg-type]  # a rule

    aqui = local(plan.enviar_en)
    assert 9 <= aqui.hour < 21
    assert aqui.date() not in feriados(aqui.year)
    assert plan.enviar_en < comienza
    assert plan.enviar_en < plan.caduca_en <= comienza
