"""`acogida events`: the facts that wait, that failed or that were given up, and what to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import click

from acogida.commands import read_settings
from acogida.services import load
from oficina.actor import Actor
from oficina.bus import admin
from oficina.bus.admin import Orden
from oficina.bus.replay import Alcance, Tramo, enviados, traer
from oficina.bus.replay import replay as run_again
from oficina.bus.tables import Estado
from oficina.clock import ZONA, local, real_now
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
    """Ver los hechos que esperan o fallaron, reintentarlos, detenerlos, saltarlos o repetirlos."""


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
    if not _act(admin.saltar, servicio, evento, nota):
        raise click.ClickException(f"{servicio} no tiene ese evento por hacer.")
    click.echo("Saltado.")


@events.command()
@click.argument("evento", type=click.UUID)
@servicio_requerido
@nota
def park(*, evento: UUID, servicio: str, nota: str) -> None:
    """Detener un EVENTO que espera, y los que vienen detrás, hasta reintentarlo o saltarlo."""
    if not _act(admin.detener, servicio, evento, nota):
        raise click.ClickException(f"{servicio} no tiene ese evento esperando.")
    click.echo("Detenido.")


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
@click.option(
    "--iniciado",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]),
    help="Sigue una que se interrumpió: lo que se hizo desde ese momento no se hace otra vez.",
)
@nota
def replay(
    *,
    evento: UUID | None,
    servicio: str,
    productor: str | None,
    tipo: str | None,
    desde: datetime | None,
    hasta: datetime | None,
    iniciado: datetime | None,
    nota: str,
) -> None:
    """Hacer otra vez, en un servicio, un EVENTO, los de un tipo o los de un lapso, en su orden.

    Lo que se hizo la primera vez queda: solo para lo que se hizo mal o puede hacerse dos veces.
    """
    tramo = Tramo(evento_id=evento, tipo=tipo, desde=_moment(desde), hasta=_moment(hasta))
    if tramo == Tramo():
        raise click.UsageError("Diga un EVENTO, --tipo, --desde o --hasta.")
    began = iniciado.replace(tzinfo=UTC) if iniciado else real_now()
    if iniciado is None and evento is None:
        click.echo(f"Si se interrumpe, siga con: --iniciado {began:%Y-%m-%dT%H:%M:%SZ}")
    alcance, orden = Alcance(iniciado=began), _orden(nota)
    with _database(servicio) as db:
        if productor is None:
            done = run_again(db, orden, tramo, alcance)
        else:
            with _database(productor) as producer:
                pages = partial(enviados, producer, tramo)
                done = traer(pages, db, load(servicio).handlers, orden, alcance)
    click.echo(f"Se harán de nuevo: {done.cuantos}")


def _act(
    action: Callable[[Database, Orden, UUID], int], servicio: str, evento: UUID, nota: str
) -> int:
    with _database(servicio) as db:
        return action(db, _orden(nota), evento)


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
