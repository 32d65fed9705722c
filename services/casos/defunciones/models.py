"""That somebody died, who said so, and that it was a mistake."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class FuenteDefuncion(StrEnum):
    """How the office knows."""

    CERTIFICADO = "certificado"
    FAMILIA = "familia"
    INSTITUCION = "institucion"
    OTRA = "otra"


class Defuncion(Personal, Identified, Base):
    """One telling of somebody's death. It holds until it is taken back, with a reason.

    Two may hold where two records of one person were joined.
    """

    __tablename__ = "defunciones"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    # When that was; often nobody knows the day.
    fecha: Mapped[date | None]
    fuente: Mapped[FuenteDefuncion] = mapped_column(text_enum(FuenteDefuncion))
    detalle: Mapped[str | None] = mapped_column(EncryptedText("casos.defuncion.detalle"))
    registrada_en: Mapped[datetime]
    registrada_por_id: Mapped[UUID]
    registrada_por: Mapped[str] = mapped_column(String(160))
    anulada_en: Mapped[datetime | None]
    anulada_por_id: Mapped[UUID | None]
    anulada_por: Mapped[str] = mapped_column(String(160), default="")
    anulada_motivo: Mapped[str | None] = mapped_column(EncryptedText("casos.defuncion.motivo"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def vigente(self) -> bool:
        """Whether it holds."""
        return self.anulada_en is None

    def anular(self, quien: Actor, motivo: str, ahora: datetime) -> None:
        """It was a mistake. Raises TransicionInvalida when somebody said so before."""
        if not self.vigente:
            raise TransicionInvalida("anulada", ())
        self.anulada_en, self.anulada_motivo = ahora, motivo
        self.anulada_por_id, self.anulada_por = quien.id, quien.nombre
