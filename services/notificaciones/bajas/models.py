"""An address that wants no more messages. Lifting it leaves the row: it is its history."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones import direcciones
from notificaciones.bajas.states import Origen
from notificaciones.base import Base
from notificaciones.plantillas.catalogo import Canal, Tema
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto
from oficina.privacy import EncryptedText


class Baja(Personal, Identified, Base):
    """No more messages to one address: a telephone gets SMS, a mailbox mail.

    `tema` is what it wants no more of; None is all that may be stopped. Of somebody who was erased
    `indice` alone stays, or they would be written to again.
    """

    __tablename__ = "bajas"
    __table_args__ = (Index("ix_bajas_indice_levantada_en", "indice", "levantada_en"),)

    indice: Mapped[str] = mapped_column(String(64))
    canal: Mapped[Canal] = mapped_column(text_enum(Canal))
    direccion: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.baja.direccion"))
    tema: Mapped[Tema | None] = mapped_column(text_enum(Tema))
    origen: Mapped[Origen] = mapped_column(text_enum(Origen))
    motivo: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.baja.motivo"))
    anotada_por: Mapped[UUID | None] = mapped_column()
    desde: Mapped[datetime] = mapped_column()
    levantada_en: Mapped[datetime | None] = mapped_column()
    levantada_origen: Mapped[Origen | None] = mapped_column(text_enum(Origen))
    levantada_motivo: Mapped[str | None] = mapped_column(
        EncryptedText("notificaciones.baja.levantada_motivo")
    )
    levantada_por: Mapped[UUID | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def levantar(
        self, origen: Origen, quien: UUID | None, motivo: str | None, ahora: datetime
    ) -> None:
        """The address wants messages again."""
        if self.levantada_en is not None:
            raise Conflicto(_("Esta baja ya se levantó."))
        self.levantada_en, self.levantada_origen = ahora, origen
        self.levantada_por, self.levantada_motivo = quien, motivo

    def de_quien(self) -> str:
        """What may be shown of the address."""
        return direcciones.enmascarada(self.direccion) if self.direccion else "•••"
