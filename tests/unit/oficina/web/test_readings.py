"""A reading of personal data that nobody wrote down is not answered."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped

import columns
from oficina.actor import Actor
from oficina.audit import Auditoria, Personal, registrar_lectura
from oficina.db import Identified, new_registry, uuid7
from oficina.errors import Conflicto
from oficina.jobs import Jobs
from oficina.web.app import env, new_app
from oficina.web.auth import public
from oficina.web.conditional import vivo

from .conftest import OficinaLike

NOMBRE = "Jean Louis Sintético"


class _Base(DeclarativeBase):
    registry = new_registry()


class Ficha(Personal, Identified, _Base):
    """Something about somebody."""

    __tablename__ = "fichas"

    nombre: Mapped[str]


def _read() -> Ficha:
    with env().db.read() as session:
        return session.scalars(select(Ficha)).one()


def _write_down(ficha_id: UUID) -> None:
    registrar_lectura(env().db, Actor.sistema("casos"), "casos.ficha.ver", "ficha", ficha_id)


def _shown() -> str:
    return _read().nombre


def _shown_and_written_down() -> str:
    ficha = _read()
    _write_down(ficha.id)
    return ficha.nombre


def _taken_elsewhere() -> ResponseReturnValue:
    return redirect(f"/casos/fichas/{_read().id}", 303)


def _refused() -> str:
    raise Conflicto(f"La ficha {_read().id} no se puede mostrar.")


def _as_it_was() -> ResponseReturnValue:
    return vivo(_read().nombre, _shown_and_written_down)


def _asks_another() -> str:
    """The row that another service writes while it is asked is not this one's."""
    ficha = _read()
    assert env().client.send("GET", "agenda", "/agenda/prueba").status_code == 200
    return ficha.nombre


def _writes_down() -> str:
    _write_down(uuid7())
    return "hecho"


@pytest.fixture
def agenda(oficina: OficinaLike) -> Iterator[Flask]:
    """Another service, which writes a row whenever it is asked."""
    made = new_app(
        "agenda", oficina.settings, permisos={}, jobs=Jobs("agenda"), client=oficina.client
    )
    made.add_url_rule("/agenda/prueba", "prueba", public(_writes_down))
    columns.file_in(oficina.settings.data_dir, "agenda")
    oficina.mount(made)
    yield made
    made.extensions["env"].db.close()


@pytest.fixture
def browser(app: Flask, agenda: Flask, oficina: OficinaLike) -> FlaskClient:
    """A service with a page of each kind, and one record to read."""
    for view in (
        _shown,
        _shown_and_written_down,
        _taken_elsewhere,
        _refused,
        _as_it_was,
        _asks_another,
    ):
        app.add_url_rule(f"/casos/prueba/{view.__name__}", view.__name__, public(view))
    columns.file_in(oficina.settings.data_dir, "casos")
    db = app.extensions["env"].db
    _Base.metadata.create_all(db.engine)
    with db.begin() as session:
        session.add(Ficha(nombre=NOMBRE))
    return app.test_client()


def _rows(app: Flask) -> list[str]:
    with app.extensions["env"].db.read() as session:
        return list(session.scalars(select(Auditoria.accion)))


@pytest.mark.parametrize("view", [_shown, _asks_another])
def test_a_forgotten_row_is_an_error_and_shows_nothing(browser: FlaskClient, view: object) -> None:
    answer = browser.get(f"/casos/prueba/{view.__name__}")  # type: ignore[attr-defined]  # a function has a name

    assert answer.status_code == 500
    assert NOMBRE not in answer.text


def test_what_is_written_down_is_shown(app: Flask, browser: FlaskClient) -> None:
    answer = browser.get("/casos/prueba/_shown_and_written_down")

    assert (answer.status_code, answer.text) == (200, NOMBRE)
    assert _rows(app) == ["casos.ficha.ver"]


def test_what_shows_nothing_needs_no_row(app: Flask, browser: FlaskClient) -> None:
    assert browser.get("/casos/prueba/_taken_elsewhere").status_code == 303
    assert browser.get("/casos/prueba/_refused").status_code == 409
    assert _rows(app) == []

    first = browser.get("/casos/prueba/_as_it_was")
    again = browser.get(
        "/casos/prueba/_as_it_was", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (first.status_code, again.status_code) == (200, 304)
    assert _rows(app) == ["casos.ficha.ver"]
