"""The bus of a service as JSON: what operators see and do, and what services ask each other."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from oficina.audit import Auditoria
from oficina.bus.outbox import emitir
from oficina.bus.tables import Estado, Outbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.events.agenda import CitaCancelada
from oficina.events.casos import CasoElevado, CasoOrientado
from oficina.settings import SERVICES
from unit.buzon import ERROR, Buzon

BUS = "/reportes/api/v1/bus"
NOBODY = "0189d4d4-0000-7000-8000-000000000000"


@pytest.fixture
def admin(servicios: dict[str, Flask], oficina: Any) -> FlaskClient:
    """The operator's browser in front of reportes."""
    browser: FlaskClient = oficina.entrar(servicios["reportes"], "administrador")
    return browser


def test_it_says_what_waits_what_is_parked_and_why(admin: FlaskClient, buzon: Buzon) -> None:
    caso = uuid7()
    parked, later = buzon.tell(caso), buzon.tell(caso)
    buzon.hear()
    buzon.put(later, Estado.PENDIENTE)

    answer = admin.get(f"{BUS}?fallidos=true").get_json()

    assert answer["resumen"]["muertos"] == 1
    assert answer["resumen"]["por_hacer"] == 1
    assert answer["resumen"]["edad_por_hacer"] >= 0
    assert answer["fallidos"] == [{"tipo": CasoOrientado.tipo, "muertos": 1, "reintentando": 0}]
    (one,) = answer["eventos"]
    assert one["evento_id"] == str(parked)
    assert one["error"] == ERROR
    assert (one["estado"], one["intentos"], one["detenidos"]) == ("muerto", 8, 1)


def test_a_list_is_read_in_pages_and_narrowed(admin: FlaskClient, buzon: Buzon) -> None:
    told = [str(buzon.tell()) for _ in range(3)]
    buzon.hear()

    first = admin.get(f"{BUS}?limite=2&estado=muerto").get_json()
    second = admin.get(f"{BUS}?limite=2&antes={first['siguiente']}").get_json()

    found = [one["evento_id"] for one in (*first["eventos"], *second["eventos"])]
    assert found == told[::-1]
    assert second["siguiente"] is None
    assert admin.get(f"{BUS}?tipo=casos.caso.cerrado").get_json()["eventos"] == []
    assert admin.get(f"{BUS}?estado=hecho").get_json()["eventos"] == []


@pytest.mark.parametrize("query", ["estado=roto", "limite=0", "antes=x", "limite=100000"])
def test_nonsense_is_refused_beside_its_field(admin: FlaskClient, query: str) -> None:
    answer = admin.get(f"{BUS}?{query}")

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [query.partition("=")[0]]


def test_the_data_of_a_reserved_fact_stays_closed(admin: FlaskClient, buzon: Buzon) -> None:
    plain, reserved = buzon.tell(), buzon.tell(reserved=True)
    buzon.hear()

    opened = admin.get(f"{BUS}/eventos/{plain}").get_json()
    closed = admin.get(f"{BUS}/eventos/{reserved}").get_json()

    assert UUID(opened["datos"]["caso_id"])
    assert {valor for campo, valor in opened["datos"].items() if not campo.endswith("_id")} == {
        "***"
    }
    assert "REG.TEMP" not in str(opened)
    assert opened["sobre"]["type"] == CasoOrientado.ce_type()
    assert closed["datos"] is None
    assert "data" not in closed["sobre"]
    assert admin.get(f"{BUS}/eventos/{NOBODY}").status_code == 404


