"""What a delivery is, what there is in store, and an account of what was handed over.

Stock is as money: its total is a column that the database keeps from being negative, and each
change of it a line that is never changed nor deleted.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casos.base import Base
from casos.programas.models import Programa, TipoBeneficio
from casos.programas.postulaciones.models import Postulacion
from oficina.audit import Personal
from oficina.db import Identified, text_enum
from oficina.privacy import EncryptedText


class Receptor(StrEnum):
    """Who took it."""

    TITULAR = "titular"
    REPRESENTANTE = "representante"


class TipoExistencia(StrEnum):
    """What happened with goods in store."""

    ENTRADA = "entrada"
    SALIDA = "salida"
    AJUSTE = "ajuste"


class Entrega(Personal, Identified, Base):
    """A benefit that was handed over; its act is printed to be signed. `autorizada_por`: who
    approved it. It is accounted for in one account.
    """

    __tablename__ = "entregas_de_beneficio"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    postulacion_id: Mapped[UUID] = mapped_column(ForeignKey("postulaciones.id"), unique=True)
    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"), index=True)
    rendicion_id: Mapped[UUID | None] = mapped_column(ForeignKey("rendiciones.id"), index=True)
    tipo: Mapped[TipoBeneficio] = mapped_column(text_enum(TipoBeneficio))
    monto_clp: Mapped[int] = mapped_column(BigInteger)
    receptor: Mapped[Receptor] = mapped_column(text_enum(Receptor))
    # Who came instead, as they said it and showed it.
    receptor_nombre: Mapped[str | None] = mapped_column(EncryptedText("casos.entrega.receptor"))
    receptor_documento: Mapped[str | None] = mapped_column(
        EncryptedText("casos.entrega.receptor_documento")
    )
    entregada_en: Mapped[datetime] = mapped_column()
    entregada_por_id: Mapped[UUID] = mapped_column()
    entregada_por: Mapped[str] = mapped_column(String(160))
    autorizada_por: Mapped[str] = mapped_column(String(160))

    postulacion: Mapped[Postulacion] = relationship(lazy="raise")
    salidas: Mapped[list["MovimientoExistencia"]] = relationship(
        lazy="raise", order_by="MovimientoExistencia.id"
    )


class Articulo(Identified, Base):
    """A kind of thing that a programme keeps to give. Only `existencias.mover` writes how many."""

    __tablename__ = "articulos"
    __table_args__ = (
        UniqueConstraint("programa_id", "nombre"),
        CheckConstraint("existencias >= 0", name="existencias"),
    )

    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"))
    nombre: Mapped[str] = mapped_column(String(120))
    unidad: Mapped[str] = mapped_column(String(40))
    existencias: Mapped[int] = mapped_column(default=0)

    programa: Mapped[Programa] = relationship(lazy="raise")


class MovimientoExistencia(Identified, Base):
    """A line of what came in and went out; only ever added. `quedan`: how many after it."""

    __tablename__ = "movimientos_existencia"
    __table_args__ = (Index("ix_movimientos_existencia_articulo_id_id", "articulo_id", "id"),)

    articulo_id: Mapped[UUID] = mapped_column(ForeignKey("articulos.id"))
    entrega_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("entregas_de_beneficio.id"), index=True
    )
    tipo: Mapped[TipoExistencia] = mapped_column(text_enum(TipoExistencia))
    cantidad: Mapped[int] = mapped_column()
    quedan: Mapped[int] = mapped_column()
    respaldo: Mapped[str] = mapped_column(String(200))
    actor_nombre: Mapped[str] = mapped_column(String(160))
    ocurrido_en: Mapped[datetime] = mapped_column()

    articulo: Mapped[Articulo] = relationship(lazy="raise")


class Rendicion(Identified, Base):
    """An account of what a programme handed over up to a day, for DAF and Control."""

    __tablename__ = "rendiciones"

    folio: Mapped[str] = mapped_column(String(20), unique=True)
    programa_id: Mapped[UUID] = mapped_column(ForeignKey("programas.id"), index=True)
    hasta: Mapped[date] = mapped_column()
    entregas: Mapped[int] = mapped_column()
    monto_clp: Mapped[int] = mapped_column(BigInteger)
    hecha_en: Mapped[datetime] = mapped_column()
    hecha_por: Mapped[str] = mapped_column(String(160))

    programa: Mapped[Programa] = relationship(lazy="raise")
