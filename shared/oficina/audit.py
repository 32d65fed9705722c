"""Who did what to which thing, and who read it. A row is never changed nor deleted by the office.

A change writes its row in its own transaction: there is no change without a row, no row without
its change. A reading of personal data writes its row in a short transaction of its own before the
answer leaves. Rows hold ids and codes; `motivo`, sealed, is the reason that the person gave, when
the rule asks for one.

What is about somebody is `Personal`. The door of each service (`oficina.web`) asks, before an
answer leaves, whether what its request read was written down: a reading that nobody wrote down is
not answered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina import telemetry
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database, Identified, OficinaBase
from oficina.privacy import EncryptedText


class Personal:
    """Mixin of a model that is about somebody: reading it leaves a row."""


@dataclass
class Cuenta:
    """What a request read and wrote down."""

    leyo: bool = False
    ultima: "Auditoria | None" = None
    """The row that was written last."""

    @property
    def debe(self) -> bool:
        """Whether something was read and no row says so."""
        return self.leyo and self.ultima is None


_cuenta: ContextVar[Cuenta | None] = ContextVar("cuenta", default=None)


@contextmanager
def llevar_cuenta() -> Iterator[Cuenta]:
    """Watch what is read and written down from here on; a request inside has its own account."""
    cuenta = Cuenta()
    token = _cuenta.set(cuenta)
    try:
        yield cuenta
    finally:
        _cuenta.reset(token)


@event.listens_for(Personal, "load", propagate=True)
def _note(_target: Personal, _context: object) -> None:
    if cuenta := _cuenta.get():
        cuenta.leyo = True


class Auditoria(Identified, OficinaBase):
    """One thing that somebody did or read, at the machine's time."""

    __tablename__ = "auditoria"

    ocurrida_en: Mapped[datetime] = mapped_column(index=True, default=real_now)
    actor_id: Mapped[UUID] = mapped_column(index=True)
    actor_tipo: Mapped[str] = mapped_column(String(20))
    actor_nombre: Mapped[str] = mapped_column(String(200))
    accion: Mapped[str] = mapped_column(String(100))
    recurso: Mapped[str] = mapped_column(String(60))
    recurso_id: Mapped[UUID | None] = mapped_column(index=True)
    cantidad: Mapped[int | None]
    motivo: Mapped[str | None] = mapped_column(EncryptedText("oficina.auditoria.motivo"))
    correlation_id: Mapped[str] = mapped_column(String(64), default="")


def registrar(
    session: Session,
    actor: Actor,
    accion: str,
    recurso: str,
    recurso_id: UUID | None,
    *,
    motivo: str = "",
    cantidad: int | None = None,
) -> None:
    """Write the row in the transaction of what it tells."""
    fila = Auditoria(
        actor_id=actor.id,
        actor_tipo=actor.tipo,
        actor_nombre=actor.nombre,
        accion=accion,
        recurso=recurso,
        recurso_id=recurso_id,
        cantidad=cantidad,
        motivo=motivo or None,
        correlation_id=telemetry.correlation_id.get(),
    )
    session.add(fila)
    if cuenta := _cuenta.get():
        cuenta.ultima = fila


def registrar_lectura(
    db: Database,
    actor: Actor,
    accion: str,
    recurso: str,
    recurso_id: UUID | None,
    *,
    cantidad: int | None = None,
) -> None:
    """Write, and commit, that personal data is about to be shown; of a list, how many items."""
    with db.begin() as session:
        registrar(session, actor, accion, recurso, recurso_id, cantidad=cantidad)
