"""The follow-up of deadlines: whatever stage is due is told, in order, each exactly once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casos.plazos.actions import postergar
from casos.plazos.queries import Debido, por_avanzar
from casos.plazos.seguimiento import pasar_etapas
from oficina import clock, telemetry
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs

POR_VEZ = 500
"""Clocks of one transaction."""

log = telemetry.get_logger("casos.plazos")


def registrar_en(jobs: Jobs) -> None:
    """Put the follow-up on the service's list."""
    jobs.sweep(every=5)(seguir_plazos)


def seguir_plazos(env: Env) -> None:
    """Pass every stage that is due by now, the oldest first, many a transaction.

    A crash between two transactions loses and repeats nothing: what is left is still due. When one
    fails, half as many are tried, until the one that cannot pass is alone: it is tried again later
    and holds back nobody else.
    """
    ahora, despues, cuantos = clock.now(), None, POR_VEZ
    while debidos := _siguientes(env.db, ahora, despues, cuantos):
        error = _intentar(env.db, debidos, ahora)
        if error is None:
            despues, cuantos = debidos[-1].puesto, min(2 * cuantos, POR_VEZ)
        elif len(debidos) > 1:
            cuantos = len(debidos) // 2
        else:
            _apartar(env.db, debidos[0], error)


def _siguientes(
    db: Database, ahora: datetime, despues: tuple[datetime, UUID] | None, cuantos: int
) -> Sequence[Debido]:
    with db.read() as session:
        return por_avanzar(session, ahora, clock.real_now(), despues=despues, cuantos=cuantos)


def _apartar(db: Database, uno: Debido, error: Exception) -> None:
    log.error("plazo_sin_pasar", plazo_id=uno.id, kind=type(error).__name__, exc_info=error)
    with db.begin() as session:
        postergar(session, uno.id)


def _intentar(db: Database, debidos: Sequence[Debido], ahora: datetime) -> Exception | None:
    try:
        with db.begin() as session:
            pasar_etapas(session, debidos, ahora)
    except Exception as error:  # a clock may fail in any way; the others have their turn
        return error
    return None
