"""What can be asked of the files of cases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from casos.copias.states import EstadoCopia
from casos.expedientes.models import Caso
from casos.expedientes.relato import Lectura
from casos.foliados.models import Foliado
from oficina.errors import NoEncontrado

_CONTENIDOS = ("notas", "evaluacion", "derivaciones")


def contenido_de(lectura: Lectura) -> list[str]:
    """What a reading may tell beyond what happened."""
    return [uno for uno in _CONTENIDOS if getattr(lectura, uno)]


def lectura_de(foliado: Foliado) -> Lectura:
    """The reading with which a file is made."""
    return Lectura(**{uno: uno in foliado.contiene for uno in _CONTENIDOS})


def de_caso(session: Session, caso: Caso) -> Sequence[Foliado]:
    """The files of a case that was read, the newest first, without their PDF."""
    return session.scalars(
        select(Foliado).where(Foliado.caso_id == caso.id).order_by(Foliado.id.desc())
    ).all()


def archivo(session: Session, caso: Caso, cual: UUID, lectura: Lectura, ahora: datetime) -> Foliado:
    """A file of a case with its PDF; raises NoEncontrado unless it may be downloaded now, by a
    reader who may read all that it tells.
    """
    foliado = session.scalar(
        select(Foliado)
        .where(
            Foliado.id == cual,
            Foliado.caso_id == caso.id,
            Foliado.estado == EstadoCopia.LISTA,
            Foliado.caduca_en > ahora,
        )
        .options(undefer(Foliado.pdf_sellado))
    )
    if foliado is None or not set(foliado.contiene) <= set(contenido_de(lectura)):
        raise NoEncontrado
    return foliado


def es_nuestro(session: Session, sha256: str) -> bool:
    """Whether a document of this hash is one that the office made."""
    hallado = select(Foliado.folio).where(Foliado.sha256 == sha256)
    return session.scalar(hallado) is not None
