"""What identidad does by itself: it forgets sessions and links that ended long ago."""

from identidad import actions
from identidad.enlaces import actions as enlaces
from oficina.bus import retention
from oficina.clock import real_now
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.web.idempotency import podar_respuestas

jobs = Jobs("identidad")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)


@jobs.sweep(every=3600)
def borrar_sesiones_viejas(env: Env) -> None:
    """Delete the sessions from which no token can come any more."""
    with env.db.begin() as session:
        actions.borrar_sesiones_viejas(session, real_now())


@jobs.sweep(every=3600)
def borrar_enlaces_viejos(env: Env) -> None:
    """Delete the links by which nobody can set a password any more."""
    with env.db.begin() as session:
        enlaces.borrar_viejos(session, real_now())
