"""Who did what to which thing, and who read it. A row is never changed nor deleted by the office.

A change writes its row in its own transaction: there is no change without a row, no row without
its change. A reading of personal data writes its row in a short transaction of its own before the
answer leaves. Rows hold ids and codes; `motivo`, sealed, is the reason that the person wrote, when
the rule asks for one. Whence it came is the address of the request, as the trusted proxy says it,
and the session. `oficina.cadena` chains the rows, so that nobody rewrites them unseen.

What is about somebody is `Personal`. The door of each service (`oficina.web`) asks, before an
answer leaves, whether what its request read was written down: a reading that nobody wrote down is
not answered.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, and_, event, func, inspect, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina import telemetry
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database, Identified, OficinaBase, uuid7
from oficina.privacy import EncryptedText
from oficina.rows import write_rows


class Personal:
    """Mixin of a model that is about somebody: reading it leaves a row."""


@dataclass
class Cuenta:
    """What a request read and wrote down, and whence it came."""

    leyo: bool = False
    ultima: Mapping[str, Any] | None = None
    """The row that was written last, by the names of `Auditoria`."""
    direccion: str | None = None
    sesion_id: UUID | None = None

    @property
    def debe(self) -> bool:
        """Whether something was read and no row says so."""
        return self.leyo and self.ultima is None


_cuenta: ContextVar[Cuenta | None] = ContextVar("cuenta", default=None)


@contextmanager
def llevar_cuenta(direccion: str | None = None) -> Iterator[Cuenta]:
    """Watch what is read and written down from here on; a request inside has its own account."""
    cuenta = Cuenta(direccion=direccion)
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
    motivo_sal: Mapped[str | None] = mapped_column(EncryptedText("oficina.auditoria.motivo_sal"))
    motivo_huella: Mapped[str | None] = mapped_column(String(64))
    """What the chain holds of `motivo`: who sees it without the keys learns nothing."""
    motivo_codigo: Mapped[str | None] = mapped_column(Text)
    """A reason that was chosen and not written: codes, which whoever sees the row may read."""
    correlation_id: Mapped[str] = mapped_column(String(64), default="")
    direccion: Mapped[str | None] = mapped_column(String(45))
    """The address of the request; None of what the office does by itself."""
    sesion_id: Mapped[UUID | None]
    """The session of the person; a client of the API has none, its id is `actor_id`."""


def registrar(
    session: Session,
    actor: Actor,
    accion: str,
    recurso: str,
    recurso_id: UUID | None,
    *,
    motivo: str = "",
    motivo_codigo: str = "",
    cantidad: int | None = None,
) -> None:
    """Write the row in the transaction of what it tells.

    `motivo` is what a person wrote and is sealed; `motivo_codigo` holds codes only.
    """
    fila = _fila(actor, accion, recurso, recurso_id, cantidad)
    fila["motivo_codigo"] = motivo_codigo or None
    if motivo:
        sal = secrets.token_hex(16)
        fila |= {"motivo": motivo, "motivo_sal": sal}
        fila["motivo_huella"] = huella_de_motivo(motivo, sal)
    # Past the session: nobody loads it again, nor does it flush what is still built.
    write_rows(session, _TABLE, [fila])


def registrar_muchas(
    session: Session, actor: Actor, accion: str, recurso: str, ids: Sequence[UUID]
) -> None:
    """The same was done to several: a row of each, in one statement."""
    if ids:
        filas = [_fila(actor, accion, recurso, uno, None) for uno in ids]
        write_rows(session, _TABLE, filas)


def registrar_lectura(
    db: Database,
    actor: Actor,
    accion: str,
    recurso: str,
    recurso_id: UUID | None,
    *,
    cantidad: int | None = None,
    motivo_codigo: str = "",
) -> None:
    """Write, and commit, that personal data is about to be shown; of a list, how many items, and in
    `motivo_codigo` by which codes they were narrowed.

    One statement, which is the whole transaction: each page that shows a person waits for it.
    """
    fila = _fila(actor, accion, recurso, recurso_id, cantidad)
    fila["motivo_codigo"] = motivo_codigo or None
    db.write_alone(_TABLE, fila)


@dataclass(frozen=True)
class Cambio:
    """Who changed something, when, and by which action of the audit; nobody and none is named when
    that is not known.
    """

    cuando: datetime
    actor_id: UUID | None = None
    quien: str = ""
    accion: str = ""


def ultimo_cambio(
    session: Session,
    recurso: str,
    recurso_id: UUID,
    acciones: Collection[str],
    *,
    sin_decir: Collection[str] = (),
    aparte: Collection[str] = (),
) -> Cambio | None:
    """Who changed a thing last, for somebody who was writing on it; None when that is not known.

    `acciones` are those that change it. `sin_decir` change things of this kind without saying
    which: after one of them nobody knows. `aparte` are codes of reasons that tell of another thing.
    What is older than a day, nobody was writing at.
    """
    fila = session.execute(
        select(Auditoria.accion, Auditoria.ocurrida_en, Auditoria.actor_id, Auditoria.actor_nombre)
        .where(
            Auditoria.ocurrida_en > real_now() - timedelta(days=1),
            or_(
                and_(
                    Auditoria.recurso_id == recurso_id,
                    Auditoria.recurso == recurso,
                    Auditoria.accion.in_(acciones),
                    func.coalesce(Auditoria.motivo_codigo, "").not_in(aparte),
                ),
                Auditoria.accion.in_(sin_decir),
            ),
        )
        .order_by(Auditoria.ocurrida_en.desc(), Auditoria.id.desc())
        .limit(1)
    ).first()
    if fila is None or fila.accion in sin_decir:
        return None
    return Cambio(fila.ocurrida_en, fila.actor_id, fila.actor_nombre, fila.accion)


def huella_de_motivo(motivo: str, sal: str) -> str:
    """The fingerprint of a reason, which stays when both are sealed anew under another key."""
    return hashlib.sha256(f"{sal}\x1f{motivo}".encode()).hexdigest()


_TABLE = Auditoria.metadata.tables[Auditoria.__tablename__]
_NOTHING: Mapping[str, Any] = dict.fromkeys(
    column.key for column in inspect(Auditoria).column_attrs
)


def _fila(
    actor: Actor, accion: str, recurso: str, recurso_id: UUID | None, cantidad: int | None
) -> dict[str, Any]:
    """A row of now, from here; the request's account knows that it was written."""
    cuenta = _cuenta.get()
    fila = {
        **_NOTHING,
        "id": uuid7(),
        "ocurrida_en": real_now(),
        "actor_id": actor.id,
        "actor_tipo": actor.tipo,
        "actor_nombre": actor.nombre,
        "accion": accion,
        "recurso": recurso,
        "recurso_id": recurso_id,
        "cantidad": cantidad,
        "correlation_id": telemetry.correlation_id.get(),
        "direccion": cuenta.direccion if cuenta else None,
        "sesion_id": cuenta.sesion_id if cuenta else None,
    }
    if cuenta:
        cuenta.ultima = fila
    return fila
