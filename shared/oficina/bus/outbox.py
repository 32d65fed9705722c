"""Telling: the fact is a row in the transaction of what it tells, or it is not told."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from oficina.bus import hints
from oficina.bus.envelope import HechoInvalido, around_sequence, sequence_text, to_cloudevent
from oficina.bus.tables import Outbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.events import Clasificacion, Evento
from oficina.gathering import Gathered, Piece
from oficina.rows import write_many
from oficina.whole import gathering

_comuna = "independencia"


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
    row = _row(hecho, clasificacion)
    # Past the session: telling must not flush what the caller still builds.
    if session.get_bind().dialect.name == "sqlite":
        _write_on_sqlite(session.connection(), row)
    else:
        _write_on_postgres(session, row)
    session.info["emitted"] = True
    evento_id: UUID = row["evento_id"]
    return evento_id


def emitir_muchos(session: Session, hechos: Sequence[tuple[Evento, Clasificacion]]) -> None:
    """Tell many facts with the caller's transaction, in their order; else as `emitir`.

    The numbers of all aggregates are drawn at once, in the order of their names: two who tell of
    the same ones never wait for each other in a ring.
    """
    if not hechos:
        return
    rows = [_row(hecho, clasificacion) for hecho, clasificacion in hechos]
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(_INSERT, list(_numbered(connection, rows)))
    else:
        if (gathered := gathering(session)) is not None:
            gathered.write()
        write_many(session, Outbox, _numbered(connection, rows))
        if not session.info.get("emitted"):
            connection.exec_driver_sql(
                _HINT_ALONE, {"canal": hints.OUTBOX, "quien": hints.sender()}
            )
    session.info["emitted"] = True


def _row(hecho: Evento, clasificacion: Clasificacion) -> dict[str, Any]:
    """The row of a fact, which has no number yet."""
    if not isinstance(getattr(hecho, hecho.sujeto_id), UUID):
        raise HechoInvalido(hecho, hecho.sujeto_id, "must be a UUID; flush before telling")
    evento_id = uuid7()
    moment = real_now()
    cuerpo = to_cloudevent(
        hecho,
        evento_id=evento_id,
        source=f"/{_comuna}/{hecho.tipo.split('.')[0]}",
        sequence=0,
        time=moment,
        clasificacion=clasificacion,
    )
    return {
        "evento_id": evento_id,
        "tipo": hecho.tipo,
        "agregado": cuerpo["subject"],
        "clasificacion": str(clasificacion),
        "cuerpo": cuerpo,
        "creado": moment,
    }


def _write_on_postgres(session: Session, row: Mapping[str, Any]) -> None:
    """Number, row and hint are one round trip, together with what else is gathered."""
    before, after = around_sequence(row["cuerpo"])
    values = {**row, "antes": before, "despues": after}
    del values["cuerpo"]
    gathered = gathering(session)
    is_at_once = gathered is None
    if gathered is None:
        gathered = Gathered(session.get_bind().dialect, session.connection)
    if not session.info.get("emitted"):
        gathered.hint(_HINT, {"canal": hints.OUTBOX, "quien": hints.sender()})
    gathered.add(_FACT, values, alone=row["agregado"])
    if is_at_once:
        gathered.write()


_FACT = Piece(
    (
        (
            "numero",
            """
        INSERT INTO outbox_contadores AS contador (agregado, ultimo) VALUES (%({p}agregado)s, 1)
        ON CONFLICT (agregado) DO UPDATE SET ultimo = contador.ultimo + 1 RETURNING ultimo
        """,
        ),
        (
            "fila",
            """
        INSERT INTO outbox (evento_id, tipo, agregado, secuencia, clasificacion, cuerpo, creado)
        SELECT %({p}evento_id)s, %({p}tipo)s, %({p}agregado)s, ultimo, %({p}clasificacion)s,
          CAST(%({p}antes)s || lpad(CAST(ultimo AS text), 12, '0') || %({p}despues)s AS json),
          %({p}creado)s
        FROM {p}numero
        """,
        ),
    )
)
_HINT = Piece((), asks="(SELECT pg_notify(%({p}canal)s, %({p}quien)s))")


def _numbered(
    connection: Connection, rows: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """The rows with the next numbers of their aggregates."""
    how_many = sorted(Counter(row["agregado"] for row in rows).items())
    if connection.dialect.name == "sqlite":
        drawn = connection.exec_driver_sql(_DRAW_MANY_ON_SQLITE, (json.dumps(how_many),))
    else:
        names, counts = zip(*how_many, strict=True)
        asked = {"agregados": list(names), "cuantos": list(counts)}
        drawn = connection.exec_driver_sql(_DRAW_MANY, asked)
    count_of = dict(how_many)
    following = {agregado: ultimo - count_of[agregado] for agregado, ultimo in drawn}
    for row in rows:
        following[row["agregado"]] += 1
        number = following[row["agregado"]]
        cuerpo = {**row["cuerpo"], "sequence": sequence_text(number)}
        yield {**row, "secuencia": number, "cuerpo": cuerpo}


_DRAW_MANY = """
INSERT INTO outbox_contadores AS contador (agregado, ultimo)
SELECT agregado, cuantos
FROM unnest(CAST(%(agregados)s AS text[]), CAST(%(cuantos)s AS bigint[])) AS son(agregado, cuantos)
ORDER BY agregado
ON CONFLICT (agregado) DO UPDATE SET ultimo = contador.ultimo + EXCLUDED.ultimo
RETURNING agregado, ultimo
"""
_HINT_ALONE = "SELECT pg_notify(%(canal)s, %(quien)s)"

_DRAW_MANY_ON_SQLITE = """
INSERT INTO outbox_contadores AS contador (agregado, ultimo)
SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
ON CONFLICT (agregado) DO UPDATE SET ultimo = contador.ultimo + excluded.ultimo
RETURNING agregado, ultimo
"""
_DRAW_ON_SQLITE = """
INSERT INTO outbox_contadores (agregado, ultimo) VALUES (?, 1)
ON CONFLICT (agregado) DO UPDATE SET ultimo = ultimo + 1 RETURNING ultimo
"""


def _write_on_sqlite(connection: Connection, row: Mapping[str, Any]) -> None:
    number = connection.exec_driver_sql(_DRAW_ON_SQLITE, (row["agregado"],)).scalar_one()
    numbered = {**row["cuerpo"], "sequence": sequence_text(number)}
    connection.execute(_INSERT, {**row, "secuencia": number, "cuerpo": numbered})


_INSERT = insert(Outbox)
