"""What can be done with the file of a case. Callers hold the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.adjuntos.models import Adjunto
from casos.alcance import Alcance
from casos.copias.states import EstadoCopia
from casos.expedientes.queries import caso_por_id, exigir_propio
from casos.expedientes.relato import Lectura
from casos.foliados.models import Foliado
from casos.foliados.queries import contenido_de
from casos.foliados.reglas import dias
from casos.folios import siguiente_folio
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.jobs import nudge_after_commit


@dataclass(frozen=True)
class Hecho:
    """A document that was made: how many parts it has, and which attachments it carries."""

    pdf: bytes
    partes: int
    adjuntos: Sequence[UUID]


def pedir(
    session: Session, caso_id: UUID, lectura: Lectura, actor: Actor, ahora: datetime
) -> Foliado:
    """Ask for the file of a case, with what the asker may read of it; it is made apart.

    Raises as `caso_por_id`, NoPermitido.
    """
    alcance = Alcance.de(actor)
    caso = caso_por_id(session, caso_id, alcance)
    exigir_propio(session, caso, alcance)
    foliado = Foliado(
        folio=siguiente_folio(session, "EX", clock.local(ahora).year),
        caso_id=caso.id,
        contiene=contenido_de(lectura),
        estado=EstadoCopia.PEDIDA,
        pedida_por_id=actor.id,
        pedida_por=actor.nombre,
        pedida_en=ahora,
    )
    session.add(foliado)
    session.flush()
    registrar(session, actor, "casos.foliado.pedir", "caso", caso.id)
    nudge_after_commit(session, "casos.hacer_foliado", str(foliado.id))
    return foliado


def entregar(session: Session, cual: UUID, hecho: Hecho, ahora: datetime) -> None:
    """Keep a file with its hash, unless a worker thought dead was first, or the person was erased
    meanwhile. One that carries an attachment which was retired meanwhile is left to be made anew:
    attachments are held, so that whoever retires one sees the file ready, or this sees it gone.
    """
    foliado = session.get(Foliado, cual, with_for_update=True)
    if foliado is None or foliado.estado is not EstadoCopia.EN_PROCESO:
        return
    siguen = session.scalars(
        select(Adjunto.id)
        .where(Adjunto.id.in_(hecho.adjuntos), Adjunto.retirado_en.is_(None))
        .with_for_update(read=True)
    ).all()
    if len(siguen) < len(hecho.adjuntos):
        foliado.tomada_hasta = None
        return
    foliado.entregar(hecho.pdf, hecho.partes, ahora, ahora + timedelta(days=dias()))
    registrar(session, Actor.sistema("casos"), "casos.foliado.hacer", "caso", foliado.caso_id)


def olvidar_de_caso(session: Session, caso_id: UUID) -> None:
    """Forget the PDF of every file of a case that may be downloaded: something in it is to be gone.
    Whoever needs one asks for another.
    """
    for foliado in session.scalars(
        select(Foliado)
        .where(Foliado.caso_id == caso_id, Foliado.estado == EstadoCopia.LISTA)
        .with_for_update()
    ):
        foliado.caducar()


def caducar(session: Session, cual: UUID, ahora: datetime) -> None:
    """Forget the PDF of one whose time has passed."""
    foliado = session.get_one(Foliado, cual, with_for_update=True)
    listo = foliado.estado is EstadoCopia.LISTA
    if listo and foliado.caduca_en and foliado.caduca_en <= ahora:
        foliado.caducar()
