"""What an exceptional access is: who reads which reserved case, why, and until when."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.expedientes.models import Caso
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class MotivoAcceso(StrEnum):
    """Why somebody must read a case in which they are not named."""

    RIESGO_INMEDIATO = "riesgo_inmediato"
    PERSONA_PRESENTE = "persona_presente"
    REQUERIMIENTO_AUTORIDAD = "requerimiento_autoridad"
    NADIE_DISPONIBLE = "nadie_disponible"


class AccesoExcepcional(Identified, Base):
    """One breaking of the glass. It runs on the machine's clock, as every key does.

    `lecturas` counts what was read by it; each reading's row of the audit carries its id.
    """

    __tablename__ = "accesos_excepcionales"
    __table_args__ = (
        Index("ix_accesos_excepcionales_funcionario_id_vence_en", "funcionario_id", "vence_en"),
    )

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    funcionario_id: Mapped[UUID] = mapped_column()
    funcionario_nombre: Mapped[str] = mapped_column(String(120))
    motivo: Mapped[MotivoAcceso] = mapped_column(text_enum(MotivoAcceso))
    texto: Mapped[str] = mapped_column(EncryptedText("casos.acceso_excepcional.texto"))
    reglas_version: Mapped[str] = mapped_column(String(20))
    abierto_en: Mapped[datetime] = mapped_column()
    vence_en: Mapped[datetime] = mapped_column()
    terminado_en: Mapped[datetime | None] = mapped_column()
    lecturas: Mapped[int] = mapped_column(default=0)

    caso: Mapped[Caso] = relationship(lazy="raise")

    def vigente(self, real: datetime) -> bool:
        """Whether it opens anything at this moment of the machine's clock."""
        return self.terminado_en is None and real < self.vence_en
