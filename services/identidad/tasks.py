"""What identidad does by itself: it forgets sessions that ended, and what is past its period."""

from identidad import actions
from identidad.retencion import retencion
from oficina.bus import retention
from oficina.clock import real_now
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.web.kept_answers import podar_respuestas

jobs = Jobs("identidad")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)
retencion.registrar_en(jobs)


@jobs.sweep(every=3600)
def borrar_sesiones_viejas(env: Env) -> None:
    """Delete the sessions from which no token can come any more."""
    with env.db.begin() as session:
        actions.borrar_sesiones_viejas(session, real_now())
