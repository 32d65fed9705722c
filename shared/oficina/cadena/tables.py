"""The tables of the chain, in every service's database, and what a link is made of.

A trigger puts each new row of the audit in `auditoria_por_sellar`, in the transaction of the row:
what waits is found by waiting there, never by comparing ids or moments, so that a row that commits
late is sealed late and not left out. Other triggers refuse to change or delete rows of the audit
and links; the chain is for whoever can remove a trigger.

A hash covers everything, in a canonical form: JSON with sorted keys, without blanks, in UTF-8;
moments in UTC with microseconds, ids as they are written. A column without value is left out, so
that a later version may add columns. The reason that a person wrote is sealed under keys that are
replaced one day: the row has a fingerprint of it, drawn with a secret that is sealed as well, and
the chain covers the fingerprint.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina.audit import Auditoria
from oficina.db import OficinaBase

GENESIS = "0" * 64
"""What the first link follows."""

_RESEALED = frozenset({"motivo", "motivo_sal"})
FILA = [column for column in Auditoria.__table__.columns if column.name not in _RESEALED]
"""What a link covers of a row of the audit: all columns but those that `motivo_huella` covers."""


class PorSellar(OficinaBase):
    """A row of the audit that is not in the chain yet."""

    __tablename__ = "auditoria_por_sellar"

    auditoria_id: Mapped[UUID] = mapped_column(primary_key=True)


class Eslabon(OficinaBase):
    """A link: the row of the audit in this place of the chain, and the hash of all until here."""

    __tablename__ = "auditoria_cadena"

    secuencia: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    auditoria_id: Mapped[UUID] = mapped_column(unique=True)
    sellada_en: Mapped[datetime]
    huella: Mapped[str] = mapped_column(String(64))
    """The hash of the row alone: tells a changed row from a changed link."""
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Cabeza:
    """How far a service's chain goes, and the hash that stands for all of it."""

    servicio: str
    secuencia: int
    hash: str


def huella_de(fila: Mapping[str, Any]) -> str:
    """The hash of a row of the audit: of the columns `FILA`, by name."""
    return _sha256({name: value for name, value in fila.items() if value is not None})


def hash_de(
    servicio: str,
    anterior: str,
    *,
    secuencia: int,
    auditoria_id: UUID,
    sellada_en: datetime,
    huella: str,
) -> str:
    """The hash of a link, which holds all that came before by the hash of the one before."""
    return _sha256(
        {
            "servicio": servicio,
            "anterior": anterior,
            "secuencia": secuencia,
            "auditoria_id": auditoria_id,
            "sellada_en": sellada_en,
            "huella": huella,
        }
    )


def cabeza(session: Session, servicio: str) -> Cabeza:
    """The end of the chain; of an empty one, what the first link will follow."""
    last = select(Eslabon.secuencia, Eslabon.hash).order_by(Eslabon.secuencia.desc()).limit(1)
    found = session.execute(last).first()
    return Cabeza(servicio, *(found or (0, GENESIS)))


def _sha256(values: Mapping[str, Any]) -> str:
    written = {name: _written(value) for name, value in values.items()}
    canonical = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
