"""Documents that are made apart from any request: a row that says how far one is, and is found
again after any crash.

`tomada_hasta` is the lease of the worker that is on it, on the machine's clock. What it holds is
wiped once `caduca_en` has passed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from casos.copias.states import PASOS, POR_HACER, EstadoCopia
from oficina.clock import real_now
from oficina.db import text_enum
from oficina.errors import TransicionInvalida

INTENTOS = 5
"""How often a document is tried before it is given up."""

PLAZO_DE_TRABAJO = timedelta(seconds=120)
"""How long a worker may be silent before another takes its work; longer than the typesetter's."""


class Encargo:
    """Mixin of a model: something that somebody asked for and a worker makes."""

    id: Any
    estado: Mapped[EstadoCopia] = mapped_column(text_enum(EstadoCopia))
    progreso: Mapped[int] = mapped_column(default=0)
    intentos: Mapped[int] = mapped_column(default=0)
    tomada_hasta: Mapped[datetime | None] = mapped_column()
    pedida_por_id: Mapped[UUID] = mapped_column()
    pedida_por: Mapped[str] = mapped_column(String(160))
    pedida_en: Mapped[datetime] = mapped_column()
    lista_en: Mapped[datetime | None] = mapped_column()
    caduca_en: Mapped[datetime | None] = mapped_column()

    def tomar(self, real: datetime) -> bool:
        """Take the work for a while; False when it was tried too often and is given up."""
        if self.intentos >= INTENTOS:
            self._pasar_a(EstadoCopia.FALLIDA)
            self.tomada_hasta = None
            return False
        self._pasar_a(EstadoCopia.EN_PROCESO)
        self.intentos += 1
        self.avanzar(10, real)
        return True

    def avanzar(self, progreso: int, real: datetime) -> None:
        """Say how far it is (percentage), and keep the lease."""
        self.progreso = progreso
        self.tomada_hasta = real + PLAZO_DE_TRABAJO

    def terminar(self, ahora: datetime, caduca_en: datetime) -> None:
        """It is ready, and may be downloaded until then."""
        self._pasar_a(EstadoCopia.LISTA)
        self.progreso, self.tomada_hasta = 100, None
        self.lista_en, self.caduca_en = ahora, caduca_en

    def _pasar_a(self, estado: EstadoCopia) -> None:
        if estado not in PASOS[self.estado]:
            raise TransicionInvalida(self.estado, PASOS[self.estado])
        self.estado = estado


E = TypeVar("E", bound=Encargo)


def tomar(session: Session, que: type[E], cual: UUID) -> E | None:
    """Take one to make it; None when somebody has it, it is made, or it was given up."""
    real = real_now()
    encargo = session.get(que, cual, with_for_update=True)
    if encargo is None or encargo.estado not in POR_HACER:
        return None
    if encargo.tomada_hasta is not None and encargo.tomada_hasta > real:
        return None
    return encargo if encargo.tomar(real) else None


def avanzar(session: Session, que: type[E], cual: UUID, progreso: int) -> None:
    """Say how far one is, unless it was erased meanwhile."""
    if encargo := session.get(que, cual):
        encargo.avanzar(progreso, real_now())


def soltar(session: Session, que: type[E], cual: UUID) -> None:
    """Give up this try: whoever sweeps next may take it."""
    if encargo := session.get(que, cual):
        encargo.tomada_hasta = None


def debidos(session: Session, que: type[E], real: datetime) -> Sequence[UUID]:
    """Those to be made that nobody is making."""
    libre = or_(que.tomada_hasta.is_(None), que.tomada_hasta <= real)
    return session.scalars(select(que.id).where(que.estado.in_(POR_HACER), libre).limit(20)).all()


def caducos(session: Session, que: type[E], ahora: datetime) -> Sequence[UUID]:
    """Those that nobody may download any more."""
    lista = que.estado == EstadoCopia.LISTA
    return session.scalars(select(que.id).where(lista, que.caduca_en <= ahora).limit(100)).all()
