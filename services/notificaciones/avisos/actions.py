"""What can be done with notices and preferences: choose, and make the digest.

A notice that waits for a digest is the row that it always was; the digest is a message of its own,
which asks anew what is left of each when it is written. Each notice is taken by one digest.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from notificaciones.avisos.models import Modo, PreferenciaDeAvisos
from notificaciones.avisos.queries import por_resumir, preferencia, sin_elegir, sin_resumir
from notificaciones.mensajes.actions import encargar
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from notificaciones.reglas.calculo import en_la_pared
from notificaciones.reglas.catalogo import reglas
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.calendar_cl import es_habil
from oficina.clock import local, real_now
from oficina.db import Database, hold
from oficina.web.conditional import check_version


def elegir(
    session: Session, modo: Modo, actor: Actor, version: int | None = None
) -> PreferenciaDeAvisos:
    """Choose for oneself; raises VersionVencida."""
    hold(session, f"avisos/{actor.id}")
    elegida = preferencia(session, actor.id)
    check_version(elegida or sin_elegir(actor.id), version)
    if elegida is None:
        elegida = PreferenciaDeAvisos(funcionario_id=actor.id)
        session.add(elegida)
    elegida.modo, elegida.cambiada_en = modo, real_now()
    registrar(
        session,
        actor,
        "notificaciones.aviso.preferir",
        "funcionario",
        actor.id,
        motivo_codigo=modo.value,
    )
    session.flush()
    return elegida


def resumir(db: Database, ahora: datetime) -> list[UUID]:
    """On a working day, past the hour, ask for the digest of everybody who has notices waiting."""
    dia = local(ahora).date()
    corte = en_la_pared(dia, reglas().resumen.hora)
    if ahora < corte or not es_habil(dia):
        return []
    with db.read() as session:
        pendientes = por_resumir(session, corte)
    hechos = []
    for funcionario_id, ids in pendientes.items():
        clave = f"{Clave.AVISO_RESUMEN}/{funcionario_id}/{dia.isoformat()}"
        with db.begin() as session:
            hold(session, clave)
            resumen = _digest(session, clave, funcionario_id, ahora)
            if resumen is None:
                continue
            session.execute(
                update(Mensaje)
                .where(Mensaje.id.in_(ids), sin_resumir())
                .values(resumen_id=resumen.id)
                .execution_options(synchronize_session=False)
            )
        hechos.append(resumen.id)
    return hechos


def _digest(session: Session, clave: str, funcionario_id: UUID, ahora: datetime) -> Mensaje | None:
    resumen = encargar(
        session,
        clave,
        Clave.AVISO_RESUMEN,
        ahora,
        datos={"funcionario_id": str(funcionario_id)},
    )
    session.flush()
    return resumen
