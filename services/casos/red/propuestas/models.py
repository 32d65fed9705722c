"""A service that somebody needed and the directory did not have."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.red.models import ServicioRed
from casos.red.propuestas.states import PASOS, EstadoPropuestaRed, MotivoDescarte, PasoPropuesta
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class PropuestaRed(Identified, Base):
    """It points to the service that it made, and to the one that it turned out to be."""

    __tablename__ = "propuestas_red"

    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"), unique=True)
    unida_a_id: Mapped[UUID | None] = mapped_column(ForeignKey("servicios_red.id"))
    # How to reach it, as whoever proposed it knows: nothing is sent there.
    como_llegar: Mapped[str] = mapped_column(EncryptedText("casos.propuesta_red.como_llegar"))
    estado: Mapped[EstadoPropuestaRed] = mapped_column(
        text_enum(EstadoPropuestaRed), default=EstadoPropuestaRed.PENDIENTE, index=True
    )
    motivo: Mapped[MotivoDescarte | None] = mapped_column(text_enum(MotivoDescarte))
    propuesta_por_id: Mapped[UUID] = mapped_column()
    propuesta_por: Mapped[str] = mapped_column(String(160))
    propuesta_en: Mapped[datetime] = mapped_column()
    decidida_por: Mapped[str] = mapped_column(String(160), default="")
    decidida_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    servicio: Mapped[ServicioRed] = relationship(lazy="raise", foreign_keys=[servicio_id])
    unida_a: Mapped[ServicioRed | None] = relationship(lazy="raise", foreign_keys=[unida_a_id])

    __mapper_args__ = {"version_id_col": version}

    def pasar(self, paso: PasoPropuesta, quien: str, ahora: datetime) -> None:
        """Decide it. Raises TransicionInvalida when somebody did already."""
        admitidos = PASOS[self.estado]
        if paso not in admitidos:
            raise TransicionInvalida(self.estado, admitidos)
        self.estado = admitidos[paso]
        self.decidida_por, self.decidida_en = quien, ahora
