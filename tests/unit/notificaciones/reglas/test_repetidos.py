"""Two rules that come to one moment for an appointment remind of it once."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import permutations
from typing import Any

import pytest

from notificaciones.bloqueos import reponer, retirar
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo
from notificaciones.reglas import actions, espera, queries
from notificaciones.reglas.calculo import CanalDeRegla, IdiomaDeRegla, Recordatorio
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.repetidos import Puesto, de_mas
from oficina.actor import Actor
from oficina.clock import local, now, real_now

LUNES = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)
# The day before is a holiday.
MIERCOLES_9 = datetime(2026, 12, 9, 12, 0, tzinfo=UTC)
JUEVES_15 = datetime(2026, 12, 10, 18, 0, tzinfo=UTC)
ALGUIEN = Actor.sistema("notificaciones")
DOS_DIAS, TRES_HORAS = reglas().de_fabrica.values()
UN_DIA = replace(
    DOS_DIAS, nombre="Un día antes", antes_horas=24, margen_horas=2, caduca_antes_horas=1
)


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


@pytest.fixture
def un_dia(casa: Any) -> str:
    """The key of one more rule."""
    return _crear(casa, UN_DIA)


def _crear(casa: Any, dice: Recordatorio) -> str:
    with casa.db.begin() as session:
        return actions.crear(session, dice, ALGUIEN).clave


def _cambiar(casa: Any, clave: str, dice: Recordatorio) -> None:
    with casa.db.begin() as session:
        actions.cambiar(session, clave, dice, ALGUIEN, _version(casa, clave))


def _version(casa: Any, clave: str) -> int:
    with casa.db.read() as session:
        return queries.regla_por_clave(session, clave).version


def _apagar(casa: Any, clave: str) -> None:
    with casa.db.begin() as session:
        actions.apagar(session, clave, ALGUIEN, _version(casa, clave))


def _esperan(casa: Any) -> list[tuple[str, str]]:
    """Which rules' reminders wait, and for when."""
    return [
        (uno.regla, f"{local(uno.enviar_en):%d %H:%M}")
        for uno in casa.mensajes()
        if uno.estado in EN_ESPERA
    ]


def _callados(casa: Any) -> list[str]:
    return [uno.regla for uno in casa.mensajes(motivo=Motivo.YA_LO_DICE_OTRO)]


def test_lo_mismo_en_el_mismo_momento_sale_una_vez_y_se_dice_por_que(
    casa: Any, un_dia: str
) -> None:
    casa.cita(MIERCOLES_9)
    casa.barrer()

    assert _esperan(casa) == [("cita_48h", "07 09:00"), ("cita_3h", "07 18:00")]
    (callado,) = casa.mensajes(regla=un_dia)
    assert (callado.estado, callado.motivo) == (Estado.SUPRIMIDA, Motivo.YA_LO_DICE_OTRO)
    page = casa.oficina.entrar(casa.app, "recepcion").get(f"/notificaciones/{callado.id}").text
    assert "Otro recordatorio de la misma cita dice lo mismo en ese mismo momento" in page
    assert "Si dejan de coincidir, se pide de nuevo solo." in page
    assert "Pedirlo otra vez" not in page

    casa.ir_a(datetime(2026, 12, 7, 21, 1, tzinfo=UTC))
    casa.barrer()
    salieron = casa.mensajes(estado=Estado.ENTREGADA)
    assert [uno.regla for uno in salieron] == ["cita_48h", "cita_3h"]


@pytest.mark.parametrize(
    "cambio",
    [
        {"canal": CanalDeRegla.CORREO},
        {"idioma": IdiomaDeRegla.BASE},
        {"vispera": time(18, 1)},
    ],
)
def test_por_otra_via_con_otro_texto_o_a_otra_hora_no_es_lo_mismo(
    casa: Any, cambio: dict[str, Any]
) -> None:
    _crear(casa, replace(UN_DIA, **cambio))

    casa.cita(MIERCOLES_9)

    assert len(_esperan(casa)) == 3
    assert _callados(casa) == []


def test_con_otra_plantilla_no_es_lo_mismo() -> None:
    otra = replace(UN_DIA, plantilla="propia_feria")

    assert de_mas([Puesto("a", UN_DIA, LUNES), Puesto("b", UN_DIA, LUNES)]) == {"b"}
    assert de_mas([Puesto("a", UN_DIA, LUNES), Puesto("b", otra, LUNES)]) == frozenset()


