"""Entrance: documents that are about to expire."""

from casos.documentos.vencimientos import actions, queries
from oficina import clock, telemetry
from oficina.env import Env
from oficina.errors import DomainError
from oficina.jobs import Jobs

log = telemetry.get_logger("casos.documentos")


def registrar_en(jobs: Jobs) -> None:
    """Put the watch on the service's list."""
    jobs.sweep(every=3600)(seguir_documentos)


def seguir_documentos(env: Env) -> None:
    """Tell each stage once, a transaction each: a crash loses none, and a case that takes no task
    keeps no other one from being told.
    """
    with env.db.read() as session:
        debidos = queries.por_avisar(session, clock.today())
    for que in debidos:
        try:
            with env.db.begin() as session:
                actions.avisar(session, que, clock.now())
        except DomainError as error:
            log.error("documento_no_avisado", caso_id=str(que.caso_id), kind=type(error).__name__)
