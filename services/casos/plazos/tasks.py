"""The follow-up of deadlines: whatever stage is due is told, in order, each exactly once."""

from casos.derivaciones.actions import vencer
from casos.derivaciones.queries import derivacion_por_id
from casos.plazos.actions import pasar_etapa
from casos.plazos.models import Plazo
from casos.plazos.queries import primero_por_avanzar
from oficina import clock
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs


def registrar_en(jobs: Jobs) -> None:
    """Put the follow-up on the service's list."""
    jobs.sweep(every=5)(seguir_plazos)


def seguir_plazos(env: Env) -> None:
    """Pass every stage that is due by now, the oldest first, a transaction each.

    A crash between two stages loses and repeats nothing: what is left is still due.
    """
    while _pasar_la_primera(env.db):
        pass


def _pasar_la_primera(db: Database) -> bool:
    ahora = clock.now()
    with db.read() as session:
        primero = primero_por_avanzar(session, ahora)
    if primero is None:
        return False
    with db.begin() as session:
        if primero.derivacion_id is not None:
            derivacion_por_id(session, primero.derivacion_id, bloquear=True)
        # Read again under its lock: an answer or another follow-up may have come first.
        plazo = session.get(Plazo, primero.id, with_for_update=True)
        etapa = pasar_etapa(session, plazo, ahora) if plazo else None
        if etapa and etapa.hecho == "cierre" and plazo and plazo.derivacion_id:
            vencer(session, plazo.derivacion_id, ahora)
    return True
