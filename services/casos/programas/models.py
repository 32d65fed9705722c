"""What a programme is, what it asks for, and the ledger of its money.

The totals of a budget are columns of one row, and the database itself refuses one that would be
negative; each change of them is a line of the ledger, which is never changed nor deleted.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.convenios.models import Convenio
from casos.programas.states import PASOS, Accion, Estado
from oficina.db import Identified, text_enum
from oficina.errors import Conflicto, TransicionInvalida


class Fuente(StrEnum):
    """Whose money it is."""

    MUNICIPAL = "municipal"
    GORE = "gore"
    CENTRAL = "central"
    CONVENIO = "convenio"


class TipoBeneficio(StrEnum):
    """What a person gets."""

    DINERO = "dinero"
    ESPECIE = "especie"
    SERVICIO = "servicio"


class Reparto(StrEnum):
    """To whom what a programme gives is given once in a period."""

    POR_HOGAR = "por_hogar"
    POR_PERSONA = "por_persona"


class TipoMovimiento(StrEnum):
    """What happened with the money."""

    ASIGNACION = "asignacion"
    RESERVA = "reserva"
    LIBERACION = "liberacion"
    ENTREGA = "entrega"


class Programa(Identified, Base):
    """Aid that the office gives by rules, in a year. `tope_persona_clp` and
    `tope_hogar_clp`: what one person, and all of one household, may get in a period, at most.
    """

    __tablename__ = "programas"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    # What the municipality calls it in its own papers: files of programmes are matched by it.
    codigo: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    nombre: Mapped[str] = mapped_column(String(160))
    descripcion: Mapped[str] = mapped_column(String(2000), default="")
    tipo: Mapped[TipoBeneficio] = mapped_column(text_enum(TipoBeneficio))
    fuente: Mapped[Fuente] = mapped_column(text_enum(Fuente))
    convenio_id: Mapped[UUID | None] = mapped_column(ForeignKey("convenios.id"), index=True)
    anio: Mapped[int] = mapped_column(index=True)
    periodo: Mapped[str] = mapped_column(String(20))
    tope_persona_clp: Mapped[int | None] = mapped_column(BigInteger)
    reparto: Mapped[Reparto] = mapped_column(
        text_enum(Reparto), default=Reparto.POR_HOGAR, server_default=Reparto.POR_HOGAR.value
    )
    tope_hogar_clp: Mapped[int | None] = mapped_column(BigInteger)
    responsable_id: Mapped[UUID] = mapped_column()
    responsable_nombre: Mapped[str] = mapped_column(String(120))
    estado: Mapped[Estado] = mapped_column(text_enum(Estado), default=Estado.BORRADOR, index=True)
    version: Mapped[int] = mapped_column()

    convenio: Mapped[Convenio | None] = relationship(lazy="raise")
    presupuesto: Mapped["Presupuesto"] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}

    @property
    def acciones(self) -> list[Accion]:
        """The steps that the present state admits."""
        return list(PASOS[self.estado])

    def exigir(self, accion: Accion) -> Estado:
        """The state after a step. Raises TransicionInvalida when this one does not admit it."""
        admitidas = PASOS[self.estado]
        if accion not in admitidas:
            raise TransicionInvalida(self.estado, self.acciones, version=self.version)
        return admitidas[accion]

    def abrir(self, *, con_requisitos: bool, asignado: int) -> None:
        """Take applications. Raises Conflicto while nothing is asked for, or there is no money."""
        siguiente = self.exigir(Accion.ABRIR)
        if not con_requisitos:
            raise Conflicto(_("Antes de abrirlo, escriba qué se exige a quien postula."))
        if asignado <= 0:
            raise Conflicto(_("Antes de abrirlo, anote su presupuesto."))
        self.estado = siguiente

    def cerrar(self) -> None:
        """Take no more applications; what is under way goes on."""
        self.estado = self.exigir(Accion.CERRAR)


class RequisitosDePrograma(Identified, Base):
    """One version of what a programme asks for; never changed. An application keeps its own."""

    __tablename__ = "requisitos_de_programa"
    __table_args__ = (UniqueConstraint("programa_id", "numero"),)

    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"))
    numero: Mapped[int] = mapped_column()
    # Each with `codigo`, `texto`, and if it has one, `documento` and for how many days it is good.
    requisitos: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    fuente: Mapped[str] = mapped_column(String(200))
    escritos_en: Mapped[datetime] = mapped_column()
    escritos_por: Mapped[str] = mapped_column(String(160))


class Presupuesto(Base):
    """The money of a programme: what it was given, what is promised and what was handed over.

    `umbral` is the highest percentage that was told. Only `casos.programas.presupuesto` writes it.
    """

    __tablename__ = "presupuestos"
    __table_args__ = (
        CheckConstraint("asignado_clp - reservado_clp - entregado_clp >= 0", name="disponible"),
        CheckConstraint("reservado_clp >= 0", name="reservado"),
        CheckConstraint("entregado_clp >= 0", name="entregado"),
    )

    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"), primary_key=True)
    asignado_clp: Mapped[int] = mapped_column(BigInteger, default=0)
    reservado_clp: Mapped[int] = mapped_column(BigInteger, default=0)
    entregado_clp: Mapped[int] = mapped_column(BigInteger, default=0)
    umbral: Mapped[int] = mapped_column(default=0)

    @property
    def disponible_clp(self) -> int:
        """What may still be promised."""
        return self.asignado_clp - self.reservado_clp - self.entregado_clp

    @property
    def comprometido(self) -> int:
        """Which part, in percent, is promised or handed over."""
        usado = self.reservado_clp + self.entregado_clp
        return usado * 100 // self.asignado_clp if self.asignado_clp else 0


class MovimientoPresupuesto(Identified, Base):
    """A line of the ledger; only ever added. `disponible_clp`: what was left after it."""

    __tablename__ = "movimientos_presupuesto"
    __table_args__ = (Index("ix_movimientos_presupuesto_programa_id_id", "programa_id", "id"),)

    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"))
    tipo: Mapped[TipoMovimiento] = mapped_column(text_enum(TipoMovimiento))
    monto_clp: Mapped[int] = mapped_column(BigInteger)
    disponible_clp: Mapped[int] = mapped_column(BigInteger)
    respaldo: Mapped[str] = mapped_column(String(200), default="")
    actor_nombre: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()
