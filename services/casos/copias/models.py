"""What a copy is: its progress, and for some days its files, sealed."""

import base64
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.copias.states import EstadoCopia
from casos.encargos import Encargo
from oficina.audit import Personal
from oficina.db import Identified
from oficina.privacy import EncryptedText


class CopiaDeDatos(Personal, Encargo, Identified, Base):
    """A copy that a delegate asked for, to answer a request.

    The files are sealed as any text.
    """

    __tablename__ = "copias_de_datos"
    __table_args__ = (Index("ix_copias_de_datos_estado", "estado", "tomada_hasta"),)

    solicitud_id: Mapped[UUID] = mapped_column(ForeignKey("solicitudes_derecho.id"), index=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    sha256_pdf: Mapped[str | None] = mapped_column(String(64))
    sha256_json: Mapped[str | None] = mapped_column(String(64))
    pdf_sellado: Mapped[str | None] = mapped_column(EncryptedText("casos.copia.pdf"), deferred=True)
    json_sellado: Mapped[str | None] = mapped_column(
        EncryptedText("casos.copia.json"), deferred=True
    )

    def entregar(self, pdf: bytes, texto: str, ahora: datetime, caduca_en: datetime) -> None:
        """Keep the files: it is ready."""
        self.terminar(ahora, caduca_en)
        self.pdf_sellado = base64.b64encode(pdf).decode()
        self.json_sellado = texto

    def caducar(self) -> None:
        """Nobody may download it any more: forget the files."""
        self._pasar_a(EstadoCopia.CADUCADA)
        self.pdf_sellado = self.json_sellado = None

    @property
    def pdf(self) -> bytes:
        """The document to read; empty once it was wiped. It must be loaded."""
        return base64.b64decode(self.pdf_sellado or "")
