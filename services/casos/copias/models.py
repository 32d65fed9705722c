"""What a copy is: its progress, and for some days its files, sealed."""

import base64
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.copias.states import PASOS, EstadoCopia
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText

INTENTOS = 5
"""How often a copy is tried before it is given up."""

PLAZO_DE_TRABAJO = timedelta(seconds=120)
"""How long a worker may be silent before another takes its copy; longer than the typesetter's."""


class CopiaDeDatos(Personal, Identified, Base):
    """A copy that a delegate asked for, to answer a request.

    `tomada_hasta` is the lease of the worker that is on it, on the machine's clock. The files are
    sealed as any text, and wiped once `caduca_en` has passed.
    """

    __tablename__ = "copias_de_datos"
    __table_args__ = (Index("ix_copias_de_datos_estado", "estado", "tomada_hasta"),)

    solicitud_id: Mapped[UUID] = mapped_column(ForeignKey("solicitudes_derecho.id"), index=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"))
    estado: Mapped[EstadoCopia] = mapped_column(text_enum(EstadoCopia))
    progreso: Mapped[int] = mapped_column(default=0)
    intentos: Mapped[int] = mapped_column(default=0)
    tomada_hasta: Mapped[datetime | None] = mapped_column()
    pedida_por_id: Mapped[UUID] = mapped_column()
    pedida_por: Mapped[str] = mapped_column(String(160))
    pedida_en: Mapped[datetime] = mapped_column()
    lista_en: Mapped[datetime | None] = mapped_column()
    caduca_en: Mapped[datetime | None] = mapped_column()
    sha256_pdf: Mapped[str | None] = mapped_column(String(64))
    sha256_json: Mapped[str | None] = mapped_column(String(64))
    pdf_sellado: Mapped[str | None] = mapped_column(EncryptedText("casos.copia.pdf"), deferred=True)
    json_sellado: Mapped[str | None] = mapped_column(
        EncryptedText("casos.copia.json"), deferred=True
    )

    def tomar(self, real: datetime) -> bool:
        """Take the work for a while; False when it was tried too often and is given up."""
        if self.intentos >= INTENTOS:
            self._pasar_a(EstadoCopia.FALLIDA)
            self.tomada_hasta = None
            return False
        self._pasar_a(EstadoCopia.EN_PROCESO)
        self.intentos += 1
        self.avanzar(10, real)
        return True

    def avanzar(self, progreso: int, real: datetime) -> None:
        """Say how far it is (percentage), and keep the lease."""
        self.progreso = progreso
        self.tomada_hasta = real + PLAZO_DE_TRABAJO

    def entregar(self, pdf: bytes, texto: str, ahora: datetime, caduca_en: datetime) -> None:
        """Keep the files: it is ready."""
        self._pasar_a(EstadoCopia.LISTA)
        self.progreso, self.tomada_hasta = 100, None
        self.pdf_sellado = base64.b64encode(pdf).decode()
        self.json_sellado = texto
        self.lista_en, self.caduca_en = ahora, caduca_en

    def caducar(self) -> None:
        """Nobody may download it any more: forget the files."""
        self._pasar_a(EstadoCopia.CADUCADA)
        self.pdf_sellado = self.json_sellado = None

    @property
    def pdf(self) -> bytes:
        """The document to read; empty once it was wiped. It must be loaded."""
        return base64.b64decode(self.pdf_sellado or "")

    def _pasar_a(self, estado: EstadoCopia) -> None:
        if estado not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])
        self.estado = estado
