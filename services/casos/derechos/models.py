"""What a request of a person about their data is: verbs that guard, change and leave a line."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.atenciones.models import Canal
from casos.base import Base
from casos.consentimientos.models import Otorgante
from casos.derechos.states import PASOS, Accion, Derecho, Entrega, Estado, Identidad
from casos.personas.models import Persona
from oficina.actor import Actor
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class SolicitudDerecho(Personal, Identified, Base):
    """Something that a person asked of their data, and what was answered."""

    __tablename__ = "solicitudes_derecho"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    persona_id: Mapped[UUID] = mapped_column(ForeignKey("personas.id"), index=True)
    derecho: Mapped[Derecho] = mapped_column(text_enum(Derecho))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), index=True)
    canal: Mapped[Canal] = mapped_column(text_enum(Canal))
    pedida_por: Mapped[Otorgante] = mapped_column(text_enum(Otorgante))
    representante: Mapped[str | None] = mapped_column(EncryptedText("casos.derecho.representante"))
    identidad: Mapped[Identidad] = mapped_column(text_enum(Identidad))
    detalle: Mapped[str | None] = mapped_column(EncryptedText("casos.derecho.detalle"))
    recibida_en: Mapped[datetime] = mapped_column()
    recibida_por_id: Mapped[UUID] = mapped_column()
    recibida_por: Mapped[str] = mapped_column(String(160))
    delegado_id: Mapped[UUID | None] = mapped_column()
    delegado_nombre: Mapped[str] = mapped_column(String(160), default="")
    respuesta: Mapped[str | None] = mapped_column(EncryptedText("casos.derecho.respuesta"))
    entrega: Mapped[Entrega | None] = mapped_column(text_enum(Entrega))
    rechazo_codigo: Mapped[str | None] = mapped_column(String(40))
    terminada_en: Mapped[datetime | None] = mapped_column(index=True)
    # The version of derechos.json under which it was answered.
    catalogo_version: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()

    persona: Mapped[Persona] = relationship(lazy="raise")
    pasos: Mapped[list["PasoDeSolicitud"]] = relationship(
        lazy="raise", order_by="PasoDeSolicitud.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    def tramitar(self, delegado: Actor) -> None:
        """A delegate takes it."""
        self._pasar(Accion.TRAMITAR)
        self.delegado_id, self.delegado_nombre = delegado.id, delegado.nombre

    def prorrogar(self) -> None:
        """It needs more time, once."""
        self._pasar(Accion.PRORROGAR)

    def responder(self, respuesta: str, entrega: Entrega, version: str, ahora: datetime) -> None:
        """It was done, and the person was told."""
        self._pasar(Accion.RESPONDER)
        self._terminar(respuesta, entrega, version, ahora)

    def rechazar(
        self, codigo: str, respuesta: str, entrega: Entrega, version: str, ahora: datetime
    ) -> None:
        """The law does not allow it, and the person was told why and what they can do."""
        self._pasar(Accion.RECHAZAR)
        self.rechazo_codigo = codigo
        self._terminar(respuesta, entrega, version, ahora)

    def _terminar(self, respuesta: str, entrega: Entrega, version: str, ahora: datetime) -> None:
        self.respuesta, self.entrega = respuesta, entrega
        self.catalogo_version, self.terminada_en = version, ahora

    def _pasar(self, accion: Accion) -> None:
        pasos = PASOS[self.estado]
        if accion not in pasos:
            raise TransicionInvalida(self.estado, pasos, version=self.version)
        self.estado = pasos[accion]


class PasoDeSolicitud(Identified, Base):
    """One line of the history of a request; append-only. Without an action, it was received."""

    __tablename__ = "pasos_de_solicitud"

    solicitud_id: Mapped[UUID] = mapped_column(ForeignKey("solicitudes_derecho.id"), index=True)
    accion: Mapped[Accion | None] = mapped_column(text_enum(Accion))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado))
    texto: Mapped[str | None] = mapped_column(EncryptedText("casos.derecho.paso"))
    quien: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()
