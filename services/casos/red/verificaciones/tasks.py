"""Entrance: services whose verification has lapsed."""

from casos.red.verificaciones import actions, queries
from oficina import clock
from oficina.env import Env
from oficina.jobs import Jobs

LOTE = 50
"""So many services are told of in one transaction."""


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=300)(seguir_verificaciones)


def seguir_verificaciones(env: Env) -> None:
    """Tell each due date once, a transaction a batch: what is due is a row, a crash loses none."""
    hoy = clock.today()
    with env.db.read() as session:
        debidos = queries.por_avisar(session, hoy)
    for desde in range(0, len(debidos), LOTE):
        with env.db.begin() as session:
            actions.avisar(session, debidos[desde : desde + LOTE], hoy, clock.now())
