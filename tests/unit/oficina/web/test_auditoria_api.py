"""The audit of a service as JSON: what auditors see, whence it came, and nothing of the content."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import columns
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.cadena.firma import FirmaDeAuditoria, Que
from oficina.cadena.heads import Cabezas
from oficina.cadena.sealer import Sealer
from oficina.clock import real_now
from oficina.db import Database
from reportes.app import create_app

AUDITORIA = "/reportes/api/v1/auditoria"
REASON = "Lo pidió María Soto"
ACTOR = Actor.sistema("reportes")


@pytest.fixture
def app(oficina: Any) -> Iterator[Flask]:
    """reportes, beside identidad."""
    columns.file_in(oficina.settings.data_dir, "reportes")
    made = create_app(oficina.settings, oficina.client)
    oficina.mount(made)
    yield made
    made.extensions["env"].db.close()


@pytest.fixture
def db(app: Flask) -> Database:
    """The database of reportes."""
    found: Database = app.extensions["env"].db
    return found


@pytest.fixture
def auditor(app: Flask, oficina: Any) -> FlaskClient:
    """The auditor's browser in front of reportes."""
    browser: FlaskClient = oficina.entrar(app, "auditor")
    return browser


def _write(db: Database, accion: str = "reportes.exportar", **values: Any) -> str:
    recurso_id = uuid4()
    with db.begin() as session:
        registrar(session, ACTOR, accion, "mes", recurso_id, **values)
    return str(recurso_id)


