"""Entrance: boards whose term is about to end, or has ended."""

from casos.comunidad.organizaciones import actions, queries
from oficina import clock
from oficina.env import Env
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=300)(seguir_directivas)


def seguir_directivas(env: Env) -> None:
    """Tell each notice once, a transaction each: what is due is a row, and a crash loses none."""
    hoy = clock.today()
    with env.db.read() as session:
        debidas = queries.por_avisar(session, hoy)
    for organizacion_id in debidas:
        with env.db.begin() as session:
            actions.seguir(session, organizacion_id, hoy, clock.now())
