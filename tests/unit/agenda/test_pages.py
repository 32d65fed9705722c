"""The pages of the agenda, as a browser without scripts uses them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.models import Cita
from oficina import clock


def _formulario(mesa: Any, **cambios: Any) -> dict[str, str]:
    return {campo: valor for campo, valor in mesa.nueva(**cambios).items() if valor}


def _agendar(mesa: Any, browser: Any, **cambios: Any) -> str:
    sent = _formulario(mesa, **cambios)
    answer = browser.post(f"/agenda/citas/nueva?persona={sent['persona_id']}", data=sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_de_la_persona_a_su_cita_y_a_la_agenda_del_dia(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "profesional")
    persona = mesa.persona(nombres="Wideline")
    page = browser.get(f"/agenda/citas/nueva?persona={persona}")
    assert page.status_code == 200
    assert "Wideline Sintética" in page.text

    where = _agendar(mesa, browser, persona_id=persona)
    cita = browser.get(where)
    dia = browser.get(f"/agenda/?dia={mesa.nueva()['fecha']}")
    semana = browser.get(f"/agenda/?vista=semana&dia={mesa.nueva()['fecha']}")

    assert "La cita quedó agendada." in cita.text
    assert "Cita de Wideline Sintética" in cita.text
    assert "/notificaciones/salida?cita=" in cita.text
    for page in (dia, semana):
        assert "10:30–11:00" in page.text
        assert "Wideline Sintética" in page.text
        assert "Suya" in page.text


def test_las_propias_van_primero(mesa: Any) -> None:
    recepcion = mesa.oficina.entrar(mesa.app, "recepcion")
    coordinacion = mesa.oficina.funcionario("coordinacion").id
    _agendar(mesa, recepcion, hora="09:00")
    _agendar(mesa, recepcion, hora="15:00", profesional_id=coordinacion)
    dia = mesa.nueva()["fecha"]

    de_coordinacion = mesa.oficina.entrar(mesa.app, "coordinacion").get(f"/agenda/?dia={dia}").text
    de_recepcion = recepcion.get(f"/agenda/?dia={dia}").text
    filtrada = recepcion.get(f"/agenda/?dia={dia}&profesional={coordinacion}").text

    assert de_coordinacion.index("15:00") < de_coordinacion.index("09:00")
    assert de_recepcion.index("09:00") < de_recepcion.index("15:00")
    assert "09:00" not in filtrada


def test_un_error_vuelve_con_lo_escrito_y_junto_al_campo(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    sent = _formulario(mesa, hora="06:00")

    answer = browser.post(f"/agenda/citas/nueva?persona={sent['persona_id']}", data=sent)

    assert answer.status_code == 422
    assert "Fuera del horario de atención" in answer.text
    assert 'value="06:00"' in answer.text
    assert 'href="#campo-hora"' in answer.text


def test_una_hora_ocupada_se_dice_junto_a_la_hora(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    _agendar(mesa, browser)
    sent = _formulario(mesa)

    answer = browser.post(f"/agenda/citas/nueva?persona={sent['persona_id']}", data=sent)

    assert answer.status_code == 422
    assert "Persona de profesional ya tiene una cita a esa hora." in answer.text


def test_sin_persona_se_dice_por_donde_empezar(mesa: Any) -> None:
    answer = mesa.oficina.entrar(mesa.app, "recepcion").get("/agenda/citas/nueva")

    assert answer.status_code == 200
    assert "/casos/recepcion" in answer.text


def test_reprogramar_y_cancelar_desde_la_pagina(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    where = _agendar(mesa, browser)
    assert 'value="10:30"' in browser.get(f"{where}/reprogramar").text

    pedido = _formulario(mesa, hora="12:00") | {"version": "1"}
    movida = browser.post(f"{where}/reprogramar", data=pedido)
    vieja = browser.post(f"{where}/cancelar", data={"motivo": "persona_no_puede", "version": "1"})
    vacia = browser.post(f"{where}/cancelar", data={"version": "2"})
    cancelada = browser.post(
        f"{where}/cancelar", data={"motivo": "persona_no_puede", "version": "2"}
    )

    assert movida.status_code == 303
    assert vieja.status_code == 412
    assert vacia.status_code == 422
    assert cancelada.status_code == 303
    assert "La persona no puede venir" in browser.get(where).text
    assert browser.get(f"{where}/reprogramar").status_code == 200
    otra_vez = browser.post(f"{where}/reprogramar", data=pedido | {"version": "3"})
    assert otra_vez.status_code == 409


@pytest.mark.parametrize(("paso", "texto"), [("realizar", "vino"), ("inasistencia", "no vino")])
def test_se_registra_si_la_persona_vino(mesa: Any, paso: str, texto: str) -> None:
    browser = mesa.oficina.entrar(mesa.app, "profesional")
    where = _agendar(mesa, browser)
    assert "La persona vino" not in browser.get(where).text
    with mesa.db.read() as session:
        una = session.scalars(select(Cita)).one()

    clock.move_to(clock.local(una.inicia_en).date() + timedelta(days=1))
    assert "La persona vino" in browser.get(where).text
    answer = browser.post(f"{where}/{paso}", data={"version": "1"})

    assert answer.status_code == 303
    assert f"la persona {texto}" in browser.get(where).text


def test_la_agenda_se_lee_aunque_casos_no_responda(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "profesional")
    _agendar(mesa, browser)
    mesa.oficina.client.mount("casos", _caido)

    answer = browser.get(f"/agenda/?dia={mesa.nueva(persona_id=UUID(int=1))['fecha']}")

    assert answer.status_code == 200
    assert "Nombre no disponible" in answer.text


def test_quien_administra_no_entra_y_un_dia_imposible_se_dice(mesa: Any) -> None:
    assert mesa.oficina.entrar(mesa.app, "administrador").get("/agenda/").status_code == 403
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    for dia in ("mañana", "9999-12-31", "0001-01-01"):
        assert browser.get(f"/agenda/?dia={dia}").status_code == 422
        assert browser.get(f"/agenda/api/v1/citas?dia={dia}").status_code == 422
    assert browser.get(f"/agenda/?dia={date(2026, 12, 8)}").text.count("Feriado") == 1
    assert browser.get("/agenda/citas/018f0000-0000-7000-8000-000000000000").status_code == 404


def _caido(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []


def test_la_agenda_se_lee_en_ingles(mesa: Any) -> None:
    browser = mesa.oficina.entrar(mesa.app, "recepcion")
    browser.set_cookie("idioma", "en")
    where = _agendar(mesa, browser)

    page = browser.get(where).text

    assert "Appointment of" in page
    assert "Office" in page
    assert "Immaculate Conception" in browser.get(f"/agenda/?dia={date(2026, 12, 8)}").text
