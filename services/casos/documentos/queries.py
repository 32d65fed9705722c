"""What can be asked about documents beside those of a record that is read whole."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.personas.models import DocumentoIdentidad
from casos.personas.queries import persona_a_la_vista
from oficina.errors import NoEncontrado


def documento_por_id(session: Session, documento_id: UUID, alcance: Alcance) -> DocumentoIdentidad:
    """A document of somebody whom the reader sees. Raises NoEncontrado, DatosBloqueados."""
    uno = session.get(DocumentoIdentidad, documento_id)
    if uno is None:
        raise NoEncontrado
    persona_a_la_vista(session, uno.persona_id, alcance)
    return uno


def retirados(session: Session, persona_id: UUID) -> Sequence[DocumentoIdentidad]:
    """Those that are of use no more, the last that was retired on top."""
    return session.scalars(
        select(DocumentoIdentidad)
        .where(
            DocumentoIdentidad.persona_id == persona_id,
            DocumentoIdentidad.retirado_en.is_not(None),
        )
        .order_by(DocumentoIdentidad.retirado_en.desc(), DocumentoIdentidad.id)
    ).all()
