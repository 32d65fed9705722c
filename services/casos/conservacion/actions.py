"""Keeping a closed case for longer."""

from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.conservacion.models import Conservacion, MotivoConservacion
from casos.conservacion.queries import CERRADO, CONSERVADO, vencidos
from casos.expedientes.models import Caso
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import real_now
from oficina.errors import Conflicto, NoEncontrado
from oficina.retencion import periodos


def conservar(
    session: Session, caso_id: UUID, motivo: MotivoConservacion, actor: Actor
) -> Conservacion:
    """Keep a case whose time has passed; it is proposed again when the new period has passed.

    Raises NoEncontrado, and Conflicto for a case that nobody is asked about.
    """
    suyo = Alcance.de(actor).conservables()
    caso = session.scalar(
        select(Caso).where(Caso.id == caso_id, suyo).with_for_update(key_share=True)
    )
    if caso is None:
        raise NoEncontrado
    ahora = real_now()
    propuesto = vencidos(periodos().clases[CERRADO].limite(ahora)).where(Caso.id == caso_id)
    if session.scalar(propuesto) is None:
        raise Conflicto(_("Este caso no espera ninguna decisión sobre su conservación."))
    dias = periodos().clases[CONSERVADO].dias or 0
    decision = Conservacion(
        caso_id=caso_id,
        motivo=motivo,
        decidida_por_id=actor.id,
        decidida_por=actor.nombre,
        decidida_en=ahora,
        hasta=ahora + timedelta(days=dias),
    )
    session.add(decision)
    registrar(session, actor, "casos.caso.conservar", "caso", caso_id, motivo=motivo.value)
    return decision
