"""What can be done with the file of a case. Callers hold the transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

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


def entregar(session: Session, cual: UUID, pdf: bytes, partes: int, ahora: datetime) -> None:
    """Keep a file with its hash, unless a worker thought dead was first, or the person was erased
    meanwhile.
    """
    foliado = session.get(Foliado, cual, with_for_update=True)
    if foliado is None or foliado.estado is not EstadoCopia.EN_PROCESO:
        return
    foliado.entregar(pdf, partes, ahora, ahora + timedelta(days=dias()))
    registrar(session, Actor.sistema("casos"), "casos.foliado.hacer", "caso", foliado.caso_id)


def caducar(session: Session, cual: UUID, ahora: datetime) -> None:
    """Forget the PDF of one whose time has passed."""
    foliado = session.get_one(Foliado, cual, with_for_update=True)
    listo = foliado.estado is EstadoCopia.LISTA
    if listo and foliado.caduca_en and foliado.caduca_en <= ahora:
        foliado.caducar()
