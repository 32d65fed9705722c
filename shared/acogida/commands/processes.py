"""`acogida web|bus|jobs SERVICIO`: one process of one service, on servers."""

import sys

import click

from acogida.commands import read_settings, serving
from oficina.settings import SERVICES, Settings

service = click.argument("servicio", type=click.Choice(SERVICES))


@click.command()
@service
def web(servicio: str) -> None:
    """Servir las páginas y la API de un servicio.

    WEB_CONCURRENCY dice cuántos procesos; cada uno atiende con 8 hilos.
    """
    settings = read_settings()
    _serve("web", servicio, settings, settings.workers)


@click.command()
@service
def bus(servicio: str) -> None:
    """Llevar los hechos de un servicio a los demás y recibir los de ellos, por RabbitMQ."""
    _serve("bus", servicio, read_settings())


@click.command()
@service
def jobs(servicio: str) -> None:
    """Hacer el trabajo lento o con hora de un servicio (Celery)."""
    _serve("jobs", servicio, read_settings())


def _serve(kind: str, name: str, settings: Settings, workers: int = 1) -> None:
    missing = [
        variable
        for variable, value in (
            ("ACOGIDA_DATABASE_URL", settings.database_url),
            ("ACOGIDA_AMQP_URL", settings.amqp_url),
            ("ACOGIDA_SERVICE_URL", settings.service_urls),
        )
        if not value
    ]
    if missing:
        click.echo(
            f"Falta {', '.join(missing)}. Sin servidores, la oficina completa es `acogida run`.",
            err=True,
        )
        sys.exit(2)
    bind = f"{settings.host}:{settings.port}"
    server = serving(settings)
    server.Server(f"acogida.processes:{kind}", name, settings, bind=bind, workers=workers).run()
