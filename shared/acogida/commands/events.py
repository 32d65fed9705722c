"""`acogida events`: the facts that wait, that failed or that were given up, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import click

from acogida.commands import read_settings
from oficina.bus import admin
from oficina.bus.tables import Estado
from oficina.clock import ZONA, local
from oficina.db import Database
from oficina.settings import SERVICES

servicio_opcional = click.option(
    "--servicio", type=click.Choice(SERVICES), help="Solo este servicio; sin ella, todos."
)
servicio_requerido = click.option(
    "--servicio", type=click.Choice(SERVICES), required=True, help="El servicio."
)
tipo = click.option("--tipo", help="Solo este tipo, por ejemplo casos.caso.abierto.")
desde = click.option(
    "--desde",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Solo desde este momento, hora de Chile.",
)


@click.group()
def events() -> None:
    """Ver los hechos que esperan o fallaron, reintentarlos, saltarlos o repetirlos."""


@events.command("list")
@servicio_opcional
@click.option(
    "--estado", type=click.Choice([one.value for one in Estado]), help="Solo este estado."
)
@tipo
@click.option("--limite", default=100, show_default=True, help="Cuántos por servicio, a lo más.")
def list_(*, servicio: str | None, estado: str | None, tipo: str | None, limite: int) -> None:
    """Mostrar lo que espera, se reintenta o está detenido, y por qué."""
    for name, db in _databases(servicio):
        summary = admin.resumen(db)
        click.echo(
            f"{name}: {summary.por_publicar} por publicar, {summary.por_hacer} por hacer, "
            f"{summary.muertos} detenidos"
        )
        found = admin.listar(
            db, estado=Estado(estado) if estado else None, tipo=tipo, limite=limite
        )
        for one in found:
            waiting = f", detiene a {one.detenidos}" if one.detenidos else ""
            click.echo(
                f"  {one.evento_id} {local(one.recibido):%Y-%m-%d %H:%M} {one.estado} {one.tipo} "
                f"{one.agregado} n.º {one.secuencia}, {one.intentos} intentos{waiting}"
            )
            if one.error:
                click.echo(f"    {one.error}")


@events.command()
@click.argument("evento", type=click.UUID, required=False)
@servicio_opcional
@tipo
def reintentar(*, evento: UUID | None, servicio: str | None, tipo: str | None) -> None:
    """Intentar ahora lo que falló: un EVENTO, los de un tipo, o todos."""
    done = sum(admin.reintentar(db, evento_id=evento, tipo=tipo) for _, db in _databases(servicio))
    click.echo(f"Se intentarán de nuevo: {done}")


@events.command()
@click.argument("evento", type=click.UUID)
@servicio_requerido
@click.option("--nota", required=True, help="Quién lo salta y por qué; queda escrito.")
def saltar(*, evento: UUID, servicio: str, nota: str) -> None:
    """Dejar un EVENTO sin hacer, para que sigan los que esperan detrás de él."""
    with _database(servicio) as db:
        done = admin.saltar(db, evento, nota=nota)
    if not done:
        raise click.ClickException(f"{servicio} no tiene ese evento por hacer.")
    click.echo("Saltado.")


@events.command()
@click.argument("evento", type=click.UUID, required=False)
@servicio_requerido
@tipo
@desde
def replay(*, evento: UUID | None, servicio: str, tipo: str | None, desde: datetime | None) -> None:
    """Hacer otra vez lo ya hecho con un EVENTO, un tipo o desde un momento.

    Lo que se hizo la primera vez queda: solo para lo que se hizo mal o puede hacerse dos veces.
    """
    if evento is None and tipo is None and desde is None:
        raise click.UsageError("Diga un EVENTO, --tipo o --desde.")
    with _database(servicio) as db:
        done = admin.replay(
            db, evento_id=evento, tipo=tipo, desde=desde.replace(tzinfo=ZONA) if desde else None
        )
    click.echo(f"Se harán de nuevo: {done}")


def _databases(only: str | None) -> Iterator[tuple[str, Database]]:
    for name in (only,) if only else SERVICES:
        with _database(name) as db:
            yield name, db


@contextmanager
def _database(name: str) -> Iterator[Database]:
    db = Database(read_settings().database_for(name))
    try:
        yield db
    finally:
        db.close()
