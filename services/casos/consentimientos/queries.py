"""What can be asked of the ledger. It is asked each time that something rests on it: no copy."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.consentimientos.models import BaseLicitud, Consentimiento, RetiroConsentimiento
from casos.consentimientos.textos import RECORDATORIOS
from oficina.errors import NoEncontrado


def vale(session: Session, consentimiento_id: UUID, ahora: datetime) -> bool:
    """Whether an entry still allows what it allowed."""
    consulta = select(Consentimiento.id).where(
        Consentimiento.id == consentimiento_id, *_vigente(ahora)
    )
    return session.scalar(consulta) is not None


def admite_recordatorios(session: Session, persona_id: UUID, ahora: datetime) -> bool:
    """Whether a person may be reminded of appointments.

    It is the office's function until the person was asked; from then on, while a consent holds.
    """
    de_la_persona = (
        Consentimiento.persona_id == persona_id,
        Consentimiento.finalidad == RECORDATORIOS,
    )
    vigentes = select(Consentimiento.id).where(*de_la_persona, *_vigente(ahora)).exists()
    alguno = select(Consentimiento.id).where(*de_la_persona).exists()
    return bool(session.scalar(select(or_(~alguno, vigentes))))


def de_persona(session: Session, persona_id: UUID, alcance: Alcance) -> Sequence[Consentimiento]:
    """Every consent that a person gave, the newest first, with recipients and withdrawals."""
    return session.scalars(
        select(Consentimiento)
        .where(
            Consentimiento.persona_id == persona_id,
            Consentimiento.base_licitud == BaseLicitud.CONSENTIMIENTO,
            alcance.consentimientos(),
        )
        .options(joinedload(Consentimiento.destinatario), joinedload(Consentimiento.retiro))
        .order_by(Consentimiento.id.desc())
    ).all()


def consentimiento_por_id(
    session: Session, consentimiento_id: UUID, alcance: Alcance
) -> Consentimiento:
    """A consent of a person with its recipient and withdrawal; raises NoEncontrado."""
    hallado = session.scalar(
        select(Consentimiento)
        .where(
            Consentimiento.id == consentimiento_id,
            Consentimiento.base_licitud == BaseLicitud.CONSENTIMIENTO,
            alcance.consentimientos(),
        )
        .options(joinedload(Consentimiento.destinatario), joinedload(Consentimiento.retiro))
    )
    if hallado is None:
        raise NoEncontrado
    return hallado


def _vigente(ahora: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    retirado = exists().where(RetiroConsentimiento.consentimiento_id == Consentimiento.id)
    return (~retirado, or_(Consentimiento.hasta.is_(None), Consentimiento.hasta > ahora))
