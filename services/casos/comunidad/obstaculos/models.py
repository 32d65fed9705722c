"""What an obstacle is: verbs that guard and change."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.comunidad.obstaculos.states import PASOS, Accion, Estado, Origen
from casos.hechos.models import ConCambio
from casos.red.models import Institucion
from oficina.db import Identified, text_enum
from oficina.errors import TransicionInvalida
from oficina.privacy import EncryptedText


class Obstaculo(ConCambio, Identified, Base):
    """What people meet at an institution, as often as it was noted (`veces`)."""

    __tablename__ = "obstaculos"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    tipo: Mapped[str] = mapped_column(String(40))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.ANOTADO, index=True)
    veces: Mapped[int] = mapped_column(default=0)
    primera_el: Mapped[date] = mapped_column()
    ultima_el: Mapped[date] = mapped_column()
    reglas_version: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps of the coordination that the present state admits."""
        return [accion for accion in PASOS[self.estado] if accion is not Accion.ANOTAR]

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, admitidas, version=self.version)
        return admitidas[accion]

    def pasar(self, accion: Accion) -> None:
        """Take a step."""
        self.estado = self.exigir(accion)

    def anotar(self, hoy: date) -> None:
        """Somebody met it again."""
        self.pasar(Accion.ANOTAR)
        self.veces, self.ultima_el = self.veces + 1, hoy


class PasoDeObstaculo(Identified, Base):
    """That it was met, or what was done about it; never changed."""

    __tablename__ = "pasos_de_obstaculo"

    obstaculo_id: Mapped[UUID] = mapped_column(ForeignKey("obstaculos.id"), index=True)
    accion: Mapped[Accion] = mapped_column(text_enum(Accion))
    origen: Mapped[Origen | None] = mapped_column(text_enum(Origen))
    nota: Mapped[str | None] = mapped_column(EncryptedText("casos.obstaculo.nota"))
    dia: Mapped[date] = mapped_column()
    por_id: Mapped[UUID] = mapped_column()
    por: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()
