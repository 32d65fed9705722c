"""What the ordered file of a case is: its progress, its hash, and for some days its PDF, sealed."""

import base64
import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.copias.states import EstadoCopia
from casos.encargos import Encargo
from oficina.audit import Personal
from oficina.db import Identified
from oficina.privacy import EncryptedText


class Foliado(Personal, Encargo, Identified, Base):
    """The file of a case as somebody asked for it; `contiene` says what it may tell beyond what
    happened: notes, evaluations, derivations. Only who may read all of that downloads it.

    Its folio and hash stay, so that whoever received it may ask whether it is the office's.
    """

    __tablename__ = "expedientes_foliados"
    __table_args__ = (Index("ix_expedientes_foliados_estado", "estado", "tomada_hasta"),)

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    contiene: Mapped[list[str]] = mapped_column(JSON)
    partes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    pdf_sellado: Mapped[str | None] = mapped_column(
        EncryptedText("casos.foliado.pdf"), deferred=True
    )

    def entregar(self, pdf: bytes, partes: int, ahora: datetime, caduca_en: datetime) -> None:
        """Keep it with its hash: it is ready."""
        self.terminar(ahora, caduca_en)
        self.pdf_sellado = base64.b64encode(pdf).decode()
        self.sha256, self.partes = hashlib.sha256(pdf).hexdigest(), partes

    def caducar(self) -> None:
        """Nobody may download it any more: forget the PDF."""
        self._pasar_a(EstadoCopia.CADUCADA)
        self.pdf_sellado = None

    @property
    def pdf(self) -> bytes:
        """The document; empty once it was wiped. It must be loaded."""
        return base64.b64decode(self.pdf_sellado or "")
