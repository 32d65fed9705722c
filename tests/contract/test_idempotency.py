"""A request that is sent twice is done once, on either column, also when a process dies in between.

The service is casos with its people; whoever is slow, fails or dies does so inside the database's
own driver, where a listener waits, raises or kills.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from tests.unit.conftest import Oficina
from werkzeug.test import TestResponse

import notificaciones.mensajes.api
import notificaciones.permissions
from casos.permissions import PERMISOS
from casos.personas.api import bp
from casos.personas.models import Persona
from columns import COLUMNS
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.clock import move_to, now, real_now, today
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.web.app import new_api, new_app
from oficina.web.kept_answers import KeptAnswer, podar_respuestas

PATIENCE = 20
ALGUIEN = {"nombres": "Marie-Ange", "primer_apellido": "Inventada"}


@dataclass
class Mostrador:
    """casos on one column, as often as there are processes."""

    oficina: Oficina
    db: Database

    def app(self) -> Flask:
        """One more process of the service."""
        db = Database(self.db.engine.url.render_as_string(hide_password=False))
        jobs = Jobs("casos")
        made = new_app(
            "casos",
            self.oficina.settings,
            permisos=PERMISOS,
            jobs=jobs,
            client=self.oficina.client,
            db=db,
        )
        new_api(made, title="Casos").register_blueprint(bp)
        return made

    def enviar(
        self, app: Flask, clave: str, cuerpo: Any = ALGUIEN, rol: str = "recepcion", **what: Any
    ) -> TestResponse:
        """Register somebody."""
        headers = self.oficina.bearer(rol) | {"Idempotency-Key": clave}
        path = what.pop("path", "/casos/api/v1/personas")
        return app.test_client().post(path, json=cuerpo, headers=headers, **what)

    def cuantos(self, what: Any) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).select_from(what)) or 0

    def acciones(self) -> list[str]:
        with self.db.read() as session:
            return list(session.scalars(select(Auditoria.accion).order_by(Auditoria.id)))


@pytest.fixture(params=COLUMNS)
def mostrador(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Mostrador]:
    """casos beside identidad, with nobody in it."""
    oficina = Oficina(tmp_path)
    for rol in ("recepcion", "profesional"):
        oficina.funcionario(rol)
    yield Mostrador(oficina, fresh_db(request.param, "casos"))
    oficina.client.close()
    oficina.identidad.extensions["env"].db.close()


@pytest.fixture
def app(mostrador: Mostrador) -> Iterator[Flask]:
    """A process of the service."""
    with _process(mostrador) as made:
        yield made


@contextmanager
def _process(mostrador: Mostrador) -> Iterator[Flask]:
    made = mostrador.app()
    yield made
    made.extensions["env"].db.close()


def _on(app: Flask, statement: str, do: Callable[[], None]) -> None:
    """Before the database of `app` runs a statement, do something else."""

    def listen(_c: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if statement in sql:
            do()

    event.listen(app.extensions["env"].db.engine, "before_cursor_execute", listen)


def test_the_same_request_gets_the_first_answer_again(mostrador: Mostrador, app: Flask) -> None:
    clave = str(uuid4())

    first = mostrador.enviar(app, clave)
    with _process(mostrador) as other:
        again = mostrador.enviar(other, clave)

    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.data) == (201, first.data)
    for name in ("Content-Type", "ETag", "Location"):
        assert again.headers[name] == first.headers[name]
    assert mostrador.cuantos(Persona) == mostrador.cuantos(Outbox) == 1
    assert mostrador.acciones() == ["casos.persona.registrar", "casos.respuesta.repetir"]


def test_a_key_belongs_to_who_asks_where_and_what(mostrador: Mostrador, app: Flask) -> None:
    clave = "una-clave"
    first = mostrador.enviar(app, clave)

    otro_cuerpo = mostrador.enviar(app, clave, ALGUIEN | {"nombres": "Otra"})
    otra_persona = mostrador.enviar(app, clave, rol="profesional")
    path = f"/casos/api/v1/personas/{first.json['id']}/contactos"  # type: ignore[index]  # it is an object
    otro_sitio = mostrador.enviar(
        app, clave, {"tipo": "correo", "valor": "una@personas.example"}, path=path
    )

    assert otro_cuerpo.status_code == 422
    assert otro_cuerpo.content_type == "application/problem+json"
    assert "clave" in otro_cuerpo.json["title"]  # type: ignore[index]  # it is an object
    assert (otra_persona.status_code, otro_sitio.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in otra_persona.headers
    assert mostrador.cuantos(Persona) == 2


def test_what_was_refused_left_nothing_and_its_key_is_free(
    mostrador: Mostrador, app: Flask
) -> None:
    refused = mostrador.enviar(app, "k", ALGUIEN | {"nombres": ""})
    nobody = mostrador.enviar(
        app,
        "k",
        {"tipo": "correo", "valor": "a@b.example"},
        path=f"{bp.url_prefix}/personas/{uuid4()}/contactos",
    )

    assert (refused.status_code, nobody.status_code) == (422, 404)
    assert mostrador.cuantos(KeptAnswer) == 0
    assert mostrador.enviar(app, "k").status_code == 201


def test_who_was_faster_is_not_written_over_and_what_was_done_twice_is_undone(
    mostrador: Mostrador, app: Flask
) -> None:
    """An answer that is kept between our look and our turn: on SQLite there is no between."""
    if mostrador.db.is_sqlite:
        return
    first = mostrador.enviar(app, "k")
    with mostrador.db.begin() as session:
        kept = session.scalars(select(KeptAnswer)).one()
        session.delete(kept)
    values = {name: getattr(kept, name) for name in ("clave", "cuerpo", "respuesta", "vence_en")}
    late: list[bool] = []

    def keep() -> None:
        if not late:
            late.append(True)
            with mostrador.db.begin() as session:
                session.add(KeptAnswer(**values))

    _on(app, "INSERT INTO idempotencia", keep)
    second = mostrador.enviar(app, "k")

    assert late == [True]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.json == first.json
    assert mostrador.cuantos(Persona) == mostrador.cuantos(Outbox) == 1


def test_what_fails_after_its_effect_undoes_it(mostrador: Mostrador, app: Flask) -> None:
    failing = [True]

    def fail() -> None:
        if failing:
            raise OSError("the disk")

    _on(app, "INSERT INTO idempotencia", fail)
    woken = app.extensions["env"].db.outbox_changed.count

    assert mostrador.enviar(app, "k").status_code == 500
    assert mostrador.cuantos(Persona) == mostrador.cuantos(Outbox) == 0
    assert mostrador.acciones() == []
    assert app.extensions["env"].db.outbox_changed.count == woken

    failing.clear()
    assert mostrador.enviar(app, "k").status_code == 201
    assert app.extensions["env"].db.outbox_changed.count == woken + 1


def test_while_the_first_runs_the_second_is_told_so(mostrador: Mostrador, app: Flask) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        go_on.wait(PATIENCE)

    _on(app, "INSERT INTO personas", wait)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(mostrador.enviar, app, "k")
        assert inside.wait(PATIENCE)
        second = mostrador.enviar(app, "k")
        go_on.set()
        first = running.result(PATIENCE)
    third = mostrador.enviar(app, "k")

    assert second.status_code == 409
    assert int(second.headers["Retry-After"]) >= 1
    assert first.status_code == 201
    assert (third.status_code, third.data) == (201, first.data)
    assert mostrador.cuantos(Persona) == 1


def test_two_processes_do_it_once(mostrador: Mostrador, app: Flask) -> None:
    """The second is told to wait, or waits itself where only one may write, and gets the answer."""
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        go_on.wait(PATIENCE)

    _on(app, "INSERT INTO personas", wait)
    with _process(mostrador) as other, ThreadPoolExecutor(2) as threads:
        running = threads.submit(mostrador.enviar, app, "k")
        assert inside.wait(PATIENCE)
        second = threads.submit(mostrador.enviar, other, "k")
        if not mostrador.db.is_sqlite:
            assert second.result(PATIENCE).status_code == 409
        go_on.set()
        first = running.result(PATIENCE)
        answer = second.result(PATIENCE)
        third = mostrador.enviar(other, "k")

    assert first.status_code == 201
    if mostrador.db.is_sqlite:
        assert (answer.status_code, answer.data) == (201, first.data)
    assert (third.status_code, third.data) == (201, first.data)
    assert mostrador.cuantos(Persona) == mostrador.cuantos(Outbox) == 1


@pytest.mark.parametrize(("moment", "done"), [("before_commit", False), ("after_commit", True)])
def test_a_process_that_dies_leaves_effect_and_answer_or_neither(
    mostrador: Mostrador, moment: str, done: bool
) -> None:
    _die_in_a_child(mostrador, moment)

    assert mostrador.cuantos(Persona) == mostrador.cuantos(KeptAnswer) == int(done)
    with _process(mostrador) as app:
        answer = mostrador.enviar(app, "k")

    assert answer.status_code == 201
    assert ("Idempotency-Replayed" in answer.headers) == done
    assert mostrador.cuantos(Persona) == mostrador.cuantos(Outbox) == 1


def _die_in_a_child(mostrador: Mostrador, moment: str) -> None:
    """Send the request from a process that is killed around the commit of its answer."""
    headers = mostrador.oficina.bearer("recepcion") | {"Idempotency-Key": "k"}
    mostrador.db.close()
    child = os.fork()
    if child == 0:
        try:
            app = mostrador.app()
            written = []
            _on(app, "INSERT INTO idempotencia", lambda: written.append(True))

            def die(_session: Any) -> None:
                if written:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(app.extensions["env"].db._write, moment, die)
            app.test_client().post("/casos/api/v1/personas", json=ALGUIEN, headers=headers)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was to be killed, and came to an end"


def test_after_a_day_the_key_is_as_good_as_new(mostrador: Mostrador, app: Flask) -> None:
    for clave in ("vieja", "barrida", "nueva"):
        assert mostrador.enviar(app, clave).status_code == 201
    with mostrador.db.begin() as session:
        kept = session.scalars(select(KeptAnswer).order_by(KeptAnswer.vence_en)).all()
        assert all(real_now() < one.vence_en <= real_now() + timedelta(hours=24) for one in kept)
        old = [one.clave for one in kept[:2]]
        session.execute(
            update(KeptAnswer).where(KeptAnswer.clave.in_(old)).values(vence_en=real_now())
        )

    again = mostrador.enviar(app, "vieja")
    env: Env = app.extensions["env"]
    podar_respuestas(env)

    assert "Idempotency-Replayed" not in again.headers
    assert mostrador.cuantos(Persona) == 4
    assert mostrador.cuantos(KeptAnswer) == 2
    assert "Idempotency-Replayed" in mostrador.enviar(app, "nueva").headers


def test_neither_names_nor_keys_can_be_read_from_what_is_kept(
    mostrador: Mostrador, app: Flask
) -> None:
    mostrador.enviar(app, "una-clave-en-claro")

    with mostrador.db.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM idempotencia").one()

    assert not [text for text in map(str, row) if "Marie" in text or "una-clave" in text]


MENSAJE = {
    "plantilla": "aviso_general",
    "valores": {"texto": "El lunes no se atiende."},
    "destino": "+56 9 8765 4321",
}


def test_what_is_one_statement_is_refused_a_second_time_by_its_key(
    fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> None:
    """A message that is asked for takes no turn on PostgreSQL: its key is the turn.

    Four processes, none of which finds an answer before all of them write.
    """
    oficina, procesos, claves = Oficina(tmp_path), 4, [str(number) for number in range(5)]
    oficina.funcionario("coordinacion")
    db = fresh_db("postgresql", "notificaciones")
    apps = [_mensajeria(oficina, db) for _ in range(procesos)]
    together = threading.Barrier(procesos)
    for made in apps:
        _on(made, "INSERT INTO idempotencia", lambda: together.wait(PATIENCE))

    def pedir(made: Flask, clave: str) -> TestResponse:
        headers = oficina.bearer("coordinacion") | {"Idempotency-Key": clave}
        path = "/notificaciones/api/v1/mensajes"
        return made.test_client().post(path, json=MENSAJE, headers=headers)

    with ThreadPoolExecutor(procesos) as threads:
        for clave in claves:
            answers = list(threads.map(pedir, apps, [clave] * procesos))
            assert [one.status_code for one in answers] == [201] * procesos
            assert len({one.json["id"] for one in answers}) == 1  # type: ignore[index]  # an object
            replayed = [one.headers.get("Idempotency-Replayed") for one in answers]
            assert sorted(map(str, replayed)) == ["None", "true", "true", "true"]

    with db.read() as session:
        kept = [session.scalar(select(func.count()).select_from(what)) for what in _WRITTEN]
        acciones = session.scalars(select(Auditoria.accion)).all()
    assert kept == [len(claves)] * len(_WRITTEN)
    assert acciones.count("notificaciones.mensaje.pedir") == len(claves)
    for made in apps:
        made.extensions["env"].db.close()
    oficina.client.close()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_view_that_is_tried_first_gives_way_to_what_was_kept(
    column: str, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> None:
    """Also when it would refuse today what it did, and to a body that is another one."""
    oficina, db = Oficina(tmp_path), fresh_db(column, "notificaciones")
    oficina.funcionario("coordinacion")
    made = _mensajeria(oficina, db)
    entonces = MENSAJE | {"programado_para": (now() + timedelta(hours=1)).isoformat()}

    def pedir(cuerpo: Any, clave: str = "k") -> TestResponse:
        headers = oficina.bearer("coordinacion") | {"Idempotency-Key": clave}
        path = "/notificaciones/api/v1/mensajes"
        return made.test_client().post(path, json=cuerpo, headers=headers)

    first, again = pedir(entonces), pedir(entonces)
    try:
        move_to(today() + timedelta(days=3))
        too_late, refused = pedir(entonces), pedir(entonces, "another")
    finally:
        move_to(None)

    assert (first.status_code, refused.status_code) == (201, 422)
    for one in (again, too_late):
        assert (one.status_code, one.json) == (201, first.json)
        assert one.headers["Idempotency-Replayed"] == "true"
    # What is no message, and what is another one.
    others = [{}, MENSAJE | {"plantilla": "no_existe"}, MENSAJE]
    assert [pedir(cuerpo).status_code for cuerpo in others] == [422] * len(others)
    assert {pedir(cuerpo).json["title"] for cuerpo in others} == {  # type: ignore[index]  # an object
        "Esa clave de idempotencia ya se usó con otros datos"
    }
    with db.read() as session:
        kept = [session.scalar(select(func.count()).select_from(what)) for what in _WRITTEN]
    assert kept == [1] * len(_WRITTEN)
    made.extensions["env"].db.close()
    oficina.client.close()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_view_that_is_tried_first_is_told_of_an_answer_as_its_transaction_begins(
    column: str, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> None:
    oficina, db = Oficina(tmp_path), fresh_db(column, "notificaciones")
    oficina.funcionario("coordinacion")
    made = _mensajeria(oficina, db)
    headers = oficina.bearer("coordinacion") | {"Idempotency-Key": "k"}
    # Looked for by its own key too: that is a statement before the last one.
    cuerpo = MENSAJE | {"clave_de_negocio": "aviso-1"}

    first, again = (
        made.test_client().post("/notificaciones/api/v1/mensajes", json=cuerpo, headers=headers)
        for _time in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first.json
    made.extensions["env"].db.close()
    oficina.client.close()


_WRITTEN = (Mensaje, PasoDeMensaje, Outbox, KeptAnswer)


def _mensajeria(oficina: Oficina, db: Database) -> Flask:
    """One more process of notificaciones."""
    made = new_app(
        "notificaciones",
        oficina.settings,
        permisos=notificaciones.permissions.PERMISOS,
        jobs=Jobs("notificaciones"),
        client=oficina.client,
        db=Database(db.engine.url.render_as_string(hide_password=False)),
    )
    new_api(made, title="Notificaciones").register_blueprint(notificaciones.mensajes.api.bp)
    return made
