"""The follow-up of deadlines: whatever stage is due is told, in order, each exactly once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from casos.plazos.actions import postergar
from casos.plazos.calendario import mover, por_mover, version_vigente
from casos.plazos.queries import por_avanzar
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
    """Bring what is behind the calendar up to it, and pass every stage that is due by now, the
    oldest first; many a transaction.

    A crash between two transactions loses and repeats nothing: what is left is still due.
    """
    ahora = clock.now()
    _mover(env.db, ahora)
    _todos(
        lambda session, despues, cuantos: por_avanzar(
            session, ahora, clock.real_now(), despues=despues, cuantos=cuantos
        ),
        lambda session, debidos: pasar_etapas(session, debidos, ahora),
        lambda session, uno: postergar(session, uno.id),
        env.db,
    )


def _mover(db: Database, ahora: datetime) -> None:
    with db.read() as session:
        version = version_vigente(session)
    _todos(
        lambda session, despues, cuantos: por_mover(
            session, version, clock.real_now(), despues=despues, cuantos=cuantos
        ),
        lambda session, cuales: mover(session, cuales, ahora),
        lambda session, uno: postergar(session, uno.id),
        db,
    )


class _Puesto(Protocol):
    """A clock, and its place among those that are to be done."""

    @property
    def id(self) -> UUID:
        """Which."""

    @property
    def puesto(self) -> Any:
        """After which the next ones come."""


_Uno = TypeVar("_Uno", bound=_Puesto)


def _todos(
    siguientes: Callable[[Session, Any, int], Sequence[_Uno]],
    hacer: Callable[[Session, Sequence[_Uno]], None],
    apartar: Callable[[Session, _Uno], None],
    db: Database,
) -> None:
    """Do them all, page by page, a transaction each. When one fails, half as many are tried, until
    the one that fails is alone: it is set apart and holds back nobody else.
    """
    despues, cuantos = None, POR_VEZ
    while True:
        with db.read() as session:
            pagina = siguientes(session, despues, cuantos)
        if not pagina:
            return
        error = _intentar(db, hacer, pagina)
        if error is None:
            despues, cuantos = pagina[-1].puesto, min(2 * cuantos, POR_VEZ)
        elif len(pagina) > 1:
            cuantos = len(pagina) // 2
        else:
            (uno,) = pagina
            log.error("plazo_apartado", plazo_id=uno.id, kind=type(error).__name__, exc_info=error)
            with db.begin() as session:
                apartar(session, uno)


def _intentar(
    db: Database, hacer: Callable[[Session, Sequence[_Uno]], None], pagina: Sequence[_Uno]
) -> Exception | None:
    try:
        with db.begin() as session:
            hacer(session, pagina)
    except Exception as error:  # a clock may fail in any way; the others have their turn
        return error
    return None
