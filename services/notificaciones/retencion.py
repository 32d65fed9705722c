"""What notificaciones forgets: what a message said and to whom, what people answered, and what was
delivered to units.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from notificaciones.bajas.models import Baja
from notificaciones.entrantes.models import Respuesta
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.masivos.states import SIN_CONFIRMAR
from notificaciones.masivos.states import Estado as EstadoDeEnvio
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Estado
from notificaciones.plantillas.models import DIAS, PlantillaGuardada, VersionDePlantilla
from notificaciones.proveedores.models import Recibo
from notificaciones.suscripciones.models import CasoCallado, Entrega, IntentoDeEntrega
from oficina.clock import now, real_now
from oficina.db import UtcDateTime
from oficina.retencion import Retencion, periodos

retencion = Retencion("notificaciones")

_CLASE = "notificaciones.mensaje.contenido"
_VIVOS = [*EN_ESPERA, Estado.RESERVADA]
_CONTENIDO = (
    Mensaje.destino,
    Mensaje.destino_indice,
    Mensaje.asunto,
    Mensaje.cuerpo,
    Mensaje.enlace,
    Mensaje.valores,
)


def _con_contenido(limite: datetime) -> Select[Any]:
    """Past the office's limit, or past the shorter one of the template that it was written with."""
    ahora = limite + timedelta(days=periodos().clases[_CLASE].dias or 0)
    hasta = {dias: literal(ahora - timedelta(days=dias), UtcDateTime()) for dias in DIAS}
    con_menos = exists().where(
        PlantillaGuardada.clave == Mensaje.plantilla,
        VersionDePlantilla.plantilla_id == PlantillaGuardada.id,
        VersionDePlantilla.numero == Mensaje.plantilla_version,
        Mensaje.cambiado_en < case(hasta, value=VersionDePlantilla.retencion_dias),
    )
    return select(Mensaje.id).where(
        Mensaje.estado.not_in(_VIVOS),
        or_(Mensaje.cambiado_en < limite, con_menos),
        or_(*(columna.is_not(None) for columna in _CONTENIDO)),
    )


@retencion.clase(_CLASE, _con_contenido)
def vaciar(session: Session, ids: Sequence[UUID]) -> int:
    """Nobody is editing a message that has ended: its version need not grow."""
    session.execute(
        update(Mensaje)
        .where(Mensaje.id.in_(ids))
        .values({columna.key: None for columna in _CONTENIDO})
        .execution_options(synchronize_session=False)
    )
    return len(ids)


@retencion.clase(
    "notificaciones.baja", lambda limite: select(Baja.id).where(Baja.levantada_en < limite)
)
def borrar_bajas(session: Session, ids: Sequence[UUID]) -> int:
    """Those that were lifted; one that stands is kept, or people would be written to again."""
    session.execute(delete(Baja).where(Baja.id.in_(ids)))
    return len(ids)


@retencion.clase(
    "notificaciones.respuesta",
    lambda limite: select(Respuesta.id).where(Respuesta.creada_en < limite),
)
def borrar_respuestas(session: Session, ids: Sequence[UUID]) -> int:
    """Also one that nobody attended to: after so long nobody waits for an answer to it."""
    session.execute(delete(Respuesta).where(Respuesta.id.in_(ids)))
    return len(ids)


@retencion.clase(
    "notificaciones.entrega", lambda limite: select(Entrega.id).where(Entrega.creada_en < limite)
)
def borrar_entregas(session: Session, ids: Sequence[UUID]) -> int:
    """Of webhooks and feeds alike, also what was never taken."""
    session.execute(delete(IntentoDeEntrega).where(IntentoDeEntrega.entrega_id.in_(ids)))
    session.execute(delete(Entrega).where(Entrega.id.in_(ids)))
    return len(ids)


@retencion.clase(
    "notificaciones.recibo", lambda limite: select(Recibo.id).where(Recibo.recibido_en < limite)
)
def borrar_recibos(session: Session, ids: Sequence[UUID]) -> int:
    """What one said is in its message; of one that nobody understood nothing is left."""
    session.execute(delete(Recibo).where(Recibo.id.in_(ids)))
    return len(ids)


@retencion.clase(
    "notificaciones.caso_callado",
    lambda limite: select(CasoCallado.caso_id).where(CasoCallado.desde < limite),
)
def borrar_callados(session: Session, ids: Sequence[UUID]) -> int:
    """What was told before is gone from the inbox too: nothing is left to keep quiet about."""
    session.execute(delete(CasoCallado).where(CasoCallado.caso_id.in_(ids)))
    return len(ids)


@retencion.clase(
    "notificaciones.masivo.sin_confirmar",
    lambda limite: select(EnvioMasivo.id).where(
        EnvioMasivo.estado.in_(SIN_CONFIRMAR), EnvioMasivo.creado_en < limite
    ),
)
def descartar_envios(session: Session, ids: Sequence[UUID]) -> int:
    """Nobody confirmed them: they are not sent any more."""
    session.execute(delete(FilaDeEnvio).where(FilaDeEnvio.envio_id.in_(ids)))
    session.execute(
        update(EnvioMasivo)
        .where(EnvioMasivo.id.in_(ids))
        .values(
            estado=EstadoDeEnvio.DESCARTADO,
            terminado_en=now(),
            version=EnvioMasivo.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return len(ids)


@retencion.clase(
    "notificaciones.masivo.filas",
    lambda limite: select(EnvioMasivo.id).where(
        EnvioMasivo.terminado_en < limite, EnvioMasivo.vaciado_en.is_(None)
    ),
)
def vaciar_filas(session: Session, ids: Sequence[UUID]) -> int:
    """Which row made which message stays; whom it named and what it said does not."""
    session.execute(
        update(FilaDeEnvio)
        .where(FilaDeEnvio.envio_id.in_(ids))
        .values(datos=None, indice=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(EnvioMasivo)
        .where(EnvioMasivo.id.in_(ids))
        .values(vaciado_en=real_now())
        .execution_options(synchronize_session=False)
    )
    return len(ids)
