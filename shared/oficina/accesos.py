"""What the audit of one service tells of things, and of an account that touched them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, post_load
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from oficina.audit import Auditoria
from oficina.web.forms import MOMENTOS


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


@dataclass(frozen=True, kw_only=True)
class UsoDeCuenta:
    """What an account did from a moment on and before another."""

    cuenta_id: UUID
    desde: datetime
    antes_de: datetime

    def cosas(self) -> Select[UUID]:
        """The ids of what it read or changed one by one."""
        return self._filas(select(Auditoria.recurso_id)).where(Auditoria.recurso_id.is_not(None))

    def listas(self, session: Session) -> int:
        """How often it saw a list or searched: of those the audit keeps how many they held."""
        consulta = self._filas(select(func.count())).where(
            Auditoria.recurso_id.is_(None), Auditoria.cantidad > 0
        )
        return session.scalar(consulta) or 0

    def _filas(self, consulta: Select[Any]) -> Select[Any]:
        return consulta.where(
            Auditoria.actor_id == self.cuenta_id,
            Auditoria.ocurrida_en >= self.desde,
            Auditoria.ocurrida_en < self.antes_de,
        )


class UsoDeCuentaSchema(Schema):
    """The same, as a question."""

    cuenta_id = fields.UUID(required=True)
    desde = fields.AwareDateTime(required=True, validate=MOMENTOS)
    antes_de = fields.AwareDateTime(required=True, validate=MOMENTOS)

    @post_load
    def _build(self, data: dict[str, Any], **_options: Any) -> UsoDeCuenta:
        return UsoDeCuenta(**data)


class TocadoSchema(Schema):
    """The ids of the things of a service that an account touched, and of whom and which case each
    is; and how many lists it saw.
    """

    ids = fields.List(fields.UUID(), required=True)
    listas = fields.Integer(required=True)
