"""What a mediation is: verbs that guard and change."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.comunidad.mediaciones.reglas import reglas
from casos.comunidad.mediaciones.states import (
    PASOS,
    VIVAS,
    Accion,
    ClaseDeParte,
    Estado,
    EstadoCompromiso,
    Participa,
    ResultadoSeguimiento,
    ResultadoSesion,
)
from casos.comunidad.organizaciones.models import Organizacion
from casos.expedientes.models import Caso
from casos.hechos.models import ConCambio
from casos.red.models import Institucion
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida
from oficina.privacy import EncryptedText


class Mediacion(Personal, ConCambio, Identified, Base):
    """A mediation of a case between neighbours. Who opened it holds it."""

    __tablename__ = "mediaciones"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    caso_id: Mapped[UUID] = mapped_column(ForeignKey("casos.id"), index=True)
    estado: Mapped[Estado] = mapped_column(
        text_enum(Estado), default=Estado.PREPARACION, index=True
    )
    asunto: Mapped[str] = mapped_column(EncryptedText("casos.mediacion.asunto"))
    mediador_id: Mapped[UUID] = mapped_column()
    mediador_nombre: Mapped[str] = mapped_column(String(160))
    creada_en: Mapped[datetime] = mapped_column()
    acordada_el: Mapped[date | None] = mapped_column()
    terminada_en: Mapped[datetime | None] = mapped_column()
    termino_nota: Mapped[str | None] = mapped_column(EncryptedText("casos.mediacion.termino"))
    # How often it or a part of it changed: then its version does.
    movimientos: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    caso: Mapped[Caso] = relationship(lazy="raise")
    partes: Mapped[list["ParteDeMediacion"]] = relationship(
        lazy="raise", order_by="ParteDeMediacion.id"
    )
    sesiones: Mapped[list["SesionDeMediacion"]] = relationship(
        lazy="raise", order_by="SesionDeMediacion.dia, SesionDeMediacion.id"
    )
    compromisos: Mapped[list["CompromisoDeMediacion"]] = relationship(
        lazy="raise", order_by="CompromisoDeMediacion.vence_el, CompromisoDeMediacion.id"
    )
    seguimientos: Mapped[list["SeguimientoDeMediacion"]] = relationship(
        lazy="raise", order_by="SeguimientoDeMediacion.dias"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def viva(self) -> bool:
        """Whether it goes on; a case has one such at a time."""
        return self.estado in VIVAS

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, admitidas, version=self.version)
        return admitidas[accion]

    def pasar(self, accion: Accion) -> None:
        """Take a step that asks for nothing else."""
        self.estado = self.exigir(accion)

    def iniciar(self, partes: Sequence["ParteDeMediacion"]) -> None:
        """Everybody who takes part agreed to. Raises Conflicto."""
        siguiente = self.exigir(Accion.INICIAR)
        aceptan = [una for una in partes if una.participa is Participa.ACEPTA]
        if len(aceptan) < reglas().partes_minimas or len(aceptan) < len(partes):
            raise Conflicto(
                _(
                    "Para empezar, todas las partes deben haber aceptado, y ser al menos "
                    "%(cuantas)s. Quite a quien no participa.",
                    cuantas=reglas().partes_minimas,
                )
            )
        self.estado = siguiente

    def acordar(self, compromisos: Sequence["CompromisoDeMediacion"], dia: date) -> None:
        """They agreed. Raises Conflicto when nobody promised anything."""
        siguiente = self.exigir(Accion.ACORDAR)
        if not compromisos:
            raise Conflicto(_("Anote primero a qué se compromete cada parte."))
        self.estado, self.acordada_el = siguiente, dia

    def terminar(
        self,
        accion: Accion,
        nota: str,
        compromisos: Sequence["CompromisoDeMediacion"],
        ahora: datetime,
    ) -> None:
        """It ends. Raises Conflicto when it is not known whether somebody kept their word."""
        siguiente = self.exigir(accion)
        pendientes = [una for una in compromisos if una.estado is EstadoCompromiso.PENDIENTE]
        if accion is Accion.TERMINAR and pendientes:
            raise Conflicto(_("Diga primero si se cumplió cada compromiso."))
        self.estado, self.termino_nota, self.terminada_en = siguiente, nota, ahora


class ParteDeMediacion(Personal, Identified, Base):
    """Who takes part: somebody with a record or without, an organisation, an institution."""

    __tablename__ = "partes_de_mediacion"

    mediacion_id: Mapped[UUID] = mapped_column(ForeignKey("mediaciones.id"), index=True)
    clase: Mapped[ClaseDeParte] = mapped_column(text_enum(ClaseDeParte))
    persona_id: Mapped[UUID | None] = mapped_column(ForeignKey("personas.id"), index=True)
    organizacion_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizaciones_migrantes.id"))
    institucion_id: Mapped[UUID | None] = mapped_column(ForeignKey("instituciones.id"))
    nombre: Mapped[str | None] = mapped_column(EncryptedText("casos.mediacion.parte"))
    participa: Mapped[Participa] = mapped_column(text_enum(Participa), default=Participa.PENDIENTE)

    organizacion: Mapped[Organizacion | None] = relationship(lazy="raise")
    institucion: Mapped[Institucion | None] = relationship(lazy="raise")


class SesionDeMediacion(Identified, Base):
    """One meeting; `asistieron`: ids of the parties that came."""

    __tablename__ = "sesiones_de_mediacion"

    mediacion_id: Mapped[UUID] = mapped_column(ForeignKey("mediaciones.id"), index=True)
    dia: Mapped[date] = mapped_column()
    lugar: Mapped[str] = mapped_column(EncryptedText("casos.mediacion.lugar"))
    mediador_id: Mapped[UUID] = mapped_column()
    mediador_nombre: Mapped[str] = mapped_column(String(160))
    asistieron: Mapped[list[str]] = mapped_column(JSON, default=list)
    resultado: Mapped[ResultadoSesion] = mapped_column(text_enum(ResultadoSesion))
    notas: Mapped[str | None] = mapped_column(EncryptedText("casos.mediacion.notas"))


class CompromisoDeMediacion(Identified, Base):
    """What a party promised, and until when."""

    __tablename__ = "compromisos_de_mediacion"

    mediacion_id: Mapped[UUID] = mapped_column(ForeignKey("mediaciones.id"), index=True)
    parte_id: Mapped[UUID] = mapped_column(ForeignKey("partes_de_mediacion.id"), index=True)
    que: Mapped[str] = mapped_column(EncryptedText("casos.mediacion.compromiso"))
    vence_el: Mapped[date] = mapped_column()
    estado: Mapped[EstadoCompromiso] = mapped_column(
        text_enum(EstadoCompromiso), default=EstadoCompromiso.PENDIENTE
    )


class SeguimientoDeMediacion(Identified, Base):
    """A look at how the agreement holds, so many days after it; its task runs until then."""

    __tablename__ = "seguimientos_de_mediacion"

    mediacion_id: Mapped[UUID] = mapped_column(ForeignKey("mediaciones.id"), index=True)
    dias: Mapped[int] = mapped_column()
    vence_el: Mapped[date] = mapped_column()
    tarea_id: Mapped[UUID] = mapped_column(ForeignKey("tareas.id"))
    resultado: Mapped[ResultadoSeguimiento | None] = mapped_column(text_enum(ResultadoSeguimiento))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.mediacion.seguimiento"))
    hecho_en: Mapped[datetime | None] = mapped_column()
