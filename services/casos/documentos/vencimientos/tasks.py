"""Entrance: documents that are about to expire."""

from casos.documentos.vencimientos import actions, queries
from oficina import clock
from oficina.env import Env
from oficina.jobs import Jobs

LOTE = 50
"""So many are told of in one transaction."""


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=3600)(seguir_documentos)


def seguir_documentos(env: Env) -> None:
    """Tell each stage once, a transaction a batch: what is due is a row, a crash loses none."""
    with env.db.read() as session:
        debidos = queries.por_avisar(session, clock.today())
    for desde in range(0, len(debidos), LOTE):
        with env.db.begin() as session:
            for que in debidos[desde : desde + LOTE]:
                actions.avisar(session, que, clock.now())
