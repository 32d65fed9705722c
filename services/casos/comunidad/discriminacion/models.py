"""What a report of discrimination is: verbs that guard and change."""

from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.comunidad.discriminacion.states import PASOS, Accion, Estado
from casos.expedientes.models import Caso
from casos.hechos.models import ConCambio
from casos.personas.models import Persona
from casos.red.models import Institucion
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida
from oficina.privacy import EncryptedText


class ReporteDeDiscriminacion(Personal, ConCambio, Identified, Base):
    """What somebody told, or nobody who is named (`persona_id` is null)."""

    __tablename__ = "reportes_de_discriminacion"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    persona_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"), index=True)
    caso_id: Mapped[UUID | None] = mapped_column(ForeignKey("casos.id"), index=True)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.RECIBIDO, index=True)
    motivo: Mapped[str] = mapped_column(String(40))
    lugar: Mapped[str] = mapped_column(String(40))
    via: Mapped[str | None] = mapped_column(String(40))
    reglas_version: Mapped[str] = mapped_column(String(20))
    institucion_id: Mapped[UUID | None] = mapped_column(ForeignKey("instituciones.id"))
    # An employer or a landlord is often somebody with a name.
    institucion_otra: Mapped[str | None] = mapped_column(
        EncryptedText("casos.discriminacion.institucion")
    )
    ocurrio_el: Mapped[date | None] = mapped_column()
    que_paso: Mapped[str] = mapped_column(EncryptedText("casos.discriminacion.que_paso"))
    recibido_por_id: Mapped[UUID] = mapped_column()
    recibido_por: Mapped[str] = mapped_column(String(160))
    recibido_en: Mapped[datetime] = mapped_column()
    # When what was told was forgotten, its time having passed.
    vaciado_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    persona: Mapped[Persona | None] = relationship(lazy="raise")
    caso: Mapped[Caso | None] = relationship(lazy="raise")
    institucion: Mapped[Institucion | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits, and that make sense of who told it."""
        sobra = Accion.ABRIR_CASO if self.persona_id is None else Accion.IDENTIFICAR
        return [accion for accion in PASOS[self.estado] if accion is not sobra]

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, admitidas, version=self.version)
        return admitidas[accion]

    def pasar(self, accion: Accion) -> None:
        """Take a step that asks for nothing else."""
        self.estado = self.exigir(accion)

    def gestionar(self, via: str) -> None:
        """Something was done, by a route."""
        self.pasar(Accion.GESTIONAR)
        self.via = via

    def identificar(self, persona_id: UUID) -> None:
        """Who told it is somebody with a record. Raises Conflicto when it was known."""
        siguiente = self.exigir(Accion.IDENTIFICAR)
        if self.persona_id is not None:
            raise Conflicto(_("Ya se sabe quién hizo este reporte."))
        self.estado, self.persona_id = siguiente, persona_id

    def con_persona(self) -> UUID:
        """Whose case it becomes. Raises TransicionInvalida, Conflicto while nobody is named."""
        self.exigir(Accion.ABRIR_CASO)
        if self.persona_id is None:
            raise Conflicto(_("Un reporte anónimo no abre un caso: diga primero de quién es."))
        return self.persona_id

    def vaciar(self, ahora: datetime) -> None:
        """Forget what was told; that there was one, where and on which ground stays."""
        self.que_paso, self.institucion_otra, self.vaciado_en = "", None, ahora

    def seguir_en(self, caso_id: UUID) -> None:
        """From here on it is worked on in a case."""
        self.pasar(Accion.ABRIR_CASO)
        self.caso_id = caso_id


class PasoDeReporte(Identified, Base):
    """What was done about a report; never changed."""

    __tablename__ = "pasos_de_reporte"

    reporte_id: Mapped[UUID] = mapped_column(
        ForeignKey("reportes_de_discriminacion.id"), index=True
    )
    accion: Mapped[Accion] = mapped_column(text_enum(Accion))
    via: Mapped[str | None] = mapped_column(String(40))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.discriminacion.nota"))
    por_id: Mapped[UUID] = mapped_column()
    por: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()
