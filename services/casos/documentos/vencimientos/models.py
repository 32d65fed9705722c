"""What was told of a document that is about to expire."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified


class AvisoDeDocumento(Identified, Base):
    """One stage of one due date was told in one case, as a task of it. It names ids that may be
    gone: an erased document takes nothing with it here, and nothing here leads to anybody.
    """

    __tablename__ = "avisos_de_documento"
    __table_args__ = (UniqueConstraint("documento_id", "caso_id", "vence_el", "dias"),)

    documento_id: Mapped[UUID] = mapped_column()
    caso_id: Mapped[UUID] = mapped_column(index=True)
    vence_el: Mapped[date] = mapped_column()
    dias: Mapped[int] = mapped_column()
    tarea_id: Mapped[UUID] = mapped_column()
    avisado_en: Mapped[datetime] = mapped_column()
