"""Nudges reach the right service's tasks, after commit and never before."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, current_app
from sqlalchemy import text

from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs, Ticker, make_celery, nudge_after_commit, run_worker
from oficina.settings import Settings
from oficina.web.client import ServiceClient

PATIENCE = 30.0


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Env]:
    settings = Settings(data_dir=tmp_path)
    db = Database(settings.database_for("notificaciones"))
    yield Env(settings, db, ServiceClient(settings))
    db.close()


class _Heard:
    """What a task was called with, to be waited for."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._changed = threading.Condition()

    def __call__(self, *args: Any) -> None:
        with self._changed:
            self.calls.append(args)
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.calls) >= count, PATIENCE), self.calls


@contextmanager
def _working(celery: Celery, *others: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    runs: list[Callable[[threading.Event], None]] = [lambda halt: run_worker(celery, halt), *others]
    threads = [threading.Thread(target=run, args=(stop,)) for run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def _jobs(servicio: str, heard: _Heard) -> Jobs:
    jobs = Jobs(servicio)

    @jobs.task
    def enviar(env: Env, mensaje_id: str) -> None:
        heard(servicio, mensaje_id)

    @jobs.sweep(every=0.2)
    def barrer(env: Env) -> None:
        heard(servicio)

    return jobs


def _nudge(env: Env, mensaje_id: str) -> None:
    with env.db.begin() as session:
        session.execute(text("SELECT 1"))
        nudge_after_commit(session, "notificaciones.enviar", mensaje_id)


def test_a_nudge_runs_the_task_of_its_own_service(env: Env, tmp_path: Path) -> None:
    heard = _Heard()
    celery = make_celery(_jobs("notificaciones", heard), env.settings, env)
    other = Env(env.settings, Database(f"sqlite:///{tmp_path}/casos.db"), env.client)
    make_celery(_jobs("casos", heard), env.settings, other)

    with _working(celery):
        _nudge(env, "m-1")
        heard.wait_for(1)

    assert heard.calls == [("notificaciones", "m-1")]
    assert current_app.main != "notificaciones"
    other.db.close()


def test_a_nudge_waits_for_the_commit_and_a_rollback_forgets_it(env: Env) -> None:
    heard = _Heard()
    celery = make_celery(_jobs("notificaciones", heard), env.settings, env)

    def change(mensaje_id: str, *, fail: bool) -> None:
        with env.db.begin() as session:
            session.execute(text("SELECT 1"))
            nudge_after_commit(session, "notificaciones.enviar", mensaje_id)
            with session.begin_nested():
                session.execute(text("SELECT 1"))
            assert heard.calls == []
            if fail:
                raise RuntimeError("changed my mind")

    with _working(celery):
        with pytest.raises(RuntimeError):
            change("lost", fail=True)
        change("kept", fail=False)
        heard.wait_for(1)

    assert heard.calls == [("notificaciones", "kept")]


def test_the_sweeps_run_at_start_and_go_on(env: Env) -> None:
    heard = _Heard()
    jobs = _jobs("notificaciones", heard)
    celery = make_celery(jobs, env.settings, env)

    with _working(celery, Ticker(celery, jobs).run):
        heard.wait_for(3)

    assert set(heard.calls) == {("notificaciones",)}


def test_a_nudge_to_a_broker_that_is_away_is_only_lost(env: Env) -> None:
    away = Settings(amqp_url="amqp://127.0.0.1:1/", database_url="postgresql://x/y")
    make_celery(_jobs("notificaciones", _Heard()), away, env)

    _nudge(env, "m-1")
