"""What RabbitMQ must have for a subscription, and what was last seen of it there."""

import base64
import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones.base import Base
from oficina.db import text_enum


class FallaDeCola(StrEnum):
    """Why RabbitMQ does not have what it should."""

    SIN_GESTION = "sin_gestion"  # no management API is named to the jobs process
    SIN_RESPUESTA = "sin_respuesta"
    SIN_PERMISO = "sin_permiso"
    RECHAZADA = "rechazada"


class Cola(Base):
    """The queue of a subscription and its user, both of one name.

    What the machine sees of it is written without the version of the subscription. The row of one
    that was closed goes when RabbitMQ has forgotten the queue and the user.
    """

    __tablename__ = "colas"

    suscripcion_id: Mapped[UUID] = mapped_column(ForeignKey("suscripciones.id"), primary_key=True)
    nombre: Mapped[str] = mapped_column(String(160), unique=True)
    clave: Mapped[str] = mapped_column(String(64))
    """As RabbitMQ keeps it: four random bytes and SHA-256 of them and the password, in base64. The
    password has 256 random bits and is nowhere."""
    revisada_en: Mapped[datetime | None] = mapped_column()
    """When all was last seen to be there; None until then, and after a change."""
    falla: Mapped[FallaDeCola | None] = mapped_column(text_enum(FallaDeCola))
    mensajes: Mapped[int | None] = mapped_column()
    lectores: Mapped[int | None] = mapped_column()


def nueva_clave() -> tuple[str, str]:
    """A password, and how RabbitMQ keeps it."""
    clave = secrets.token_urlsafe(32)
    return clave, _as_kept(clave, secrets.token_bytes(4))


def _as_kept(clave: str, salt: bytes) -> str:
    digest = hashlib.sha256(salt + clave.encode()).digest()
    return base64.b64encode(salt + digest).decode()
