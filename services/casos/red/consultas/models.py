"""A question to an institution about its services, its links, and what it said of each service."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.red.consultas.states import (
    PASOS_DE_CONSULTA,
    PASOS_DE_PREGUNTA,
    EstadoConsulta,
    EstadoPregunta,
    MotivoDeNoCorregir,
    PasoConsulta,
    PasoPregunta,
)
from casos.red.models import Institucion, ServicioRed
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class ConsultaRed(Identified, Base):
    """One mail to one institution about all that is to be asked of it."""

    __tablename__ = "consultas_red"

    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    estado: Mapped[EstadoConsulta] = mapped_column(
        text_enum(EstadoConsulta), default=EstadoConsulta.ABIERTA, index=True
    )
    pedida_por: Mapped[str] = mapped_column(String(160))
    pedida_en: Mapped[datetime] = mapped_column()
    # On the office's clock; its links expire on the machine's.
    vence_en: Mapped[datetime] = mapped_column()
    terminada_por: Mapped[str] = mapped_column(String(160), default="")
    terminada_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(lazy="raise")
    preguntas: Mapped[list["PreguntaRed"]] = relationship(
        back_populates="consulta", lazy="raise", order_by="PreguntaRed.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def pasar(self, paso: PasoConsulta, quien: str, ahora: datetime) -> None:
        """End it. Raises TransicionInvalida when it had ended."""
        admitidos = PASOS_DE_CONSULTA[self.estado]
        if paso not in admitidos:
            raise TransicionInvalida(self.estado, admitidos)
        self.estado = admitidos[paso]
        self.terminada_por, self.terminada_en = quien, ahora


class PreguntaRed(Identified, Base):
    """What an institution says of one service: once, and then the coordination decides."""

    __tablename__ = "preguntas_red"
    __table_args__ = (UniqueConstraint("consulta_id", "servicio_id"),)

    consulta_id: Mapped[UUID] = mapped_column(ForeignKey("consultas_red.id"))
    servicio_id: Mapped[UUID] = mapped_column(ForeignKey("servicios_red.id"), index=True)
    estado: Mapped[EstadoPregunta] = mapped_column(
        text_enum(EstadoPregunta), default=EstadoPregunta.POR_CONTESTAR, index=True
    )
    # JSON of what differs (`correccion.Cambios`); empty unless it corrected something.
    propone: Mapped[str] = mapped_column(EncryptedText("casos.pregunta_red.propone"), default="")
    contestada_en: Mapped[datetime | None] = mapped_column()
    motivo: Mapped[MotivoDeNoCorregir | None] = mapped_column(text_enum(MotivoDeNoCorregir))
    decidida_por: Mapped[str] = mapped_column(String(160), default="")
    decidida_en: Mapped[datetime | None] = mapped_column()
    vaciada_en: Mapped[datetime | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    consulta: Mapped[ConsultaRed] = relationship(back_populates="preguntas", lazy="raise")
    servicio: Mapped[ServicioRed] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    def contestar(self, paso: PasoPregunta, ahora: datetime, propone: str = "") -> None:
        """Take the institution's word. Raises TransicionInvalida when it said it before."""
        self._pasar(paso)
        self.propone, self.contestada_en = propone, ahora

    def decidir(self, paso: PasoPregunta, quien: str, ahora: datetime) -> None:
        """Decide a correction. Raises TransicionInvalida when there is none, or somebody did."""
        self._pasar(paso)
        self.decidida_por, self.decidida_en = quien, ahora

    def _pasar(self, paso: PasoPregunta) -> None:
        admitidos = PASOS_DE_PREGUNTA[self.estado]
        if paso not in admitidos:
            raise TransicionInvalida(self.estado, admitidos)
        self.estado = admitidos[paso]


class EnlaceDeConsulta(Identified, Base):
    """A key to one question: only its hash is kept."""

    __tablename__ = "enlaces_de_consulta"

    consulta_id: Mapped[UUID] = mapped_column(ForeignKey("consultas_red.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    creado_en: Mapped[datetime] = mapped_column()
    vence_en: Mapped[datetime] = mapped_column()
    abierto_en: Mapped[datetime | None] = mapped_column()
    aperturas: Mapped[int] = mapped_column(default=0)
