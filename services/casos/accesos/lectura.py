"""The row of the audit that a reading of a case leaves, whoever reads it and by which right."""

from uuid import UUID

from sqlalchemy import select, update

from casos.accesos.models import AccesoExcepcional
from oficina.actor import Actor
from oficina.audit import registrar, registrar_lectura
from oficina.clock import real_now
from oficina.db import Database


def registrar_lectura_de_caso(
    db: Database,
    actor: Actor,
    accion: str,
    recurso: str,
    recurso_id: UUID,
    *,
    caso_id: UUID,
    cantidad: int | None = None,
) -> None:
    """Write, and commit, that something of a case is about to be shown; by an exceptional access,
    with the id of that access, which counts it.
    """
    real = real_now()
    with db.glance() as connection:
        acceso = connection.scalar(
            select(AccesoExcepcional.id).where(
                AccesoExcepcional.caso_id == caso_id,
                AccesoExcepcional.funcionario_id == actor.id,
                AccesoExcepcional.terminado_en.is_(None),
                AccesoExcepcional.vence_en > real,
            )
        )
    if acceso is None:
        registrar_lectura(db, actor, accion, recurso, recurso_id, cantidad=cantidad)
        return
    con_el = f"acceso_excepcional:{acceso}"
    with db.begin() as session:
        registrar(
            session, actor, accion, recurso, recurso_id, motivo_codigo=con_el, cantidad=cantidad
        )
        session.execute(
            update(AccesoExcepcional)
            .where(AccesoExcepcional.id == acceso)
            .values(lecturas=AccesoExcepcional.lecturas + 1)
        )
