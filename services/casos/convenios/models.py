"""What an agreement is: verbs that guard and change."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.convenios.states import PASOS, Accion, Estado
from casos.red.models import Institucion
from oficina.db import Identified, text_enum
from oficina.errors import DatosInvalidos, TransicionInvalida


class TipoConvenio(StrEnum):
    """What an agreement is about."""

    COLABORACION = "colaboracion"
    TRANSFERENCIA_FONDOS = "transferencia_fondos"


class Convenio(Identified, Base):
    """An agreement signed with an institution. `hasta` is its last day, none if it has no end;
    `aviso_dias` the last notice before it that was told.
    """

    __tablename__ = "convenios"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    # What the municipality calls it in its own papers: files of agreements are matched by it.
    codigo: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    institucion_id: Mapped[UUID] = mapped_column(ForeignKey("instituciones.id"), index=True)
    tipo: Mapped[TipoConvenio] = mapped_column(text_enum(TipoConvenio))
    objeto: Mapped[str] = mapped_column(String(200))
    decreto: Mapped[str] = mapped_column(String(80))
    desde: Mapped[date] = mapped_column()
    hasta: Mapped[date | None] = mapped_column()
    monto_clp: Mapped[int | None] = mapped_column(BigInteger)
    obligaciones: Mapped[str] = mapped_column(String(2000), default="")
    permite_comunicar_datos: Mapped[bool] = mapped_column(default=False)
    responsable_id: Mapped[UUID] = mapped_column()
    responsable_nombre: Mapped[str] = mapped_column(String(120))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.VIGENTE, index=True)
    termino_motivo: Mapped[str | None] = mapped_column(String(500))
    aviso_dias: Mapped[int | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    institucion: Mapped[Institucion] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits from people."""
        return [accion for accion in PASOS[self.estado] if accion is not Accion.VENCER]

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, self.acciones, version=self.version)
        return admitidas[accion]

    def prorrogar(self, hasta: date, decreto: str, hoy: date) -> None:
        """Last until a later day. Raises DatosInvalidos unless it is later, and still to come."""
        siguiente = self.exigir(Accion.PRORROGAR)
        if hasta < hoy or (self.hasta is not None and hasta <= self.hasta):
            raise DatosInvalidos({"hasta": [_("Debe ser posterior al término actual y a hoy.")]})
        self.estado, self.hasta, self.aviso_dias = siguiente, hasta, None
        self.decreto = decreto

    def terminar(self, motivo: str) -> None:
        """End it before its day, or for good."""
        self.estado = self.exigir(Accion.TERMINAR)
        self.termino_motivo = motivo

    def vencer(self) -> None:
        """Its last day has passed."""
        self.estado = self.exigir(Accion.VENCER)

    def faltan(self, hoy: date) -> int | None:
        """How many days are left; None of one that has no end."""
        return None if self.hasta is None else (self.hasta - hoy).days
