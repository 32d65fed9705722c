"""What can be asked about exceptional accesses: read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casos.accesos.models import AccesoExcepcional, MotivoAcceso
from casos.alcance import Alcance
from casos.expedientes.models import Caso, Confidencialidad
from oficina.clock import real_now
from oficina.errors import NoEncontrado

LIMITE = 200


@dataclass(frozen=True, kw_only=True)
class VistaAcceso:
    """An access in the list; `texto` only for who may read what people write of cases."""

    id: UUID
    folio: str
    funcionario_id: UUID
    funcionario_nombre: str
    motivo: MotivoAcceso
    texto: str | None
    abierto_en: datetime
    hasta: datetime
    vigente: bool
    lecturas: int


@dataclass(frozen=True)
class SeguimientoDeAcceso:
    """One access as somebody who writes about it must know it."""

    folio: str
    vence_en: datetime


def accesos(session: Session, alcance: Alcance, *, con_texto: bool) -> Sequence[VistaAcceso]:
    """The newest accesses; of a case that was sealed since, only to who is named in it."""
    real = real_now()
    filas = session.execute(
        select(AccesoExcepcional, Caso.folio)
        .join(Caso, Caso.id == AccesoExcepcional.caso_id)
        .where(or_(Caso.confidencialidad != Confidencialidad.SELLADO, alcance.nombrado()))
        .order_by(AccesoExcepcional.id.desc())
        .limit(LIMITE)
    )
    return [
        VistaAcceso(
            id=acceso.id,
            folio=folio,
            funcionario_id=acceso.funcionario_id,
            funcionario_nombre=acceso.funcionario_nombre,
            motivo=acceso.motivo,
            texto=acceso.texto if con_texto else None,
            abierto_en=acceso.abierto_en,
            hasta=acceso.terminado_en or acceso.vence_en,
            vigente=acceso.vigente(real),
            lecturas=acceso.lecturas,
        )
        for acceso, folio in filas
    ]


def en_curso(session: Session, caso_id: UUID, quien: UUID) -> AccesoExcepcional | None:
    """The access by which somebody reads a case at this moment."""
    return session.scalar(
        select(AccesoExcepcional)
        .where(
            AccesoExcepcional.caso_id == caso_id,
            AccesoExcepcional.funcionario_id == quien,
            AccesoExcepcional.terminado_en.is_(None),
            AccesoExcepcional.vence_en > real_now(),
        )
        .order_by(AccesoExcepcional.id.desc())
        .limit(1)
    )


def seguimiento(session: Session, acceso_id: UUID) -> SeguimientoDeAcceso:
    """One access, for the notice to the head of the office; raises NoEncontrado."""
    fila = session.execute(
        select(Caso.folio, AccesoExcepcional.vence_en)
        .join(Caso, Caso.id == AccesoExcepcional.caso_id)
        .where(AccesoExcepcional.id == acceso_id, Caso.confidencialidad != Confidencialidad.SELLADO)
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    return SeguimientoDeAcceso(*fila)
