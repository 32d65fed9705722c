"""What can be asked of preferences, and of notices that wait for a digest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from notificaciones.avisos.models import Modo, PreferenciaDeAvisos
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave


def preferencia(session: Session, funcionario_id: UUID) -> PreferenciaDeAvisos | None:
    """What somebody chose; None when they never did."""
    return session.get(PreferenciaDeAvisos, funcionario_id)


def sin_elegir(funcionario_id: UUID) -> PreferenciaDeAvisos:
    """What holds for somebody who never chose."""
    return PreferenciaDeAvisos(funcionario_id=funcionario_id, modo=Modo.AL_MOMENTO, version=0)


def modo_de(session: Session, funcionario_id: UUID) -> Modo:
    """When somebody wants their notices."""
    elegida = preferencia(session, funcionario_id)
    return elegida.modo if elegida is not None else Modo.AL_MOMENTO


def por_resumir(session: Session, antes_de: datetime) -> Mapping[UUID, Sequence[UUID]]:
    """Notices from before a moment that no digest has taken, by their reader."""
    hallados: defaultdict[UUID, list[UUID]] = defaultdict(list)
    query = select(Mensaje.id, Mensaje.datos).where(
        sin_resumir(),
        Mensaje.plantilla != Clave.RECORDATORIO_PLAZO,
        Mensaje.creado_en < antes_de,
    )
    for mensaje_id, datos in session.execute(query.order_by(Mensaje.id)):
        hallados[UUID(datos["funcionario_id"])].append(mensaje_id)
    return hallados


def del_resumen(session: Session, resumen_id: UUID) -> Sequence[Mensaje]:
    """The notices that a digest took, the oldest first."""
    return session.scalars(
        select(Mensaje).where(Mensaje.resumen_id == resumen_id).order_by(Mensaje.id)
    ).all()


def sin_resumir() -> ColumnElement[bool]:
    """What waits for a message that speaks for several."""
    return and_(Mensaje.en_resumen.is_(True), Mensaje.resumen_id.is_(None))
