"""Telling: the fact is a row in the transaction of what it tells, or it is not told."""

from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from oficina.bus import hints
from oficina.bus.envelope import HechoInvalido, to_cloudevent
from oficina.bus.tables import AggregateCounter, Outbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.events import Clasificacion, Evento

_comuna = "independencia"
_counters = AggregateCounter.__table__


def configure(comuna: str) -> None:
    """Say once which comuna this process speaks for: the first word of each event's source."""
    global _comuna  # noqa: PLW0603  a process speaks for one comuna
    _comuna = comuna


def emitir(
    session: Session, hecho: Evento, *, clasificacion: Clasificacion = Clasificacion.INTERNO
) -> UUID:
    """Tell a fact with the caller's transaction; returns the id of the event.

    Draws the next number of the aggregate, which stays locked for other writers until the
    transaction ends: the order of commits is the order of numbers. Raises HechoInvalido when a
    field has another type than the fact declares, an id not yet drawn among them.
    """
    if not isinstance(getattr(hecho, hecho.sujeto_id), UUID):
        raise HechoInvalido(hecho, hecho.sujeto_id, "must be a UUID; flush before telling")
    agregado = hecho.subject()
    evento_id = uuid7()
    moment = real_now()
    sequence = _next_number(session, agregado)
    cuerpo = to_cloudevent(
        hecho,
        evento_id=evento_id,
        source=f"/{_comuna}/{hecho.tipo.split('.')[0]}",
        sequence=sequence,
        time=moment,
        clasificacion=clasificacion,
    )
    session.add(
        Outbox(
            evento_id=evento_id,
            tipo=hecho.tipo,
            agregado=agregado,
            secuencia=sequence,
            clasificacion=clasificacion.value,
            cuerpo=cuerpo,
            creado=moment,
        )
    )
    _wake_after_commit(session)
    return evento_id


def _next_number(session: Session, agregado: str) -> int:
    # Straight on the connection: asking for a number must not flush what the caller still builds.
    connection = session.connection()
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    drawn = (
        dialect.insert(_counters)
        .values(agregado=agregado, ultimo=1)
        .on_conflict_do_update(index_elements=["agregado"], set_={"ultimo": _counters.c.ultimo + 1})
        .returning(_counters.c.ultimo)
    )
    return int(connection.execute(drawn).scalar_one())


def _wake_after_commit(session: Session) -> None:
    if session.info.get("emitted"):
        return
    session.info["emitted"] = True
    hints.notify_outbox(session)
