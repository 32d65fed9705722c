"""Taking a consent back acts at once on whatever rests on it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.consentimientos.actions import tipo_de
from casos.consentimientos.models import (
    Consentimiento,
    MotivoRetiro,
    Otorgante,
    RetiroConsentimiento,
)
from casos.consentimientos.queries import consentimiento_por_id
from casos.derivaciones import actions as derivaciones
from casos.derivaciones.models import Derivacion
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto
from oficina.events.casos import ConsentimientoRevocado


@dataclass(frozen=True)
class PedidoRetiro:
    """Why a consent is taken back, and by whom."""

    motivo: MotivoRetiro
    pedido_por: Otorgante = Otorgante.PERSONA
    detalle: str | None = None


def retirar(
    session: Session, consentimiento_id: UUID, pedido: PedidoRetiro, actor: Actor, ahora: datetime
) -> RetiroConsentimiento:
    """Take a consent back: derivations that rest on it end, institutions that have the data are
    told, and whoever answers for the cases too.

    Raises NoEncontrado, Conflicto when it was taken back before.
    """
    consentimiento = consentimiento_por_id(session, consentimiento_id, Alcance.de(actor))
    # Derivations (and their cases) before the consent: the order in which a sending takes them.
    for derivacion_id in que_descansan_en(session, consentimiento_id):
        derivaciones.retirar(session, derivacion_id, actor, ahora)
    _exigir_sin_retiro(session, consentimiento_id)
    retiro = RetiroConsentimiento(
        consentimiento_id=consentimiento_id,
        motivo=pedido.motivo,
        detalle=pedido.detalle,
        pedido_por=pedido.pedido_por,
        registrado_por_id=actor.id,
        registrado_por=actor.nombre,
        retirado_en=ahora,
    )
    session.add(retiro)
    session.flush()
    registrar(session, actor, "casos.consentimiento.retirar", "persona", consentimiento.persona_id)
    emitir(
        session,
        ConsentimientoRevocado(
            consentimiento_id=consentimiento_id,
            persona_id=consentimiento.persona_id,
            finalidad=consentimiento.finalidad,
            destinatario_tipo=tipo_de(consentimiento.destinatario),
        ),
    )
    return retiro


def que_descansan_en(session: Session, consentimiento_id: UUID) -> list[UUID]:
    """The derivations that rest on a consent, the oldest first."""
    consulta = select(Derivacion.id).where(Derivacion.consentimiento_id == consentimiento_id)
    return list(session.scalars(consulta.order_by(Derivacion.id)))


def _exigir_sin_retiro(session: Session, consentimiento_id: UUID) -> None:
    # Locked: of two at once, the second finds the withdrawal of the first.
    session.execute(
        select(Consentimiento.id).where(Consentimiento.id == consentimiento_id).with_for_update()
    )
    ya = select(RetiroConsentimiento.id).where(
        RetiroConsentimiento.consentimiento_id == consentimiento_id
    )
    if session.scalar(ya) is not None:
        raise Conflicto(_("Este consentimiento ya se había retirado."))
