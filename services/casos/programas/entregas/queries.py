"""What can be asked of deliveries, of what is in store, and of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from casos.alcance import Alcance
from casos.programas.entregas.models import Articulo, Entrega, MovimientoExistencia, Rendicion
from casos.programas.postulaciones.models import Postulacion
from casos.programas.postulaciones.queries import negativa
from casos.programas.postulaciones.states import Estado
from oficina.errors import NoEncontrado

MAXIMO = 200


@dataclass(frozen=True)
class FilaRendida:
    """One delivery of an account; whose it is, None for who may not know it."""

    entrega: Entrega
    postulacion: str
    persona_folio: str | None
    persona: str | None


def entrega_por_id(session: Session, entrega_id: UUID, alcance: Alcance) -> Entrega:
    """A delivery of an application that the reader may see, with all that its act says.

    Raises NoEncontrado, DatosBloqueados.
    """
    entrega = session.scalar(
        select(Entrega)
        .join(Entrega.postulacion)
        .where(Entrega.id == entrega_id, alcance.postulaciones())
        .options(
            joinedload(Entrega.postulacion).joinedload(Postulacion.persona),
            joinedload(Entrega.postulacion).joinedload(Postulacion.programa),
            selectinload(Entrega.salidas).joinedload(MovimientoExistencia.articulo),
        )
    )
    if entrega is None:
        suya = session.scalar(select(Entrega.postulacion_id).where(Entrega.id == entrega_id))
        raise negativa(session, suya, alcance) if suya else NoEncontrado
    return entrega


def entrega_de(session: Session, postulacion_id: UUID) -> Entrega | None:
    """What was handed over of an application that was read."""
    return session.scalar(
        select(Entrega)
        .where(Entrega.postulacion_id == postulacion_id)
        .options(selectinload(Entrega.salidas).joinedload(MovimientoExistencia.articulo))
    )


def articulo_por_id(session: Session, articulo_id: UUID) -> Articulo:
    """A kind of thing, with its programme; raises NoEncontrado."""
    articulo = session.scalar(
        select(Articulo).where(Articulo.id == articulo_id).options(joinedload(Articulo.programa))
    )
    if articulo is None:
        raise NoEncontrado
    return articulo


def articulos(session: Session, programa_id: UUID) -> Sequence[Articulo]:
    """What a programme keeps, in the order in which it was written down."""
    return session.scalars(
        select(Articulo).where(Articulo.programa_id == programa_id).order_by(Articulo.id)
    ).all()


def movimientos(session: Session, articulo_id: UUID) -> Sequence[MovimientoExistencia]:
    """The last lines of a kind of thing, the newest first."""
    return session.scalars(
        select(MovimientoExistencia)
        .where(MovimientoExistencia.articulo_id == articulo_id)
        .order_by(MovimientoExistencia.id.desc())
        .limit(MAXIMO)
    ).all()


def por_rendir(session: Session, programa_id: UUID, antes: datetime) -> Sequence[Entrega]:
    """What a programme handed over before a moment and was not accounted for, held."""
    return session.scalars(
        select(Entrega)
        .join(Entrega.postulacion)
        .where(
            Entrega.programa_id == programa_id,
            Entrega.entregada_en < antes,
            Postulacion.estado == Estado.ENTREGADA,
        )
        .options(contains_eager(Entrega.postulacion))
        .order_by(Entrega.id)
        .with_for_update(of=(Entrega, Postulacion))
    ).all()


def rendiciones(session: Session, programa_id: UUID) -> Sequence[Rendicion]:
    """The accounts of a programme, the newest first."""
    return session.scalars(
        select(Rendicion)
        .where(Rendicion.programa_id == programa_id)
        .order_by(Rendicion.id.desc())
        .limit(MAXIMO)
    ).all()


def rendicion_por_id(session: Session, rendicion_id: UUID) -> Rendicion:
    """An account, with its programme; raises NoEncontrado."""
    rendicion = session.scalar(
        select(Rendicion)
        .where(Rendicion.id == rendicion_id)
        .options(joinedload(Rendicion.programa))
    )
    if rendicion is None:
        raise NoEncontrado
    return rendicion


def filas(session: Session, rendicion_id: UUID, alcance: Alcance) -> list[FilaRendida]:
    """Every delivery of an account: each counts, and is named to who may see whose it is."""
    entregas = session.scalars(
        select(Entrega)
        .where(Entrega.rendicion_id == rendicion_id)
        .options(
            joinedload(Entrega.postulacion).joinedload(Postulacion.persona),
            selectinload(Entrega.salidas).joinedload(MovimientoExistencia.articulo),
        )
        .order_by(Entrega.id)
    ).all()
    a_la_vista = set(
        session.scalars(
            select(Postulacion.id).where(
                Postulacion.id.in_([una.postulacion_id for una in entregas]),
                alcance.postulaciones(),
            )
        )
    )
    return [
        FilaRendida(
            una,
            una.postulacion.folio,
            una.postulacion.persona.folio if una.postulacion_id in a_la_vista else None,
            una.postulacion.persona.nombre if una.postulacion_id in a_la_vista else None,
        )
        for una in entregas
    ]
