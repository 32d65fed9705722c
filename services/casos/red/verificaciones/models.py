"""What is asked of a service again and again, and what was told of it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casos.base import Base
from oficina.db import Identified, text_enum


class ClaseVerificacion(StrEnum):
    """What of a service is to be asked, each with its own validity."""

    CAPACIDAD = "capacidad"
    CONTACTO = "contacto"
    SERVICIO = "servicio"


class AvisoDeVerificacion(Identified, Base):
    """The last due date of a kind that was told of a service: a row apart, so that telling it
    changes no version of the service that somebody is correcting.
    """

    __tablename__ = "avisos_de_verificacion"
    __table_args__ = (UniqueConstraint("servicio_id", "clase"),)

    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"))
    clase: Mapped[ClaseVerificacion] = mapped_column(text_enum(ClaseVerificacion))
    vence_el: Mapped[date] = mapped_column()
    avisado_en: Mapped[datetime] = mapped_column()