def test_a_fact_is_tried_again_and_its_story_says_by_whom(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear()

    done = admin.post(f"{BUS}/eventos/{told}/reintentar", json={"nota": "ya está arreglado"})
    again = admin.post(f"{BUS}/eventos/{told}/reintentar", json={})

    assert done.get_json() == {"cuantos": 1}
    assert again.status_code == 409
    assert buzon.state(told) is Estado.PENDIENTE
    (story,) = admin.get(f"{BUS}/eventos/{told}").get_json()["historia"]
    assert story["quien"] == "Persona de administrador"
    assert (story["accion"], story["motivo"]) == ("bus.reintentar", "ya está arreglado")


def test_a_fact_is_skipped_only_with_a_note(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear()
    address = f"{BUS}/eventos/{told}/saltar"

    assert list(admin.post(address, json={}).get_json()["errors"]) == ["nota"]
    assert admin.post(address, json={"nota": "a\0b"}).status_code == 422
    assert admin.post(address, json={"nota": "duplicado"}).status_code == 200
    assert admin.post(address, json={"nota": "duplicado"}).status_code == 409
    assert buzon.state(told) is Estado.HECHO


def test_a_fact_that_waits_is_parked_only_with_a_note(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear(Estado.PENDIENTE)
    address = f"{BUS}/eventos/{told}/detener"

    assert list(admin.post(address, json={}).get_json()["errors"]) == ["nota"]
    assert admin.post(address, json={"nota": "defecto visto"}).status_code == 200
    assert admin.post(address, json={"nota": "defecto visto"}).status_code == 409
    assert buzon.state(told) is Estado.MUERTO
    opened = admin.get(f"{BUS}/eventos/{told}").get_json()
    assert opened["evento"]["error"] == "detenido a mano: defecto visto"
    assert opened["historia"][-1]["accion"] == "bus.detener"


def test_all_of_a_type_are_tried_again(admin: FlaskClient, buzon: Buzon) -> None:
    told = [buzon.tell() for _ in range(3)]
    buzon.hear()

    none = admin.post(f"{BUS}/reintentos", json={"tipo": CasoElevado.tipo})
    done = admin.post(f"{BUS}/reintentos", json={"tipo": CasoOrientado.tipo})

    assert (none.get_json()["cuantos"], done.get_json()["cuantos"]) == (0, 3)
    assert {buzon.state(one) for one in told} == {Estado.PENDIENTE}


def test_one_or_all_of_what_is_done_run_again(admin: FlaskClient, buzon: Buzon) -> None:
    told = [buzon.tell() for _ in range(3)]
    buzon.hear(Estado.HECHO)

    one = admin.post(f"{BUS}/repeticiones", json={"evento_id": str(told[0]), "nota": "mal leído"})
    all_ = admin.post(f"{BUS}/repeticiones", json={"desde": "2020-01-01T00:00Z", "nota": "todos"})

    assert one.get_json() == {"cuantos": 1, "siguiente": None}
    assert all_.get_json() == {"cuantos": 2, "siguiente": None}


def test_one_service_hears_again_what_another_told(admin: FlaskClient, buzon: Buzon) -> None:
    told = [buzon.tell(reserved=number == 0) for number in range(3)]
    buzon.hear(Estado.HECHO)
    late = buzon.tell()  # never heard
    span = {"productor": "casos", "tipo": CasoOrientado.tipo}

    counted = admin.get(f"{BUS}/repeticiones", query_string=span)
    done = admin.post(f"{BUS}/repeticiones", json=span | {"nota": "mal leídos"})

    assert counted.get_json() == {"cuantos": 4}
    assert done.get_json() == {"cuantos": 4, "siguiente": None}
    assert {buzon.state(one) for one in (*told, late)} == {Estado.PENDIENTE}
    with buzon.reportes.read() as session:
        written = session.scalars(select(Auditoria)).one()
    assert (written.accion, written.cantidad) == ("bus.reenviar", 4)
    assert written.actor_tipo == "persona"


def test_the_same_request_twice_runs_nothing_twice(admin: FlaskClient, buzon: Buzon) -> None:
    told = buzon.tell()
    buzon.hear(Estado.HECHO)
    sent = {"productor": "casos", "tipo": CasoOrientado.tipo, "nota": "mal leídos"}
    sent |= {"iniciado": real_now().isoformat()}
    admin.post(f"{BUS}/repeticiones", json=sent)
    buzon.put(told, Estado.HECHO)

    again = admin.post(f"{BUS}/repeticiones", json=sent)

    assert again.get_json()["cuantos"] == 0
    assert buzon.state(told) is Estado.HECHO


def test_what_a_service_does_not_hear_is_neither_counted_nor_brought(
    admin: FlaskClient, servicios: dict[str, Flask]
) -> None:
    ids = {"cita_id": uuid7(), "persona_id": uuid7()}
    with servicios["agenda"].extensions["env"].db.begin() as session:
        emitir(session, CitaCancelada(**ids, motivo_codigo="persona"))
        session.query(Outbox).update({"publicado": real_now()})
    span = {"productor": "agenda", "desde": "2020-01-01T00:00Z"}

    assert admin.get(f"{BUS}/repeticiones", query_string=span).get_json()["cuantos"] == 0
    done = admin.post(f"{BUS}/repeticiones", json=span | {"nota": "prueba"})
    assert done.get_json() == {"cuantos": 0, "siguiente": None}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "tipo"),
        ({"tipo": "agenda.cita.agendada", "productor": "casos"}, "tipo"),
        ({"desde": "2026-03-02T00:00Z", "hasta": "2026-03-02T00:00Z"}, "hasta"),
        ({"desde": "2026-03-02T00:00"}, "desde"),
        ({"tipo": "casos.caso.abierto", "productor": "correos"}, "productor"),
        ({"evento_id": NOBODY, "productor": "casos"}, "evento_id"),
        ({"tipo": "casos.caso.abierto", "nota": ""}, "nota"),
    ],
)
def test_a_span_that_says_too_little_is_refused(
    admin: FlaskClient, sent: dict[str, Any], field: str
) -> None:
    answer = admin.post(f"{BUS}/repeticiones", json={"nota": "prueba"} | sent)

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


