"""What a version of a sheet is, and what was given of it: verbs that guard and change."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.atenciones.models import Atencion
from casos.base import Base
from casos.expedientes.models import Caso
from casos.hechos.models import ConCambio
from casos.orientaciones.states import PASOS, Accion, Estado
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida


class Comprendida(StrEnum):
    """Whether the person understood what they were told."""

    SI = "si"
    CON_APOYO = "con_apoyo"
    NO = "no"
    SIN_DATO = "sin_dato"


class Entrega(StrEnum):
    """How the sheet reached the person."""

    LEIDA = "leida"
    IMPRESA = "impresa"
    MENSAJE = "mensaje"


class Vigencia(StrEnum):
    """Whether a sheet may be given today, and why not."""

    VIGENTE = "vigente"
    SIN_PUBLICAR = "sin_publicar"
    POR_REGIR = "por_regir"
    REVISION_VENCIDA = "revision_vencida"
    TERMINADA = "terminada"
    RETIRADA = "retirada"


@dataclass(frozen=True)
class Hoja:
    """What a sheet says in one language, and which one that is."""

    idioma: str
    titulo: str
    texto: str


@dataclass(frozen=True, kw_only=True)
class Revision:
    """Who reviewed a version, from when until when it holds, and when it must be reviewed again."""

    revisada_por: str
    vigente_desde: date
    vigente_hasta: date | None
    revisar_el: date
    por_confirmar: bool


class FichaOrientacion(Identified, Base):
    """One version of a sheet. `textos` holds, by language, a title and a text; Spanish always.

    `fuente` is the law or the page that it rests on, and `fuente_el` the day of that. While
    `por_confirmar` the legal department has not agreed with it, and the sheet says so.
    """

    __tablename__ = "fichas_orientacion"
    __table_args__ = (
        UniqueConstraint("codigo", "numero"),
        Index(
            "ix_fichas_orientacion_publicada",
            "codigo",
            unique=True,
            sqlite_where=text("estado = 'publicada'"),
            postgresql_where=text("estado = 'publicada'"),
        ),
    )

    codigo: Mapped[str] = mapped_column(String(40))
    numero: Mapped[int] = mapped_column()
    temas: Mapped[list[str]] = mapped_column(JSON)
    textos: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    fuente: Mapped[str] = mapped_column(String(500))
    fuente_el: Mapped[date | None]
    por_confirmar: Mapped[bool] = mapped_column(default=True)
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.BORRADOR)
    vigente_desde: Mapped[date | None]
    vigente_hasta: Mapped[date | None]
    revisar_el: Mapped[date | None]
    revisada_por: Mapped[str] = mapped_column(String(120), default="")
    editada_por: Mapped[str] = mapped_column(String(120))
    editada_en: Mapped[datetime]
    publicada_en: Mapped[datetime | None]
    retirada_en: Mapped[datetime | None]
    retiro_motivo: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    @property
    def titulo(self) -> str:
        """How the office calls it."""
        return self.textos["es"]["titulo"]

    @property
    def idiomas(self) -> list[str]:
        """The languages in which it can be read."""
        return list(self.textos)

    def en(self, idioma: str) -> Hoja:
        """What it says in a language; in Spanish when it is not written in that one."""
        cual = idioma if idioma in self.textos else "es"
        return Hoja(cual, self.textos[cual]["titulo"], self.textos[cual]["texto"])

    def vigencia(self, hoy: date) -> Vigencia:
        """Whether it may be given on a day."""
        if self.estado is Estado.RETIRADA:
            return Vigencia.RETIRADA
        if self.estado is Estado.BORRADOR or self.vigente_desde is None:
            return Vigencia.SIN_PUBLICAR
        if hoy < self.vigente_desde:
            return Vigencia.POR_REGIR
        if self.vigente_hasta and hoy > self.vigente_hasta:
            return Vigencia.TERMINADA
        if self.revisar_el and hoy > self.revisar_el:
            return Vigencia.REVISION_VENCIDA
        return Vigencia.VIGENTE

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, admitidas)
        return admitidas[accion]

    def publicar(self, revision: Revision, ahora: datetime) -> None:
        """Offer it from its first day on."""
        self.estado = self.exigir(Accion.PUBLICAR)
        self.revisada_por = revision.revisada_por
        self.vigente_desde, self.vigente_hasta = revision.vigente_desde, revision.vigente_hasta
        self.revisar_el, self.por_confirmar = revision.revisar_el, revision.por_confirmar
        self.publicada_en = ahora

    def retirar(self, motivo: str | None, ahora: datetime) -> None:
        """Offer it no more; who was given it can still read that it was withdrawn."""
        self.estado = self.exigir(Accion.RETIRAR)
        self.retirada_en, self.retiro_motivo = ahora, motivo


class Orientacion(Personal, ConCambio, Identified, Base):
    """A sheet that was given, in an attention or in a case. It names nobody: whose it is follows
    from the attention or the case. `idioma` is none once its person was erased.
    """

    __tablename__ = "orientaciones"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    ficha_id: Mapped[UUID] = mapped_column(ForeignKey("fichas_orientacion.id"), index=True)
    tema: Mapped[str] = mapped_column(String(40))
    idioma: Mapped[str | None] = mapped_column(String(2))
    comprendida: Mapped[Comprendida] = mapped_column(text_enum(Comprendida))
    entrega: Mapped[Entrega] = mapped_column(text_enum(Entrega))
    atencion_id: Mapped[UUID | None] = mapped_column(ForeignKey("atenciones.id"), index=True)
    caso_id: Mapped[UUID | None] = mapped_column(ForeignKey("casos.id"), index=True)
    dada_en: Mapped[datetime] = mapped_column(index=True)
    funcionario_id: Mapped[UUID | None]
    funcionario_nombre: Mapped[str] = mapped_column(String(120))

    ficha: Mapped[FichaOrientacion] = relationship(lazy="raise")
    atencion: Mapped[Atencion | None] = relationship(lazy="raise")
    caso: Mapped[Caso | None] = relationship(lazy="raise")

    @property
    def hoja(self) -> Hoja:
        """What was given, as it was written then."""
        return self.ficha.en(self.idioma or "es")
