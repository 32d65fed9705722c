"""The follow-up of deadlines: whatever stage is due is told, in order, each exactly once."""

from casos.alcance import SIN_LIMITE
from casos.derivaciones.actions import vencer
from casos.derivaciones.queries import derivacion_por_id
from casos.plazos.actions import pasar_etapa, postergar
from casos.plazos.models import Plazo
from casos.plazos.queries import primero_por_avanzar
from oficina import clock, telemetry
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs

log = telemetry.get_logger("casos.plazos")


def registrar_en(jobs: Jobs) -> None:
    """Put the follow-up on the service's list."""
    jobs.sweep(every=5)(seguir_plazos)


def seguir_plazos(env: Env) -> None:
    """Pass every stage that is due by now, the oldest first, a transaction each.

    A crash between two stages loses and repeats nothing: what is left is still due. One that fails
    is tried again later and does not hold up the others.
    """
    while plazo := _primero(env.db):
        try:
            _pasar(env.db, plazo)
        except Exception as error:  # one clock may fail in any way; the others have their turn
            log.exception("plazo_sin_pasar", plazo_id=plazo.id, kind=type(error).__name__)
            with env.db.begin() as session:
                postergar(session, plazo.id)


def _primero(db: Database) -> Plazo | None:
    with db.read() as session:
        return primero_por_avanzar(session, clock.now(), clock.real_now())


def _pasar(db: Database, primero: Plazo) -> None:
    ahora = clock.now()
    with db.begin() as session:
        if primero.derivacion_id is not None:
            derivacion_por_id(session, primero.derivacion_id, SIN_LIMITE, bloquear=True)
        # Read again under its lock: an answer or another follow-up may have come first.
        plazo = session.get_one(Plazo, primero.id, with_for_update=True)
        etapa = pasar_etapa(session, plazo, ahora)
        if etapa and etapa.hecho == "cierre" and plazo.derivacion_id:
            vencer(session, plazo.derivacion_id, ahora)
