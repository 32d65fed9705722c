"""Clocks of every unit, held and let go on side by side: what is left is what somebody finds who
counts it day by day on a wall calendar.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.casos.derivaciones.mundo import LUNES, Mundo

from casos.expedientes.actions import DENUNCIA
from casos.plazos import actions
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import plazos_de_caso
from casos.plazos.reglas import Regla, reglas
from oficina.calendar_cl import Unidad, feriados
from oficina.clock import ZONA, local

DIA = timedelta(days=1)
RELOJES: dict[Unidad, int] = {"dias_habiles": 12, "dias_corridos": 30, "horas": 72}
MOMENTOS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001  hypothesis wants naive bounds and adds the zone itself
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TRAMOS = st.lists(
    st.tuples(st.integers(0, 9 * 24 * 60), st.integers(1, 40 * 24 * 60)), min_size=1, max_size=4
)
"""Minutes for which a clock runs, and for which it is held then."""


def _regla(unidad: Unidad, cuanto: int) -> Regla:
    return Regla(
        etiquetas={"es": unidad},
        unidad=unidad,
        plazo={"normal": cuanto},
        pausable=True,
        cierra_derivacion=False,
        fuente="Inventada",
    )


def _cuenta(dia: date, unidad: Unidad) -> bool:
    if unidad != "dias_habiles":
        return True
    return dia.isoweekday() not in {6, 7} and dia not in feriados(dia.year)


def _a_mano(unidad: Unidad, cuanto: int, inicio: datetime, tramos: Collection[timedelta]) -> str:
    """The end of a term of which somebody crosses out the days that count, or the minutes.

    `tramos`: for how long it runs and is held, in turn.
    """
    ahora, quedan = inicio, cuanto if unidad != "horas" else cuanto * 60
    en_pausa = False
    for tramo in tramos:
        hasta = ahora + tramo
        if not en_pausa:
            gastado, dia = 0, local(ahora).date()
            if unidad == "horas":
                gastado = int((hasta - ahora) / timedelta(minutes=1))
            while unidad != "horas" and dia < local(hasta).date():
                dia += DIA
                gastado += _cuenta(dia, unidad)
            if _acabado(unidad, ahora, hasta, quedan):
                return _fin(unidad, ahora, quedan)
            quedan -= gastado
        ahora, en_pausa = hasta, not en_pausa
        if not quedan and unidad != "horas" and not _cuenta(local(ahora).date(), unidad):
            # Let go on a day off, its last day is the next one that counts: that one is left.
            quedan = 1
    return _fin(unidad, ahora, quedan)


def _acabado(unidad: Unidad, ahora: datetime, hasta: datetime, quedan: int) -> bool:
    return f"{local(hasta).astimezone(UTC):%Y-%m-%d %H:%M:%S}" >= _fin(unidad, ahora, quedan)


def _fin(unidad: Unidad, ahora: datetime, quedan: int) -> str:
    if unidad == "horas":
        return f"{ahora + timedelta(minutes=quedan):%Y-%m-%d %H:%M:%S}"
    dia = local(ahora).date()
    while quedan or not _cuenta(dia, unidad):
        dia += DIA
        quedan -= bool(quedan) and _cuenta(dia, unidad)
    medianoche = datetime.combine(dia, time(23, 59, 59, fold=1), ZONA)
    return f"{medianoche.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _con_reglas(
    regla: Regla, inicio: datetime, tramos: Sequence[tuple[timedelta, timedelta]]
) -> str:
    desde, fin, ahora = inicio, regla.fin("normal", inicio), inicio
    for corre, espera in tramos:
        pausa, reanuda = ahora + corre, ahora + corre + espera
        desde, fin = regla.reanudado(desde, fin, pausa=pausa, reanuda=reanuda)
        ahora = reanuda
    return f"{fin:%Y-%m-%d %H:%M:%S}"


@settings(max_examples=150)
@example(
    # Held on its last day, let go on a Saturday, held on that Saturday again until the Monday.
    datetime(2030, 1, 1, tzinfo=UTC),
    [(0, 1), (8 * 1440 + 179, 1), (7 * 1440 + 1439, 2 * 1440), (0, 2 * 1440)],
)
@given(MOMENTOS, TRAMOS)
def test_a_cada_reloj_le_queda_lo_que_se_cuenta_a_mano(
    inicio: datetime, minutos: list[tuple[int, int]]
) -> None:
    inicio = inicio.replace(second=0, microsecond=0)
    tramos = [(timedelta(minutes=corre), timedelta(minutes=espera)) for corre, espera in minutos]

    for unidad, cuanto in RELOJES.items():
        a_mano = _a_mano(unidad, cuanto, inicio, [uno for par in tramos for uno in par])
        assert _con_reglas(_regla(unidad, cuanto), inicio, tramos) == a_mano, unidad


@pytest.mark.parametrize("pausas", [[(3, 4)], [(0, 30), (2, 1), (6, 90)]])
def test_los_relojes_de_un_caso_se_detienen_y_siguen_juntos(
    mundo: Mundo, pausas: list[tuple[int, int]]
) -> None:
    """Those of the case that may pause do; the one of hours that the law sets runs on."""
    with mundo.db.begin() as session:
        for reloj in ("evaluacion", "sin_actividad", DENUNCIA):
            actions.iniciar(session, mundo.caso_id, reloj, "normal", LUNES)
    ahora, tramos = LUNES, list[timedelta]()
    for corre, espera in pausas:
        tramos += [timedelta(days=corre), timedelta(days=espera)]
        with mundo.db.begin() as session:
            actions.pausar_de_caso(session, mundo.caso_id, ahora + timedelta(days=corre))
        assert _estados(mundo) == {
            "evaluacion": EstadoPlazo.PAUSADO,
            "sin_actividad": EstadoPlazo.PAUSADO,
            DENUNCIA: EstadoPlazo.CORRIENDO,
        }
        ahora += timedelta(days=corre + espera)
        with mundo.db.begin() as session:
            actions.reanudar_de_caso(session, mundo.caso_id, ahora)

    for plazo in _plazos(mundo):
        detenidos = [] if plazo.reloj == DENUNCIA else tramos
        regla = reglas().relojes[plazo.reloj]
        a_mano = _a_mano(regla.unidad, regla.plazo["normal"], LUNES, detenidos)
        assert f"{plazo.vence_en:%Y-%m-%d %H:%M:%S}" == a_mano
        sin_pausas = regla.fin("normal", LUNES)
        assert plazo.vence_en_original == (None if plazo.reloj == DENUNCIA else sin_pausas)


def _plazos(mundo: Mundo) -> Sequence[Plazo]:
    with mundo.db.read() as session:
        return plazos_de_caso(session, mundo.caso_id)


def _estados(mundo: Mundo) -> dict[str, EstadoPlazo]:
    return {plazo.reloj: plazo.estado for plazo in _plazos(mundo)}
