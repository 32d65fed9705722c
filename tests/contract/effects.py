"""What the handlers of these tests leave behind, in the subscriber's own database."""

from sqlalchemy import Column, Integer, MetaData, String, Table, insert
from sqlalchemy.orm import Session

from oficina.bus.inbox import Sobre

metadata = MetaData()
efectos = Table(
    "efectos",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("evento_id", String(36)),
    Column("agregado", String(120)),
    Column("secuencia", Integer),
)


def leave_a_trace(session: Session, sobre: Sobre) -> None:
    """One row a run of a handler, in their order."""
    row = {"evento_id": str(sobre.id), "agregado": sobre.subject, "secuencia": sobre.sequence}
    session.execute(insert(efectos).values(**row))
