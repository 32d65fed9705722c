"""Looking into the audit: which rows, in pages, newest first; ids and codes, no written reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from oficina.audit import Auditoria
from oficina.cadena.tables import Eslabon

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Lugar:
    """Where a reader stands, in the audit of any service: a moment, and among equals an id."""

    ocurrida_en: datetime
    id: UUID

    @classmethod
    def leer(cls, texto: str) -> Self:
        """The place that `str` wrote. Raises ValueError."""
        micros, _, fila = texto.partition(".")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(micros)), UUID(fila))
        except OverflowError as error:
            raise ValueError(texto) from error

    def __str__(self) -> str:
        return f"{(self.ocurrida_en - _EPOCH) // timedelta(microseconds=1)}.{self.id}"


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """Which rows; what is None narrows nothing."""

    actor_id: UUID | None = None
    actor_tipo: str | None = None
    accion: str | None = None
    recurso: str | None = None
    recurso_id: UUID | None = None
    correlation_id: UUID | None = None
    sesion_id: UUID | None = None
    direccion: str | None = None
    desde: datetime | None = None
    hasta: datetime | None = None
    antes: Lugar | None = None


@dataclass(frozen=True, kw_only=True)
class Anotacion:
    """A row of the audit and its place in the chain, for whoever sees logs and no content."""

    id: UUID
    ocurrida_en: datetime
    actor_id: UUID
    actor_tipo: str
    actor_nombre: str
    accion: str
    recurso: str
    recurso_id: UUID | None
    cantidad: int | None
    motivo_codigo: str | None
    con_motivo: bool
    """Whether somebody wrote a reason, which stays sealed."""
    correlation_id: str
    direccion: str | None
    sesion_id: UUID | None
    secuencia: int | None
    hash: str | None
    sellada_en: datetime | None

    @property
    def lugar(self) -> Lugar:
        """Where a page that ends with it is taken up."""
        return Lugar(self.ocurrida_en, self.id)


_COLUMNS = (
    Auditoria.id,
    Auditoria.ocurrida_en,
    Auditoria.actor_id,
    Auditoria.actor_tipo,
    Auditoria.actor_nombre,
    Auditoria.accion,
    Auditoria.recurso,
    Auditoria.recurso_id,
    Auditoria.cantidad,
    Auditoria.motivo_codigo,
    Auditoria.motivo.is_not(None).label("con_motivo"),
    Auditoria.correlation_id,
    Auditoria.direccion,
    Auditoria.sesion_id,
    Eslabon.secuencia,
    Eslabon.hash,
    Eslabon.sellada_en,
)


def anotaciones(session: Session, filtro: Filtro, limite: int) -> list[Anotacion]:
    """A page of rows, newest first."""
    query = (
        select(*_COLUMNS)
        .join_from(Auditoria, Eslabon, Eslabon.auditoria_id == Auditoria.id, isouter=True)
        .where(*_narrowed(filtro))
        .order_by(Auditoria.ocurrida_en.desc(), Auditoria.id.desc())
        .limit(limite)
    )
    return [Anotacion(**row) for row in session.execute(query).mappings()]


def _narrowed(filtro: Filtro) -> Iterable[Any]:
    for column, value in (
        (Auditoria.actor_id, filtro.actor_id),
        (Auditoria.actor_tipo, filtro.actor_tipo),
        (Auditoria.accion, filtro.accion),
        (Auditoria.recurso, filtro.recurso),
        (Auditoria.recurso_id, filtro.recurso_id),
        (Auditoria.correlation_id, filtro.correlation_id and str(filtro.correlation_id)),
        (Auditoria.sesion_id, filtro.sesion_id),
        (Auditoria.direccion, filtro.direccion),
    ):
        if value is not None:
            yield column == value
    if filtro.desde is not None:
        yield Auditoria.ocurrida_en >= filtro.desde
    if filtro.hasta is not None:
        yield Auditoria.ocurrida_en < filtro.hasta
    if filtro.antes is not None:
        moment, fila = filtro.antes.ocurrida_en, filtro.antes.id
        # The first says it all to an index.
        yield Auditoria.ocurrida_en <= moment
        yield or_(
            Auditoria.ocurrida_en < moment,
            and_(Auditoria.ocurrida_en == moment, Auditoria.id < fila),
        )
