"""What somebody asked of whoever writes to them or calls them, as often as they said it anew.

Each entry says all of it; the one before is ended, never rewritten. Where two records of one person
were joined two entries may hold: then the precautions of both do (`contactos.pauta`).
"""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from casos.personas.models import CanalPreferido
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified
from oficina.privacy import EncryptedText


class ContactoSeguro(Personal, Identified, Base):
    """How somebody may be reached without harm."""

    __tablename__ = "contactos_seguros"

    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    # By which the office does not reach them; none are forbidden unless named.
    canales_vedados: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Hours of the day in Chile; both or none.
    desde: Mapped[time | None]
    hasta: Mapped[time | None]
    palabra_clave: Mapped[str | None] = mapped_column(EncryptedText("casos.contacto_seguro.clave"))
    indicaciones: Mapped[str | None] = mapped_column(EncryptedText("casos.contacto_seguro.texto"))
    puesto_en: Mapped[datetime]
    puesto_por_id: Mapped[UUID]
    puesto_por: Mapped[str] = mapped_column(String(160))
    terminado_en: Mapped[datetime | None]
    terminado_por_id: Mapped[UUID | None]
    terminado_por: Mapped[str] = mapped_column(String(160), default="")

    @property
    def vedados(self) -> frozenset[CanalPreferido]:
        """The ways by which nobody reaches them."""
        return frozenset(map(CanalPreferido, self.canales_vedados))

    def terminar(self, quien: Actor, ahora: datetime) -> None:
        """Something else holds from now on."""
        self.terminado_en = ahora
        self.terminado_por_id, self.terminado_por = quien.id, quien.nombre
