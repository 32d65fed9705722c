"""The mark of change that every counted table carries, and the counter that numbers the marks."""

from sqlalchemy import BigInteger, null
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base


class ConCambio:
    """Mixin of a table whose rows are counted: `cambio` says when the row last changed.

    A new row has no number, and any UPDATE that SQLAlchemy writes, of an object or in bulk, takes
    the number away; whoever writes need not know. `casos.hechos.queries` gives the next number to
    rows without one, always after their commit. Only a hand-written SQL UPDATE must set it to NULL.
    """

    cambio: Mapped[int | None] = mapped_column(
        BigInteger, index=True, nullable=True, onupdate=null(), deferred=True
    )


class ContadorDeCambios(Base):
    """The last number given; one row, whose lock makes numbers and commits go in one order."""

    __tablename__ = "hechos_contador"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ultimo: Mapped[int] = mapped_column(BigInteger)
