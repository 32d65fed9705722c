"""`acogida events`: the facts that wait, that failed or that were given up, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import click

from acogida.commands import read_settings
from acogida.services import load
from oficina.actor import Actor
from oficina.bus import admin
from oficina.bus.admin import Orden, Tramo
from oficina.bus.tables import Estado
from oficina.clock import ZONA, local
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring
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
hasta = click.option(
    "--hasta",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Solo antes de este momento, hora de Chile.",
)
nota = click.option(
    "--nota", required=True, help="Quién lo hace y por qué, sin datos de personas; queda escrito."
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
            f"{name}: {summary.por_publicar} por publicar, {summary.por_hacer} por hacer "
            f"({summary.reintentando} reintentándose), {summary.muertos} detenidos"
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
@nota
def reintentar(*, evento: UUID | None, servicio: str | None, tipo: str | None, nota: str) -> None:
    """Intentar ahora lo que falló: un EVENTO, los de un tipo, o todos."""
    done = sum(
        admin.reintentar(db, _orden(nota), evento_id=evento, tipo=tipo)
        for _, db in _databases(servicio)
    )
    click.echo(f"Se intentarán de nuevo: {done}")


@events.command()
@click.argument("evento", type=click.UUID)
@servicio_requerido
@nota
def saltar(*, evento: UUID, servicio: str, nota: str) -> None:
    """Dejar un EVENTO sin hacer, para que sigan los que esperan detrás de él."""
    with _database(servicio) as db:
        done = admin.saltar(db, _orden(nota), evento)
    if not done:
        raise click.ClickException(f"{servicio} no tiene ese evento por hacer.")
    click.echo("Saltado.")


@events.command()
@click.argument("evento", type=click.UUID, required=False)
@servicio_requerido
@click.option(
    "--productor",
    type=click.Choice(SERVICES),
    help="Traerlos otra vez de quien los contó; sin ella, los que el servicio ya tiene.",
)
@tipo
@desde
@hasta
@nota
def replay(
    *,
    evento: UUID | None,
    servicio: str,
    productor: str | None,
    tipo: str | None,
    desde: datetime | None,
    hasta: datetime | None,
    nota: str,
) -> None:
    """Hacer otra vez, en un servicio, un EVENTO, los de un tipo o los de un lapso, en su orden.

    Lo que se hizo la primera vez queda: solo para lo que se hizo mal o puede hacerse dos veces.
    """
    tramo = Tramo(evento_id=evento, tipo=tipo, desde=_moment(desde), hasta=_moment(hasta))
    if tramo == Tramo():
        raise click.UsageError("Diga un EVENTO, --tipo, --desde o --hasta.")
    with _database(servicio) as db:
        if productor is None:
            done = admin.replay(db, _orden(nota), tramo)
        else:
            done = _from_producer(productor, servicio, db, tramo, _orden(nota))
    click.echo(f"Se harán de nuevo: {done}")


def _from_producer(productor: str, servicio: str, db: Database, tramo: Tramo, orden: Orden) -> int:
    handlers = load(servicio).handlers
    done, after = 0, 0
    with _database(productor) as producer:
        while True:
            page = admin.enviados(producer, tramo, despues=after)
            done += admin.recibir_otra_vez(db, handlers, page.eventos, orden)
            if page.siguiente is None:
                return done
            after = page.siguiente


def _orden(nota: str) -> Orden:
    use_keyring(Keyring.load(read_settings().claves, make=read_settings().embedded))
    return Orden(actor=Actor.sistema("acogida"), motivo=nota)


def _moment(typed: datetime | None) -> datetime | None:
    return typed.replace(tzinfo=ZONA) if typed else None


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
