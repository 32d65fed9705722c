"""What a task is. Until when it is to be done, its clock says (`Plazo.tarea_id`)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from casos.base import Base
from casos.tareas.states import PASOS, EstadoTarea
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Tarea(Identified, Base):
    """Something that somebody does for a case."""

    __tablename__ = "tareas"
    __table_args__ = (Index("ix_tareas_responsable_estado", "responsable_id", "estado"),)

    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    que: Mapped[str] = mapped_column(EncryptedText("casos.tarea.que"))
    responsable_id: Mapped[UUID]
    responsable_nombre: Mapped[str] = mapped_column(String(120))
    estado: Mapped[EstadoTarea] = mapped_column(
        text_enum(EstadoTarea), default=EstadoTarea.PENDIENTE
    )
    creada_por_id: Mapped[UUID]
    creada_por: Mapped[str] = mapped_column(String(120))
    creada_en: Mapped[datetime]
    terminada_en: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def exigir_pendiente(self) -> None:
        """Raise TransicionInvalida when it has ended."""
        if self.estado is not EstadoTarea.PENDIENTE:
            raise TransicionInvalida(self.estado, PASOS[self.estado])

    def terminar(self, estado: EstadoTarea, ahora: datetime) -> None:
        """It was done, or nobody does it any more. Raises TransicionInvalida."""
        if estado not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])
        self.estado, self.terminada_en = estado, ahora


def cancelar_de_caso(session: Session, caso_id: UUID, ahora: datetime) -> None:
    """Nobody does any more what was to be done for a case; its clocks the caller stops."""
    session.execute(
        update(Tarea)
        .where(Tarea.caso_id == caso_id, Tarea.estado == EstadoTarea.PENDIENTE)
        .values(estado=EstadoTarea.CANCELADA, terminada_en=ahora, version=Tarea.version + 1)
        .execution_options(synchronize_session=False)
    )
