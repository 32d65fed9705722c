"""Entrance: applications whose time has passed."""

from casos.programas.postulaciones import actions, queries
from oficina import clock
from oficina.env import Env
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=300)(caducar_postulaciones)


def caducar_postulaciones(env: Env) -> None:
    """End each, a transaction each: what is due is a row, and a crash loses none."""
    ahora = clock.now()
    with env.db.read() as session:
        debidas = queries.por_caducar(session, clock.today())
    for postulacion_id in debidas:
        with env.db.begin() as session:
            actions.caducar(session, postulacion_id, ahora)
