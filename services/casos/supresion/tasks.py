"""Entrance: confirmations that take too long."""

from casos.supresion import actions, queries
from oficina.clock import real_now
from oficina.env import Env
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=300)(vigilar_supresiones)


def vigilar_supresiones(env: Env) -> None:
    """Have the delegate told of each service that has not confirmed in its time."""
    with env.db.read() as session:
        atrasadas = queries.atrasadas(session, real_now())
    for purga_id in atrasadas:
        with env.db.begin() as session:
            actions.avisar_atraso(session, purga_id)
