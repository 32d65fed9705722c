"""Nudges over RabbitMQ: a durable quorum queue a service, and every task done once."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pika
import pytest

from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs, make_celery, nudge, run_worker
from oficina.settings import Settings

PATIENCE = 20.0


class _NoClient:
    """A service that asks nobody."""

    def get(self, *_args: Any, **_options: Any) -> Any:
        raise NotImplementedError

    def post(self, *_args: Any, **_options: Any) -> Any:
        raise NotImplementedError


@pytest.fixture
def env(amqp_url: str, tmp_path: Path) -> Iterator[Env]:
    settings = Settings(amqp_url=amqp_url, database_url="postgresql://unused/unused")
    db = Database(f"sqlite:///{tmp_path}/notificaciones.db")
    yield Env(settings, db, _NoClient())
    db.close()


def test_a_nudge_waits_in_its_queue_until_a_worker_comes(env: Env, amqp_url: str) -> None:
    done: Queue[str] = Queue()
    jobs = Jobs("notificaciones")

    @jobs.task
    def enviar(_env: Env, mensaje_id: str) -> None:
        done.put(mensaje_id)

    celery = make_celery(jobs, env.settings, env)
    for number in range(20):
        nudge(env, "enviar", f"m-{number}")
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(celery, stop))
    worker.start()
    heard = [done.get(timeout=PATIENCE) for _ in range(20)]
    stop.set()
    worker.join(PATIENCE)
    celery.close()

    assert heard == [f"m-{number}" for number in range(20)]
    assert not worker.is_alive()
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        declared = {"x-queue-type": "quorum", "x-delivery-limit": 20}
        queue = connection.channel().queue_declare(
            "notificaciones.tareas", durable=True, arguments=declared
        )
    assert queue.method.message_count == 0