@pytest.mark.parametrize("rol", ["recepcion", "profesional", "coordinacion", "servicio"])
def test_the_bus_is_the_operators(servicios: dict[str, Flask], oficina: Any, rol: str) -> None:
    client, headers = servicios["reportes"].test_client(), oficina.bearer(rol)
    one = f"{BUS}/eventos/{NOBODY}"

    for address in (BUS, one, f"{BUS}/repeticiones?productor=casos&tipo=casos.caso.abierto"):
        assert client.get(address, headers=headers).status_code == 403
    for address in (f"{one}/reintentar", f"{one}/saltar", f"{one}/detener", f"{BUS}/reintentos"):
        assert client.post(address, headers=headers, json={}).status_code == 403
    assert client.post(f"{BUS}/repeticiones", headers=headers, json={}).status_code == 403


def test_what_was_told_is_for_services_only(
    servicios: dict[str, Flask], oficina: Any, buzon: Buzon
) -> None:
    told = buzon.tell(reserved=True)
    client = servicios["casos"].test_client()
    asked = "/casos/api/v1/bus/enviados?desde=2020-01-01T00:00Z"

    for rol in ("administrador", "coordinacion"):
        assert client.get(asked, headers=oficina.bearer(rol)).status_code == 403
    page = client.get(asked, headers=oficina.bearer("servicio")).get_json()
    assert [one["id"] for one in page["eventos"]] == [str(told)]


def test_another_site_cannot_act(admin: FlaskClient) -> None:
    answer = admin.post(f"{BUS}/reintentos", json={}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize("servicio", SERVICES)
def test_every_service_has_it_in_its_document(servicios: dict[str, Flask], servicio: str) -> None:
    paths = servicios[servicio].test_client().get(f"/{servicio}/openapi.json").get_json()["paths"]

    assert f"/{servicio}/api/v1/bus" in paths
    assert f"/{servicio}/api/v1/bus/enviados" in paths
