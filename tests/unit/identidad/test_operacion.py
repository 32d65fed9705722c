"""The operator's pages of the bus, over the real services."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from identidad.operacion import servicios as ask
from oficina.bus import replay
from oficina.bus.tables import Estado
from oficina.db import uuid7
from oficina.events.casos import CasoOrientado
from oficina.settings import SERVICES
from unit.buzon import ERROR, Buzon

OPERACION = "/eventos/operacion"
REPETIR = f"{OPERACION}/repetir"
ASKED = {
    "consumidor": "reportes",
    "productor": "casos",
    "tipo": CasoOrientado.tipo,
    "nota": "se leyó mal",
}


@pytest.fixture
def admin(servicios: dict[str, Flask], oficina: Any) -> FlaskClient:
    """The operator's browser."""
    browser: FlaskClient = oficina.entrar(servicios["identidad"], "administrador")
    return browser


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A press of the button does the facts of one case."""
    monkeypatch.setattr(ask, "PASOS", 1)
    monkeypatch.setattr("oficina.web.bus.schemas.LIMITE", 1)
    monkeypatch.setattr(replay.enviados, "__kwdefaults__", {"limite": 1})


def _read(browser: FlaskClient, address: str) -> str:
    return html.unescape(browser.get(address).get_data(as_text=True))


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_one_page_says_what_waits_and_why_at_every_service(
    admin: FlaskClient, buzon: Buzon
) -> None:
    caso = uuid7()
    parked, later = buzon.tell(caso), buzon.tell(caso)
    buzon.hear()
    buzon.put(later, Estado.PENDIENTE)

    page = _read(admin, OPERACION)

    for servicio in SERVICES:
        assert f'href="{OPERACION}/{servicio}"' in page
    assert f"{OPERACION}/reportes/{parked}" in page
    assert f"{OPERACION}/reportes/{later}" not in page
    assert ERROR in page
    assert "el más antiguo de hace menos de un minuto" in page
    assert f"{OPERACION}/reportes/reintentar?tipo={CasoOrientado.tipo}" in page


def test_an_office_at_rest_says_so(admin: FlaskClient, servicios: dict[str, Flask]) -> None:
    assert "Nada está detenido ni se intenta de nuevo." in _read(admin, OPERACION)


def test_the_page_follows_by_itself_and_is_quiet_when_nothing_changed(
    admin: FlaskClient, buzon: Buzon
) -> None:
    (tag,) = re.findall(r'data-etag="(\w+)"', _read(admin, OPERACION))

    same = admin.get(f"{OPERACION}/panorama", headers={"If-None-Match": f'"{tag}"'})
    buzon.tell()
    buzon.hear()
    other = admin.get(f"{OPERACION}/panorama", headers={"If-None-Match": f'"{tag}"'})

    assert same.status_code == 304
    assert other.status_code == 200
    assert ERROR in html.unescape(other.get_data(as_text=True))


def test_a_service_that_does_not_answer_is_shown_as_such(
    admin: FlaskClient, buzon: Buzon, oficina: Any
) -> None:
    buzon.tell()
    buzon.hear()
    down = Flask("agenda")
    down.add_url_rule("/<path:_path>", view_func=lambda _path: ("", 503))
    nonsense = Flask("casos")
    nonsense.add_url_rule("/<path:_path>", view_func=lambda _path: "<p>mantención</p>")
    oficina.mount(down)
    oficina.mount(nonsense)

    page = _read(admin, OPERACION)

    assert page.count("No responde") == 2
    assert ERROR in page
    assert admin.get(f"{OPERACION}/agenda").status_code == 503


def test_a_fact_is_opened_with_its_error_data_and_envelope(
    admin: FlaskClient, buzon: Buzon
) -> None:
    plain, reserved = buzon.tell(), buzon.tell(reserved=True)
    buzon.hear()

    opened = _read(admin, f"{OPERACION}/reportes/{plain}")
    closed = _read(admin, f"{OPERACION}/reportes/{reserved}")

    assert ERROR in opened
    assert '"caso_id": "' in opened
    assert '"tema": "***"' in opened
    assert "REG.TEMP" not in opened
    assert CasoOrientado.ce_type() in opened
    assert "REG.TEMP" not in closed
    assert "Es un hecho reservado: sus datos no se muestran." in closed
    assert admin.get(f"{OPERACION}/reportes/{uuid7()}").status_code == 404
    assert admin.get(f"{OPERACION}/correos/{plain}").status_code == 404


def test_a_fact_is_tried_again_with_one_press(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear()
    address = f"{OPERACION}/reportes/{told}"

    done = admin.post(f"{address}/reintentar")
    page = _read(admin, address)
    again = admin.post(f"{address}/reintentar")

    assert done.status_code == again.status_code == 303
    assert buzon.state(told) is Estado.PENDIENTE
    assert "Se intenta de nuevo." in page
    assert "Persona de administrador: Lo mandó a intentar de nuevo" in page
    assert "Ese hecho ya no está por hacer." in _read(admin, address)


def test_skipping_says_what_it_means_and_asks_why(admin: FlaskClient, buzon: Buzon) -> None:
    caso = uuid7()
    told, later = buzon.tell(caso), buzon.tell(caso)
    buzon.hear()
    buzon.put(later, Estado.PENDIENTE)
    address = f"{OPERACION}/reportes/{told}/saltar"

    asked = _read(admin, address)
    silent = admin.post(address, data={"nota": " "})
    assert buzon.state(told) is Estado.MUERTO
    done = admin.post(address, data={"nota": "el caso está duplicado"})

    assert "1 hecho posterior de lo mismo deja de esperar" in asked
    assert silent.status_code == 422
    assert 'aria-invalid="true"' in silent.get_data(as_text=True)
    assert done.status_code == 303
    assert buzon.state(told) is Estado.HECHO
    page = _read(admin, f"{OPERACION}/reportes/{told}")
    assert "saltado: el caso está duplicado" in page
    assert "Lo saltó" in page


def test_parking_says_what_it_means_and_asks_why(admin: FlaskClient, buzon: Buzon) -> None:
    caso = uuid7()
    told, _later = buzon.tell(caso), buzon.tell(caso)
    buzon.hear(Estado.PENDIENTE)
    page = f"{OPERACION}/reportes/{told}"

    offered = _read(admin, page)
    asked = _read(admin, f"{page}/detener")
    done = admin.post(f"{page}/detener", data={"nota": "defecto visto"})
    parked = _read(admin, page)
    admin.post(f"{page}/reintentar")

    assert "Detenerlo" in offered
    assert "1 hecho posterior de lo mismo espera detrás de él" in asked
    assert done.status_code == 303
    assert "detenido a mano: defecto visto" in parked
    assert "Lo detuvo" in parked
    assert "Detenerlo" not in parked
    assert buzon.state(told) is Estado.PENDIENTE


def test_all_of_a_type_are_tried_again(admin: FlaskClient, buzon: Buzon) -> None:
    told = [buzon.tell() for _ in range(3)]
    buzon.hear()
    address = f"{OPERACION}/reportes/reintentar"

    asked = _read(admin, f"{address}?tipo={CasoOrientado.tipo}")
    other = admin.post(f"{address}?tipo=casos.caso.cerrado")
    assert buzon.state(told[0]) is Estado.MUERTO
    done = admin.post(f"{address}?tipo={CasoOrientado.tipo}", data={"nota": "arreglado"})

    assert "Se intentarán ahora 3 hechos" in asked
    assert other.status_code == done.status_code == 303
    assert {buzon.state(one) for one in told} == {Estado.PENDIENTE}
    assert "Se intentan de nuevo 3 hechos." in _read(admin, OPERACION)
    assert "Ya no falla ninguno." in _read(admin, address)


def test_a_done_fact_runs_once_more(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear(Estado.HECHO)
    address = f"{OPERACION}/reportes/{told}"

    assert "Volver a hacerlo" in _read(admin, address)
    assert admin.post(f"{address}/repetir", data={"nota": "mal leído"}).status_code == 303
    assert buzon.state(told) is Estado.PENDIENTE
    admin.post(f"{address}/repetir", data={"nota": "mal leído"})
    assert "Ese hecho todavía no está hecho." in _read(admin, address)


def test_the_facts_of_a_service_are_read_in_pages(admin: FlaskClient, buzon: Buzon) -> None:
    told = [str(buzon.tell()) for _ in range(3)]
    buzon.hear()

    first = _read(admin, f"{OPERACION}/reportes?limite=2&estado=muerto")
    (further,) = re.findall(rf'href="({OPERACION}/reportes\?[^"]*antes=[^"]*)"', first)
    second = _read(admin, further)

    assert [one for one in told if one in first] == told[1:]
    assert [one for one in told if one in second] == told[:1]
    assert "No hay hechos así." in _read(admin, f"{OPERACION}/reportes?estado=hecho")
    assert admin.get(f"{OPERACION}/reportes?estado=roto").status_code == 422


def test_one_service_hears_again_after_seeing_how_many(admin: FlaskClient, buzon: Buzon) -> None:
    told = [buzon.tell() for _ in range(3)]
    buzon.hear(Estado.HECHO)

    preview = admin.post(REPETIR, data=ASKED | {"desde": "2026-01-05T09:30", "paso": "ver"})
    shown = html.unescape(preview.get_data(as_text=True))
    assert preview.status_code == 200
    assert "<dt>Cuántos son</dt><dd>3</dd>" in shown
    assert "5 ene 2026, 09:30" in shown
    assert {buzon.state(one) for one in told} == {Estado.HECHO}

    sent = _hidden(shown) | {"nota": ASKED["nota"], "paso": "hacer"}
    done = admin.post(REPETIR, data=sent)

    assert (done.status_code, done.location) == (303, OPERACION)
    assert {buzon.state(one) for one in told} == {Estado.PENDIENTE}
    assert "reportes hace otra vez 3 hechos." in _read(admin, OPERACION)
    for one in told:
        buzon.put(one, Estado.HECHO)
    admin.post(REPETIR, data=sent)
    assert "reportes hace otra vez 0 hechos." in _read(admin, OPERACION)


def test_a_long_one_goes_on_page_by_page(
    admin: FlaskClient, buzon: Buzon, small_steps: None
) -> None:
    told = [buzon.tell() for _ in range(3)]
    buzon.hear(Estado.HECHO)
    done = admin.post(REPETIR, data=ASKED | {"paso": "hacer"})

    presses = 1
    while done.location != OPERACION:
        assert ASKED["nota"] not in done.location
        page = _read(admin, done.location)
        assert f"<dt>Cuántos van</dt><dd>{presses}</dd>" in page
        assert ASKED["nota"] in page
        done = admin.post(REPETIR, data=_hidden(page) | {"nota": ASKED["nota"], "paso": "hacer"})
        presses += 1

    assert presses >= 3
    assert {buzon.state(one) for one in told} == {Estado.PENDIENTE}
    assert "reportes hace otra vez 3 hechos." in _read(admin, OPERACION)


def test_what_stops_it_is_said_and_it_can_go_on(
    admin: FlaskClient, buzon: Buzon, oficina: Any, servicios: dict[str, Flask]
) -> None:
    told = buzon.tell()
    buzon.hear(Estado.HECHO)
    down = Flask("casos")
    down.add_url_rule("/<path:_path>", view_func=lambda _path: ("", 503))
    oficina.mount(down)

    stopped = admin.post(REPETIR, data=ASKED | {"paso": "hacer"})
    oficina.mount(servicios["casos"])
    page = _read(admin, stopped.location)
    done = admin.post(REPETIR, data=_hidden(page) | {"nota": ASKED["nota"], "paso": "hacer"})

    assert "Se detuvo: Una parte de la oficina no responde" in page
    assert done.location == OPERACION
    assert buzon.state(told) is Estado.PENDIENTE


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"consumidor": ""}, "consumidor", "Falta este dato."),
        ({"productor": "correos"}, "productor", "Elija uno de los servicios."),
        ({"tipo": "casos.caso.inventado"}, "tipo", "Ese tipo no está en el catálogo."),
        ({"tipo": ""}, "tipo", "Diga de qué tipo, o desde o hasta cuándo."),
        ({"productor": "agenda"}, "tipo", "Ese servicio no cuenta hechos de este tipo."),
        ({"desde": "ayer"}, "desde", "No es una fecha con hora."),
        ({"desde": "0001-01-01T00:00"}, "desde", "Escriba una fecha de este siglo."),
        (
            {"desde": "2026-03-02T10:00", "hasta": "2026-03-02T09:00"},
            "hasta",
            "Debe ser posterior al comienzo.",
        ),
        ({"nota": ""}, "nota", "Falta este dato."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: FlaskClient, servicios: dict[str, Flask], changed: dict[str, str], field: str, says: str
) -> None:
    answer = admin.post(REPETIR, data=ASKED | {"paso": "ver"} | changed)
    page = html.unescape(answer.get_data(as_text=True))

    assert answer.status_code == 422
    assert f'<a href="#campo-{field}">' in page
    assert says in page
    if field != "nota":
        assert ASKED["nota"] in page


def test_correcting_brings_the_form_back_as_it_was(
    admin: FlaskClient, servicios: dict[str, Flask]
) -> None:
    answer = admin.post(REPETIR, data=ASKED | {"desde": "2026-03-02T10:00", "paso": "corregir"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert 'value="2026-03-02T10:00"' in page
    assert f'<option value="{CasoOrientado.tipo}" selected>' in page


def test_what_nobody_told_offers_no_button(admin: FlaskClient, servicios: dict[str, Flask]) -> None:
    page = admin.post(REPETIR, data=ASKED | {"paso": "ver"}).get_data(as_text=True)

    assert "casos no contó nada así que reportes oiga." in page
    assert 'value="hacer"' not in page


@pytest.mark.parametrize("rol", ["recepcion", "profesional", "coordinacion"])
def test_the_pages_are_the_operators(oficina: Any, buzon: Buzon, rol: str) -> None:
    told = buzon.tell()
    buzon.hear()
    browser = oficina.entrar(oficina.identidad, rol)
    one = f"{OPERACION}/reportes/{told}"

    for address in (OPERACION, f"{OPERACION}/panorama", f"{OPERACION}/reportes", one, REPETIR):
        assert browser.get(address).status_code == 403
    for address in (
        f"{one}/reintentar",
        f"{one}/saltar",
        f"{one}/detener",
        f"{OPERACION}/reportes/reintentar",
    ):
        assert browser.post(address, data={"nota": "prueba"}).status_code == 403
    assert browser.post(REPETIR, data=ASKED).status_code == 403
    assert buzon.state(told) is Estado.MUERTO
    assert oficina.identidad.test_client().get(OPERACION).status_code == 303
