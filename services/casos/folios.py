"""Numbers that people can read out over a counter: OM-2026-000123.

A folio says nothing about the person and is never derived from a document. Numbers of a prefix and
a year are consecutive and unique, also when several transactions draw at once.
"""

from typing import Literal

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from casos.base import Base

Prefijo = Literal[
    "OM",
    "P",
    "D",
    "SD",
    "IS",
    "CV",
    "PG",
    "PO",
    "AE",
    "RN",
    "OR",
    "MD",
    "RD",
    "OB",
    "HO",
    "EX",
    "OF",
]
"""OM a case, P a person, D a derivation, SD a request about somebody's data, IS a breach,
CV an agreement, PG a programme, PO an application, AE the act of a delivery, RN an account,
OR an organisation, MD a mediation, RD a report of discrimination, OB an obstacle,
HO orientation that was given, EX the file of a case as a PDF, OF a letter."""

_SACAR = text(
    "INSERT INTO folios (prefijo, anio, ultimo) VALUES (:prefijo, :anio, :cuantos) "
    "ON CONFLICT (prefijo, anio) DO UPDATE SET ultimo = folios.ultimo + :cuantos "
    "RETURNING ultimo"
)


class Folio(Base):
    """The last number given of a prefix in a year."""

    __tablename__ = "folios"

    prefijo: Mapped[str] = mapped_column(String(4), primary_key=True)
    anio: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ultimo: Mapped[int]


def siguiente_folio(session: Session, prefijo: Prefijo, anio: int) -> str:
    """Draw the next folio; the row stays locked until the transaction ends, so none is skipped."""
    return siguientes_folios(session, prefijo, anio, 1)[0]


def siguientes_folios(session: Session, prefijo: Prefijo, anio: int, cuantos: int) -> list[str]:
    """Draw `cuantos` consecutive folios at once (a register of the past loads many)."""
    ultimo = session.execute(
        _SACAR, {"prefijo": prefijo, "anio": anio, "cuantos": cuantos}
    ).scalar_one()
    return [f"{prefijo}-{anio}-{n:06d}" for n in range(ultimo - cuantos + 1, ultimo + 1)]
