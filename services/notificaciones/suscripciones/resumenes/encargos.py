"""The messages of digests, asked for: the link that confirms an address, and a digest itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import encargar
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.resumenes.calculo import ajustes
from notificaciones.suscripciones.states import Falla
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.jobs import nudge_after_commit

_HOLGURA = timedelta(hours=4)
"""A lease outlives its message by so much: it ends when what became of it is written down."""


def pedir_enlace(session: Session, una: Suscripcion) -> None:
    """Have a link sent to the address; the one before opens nothing once it is written."""
    clave = f"{Clave.CONFIRMAR_CORREO}/{una.id}/{uuid7()}"
    _ask(session, clave, Clave.CONFIRMAR_CORREO, una.id)


def pedir_resumen(
    session: Session, una: Suscripcion, cual: str, hasta: datetime, *, prueba: bool = False
) -> Mensaje | None:
    """Have a digest written; `cual` says which. None when the same was asked for before."""
    clave = f"{Clave.RESUMEN_DE_UNIDAD}/{una.id}/{cual}"
    return _ask(
        session,
        clave,
        Clave.RESUMEN_DE_UNIDAD,
        una.id,
        caduca_en=now() + ajustes().sirve,
        hasta=hasta.isoformat(),
        prueba=prueba,
    )


def llevar(
    session: Session, suscripcion_id: UUID, mensaje_id: UUID, *cuales: ColumnElement[bool]
) -> None:
    """Have a digest carry deliveries: nobody else takes them until it is settled, or long gone."""
    hasta = real_now() + ajustes().sirve + _HOLGURA
    session.execute(
        update(Entrega)
        .where(Entrega.suscripcion_id == suscripcion_id, *cuales)
        .values(reserva=mensaje_id, reservada_hasta=hasta)
        .execution_options(synchronize_session=False)
    )
    # Without the version, which is that of what people edit.
    session.execute(
        update(Suscripcion)
        .where(Suscripcion.id == suscripcion_id)
        .values(resumen_id=mensaje_id)
        .execution_options(synchronize_session=False)
    )


def no_repetir(session: Session, pruebas: Sequence[UUID]) -> None:
    """A trial that did not leave is over; in a digest it would be taken for what happened."""
    session.execute(
        update(Entrega)
        .where(Entrega.id.in_(pruebas))
        .values(estado=EstadoDeEntrega.MUERTO, error=Falla.NO_SALIO.value)
        .execution_options(synchronize_session=False)
    )


def _ask(
    session: Session,
    clave: str,
    plantilla: Clave,
    suscripcion_id: UUID,
    caduca_en: datetime | None = None,
    **datos: str | bool,
) -> Mensaje | None:
    mensaje = encargar(
        session,
        clave,
        plantilla,
        now(),
        caduca_en=caduca_en,
        datos={"suscripcion_id": str(suscripcion_id), **datos},
    )
    if mensaje is not None:
        nudge_after_commit(session, "notificaciones.preparar", str(mensaje.id))
    return mensaje
