"""What a proposed closing is: how the case would end, who says so, and what was decided."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from casos.base import Base
from casos.expedientes.models import ResultadoCierre
from casos.expedientes.states import MotivoCierre
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class EstadoPropuesta(StrEnum):
    """What came of it; `SIN_EFECTO`: the case went another way before anybody decided."""

    PENDIENTE = "pendiente"
    APROBADA = "aprobada"
    RECHAZADA = "rechazada"
    SIN_EFECTO = "sin_efecto"


class CierrePropuesto(Identified, Base):
    """A closing that waits for a second person, or that one decided. At most one waits a case."""

    __tablename__ = "cierres_propuestos"
    __table_args__ = (
        Index(
            "ix_cierres_propuestos_pendiente",
            "caso_id",
            unique=True,
            sqlite_where=text("estado = 'pendiente'"),
            postgresql_where=text("estado = 'pendiente'"),
        ),
    )

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    motivo: Mapped[MotivoCierre] = mapped_column(text_enum(MotivoCierre))
    resultado: Mapped[ResultadoCierre] = mapped_column(text_enum(ResultadoCierre))
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.cierre.texto"))
    estado: Mapped[EstadoPropuesta] = mapped_column(
        text_enum(EstadoPropuesta), default=EstadoPropuesta.PENDIENTE
    )
    propuesto_por_id: Mapped[UUID]
    propuesto_por: Mapped[str] = mapped_column(String(120))
    propuesto_en: Mapped[datetime]
    decidido_por_id: Mapped[UUID | None]
    decidido_por: Mapped[str] = mapped_column(String(120), default="")
    decidido_en: Mapped[datetime | None]
    decision_texto: Mapped[str | None] = mapped_column(EncryptedText("casos.cierre.decision"))


def dejar_sin_efecto(session: Session, caso_id: UUID, ahora: datetime) -> None:
    """The case goes another way: nobody decides any more on what was proposed."""
    session.execute(
        update(CierrePropuesto)
        .where(
            CierrePropuesto.caso_id == caso_id,
            CierrePropuesto.estado == EstadoPropuesta.PENDIENTE,
        )
        .values(estado=EstadoPropuesta.SIN_EFECTO, decidido_en=ahora)
        .execution_options(synchronize_session=False)
    )
