"""What a link is, and until when it opens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from identidad.base import Base
from oficina.db import Identified, text_enum

if TYPE_CHECKING:
    from identidad.models import Funcionario


class Proposito(StrEnum):
    """What a link is for."""

    INVITACION = "invitacion"
    CLAVE = "clave"


# From the moment that its mail is written, on the machine's clock.
VIDA: Mapping[Proposito, timedelta] = {
    Proposito.INVITACION: timedelta(days=7),
    Proposito.CLAVE: timedelta(hours=1),
}


class EnlaceDeCuenta(Identified, Base):
    """A link that was asked for. Used once, or withdrawn; a newer one withdraws it."""

    __tablename__ = "enlaces_de_cuenta"

    funcionario_id: Mapped[UUID] = mapped_column(ForeignKey("funcionarios.id"), index=True)
    proposito: Mapped[Proposito] = mapped_column(text_enum(Proposito))
    pedido_en: Mapped[datetime]
    usado_en: Mapped[datetime | None]
    revocado_en: Mapped[datetime | None]

    funcionario: Mapped["Funcionario"] = relationship(lazy="raise")

    @property
    def pendiente(self) -> bool:
        """Whether nobody used or withdrew it, and the account may still have a password."""
        return self.usado_en is None and self.revocado_en is None and self.funcionario.activo


class FichaDeEnlace(Identified, Base):
    """A token of a link, as a hash. A mail that is written again has another one."""

    __tablename__ = "fichas_de_enlace"

    enlace_id: Mapped[UUID] = mapped_column(ForeignKey("enlaces_de_cuenta.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    acunada_en: Mapped[datetime]
    vence_en: Mapped[datetime]

    enlace: Mapped[EnlaceDeCuenta] = relationship(lazy="raise")
