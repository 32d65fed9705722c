"""What a person answered, and what it did."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from notificaciones import direcciones
from notificaciones.base import Base
from notificaciones.entrantes.states import Efecto, Estado, Intencion
from notificaciones.plantillas.catalogo import Canal
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto
from oficina.events.notificaciones import DerivacionContestada, RespuestaRecibida
from oficina.privacy import EncryptedText


class Respuesta(Personal, Identified, Base):
    """One text that came from outside.

    `huella` is what its provider calls it, hashed: the same one twice is one. `persona_id` and
    `caso_id` are of the message that was last sent to that address: who may see that one sees this.
    """

    __tablename__ = "respuestas"
    __table_args__ = (Index("ix_respuestas_estado_recibida_en", "estado", "recibida_en"),)

    huella: Mapped[str] = mapped_column(String(64), unique=True)
    proveedor: Mapped[str] = mapped_column(String(40))
    canal: Mapped[Canal] = mapped_column(text_enum(Canal))
    de: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.respuesta.de"))
    de_indice: Mapped[str | None] = mapped_column(String(64), index=True)
    texto: Mapped[str | None] = mapped_column(EncryptedText("notificaciones.respuesta.texto"))
    idioma: Mapped[str | None] = mapped_column(String(20))
    intencion: Mapped[Intencion | None] = mapped_column(text_enum(Intencion))
    efecto: Mapped[Efecto] = mapped_column(text_enum(Efecto))
    contestada: Mapped[bool] = mapped_column(default=False)

    mensaje_id: Mapped[UUID | None] = mapped_column()
    persona_id: Mapped[UUID | None] = mapped_column(index=True)
    caso_id: Mapped[UUID | None] = mapped_column(index=True)
    cita_id: Mapped[UUID | None] = mapped_column()

    estado: Mapped[Estado] = mapped_column(text_enum(Estado))
    atendida_por: Mapped[UUID | None] = mapped_column()
    atendida_en: Mapped[datetime | None] = mapped_column()
    recibida_en: Mapped[datetime] = mapped_column()
    creada_en: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def contada(self, inicia_en: datetime, respuesta: str) -> RespuestaRecibida:
        """The fact of an answer to a reminder of an appointment at `inicia_en`."""
        if self.cita_id is None or self.persona_id is None:
            raise AssertionError("an answer to an appointment has one, and its person")
        return RespuestaRecibida(
            respuesta_id=self.id,
            cita_id=self.cita_id,
            persona_id=self.persona_id,
            caso_id=self.caso_id,
            respuesta=respuesta,
            canal=self.canal.value,
            inicia_en=inicia_en,
            recibida_en=self.recibida_en,
        )

    def de_derivacion(self, derivacion_id: UUID, respuesta: str) -> DerivacionContestada:
        """The fact of an answer to whether a derivation was fulfilled."""
        if self.caso_id is None or self.persona_id is None:
            raise AssertionError("an answer about a derivation has a case, and its person")
        return DerivacionContestada(
            respuesta_id=self.id,
            derivacion_id=derivacion_id,
            caso_id=self.caso_id,
            persona_id=self.persona_id,
            respuesta=respuesta,
            canal=self.canal.value,
            recibida_en=self.recibida_en,
        )

    def atender(self, quien: UUID, ahora: datetime) -> None:
        """Somebody read it and did what it asks for."""
        if self.estado is not Estado.PENDIENTE:
            raise Conflicto(_("Esta respuesta no espera a nadie."))
        self.estado, self.atendida_por, self.atendida_en = Estado.ATENDIDA, quien, ahora

    def de_quien(self) -> str:
        """What may be shown of the address whence it came."""
        return direcciones.enmascarada(self.de) if self.de else "•••"
