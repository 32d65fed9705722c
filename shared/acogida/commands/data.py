"""`acogida migrate`: the tables of each service."""

import time
from collections.abc import Callable

import click
from sqlalchemy.exc import OperationalError

from acogida import rabbitmq
from acogida.commands import read_settings
from acogida.databases import prepare
from acogida.rabbitmq import Cura, RabbitMQMal
from acogida.services import Service, db_of, load
from oficina.db import Database
from oficina.settings import SERVICES, Settings

PAUSE_SECONDS = 0.5


@click.command()
@click.argument("servicio", type=click.Choice(SERVICES), required=False)
@click.option(
    "--esperar",
    default=0,
    show_default=True,
    metavar="SEGUNDOS",
    help="Cuánto esperar a que respondan la base de datos y RabbitMQ.",
)
def migrate(*, servicio: str | None, esperar: int) -> None:
    """Dejar al día las tablas de un SERVICIO, o de todos, y las colas de todos si hay RabbitMQ.

    Se puede repetir. La versión anterior sigue funcionando mientras tanto. Las colas de todos van
    antes que las tablas: un servicio parte cuando tiene las suyas, y nadie debe perderse lo que
    cuente.
    """
    settings = read_settings()
    deadline = time.monotonic() + esperar
    if settings.amqp_url:
        _until(deadline, lambda: _queues(settings.amqp_url))
    for name in (servicio,) if servicio else SERVICES:
        service = load(name)
        changed = _tables(service, settings, deadline)
        click.echo(f"{service.name}: {'tablas al día' if changed else 'ya estaba al día'}")


def _queues(url: str) -> None:
    try:
        rabbitmq.declare(url)
    except RabbitMQMal as error:
        if error.error.cura is Cura.TIEMPO:
            raise
        raise click.ClickException(f"RabbitMQ: {error}") from error


def _tables(service: Service, settings: Settings, deadline: float) -> bool:
    db = db_of(service.create_app(settings))
    try:
        _until(deadline, lambda: _connect(db))
        return prepare(service.name, db)
    finally:
        db.close()


def _connect(db: Database) -> None:
    with db.engine.connect():
        pass


def _until(deadline: float, attempt: Callable[[], None]) -> None:
    while True:
        try:
            return attempt()
        except (OperationalError, RabbitMQMal) as error:
            if time.monotonic() > deadline:
                raise click.ClickException(_said(error)) from error
            time.sleep(PAUSE_SECONDS)


def _said(error: Exception) -> str:
    if isinstance(error, RabbitMQMal):
        return f"RabbitMQ: {error}"
    return f"no responde ({type(error).__name__}); `acogida doctor` dice qué revisar"
