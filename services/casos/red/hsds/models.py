"""A file that somebody brought, until it is loaded or thrown away."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class EstadoCarga(StrEnum):
    """Where a file is."""

    POR_CONFIRMAR = "por_confirmar"
    CARGADA = "cargada"
    DESCARTADA = "descartada"


class CargaDeRed(Identified, Base):
    """Only a file without errors gets here; what it would change is reckoned when it is shown and
    again when it is loaded.
    """

    __tablename__ = "cargas_de_red"

    contenido: Mapped[str] = mapped_column(EncryptedText("casos.carga_de_red.contenido"))
    estado: Mapped[EstadoCarga] = mapped_column(
        text_enum(EstadoCarga), default=EstadoCarga.POR_CONFIRMAR
    )
    traida_por_id: Mapped[UUID] = mapped_column()
    traida_por: Mapped[str] = mapped_column(String(160))
    traida_en: Mapped[datetime] = mapped_column()
    terminada_en: Mapped[datetime | None] = mapped_column()
    nuevas: Mapped[int] = mapped_column(default=0)
    cambiadas: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def terminar(self, estado: EstadoCarga, ahora: datetime) -> None:
        """Load it or throw it away; either way what was in it is not kept."""
        if self.estado is not EstadoCarga.POR_CONFIRMAR:
            raise TransicionInvalida(self.estado, ())
        self.estado, self.terminada_en, self.contenido = estado, ahora, ""
