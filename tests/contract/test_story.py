"""The whole story of a case on both columns, with real processes and nothing in between."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from office import Office, create_accounts, embedded, on_servers, wait_until
from oficina import telemetry
from oficina.settings import SERVICES
from story import book, cancel, register, reminder_of, walk


@pytest.fixture
def office_without_servers(tmp_path: Path) -> Iterator[Office]:
    """`acogida run` on SQLite, as a real office starts: without the demonstration."""
    with embedded(tmp_path) as office:
        create_accounts(office)
        yield office


@pytest.fixture
def office_on_servers(
    tmp_path: Path, pg_pattern: str, amqp_as: Callable[[str], str], redis_url: str
) -> Iterator[Office]:
    """A web, a bus and a jobs process a service, on PostgreSQL, RabbitMQ and Redis."""
    with on_servers(tmp_path, pg_pattern, amqp_as, redis_url) as office:
        create_accounts(office)
        yield office


def test_the_story_without_servers(office_without_servers: Office) -> None:
    walk(office_without_servers)
    operate(office_without_servers)
    follow(office_without_servers)
    change_the_keys(office_without_servers)
    # Nobody stands in front of it: what a browser says of its own address is no matter.
    audit(office_without_servers, whence="127.0.0.1")


def test_the_story_on_servers(office_on_servers: Office) -> None:
    walk(office_on_servers)
    operate(office_on_servers)
    follow(office_on_servers)
    change_the_keys(office_on_servers)
    audit(office_on_servers, whence="203.0.113.9")


def operate(office: Office) -> None:
    """An operator sees all services, and has one hear again what another told."""
    asked = {"consumidor": "reportes", "productor": "casos", "tipo": "casos.caso.abierto"}
    asked |= {"nota": "las cifras se leyeron mal", "paso": "hacer"}
    with office.client("administrador") as operator:
        page = operator.get("/eventos/operacion").text
        done = operator.post("/eventos/operacion/repetir", data=asked)
        told = operator.get("/eventos/operacion").text

        def is_done() -> bool:
            summary = operator.get("/reportes/api/v1/bus").json()["resumen"]
            return bool(summary["por_hacer"] == summary["muertos"] == 0)

        wait_until("running again", is_done)

    assert all(f'href="/eventos/operacion/{servicio}"' in page for servicio in SERVICES)
    assert done.headers["location"] == "/eventos/operacion"
    assert re.search(r"reportes hace otra vez [1-9]\d* hecho", told)


def change_the_keys(office: Office) -> None:
    """Every key but that of the indexes, while people are registered and read by those who came
    before; and what was the key is put away."""
    (old,) = json.loads(office.command("keys", "status", "--json").stdout)["claves"]
    rotated: list[str] = []
    # Not so long that each process has looked by itself: some learn of it by what they read.
    rotation = threading.Thread(
        target=lambda: rotated.append(office.command("keys", "rotate", "--espera", "1").stdout)
    )
    with office.client("recepcion") as recepcion, office.client("profesional") as profesional:
        rotation.start()
        people = []
        while rotation.is_alive() or not people:
            people.append(register(recepcion)["id"])
            assert profesional.get(f"/casos/personas/{people[-1]}").status_code == 200
        rotation.join()
        office.command("keys", "rotate", "--firma", "--espera", "0")
        retired = office.command("keys", "retire", old["id"]).stdout
        people.append(register(recepcion)["id"])

        assert f"keys retire {old['id']}" in rotated[0]
        assert "está retirada" in retired
        assert people
        for one in people:
            shown = profesional.get(f"/casos/personas/{one}?mostrar=contacto")
            assert "56900000101" in re.sub(r"[\s+]", "", shown.text)
    (now,) = json.loads(office.command("keys", "status", "--json").stdout)["claves"]
    assert now["escribe"]
    assert now["id"] != old["id"]


def follow(office: Office) -> None:
    """One trace goes from a request to the last handler of what followed from it."""
    trace, story = telemetry.Trace.new(), str(uuid4())
    with office.client("recepcion") as recepcion, office.client("profesional") as profesional:
        cita = book(profesional, register(recepcion))
        reminder_of(profesional, cita)
        profesional.headers.update({"traceparent": str(trace), "X-Correlation-Id": story})
        cancel(profesional, cita)
    with office.client("administrador") as operator:
        (cancelled,) = _heard(operator, "notificaciones", "agenda.cita.cancelada", story)
        withdrawn = _heard(operator, "casos", "notificaciones.mensaje.cancelado", story)

    assert {one["causationid"] for one in withdrawn} == {cancelled["id"]}
    for sobre in (cancelled, *withdrawn):
        followed = telemetry.Trace.parse(sobre["traceparent"])
        assert followed is not None
        assert followed.trace_id == trace.trace_id


def audit(office: Office, *, whence: str) -> None:
    """An auditor finds who did it, and from where; all of it is sealed and a head is signed."""
    with office.client("auditor") as auditor:
        auditor.headers["X-Forwarded-For"] = "203.0.113.9"
        page = auditor.get("/identidad/auditoria", params={"accion": "casos.derivacion.enviar"})
        asked = {"accion": "auditoria.leer"}
        rows = auditor.get("/casos/api/v1/auditoria", params=asked).json()["anotaciones"]

        def is_sealed() -> bool:
            chains = [
                auditor.get(f"/{servicio}/api/v1/auditoria/cadena").json() for servicio in SERVICES
            ]
            return all(one["secuencia"] and not one["por_sellar"] for one in chains)

        wait_until("every row sealed", is_sealed)

    assert "Persona de profesional" in page.text
    # identidad asked casos in the auditor's name, and said from where.
    assert {row["direccion"] for row in rows} == {whence}
    said = office.command("doctor", "--audit", "--firmar", str(office.data / "cabezas")).stdout
    assert said.count("firmada en ") == len(SERVICES)


def _heard(operator: httpx.Client, servicio: str, tipo: str, story: str) -> list[dict[str, Any]]:
    """The envelopes of the facts of a story that a service is done with."""
    bus = f"/{servicio}/api/v1/bus"

    def found() -> list[dict[str, Any]]:
        rows = operator.get(bus, params={"tipo": tipo, "estado": "hecho"}).json()["eventos"]
        addresses = [f"{bus}/eventos/{one['evento_id']}" for one in rows]
        sobres = [operator.get(address).json()["sobre"] for address in addresses]
        return [one for one in sobres if one["correlationid"] == story]

    return list(wait_until(f"{tipo} at {servicio}", found))
