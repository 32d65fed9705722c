"""Reminders to an institution that leave in one mail: each waits for it, and it speaks for all.

Each stage of each derivation is a message of its own, asked for once; it waits as it is until one
mail takes it. That mail asks anew what is left of each when it is written, names no case of its
own, and what becomes of it becomes of each (`filas.contar`), in the same transaction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from notificaciones.avisos.queries import sin_resumir
from notificaciones.mensajes.actions import encargar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Clave
from oficina.db import Database


def juntar(db: Database, ahora: datetime) -> list[UUID]:
    """Ask for the mail of every institution of which a reminder may wait no longer: with it goes
    all that waits for the same institution.
    """
    with db.read() as session:
        esperan = _que_esperan(session)
    hechos = []
    for institucion_id, suyos in esperan.items():
        if min(suyos.values()) > ahora:
            continue
        with db.begin() as session:
            junto = _juntar(session, institucion_id, list(suyos), ahora)
        if junto is not None:
            hechos.append(junto.id)
    return hechos


def _juntar(
    session: Session, institucion_id: str, ids: Sequence[UUID], ahora: datetime
) -> Mensaje | None:
    """One mail for those that wait still, which nobody else takes meanwhile."""
    tomados = session.scalars(
        select(Mensaje)
        .where(Mensaje.id.in_(ids), _espera())
        .order_by(Mensaje.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not tomados:
        return None
    junto = encargar(
        session,
        f"{Clave.RECORDATORIO_PLAZO}/juntos/{tomados[0].id}",
        Clave.RECORDATORIO_PLAZO,
        ahora,
        datos={
            "institucion_id": institucion_id,
            "casos": sorted({str(uno.caso_id) for uno in tomados}),
        },
    )
    if junto is not None:
        for uno in tomados:
            uno.resumen_id = junto.id
    return junto


def _que_esperan(session: Session) -> Mapping[str, Mapping[UUID, datetime]]:
    """By institution, the reminders that no mail has taken and until when each may wait."""
    hallados: defaultdict[str, dict[UUID, datetime]] = defaultdict(dict)
    query = select(Mensaje.id, Mensaje.datos, Mensaje.enviar_en).where(_espera())
    for mensaje_id, datos, enviar_en in session.execute(query.order_by(Mensaje.id)):
        hallados[datos["institucion_id"]][mensaje_id] = enviar_en
    return hallados


def _espera() -> ColumnElement[bool]:
    return and_(
        sin_resumir(),
        Mensaje.plantilla == Clave.RECORDATORIO_PLAZO,
        Mensaje.estado == Estado.PROGRAMADA,
    )
