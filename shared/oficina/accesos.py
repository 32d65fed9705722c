"""How often each thing was done to or read of somebody, as the audit of one service tells it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from oficina.audit import Auditoria


@dataclass(frozen=True)
class Accesos:
    """One action: how often, and when first and last. Nobody of the staff is named."""

    accion: str
    cantidad: int
    primera: datetime
    ultima: datetime


class AccesosSchema(Schema):
    """The same, as JSON."""

    accion = fields.String(required=True)
    cantidad = fields.Integer(required=True)
    primera = fields.AwareDateTime(required=True)
    ultima = fields.AwareDateTime(required=True)


def accesos(session: Session, cosas: Collection[UUID]) -> Sequence[Accesos]:
    """What the audit says of some things, an action a line, in alphabetical order."""
    consulta = (
        select(
            Auditoria.accion,
            func.count(),
            func.min(Auditoria.ocurrida_en),
            func.max(Auditoria.ocurrida_en),
        )
        .where(Auditoria.recurso_id.in_(cosas))
        .group_by(Auditoria.accion)
        .order_by(Auditoria.accion)
    )
    return [Accesos(*fila) for fila in session.execute(consulta)]
