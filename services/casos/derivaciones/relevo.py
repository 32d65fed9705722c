"""A derivation in the place of another that did not work out: when it may take over, and what that
leaves of the first.
"""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import derivacion_por_id, relevada
from casos.derivaciones.states import REENCAMINABLES, Estado
from casos.expedientes.models import Caso
from casos.expedientes.states import Estado as EstadoCaso
from oficina.errors import Conflicto, NoEncontrado, TransicionInvalida


def exigir_reencaminable(
    session: Session, caso_id: UUID, derivacion_id: UUID, alcance: Alcance
) -> None:
    """Another may be prepared or sent in its place; it stays locked.

    Raises NoEncontrado, also of another case; TransicionInvalida while it may still work out,
    Conflicto when another took over.
    """
    if derivacion_por_id(session, derivacion_id, alcance).caso_id != caso_id:
        raise NoEncontrado
    anterior = derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    if anterior.estado not in REENCAMINABLES:
        raise TransicionInvalida(anterior.estado, anterior.pasos)
    exigir_sin_relevo(session, anterior)


def exigir_sin_relevo(session: Session, derivacion: Derivacion) -> None:
    """Nobody has taken over from `derivacion` yet; a draft and one taken back do not count."""
    if relevada(session, derivacion.id):
        raise Conflicto(_("Esta derivación ya se reencaminó."))


def puede_volver(session: Session, derivacion: Derivacion) -> bool:
    """Whether an answer can still matter: always before it expired; afterwards, while its case
    is open and no other derivation took over.
    """
    if derivacion.estado is not Estado.VENCIDA:
        return True
    estado = session.scalar(select(Caso.estado).where(Caso.id == derivacion.caso_id))
    return estado is not EstadoCaso.CERRADO and not relevada(session, derivacion.id)
