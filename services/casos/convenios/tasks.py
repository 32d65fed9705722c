"""Entrance: agreements that are about to end, or have ended."""

from casos.convenios import actions, queries
from oficina import clock
from oficina.env import Env
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=300)(seguir_convenios)


def seguir_convenios(env: Env) -> None:
    """Tell each notice once, a transaction each: what is due is a row, and a crash loses none."""
    hoy = clock.today()
    with env.db.read() as session:
        debidos = queries.por_avisar(session, hoy)
    for convenio_id in debidos:
        with env.db.begin() as session:
            actions.seguir(session, convenio_id, hoy)