def test_siempre_queda_el_mismo_el_que_mas_alcanza() -> None:
    """Whatever the order in which they are looked at."""
    puestos = [
        Puesto("a", replace(UN_DIA, caduca_antes_horas=0, otra_via=False), LUNES),
        Puesto("b", replace(UN_DIA, caduca_antes_horas=1), LUNES),
        Puesto("c", replace(UN_DIA, caduca_antes_horas=0), LUNES),
        Puesto("d", replace(UN_DIA, caduca_antes_horas=0), LUNES + timedelta(seconds=59)),
    ]

    for orden in permutations(puestos):
        assert de_mas(orden) == {"a", "b", "d"}


def test_lo_que_ya_no_alcanza_su_momento_no_calla_a_otro(casa: Any, un_dia: str) -> None:
    # One day before has passed; the eve of the other one has not.
    casa.ir_a(datetime(2026, 12, 9, 18, 30, tzinfo=UTC))

    casa.cita(JUEVES_15)

    assert [uno for uno, _cuando in _esperan(casa)] == ["cita_3h"]
    assert _callados(casa) == []


def test_al_moverse_la_cita_salen_los_dos_y_al_volver_uno(casa: Any, un_dia: str) -> None:
    cita = casa.cita(MIERCOLES_9)
    casa.barrer()

    casa.reprogramar(cita, JUEVES_15)
    casa.barrer()
    assert _esperan(casa) == [
        ("cita_48h", "09 09:00"),
        (un_dia, "09 15:00"),
        ("cita_3h", "10 12:00"),
    ]

    casa.reprogramar(cita, MIERCOLES_9)
    casa.barrer()
    assert _esperan(casa) == [("cita_48h", "07 09:00"), ("cita_3h", "07 18:00")]
    casa.cancelar(cita)
    assert _esperan(casa) == []


def test_si_se_retira_el_que_hablaba_por_los_dos_sale_el_otro(casa: Any, un_dia: str) -> None:
    casa.cita(MIERCOLES_9)
    otra = casa.cita(MIERCOLES_9 + timedelta(hours=1), casa.persona(nombres="Otra"))
    casa.cancelar(otra)

    _apagar(casa, "cita_3h")
    # It is off and leaves all the same, until somebody takes back what waits.
    assert ("cita_3h", "07 18:00") in _esperan(casa)
    assert espera.retirar(casa.db, "cita_3h", ALGUIEN) == 1
    casa.barrer()

    assert _esperan(casa) == [("cita_48h", "07 09:00"), (un_dia, "07 18:00")]
    _apagar(casa, un_dia)
    espera.retirar(casa.db, un_dia, ALGUIEN)
    assert _esperan(casa) == [("cita_48h", "07 09:00")]


def test_lo_que_una_regla_dice_de_nuevo_calla_o_deja_hablar_a_otra(casa: Any, un_dia: str) -> None:
    casa.cita(MIERCOLES_9)

    # The one that speaks moves away.
    _cambiar(casa, "cita_3h", replace(TRES_HORAS, vispera=time(19)))
    espera.mover(casa.db, "cita_3h", ALGUIEN, now())
    assert _esperan(casa)[1:] == [(un_dia, "07 18:00"), ("cita_3h", "07 19:00")]

    # And back.
    _cambiar(casa, "cita_3h", TRES_HORAS)
    espera.mover(casa.db, "cita_3h", ALGUIEN, now())
    assert _esperan(casa)[1:] == [("cita_3h", "07 18:00")]

    # The one that was kept back says something else: it waits no more for the other one.
    _cambiar(casa, un_dia, replace(UN_DIA, vispera=time(20)))
    espera.mover(casa.db, un_dia, ALGUIEN, now())
    assert _esperan(casa)[1:] == [("cita_3h", "07 18:00"), (un_dia, "07 20:00")]


def test_lo_callado_de_otra_hora_de_la_cita_no_vuelve(casa: Any, un_dia: str) -> None:
    cita = casa.cita(MIERCOLES_9)
    _apagar(casa, un_dia)
    casa.reprogramar(cita, MIERCOLES_9 + timedelta(days=7))
    with casa.db.begin() as session:
        actions.encender(session, un_dia, ALGUIEN, _version(casa, un_dia))

    _apagar(casa, "cita_3h")
    espera.retirar(casa.db, "cita_3h", ALGUIEN)

    assert [uno for uno, _cuando in _esperan(casa)] == ["cita_48h"]


def test_al_levantarse_un_bloqueo_vuelve_uno(casa: Any, un_dia: str) -> None:
    persona = casa.persona()
    casa.cita(MIERCOLES_9, persona)
    desde = real_now()
    with casa.db.begin() as session:
        retirar(session, persona, [])
    assert _esperan(casa) == []

    with casa.db.begin() as session:
        list(reponer(session, persona, [], desde, "desbloqueo-1"))

    assert _esperan(casa) == [("cita_48h", "07 09:00"), ("cita_3h", "07 18:00")]
    assert set(_callados(casa)) == {un_dia}
