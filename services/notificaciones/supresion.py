"""What notificaciones erases of somebody: what messages to them and about their cases said, and to
whom, and what they answered. That there were messages and answers stays.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, union, update
from sqlalchemy.orm import Session

from notificaciones.bajas.models import Baja
from notificaciones.bloqueos import de_persona_o_casos
from notificaciones.entrantes.models import Respuesta
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.masivos.states import Problema
from notificaciones.mensajes.actions import retirar_por
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Clave
from notificaciones.proveedores.models import Recibo
from oficina.web.kept_answers import olvidar_respuestas

MENSAJES = "notificaciones.mensajes"
RESPUESTAS = "notificaciones.respuestas"
FILAS = "notificaciones.filas_de_envio"
SE_VACIAN = (
    Mensaje.destino,
    Mensaje.destino_indice,
    Mensaje.asunto,
    Mensaje.cuerpo,
    Mensaje.enlace,
    Mensaje.valores,
    Mensaje.pedido_huella,
    Mensaje.idioma,
    Mensaje.idioma_pedido,
    Mensaje.referencia,
)

_DE_RESPUESTA = (Respuesta.de, Respuesta.de_indice, Respuesta.texto, Respuesta.idioma)


def contar(session: Session, persona_id: UUID, caso_ids: Iterable[UUID]) -> Mapping[str, int]:
    """How many of each class would go; nothing is done."""
    consulta = select(func.count()).select_from(Mensaje).where(_suyos(persona_id, caso_ids))
    contestadas = _contestadas(persona_id, caso_ids)
    return {
        MENSAJES: session.scalar(consulta) or 0,
        RESPUESTAS: session.scalar(select(func.count(Respuesta.id)).where(contestadas)) or 0,
        FILAS: session.scalar(select(func.count(FilaDeEnvio.id)).where(_filas(persona_id))) or 0,
    }


def borrar(session: Session, persona_id: UUID, caso_ids: Iterable[UUID]) -> Mapping[str, int]:
    """Erase; what has not left never will. Whoever is told to erase what they received is told so
    all the same: that message names nobody.
    """
    suyos = _suyos(persona_id, caso_ids)
    retirar_por(session, suyos, Motivo.PERSONA_SUPRIMIDA)
    session.flush()
    cuantos = session.scalar(select(func.count()).select_from(Mensaje).where(suyos)) or 0
    filas = _vaciar_filas(session, persona_id, suyos)
    _vaciar_bajas(session, suyos, _contestadas(persona_id, caso_ids))
    _vaciar_recibos(session, suyos)
    con_algo = or_(*(columna.is_not(None) for columna in SE_VACIAN))
    session.execute(
        update(Mensaje)
        .where(suyos, con_algo)
        .values({columna.key: None for columna in SE_VACIAN})
        .execution_options(synchronize_session=False)
    )
    _vaciar_juntos(session, suyos)
    contestadas = _contestadas(persona_id, caso_ids)
    respuestas = session.scalar(select(func.count(Respuesta.id)).where(contestadas)) or 0
    session.execute(
        update(Respuesta)
        .where(contestadas)
        .values({columna.key: None for columna in _DE_RESPUESTA})
        .execution_options(synchronize_session=False)
    )
    olvidar_respuestas(session, [persona_id, *caso_ids])
    return {MENSAJES: cuantos, RESPUESTAS: respuestas, FILAS: filas}


def _vaciar_juntos(session: Session, suyos: ColumnElement[bool]) -> None:
    """What one mail said of theirs among others: its text goes; its address is an institution's.
    One that has not left is written anew without them.
    """
    juntos = select(Mensaje.resumen_id).where(suyos, Mensaje.plantilla == Clave.RECORDATORIO_PLAZO)
    session.execute(
        update(Mensaje)
        .where(Mensaje.id.in_(juntos))
        .values(asunto=None, cuerpo=None, enlace=None)
        .execution_options(synchronize_session=False)
    )


def _filas(persona_id: UUID) -> ColumnElement[bool]:
    return FilaDeEnvio.persona_id == persona_id


def _vaciar_filas(session: Session, persona_id: UUID, suyos: ColumnElement[bool]) -> int:
    """Of bulks, the rows that name them, and those that give an address of theirs; what has made no
    message makes none.
    """
    direcciones = union(
        select(Mensaje.destino_indice).where(suyos),
        select(FilaDeEnvio.indice).where(_filas(persona_id)),
    )
    sin_nombre = FilaDeEnvio.persona_id.is_(None) & FilaDeEnvio.indice.in_(direcciones)
    suyas = or_(_filas(persona_id), sin_nombre)
    cuantas = session.scalar(select(func.count(FilaDeEnvio.id)).where(suyas)) or 0
    sin_mensaje = FilaDeEnvio.mensaje_id.is_(None) & FilaDeEnvio.problema.is_(None)
    for cuales, valores in (
        (suyas & sin_mensaje, {"problema": Problema.SUPRIMIDA, "revisada": True}),
        (suyas, {"datos": None, "indice": None, "columna": None, "motivo": None}),
    ):
        session.execute(
            update(FilaDeEnvio)
            .where(cuales)
            .values(valores)
            .execution_options(synchronize_session=False)
        )
    return cuantas


def _vaciar_bajas(
    session: Session, suyos: ColumnElement[bool], contestadas: ColumnElement[bool]
) -> None:
    """Of an address where they want no messages its index alone stays: it keeps them unwritten."""
    indices = union(
        select(Mensaje.destino_indice).where(suyos), select(Respuesta.de_indice).where(contestadas)
    )
    session.execute(
        update(Baja)
        .where(Baja.indice.in_(indices))
        .values(direccion=None, motivo=None, levantada_motivo=None)
        .execution_options(synchronize_session=False)
    )


def _vaciar_recibos(session: Session, suyos: ColumnElement[bool]) -> None:
    """What a provider calls a message to them: one that still waited finds it by that no more."""
    por_nombre = select(Mensaje.id).where(
        suyos, Mensaje.proveedor == Recibo.proveedor, Mensaje.referencia == Recibo.referencia
    )
    session.execute(
        update(Recibo)
        .where(
            Recibo.referencia != "",
            or_(Recibo.mensaje_id.in_(select(Mensaje.id).where(suyos)), por_nombre.exists()),
        )
        .values(referencia="")
        .execution_options(synchronize_session=False)
    )


def _contestadas(persona_id: UUID, caso_ids: Iterable[UUID]) -> ColumnElement[bool]:
    return or_(Respuesta.persona_id == persona_id, Respuesta.caso_id.in_(list(caso_ids)))


def _suyos(persona_id: UUID, caso_ids: Iterable[UUID]) -> ColumnElement[bool]:
    return and_(
        de_persona_o_casos(persona_id, caso_ids), Mensaje.plantilla != Clave.SUPRESION_DE_DATOS
    )
