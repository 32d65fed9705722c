"""What can be asked of attachments: always through what they are of."""

import hashlib
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.adjuntos.models import TROZO, Adjunto, Trozo
from casos.alcance import Alcance
from casos.consentimientos.queries import consentimiento_por_id, de_persona
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id, exigir_propio
from casos.personas.queries import persona_a_la_vista
from oficina.db import Database
from oficina.errors import NoEncontrado


class AdjuntoAlterado(Exception):
    """What is stored of an attachment is not what was attached: it is not handed out whole."""


def de_caso(session: Session, caso: Caso) -> Sequence[Adjunto]:
    """The attachments of a case that was read, retired ones too, the oldest first."""
    return session.scalars(
        select(Adjunto).where(Adjunto.caso_id == caso.id).order_by(Adjunto.id)
    ).all()


def de_la_persona(session: Session, persona_id: UUID, alcance: Alcance) -> Sequence[Adjunto]:
    """Those of a person's documents and of the consents that the reader may know of, the oldest
    first. Raises NoEncontrado, DatosBloqueados.
    """
    persona_a_la_vista(session, persona_id, alcance)
    visibles = {uno.id for uno in de_persona(session, persona_id, alcance)}
    suyos = session.scalars(
        select(Adjunto)
        .where(Adjunto.persona_id == persona_id, Adjunto.caso_id.is_(None))
        .order_by(Adjunto.id)
    )
    return [
        uno for uno in suyos if uno.consentimiento_id is None or uno.consentimiento_id in visibles
    ]


def adjunto_por_id(
    session: Session, adjunto_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> Adjunto:
    """An attachment of something that the reader may read. With `bloquear` it is held, and of a
    case it must be the reader's work. Raises NoEncontrado, and as what it is of raises.
    """
    fila = session.execute(
        select(Adjunto.caso_id, Adjunto.consentimiento_id, Adjunto.persona_id).where(
            Adjunto.id == adjunto_id
        )
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    caso_id, consentimiento_id, persona_id = fila
    if caso_id is not None:
        caso = caso_por_id(session, caso_id, alcance)
        if bloquear:
            exigir_propio(session, caso, alcance)
    else:
        persona_a_la_vista(session, persona_id, alcance)
        if consentimiento_id is not None:
            consentimiento_por_id(session, consentimiento_id, alcance)
    consulta = select(Adjunto).where(Adjunto.id == adjunto_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    return session.scalars(consulta).one()


def contenido(db: Database, adjunto: Adjunto) -> Iterator[bytes]:
    """The bytes of an attachment, a piece at a time; each is asked for as it leaves.

    Raises AdjuntoAlterado before the last piece when all of them are not what was attached: who
    downloads it sees that it broke off.
    """
    huella = hashlib.sha256()
    piezas = -(-adjunto.tamano // TROZO)
    for numero in range(piezas):
        with db.read() as session:
            trozo = session.get(Trozo, (adjunto.id, numero))
        if trozo is None:
            raise AdjuntoAlterado(f"piece {numero} of {adjunto.id} is not there")
        pieza = trozo.contenido
        huella.update(pieza)
        if numero == piezas - 1 and huella.hexdigest() != adjunto.sha256:
            raise AdjuntoAlterado(f"{adjunto.id} is not what was attached")
        yield pieza
