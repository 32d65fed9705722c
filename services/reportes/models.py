"""What reportes keeps: the projected facts, how far it has read, labels, and reports asked for."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from reportes.base import Base
from reportes.states import PASOS, Alcance, EstadoInforme

INTENTOS = 5
"""How often a report is tried before it is given up."""

PLAZO_DE_TRABAJO = timedelta(seconds=90)
"""How long a worker may be silent before another takes its report; longer than the renderer's."""


class Hecho(Base):
    """One thing that happened, de-identified by its owner: a projection, never edited here."""

    __tablename__ = "hechos"
    __table_args__ = (
        Index("ix_hechos_clase_mes", "clase", "mes"),
        Index("ix_hechos_mes_clase_persona", "mes", "clase", "persona"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    clase: Mapped[str] = mapped_column(String(30))
    fecha: Mapped[date] = mapped_column(Date)
    mes: Mapped[str] = mapped_column(String(7))
    nacionalidad: Mapped[str] = mapped_column(String(3))
    tramo_edad: Mapped[str] = mapped_column(String(20))
    sexo: Mapped[str | None] = mapped_column(String(20))
    tema: Mapped[str | None] = mapped_column(String(40))
    linea: Mapped[str | None] = mapped_column(String(4))
    canal: Mapped[str | None] = mapped_column(String(40))
    institucion: Mapped[str | None] = mapped_column(String(20))
    resultado: Mapped[str | None] = mapped_column(String(40))
    grado_evidencia: Mapped[str | None] = mapped_column(String(4))
    unidad: Mapped[str | None] = mapped_column(String(60))
    origen: Mapped[str] = mapped_column(String(20))
    # The ground and the place of a report of discrimination, the kind of an obstacle or of an
    # organisation, the language of a sheet that was given.
    motivo: Mapped[str | None] = mapped_column(String(40))
    lugar: Mapped[str | None] = mapped_column(String(40))
    tipo: Mapped[str | None] = mapped_column(String(40))
    idioma: Mapped[str | None] = mapped_column(String(5))
    # The owner's pseudonym for us: tells people apart and names nobody.
    persona: Mapped[str | None] = mapped_column(String(32))
    generacion: Mapped[int] = mapped_column(index=True)


class Fuente(Base):
    """How far the facts of one service have been read.

    `pedidos` counts the nudges heard and `atendidos` those that a finished reading covers, so a
    nudge that comes while reading is not lost. `revision` grows with every change of the facts.
    A rebuilding reads everything again under a new `generacion`; rows of older ones go at its end.
    """

    __tablename__ = "fuentes"

    servicio: Mapped[str] = mapped_column(String(20), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(80), default="")
    generacion: Mapped[int] = mapped_column(default=1)
    reconstruyendo: Mapped[bool] = mapped_column(default=False)
    pedidos: Mapped[int] = mapped_column(default=0)
    atendidos: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    traido_en: Mapped[datetime | None]


class Etiqueta(Base):
    """The words of a code in a language, as its owner says them."""

    __tablename__ = "etiquetas"

    dimension: Mapped[str] = mapped_column(String(40), primary_key=True)
    codigo: Mapped[str] = mapped_column(String(40), primary_key=True)
    idioma: Mapped[str] = mapped_column(String(5), primary_key=True)
    texto: Mapped[str] = mapped_column(String(200))


class Informe(Identified, Base):
    """A report as PDF that somebody asked for: its progress, and in the end the file.

    `tomado_hasta` is the lease of the worker that is on it, on the machine's clock.
    """

    __tablename__ = "informes"
    __table_args__ = (Index("ix_informes_pendientes", "estado", "tomado_hasta"),)

    mes: Mapped[str] = mapped_column(String(7))
    alcance: Mapped[Alcance] = mapped_column(text_enum(Alcance))
    estado: Mapped[EstadoInforme] = mapped_column(text_enum(EstadoInforme))
    progreso: Mapped[int] = mapped_column(default=0)
    intentos: Mapped[int] = mapped_column(default=0)
    tomado_hasta: Mapped[datetime | None]
    pedido_por_id: Mapped[UUID]
    pedido_por: Mapped[str] = mapped_column(String(200))
    pedido_en: Mapped[datetime] = mapped_column(index=True)
    listo_en: Mapped[datetime | None]
    # The state of the facts that it was made from.
    revision: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    octetos: Mapped[int | None]
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    def tomar(self, ahora: datetime) -> bool:
        """Take the work for a while; False when it was tried too often and is given up."""
        if self.intentos >= INTENTOS:
            self._pasar_a(EstadoInforme.FALLIDO)
            self.tomado_hasta = None
            return False
        self._pasar_a(EstadoInforme.EN_PROCESO)
        self.intentos += 1
        self.progreso = 10
        self.tomado_hasta = ahora + PLAZO_DE_TRABAJO
        return True

    def avanzar(self, progreso: int, ahora: datetime) -> None:
        """Say how far it is (percentage), and keep the lease."""
        self.progreso = progreso
        self.tomado_hasta = ahora + PLAZO_DE_TRABAJO

    def entregar(self, pdf: bytes, sha256: str, revision: int, ahora: datetime) -> None:
        """Keep the file: the report is ready."""
        self._pasar_a(EstadoInforme.LISTO)
        self.progreso = 100
        self.pdf, self.sha256, self.octetos, self.revision = pdf, sha256, len(pdf), revision
        self.listo_en, self.tomado_hasta = ahora, None

    def _pasar_a(self, estado: EstadoInforme) -> None:
        if estado not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])
        self.estado = estado
