"""`acogida seed`: invented people, as many as are wanted, for an office to be tried at its size."""

import sys
from contextlib import closing

import click

from acogida.commands import read_settings
from acogida.databases import prepare
from acogida.semilla import MAXIMO, inventada
from acogida.services import db_of, load
from casos.personas.actions import sembrar
from casos.personas.queries import sembradas
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database

ACTOR = Actor.sistema("acogida")
LOTE = 2_000
"""People of one transaction: an interruption loses no more, and leaves none of them half made."""


@click.command()
@click.option(
    "--personas",
    type=click.IntRange(1, MAXIMO),
    required=True,
    metavar="N",
    help="Cuántas personas debe haber al final.",
)
@click.option(
    "--semilla",
    default=1,
    show_default=True,
    help="Con el mismo número, las mismas personas; siga una carga con el número con que empezó.",
)
def seed(*, personas: int, semilla: int) -> None:
    """Crear personas inventadas para probar la oficina con muchas, o medirla.

    Solo en una demostración (ACOGIDA_DEMO=1) donde todas las personas vengan de aquí: nunca en una
    oficina que atiende. Cada una tiene nombre, documento, contactos y todo con que se busca, como
    si se registrara en el mesón. Si se interrumpe, otra vez lo mismo sigue donde quedó.
    """
    settings = read_settings()
    if not settings.demo:
        raise click.ClickException(
            "Solo en una demostración: ACOGIDA_DEMO=1, y nunca sobre los datos de una oficina."
        )
    with closing(db_of(load("casos").create_app(settings))) as db:
        prepare("casos", db, demo=True)
        with db.read() as session:
            hay = sembradas(session)
        if hay is None:
            raise click.ClickException(
                "Hay personas que no vienen de `acogida seed`. Use otra carpeta de datos (DATOS) u "
                "otra base, antes de su primer `acogida run`."
            )
        _seed(db, semilla, hay, personas)


def _seed(db: Database, semilla: int, hay: int, personas: int) -> None:
    length = max(personas - hay, 0)
    try:
        with click.progressbar(length=length, label="Creando", file=sys.stderr) as bar:
            while hay < personas:
                hasta = min(hay + LOTE, personas)
                lote = [inventada(semilla, lugar) for lugar in range(hay + 1, hasta + 1)]
                with db.begin() as session:
                    sembrar(session, lote, ACTOR, clock.now())
                bar.update(hasta - hay)
                hay = hasta
        if length and not db.is_sqlite:
            # Whoever searches now does not wait for autovacuum to learn how much there is.
            with db.glance() as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    finally:
        # Asked, for an interruption may come just after a batch was kept.
        with db.read() as session:
            click.echo(f"Personas inventadas que hay: {sembradas(session)}.")
