"""What an attachment is: whose and of what, its kind, its hash; its content in sealed pieces."""

import base64
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.adjuntos.tipos import Tipo, tipos
from casos.base import Base
from oficina.audit import Personal
from oficina.db import Identified
from oficina.errors import Conflicto
from oficina.privacy import EncryptedText

TROZO = 64 * 1024
"""How many bytes one piece holds: as many are in memory, whatever the size of the file."""


class Adjunto(Personal, Identified, Base):
    """A file of a person: of a case, of one of their documents, or the evidence of a consent.

    Once it is retired (a reason is told) its content is gone, and that it was there stays.
    """

    __tablename__ = "adjuntos"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    caso_id: Mapped[UUID | None] = mapped_column(ForeignKey("casos.id"), index=True)
    documento_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("documentos_identidad.id", ondelete="SET NULL")
    )
    consentimiento_id: Mapped[UUID | None] = mapped_column(ForeignKey("consentimientos.id"))
    nombre: Mapped[str] = mapped_column(EncryptedText("casos.adjunto.nombre"))
    tipo: Mapped[str] = mapped_column(String(20))
    tamano: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    agregado_en: Mapped[datetime]
    agregado_por_id: Mapped[UUID]
    agregado_por: Mapped[str] = mapped_column(String(160))
    retirado_en: Mapped[datetime | None]
    retirado_por: Mapped[str | None] = mapped_column(String(160))
    retiro_motivo: Mapped[str | None] = mapped_column(EncryptedText("casos.adjunto.retiro_motivo"))

    @property
    def que_es(self) -> Tipo:
        """Its kind."""
        return tipos().tipo(self.tipo)

    @property
    def archivo(self) -> str:
        """What it is called when it is downloaded: nothing of the person."""
        return f"acogida-adjunto-{self.id}.{self.que_es.extension}"

    def retirar(self, quien: str, motivo: str, ahora: datetime) -> None:
        """Say that it should not be here. Raises Conflicto when somebody said so before."""
        if self.retirado_en is not None:
            raise Conflicto(_("Este adjunto ya se retiró."))
        self.retirado_en, self.retirado_por, self.retiro_motivo = ahora, quien, motivo


class Trozo(Base):
    """A piece of the content of an attachment, in its order."""

    __tablename__ = "trozos_de_adjunto"

    adjunto_id: Mapped[UUID] = mapped_column(ForeignKey("adjuntos.id"), primary_key=True)
    numero: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sellado: Mapped[str] = mapped_column(EncryptedText("casos.adjunto.trozo"))

    @classmethod
    def de(cls, adjunto_id: UUID, numero: int, contenido: bytes) -> "Trozo":
        """A piece to keep."""
        dicho = base64.b64encode(contenido).decode()
        return cls(adjunto_id=adjunto_id, numero=numero, sellado=dicho)

    @property
    def contenido(self) -> bytes:
        """Its bytes."""
        return base64.b64decode(self.sellado)
