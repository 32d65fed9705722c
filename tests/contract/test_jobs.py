"""Nudges over RabbitMQ: a durable quorum queue a service, and every task done once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from sqlalchemy import text

from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs, make_celery, nudge_after_commit, run_worker
from oficina.settings import Settings
from oficina.web.client import ServiceClient
from servers import Broker, connected, url_of_user, with_users

PATIENCE = 60.0


@pytest.fixture
def env(amqp_as: Callable[[str], str], tmp_path: Path) -> Iterator[Env]:
    url = amqp_as("notificaciones")
    settings = Settings(amqp_url=url, database_url="postgresql://unused/unused")
    db = Database(f"sqlite:///{tmp_path}/notificaciones.db")
    yield Env(settings, db, ServiceClient(settings))
    db.close()


def test_a_nudge_waits_in_its_queue_until_a_worker_comes(env: Env, amqp_url: str) -> None:
    done: Queue[str] = Queue()
    jobs = Jobs("notificaciones")

    @jobs.task
    def enviar(_env: Env, mensaje_id: str) -> None:
        done.put(mensaje_id)

    celery = make_celery(jobs, env.settings, env)
    with env.db.begin() as session:
        session.execute(text("SELECT 1"))
        for number in range(20):
            nudge_after_commit(session, "notificaciones.enviar", f"m-{number}")
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(celery, stop), daemon=True)
    worker.start()
    heard = [done.get(timeout=PATIENCE) for _ in range(20)]
    stop.set()
    worker.join(PATIENCE)
    celery.close()

    assert heard == [f"m-{number}" for number in range(20)]
    assert not worker.is_alive()
    with connected(amqp_url) as connection:
        declared = {"x-queue-type": "quorum", "x-delivery-limit": 20}
        queue = connection.channel().queue_declare(
            "notificaciones.tareas", durable=True, arguments=declared
        )
    assert queue.method.message_count == 0


def test_a_nudge_that_rabbitmq_refuses_does_not_undo_what_was_written(
    rabbitmq_admin: Broker, tmp_path: Path
) -> None:
    with_users(rabbitmq_admin, rabbitmq_admin.vhost)
    url = url_of_user(rabbitmq_admin, rabbitmq_admin.vhost, "casos")
    settings = Settings(amqp_url=url, database_url="postgresql://unused/unused")
    db = Database(f"sqlite:///{tmp_path}/notificaciones.db")
    jobs = Jobs("notificaciones")
    celery = make_celery(jobs, settings, Env(settings, db, ServiceClient(settings)))
    with db.begin() as session:
        session.execute(text("CREATE TABLE escrito (id INTEGER)"))
        nudge_after_commit(session, "notificaciones.enviar", "m-1")
    celery.close()

    with db.read() as session:
        assert session.scalar(text("SELECT count(*) FROM escrito")) == 0
    db.close()