def _read(browser: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = browser.get(AUDITORIA, query_string=query)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.get_json()["anotaciones"]
    return rows


def test_a_row_says_all_but_what_somebody_wrote(auditor: FlaskClient, db: Database) -> None:
    recurso_id = _write(db, motivo=REASON, cantidad=3)
    coded = _write(db, motivo_codigo="ya_no_hace_falta")

    answer = auditor.get(AUDITORIA)

    later, first = answer.get_json()["anotaciones"]
    assert (first["recurso_id"], first["cantidad"], first["con_motivo"]) == (recurso_id, 3, True)
    assert first["actor_nombre"] == ACTOR.nombre
    assert first["secuencia"] is None
    assert (later["recurso_id"], later["motivo_codigo"]) == (coded, "ya_no_hace_falta")
    assert later["con_motivo"] is False
    assert "María" not in answer.text


def test_reading_it_leaves_a_row_with_whence(auditor: FlaskClient, db: Database) -> None:
    recurso_id = _write(db)
    asked = {"recurso_id": recurso_id}

    auditor.get(AUDITORIA, query_string=asked, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    with db.read() as session:
        row = session.scalars(select(Auditoria).where(Auditoria.accion == "auditoria.leer")).one()
    assert (row.actor_nombre, str(row.recurso_id), row.cantidad) == (
        "Persona de auditor",
        recurso_id,
        1,
    )
    assert row.direccion == "192.0.2.7"
    assert row.sesion_id is not None


def test_an_address_that_is_none_is_not_kept(auditor: FlaskClient, db: Database) -> None:
    auditor.get(AUDITORIA, environ_overrides={"REMOTE_ADDR": "María; DROP TABLE"})

    with db.read() as session:
        assert session.scalars(select(Auditoria.direccion)).all() == [None]


def test_another_service_that_asks_passes_on_whence(oficina: Any, db: Database) -> None:
    browser = oficina.entrar(oficina.identidad, "auditor")

    browser.get("/identidad/auditoria", environ_overrides={"REMOTE_ADDR": "2001:db8::7"})

    with db.read() as session:
        (row,) = session.scalars(select(Auditoria))
    assert (row.accion, row.direccion) == ("auditoria.leer", "2001:db8::7")


def test_each_filter_narrows(auditor: FlaskClient, db: Database) -> None:
    wanted = _write(db, "reportes.informe.pedir")
    _write(db)
    (row,) = _read(auditor, accion="reportes.informe.pedir")
    moment = real_now()

    for query in (
        {"recurso_id": wanted},
        {"accion": "reportes.informe.pedir", "recurso": "mes", "actor_id": str(ACTOR.id)},
        {"desde": "2020-01-01T00:00Z", "hasta": row["ocurrida_en"].replace("+00:00", "Z")}
        | {"recurso_id": wanted},
    ):
        found = [one["recurso_id"] for one in _read(auditor, **query) if one["recurso"] == "mes"]
        assert found == ([] if "hasta" in query else [wanted])
    assert _read(auditor, desde=(moment + timedelta(days=1)).isoformat()) == []
    assert _read(auditor, direccion="192.0.2.1") == []
    assert {one["actor_tipo"] for one in _read(auditor, actor_tipo="persona")} == {"persona"}
    assert {one["actor_tipo"] for one in _read(auditor, actor_tipo="servicio")} == {"servicio"}
    assert _read(auditor, direccion="127.0.0.1")[0]["accion"] == "auditoria.leer"


def test_it_is_read_in_pages_without_missing_or_repeating(
    auditor: FlaskClient, db: Database
) -> None:
    written = [_write(db) for _ in range(7)]
    found: list[str] = []
    query: dict[str, Any] = {"recurso": "mes", "limite": 3}

    while True:
        page = auditor.get(AUDITORIA, query_string=query).get_json()
        found += [one["recurso_id"] for one in page["anotaciones"]]
        if page["siguiente"] is None:
            break
        query["antes"] = page["siguiente"]

    assert found == written[::-1]


def test_nonsense_is_refused_beside_its_field(auditor: FlaskClient) -> None:
    for query in (
        "actor_id=yo",
        "accion=María",
        "actor_tipo=nadie",
        "direccion=casa",
        "antes=9.x",
        f"antes={10**30}.{uuid4()}",
        "limite=501",
        "desde=ayer",
    ):
        answer = auditor.get(f"{AUDITORIA}?{query}")

        assert answer.status_code == 422, query
        assert list(answer.get_json()["errors"]) == [query.partition("=")[0]]


def test_the_chain_says_how_far_it_goes_and_what_is_wrong(
    auditor: FlaskClient, db: Database, oficina: Any
) -> None:
    address = f"{AUDITORIA}/cadena"
    empty = auditor.get(address).get_json()
    cabezas = Cabezas(oficina.settings, "reportes")
    for _ in range(3):
        _write(db)
    waiting = auditor.get(address).get_json()
    Sealer(db, "reportes", cabezas).run_once()
    cabezas.dejar(db, "2026-11-26")
    whole = auditor.get(address).get_json()
    with db.begin() as session:
        session.connection().exec_driver_sql("DROP TRIGGER auditoria_no_cambia")
        session.query(Auditoria).update({"actor_nombre": "Nadie"})
    broken = auditor.get(address).get_json()

    assert (empty["secuencia"], empty["rotura"]) == (0, None)
    assert (waiting["secuencia"], waiting["por_sellar"]) == (0, 3)
    assert (whole["secuencia"], whole["por_sellar"], whole["rotura"]) == (3, 0, None)
    assert whole["cabeza_firmada_hasta"] == 3
    assert broken["rotura"]["que"] == "fila_cambiada"
    assert broken["rotura"]["secuencia"] == 1


def test_the_signed_end_is_handed_out(auditor: FlaskClient, db: Database, oficina: Any) -> None:
    before = auditor.get(f"{AUDITORIA}/cabeza").get_json()
    _write(db)
    Sealer(db, "reportes", Cabezas(oficina.settings, "reportes")).run_once()

    signed = auditor.get(f"{AUDITORIA}/cabeza").get_json()["firmada"]

    said = FirmaDeAuditoria.load(oficina.settings.claves, make=False).leer(Que.CABEZA, signed)
    assert before["firmada"] is None
    assert (said["servicio"], said["secuencia"]) == ("reportes", 1)


def test_the_audit_is_the_auditors(app: Flask, oficina: Any) -> None:
    for rol in ("recepcion", "coordinacion", "administrador", "servicio"):
        client, headers = app.test_client(), oficina.bearer(rol)
        for address in (AUDITORIA, f"{AUDITORIA}/cadena", f"{AUDITORIA}/cabeza"):
            assert client.get(address, headers=headers).status_code == 403
