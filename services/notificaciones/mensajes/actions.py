"""What can be done with messages: one function a use case, inside the entrance's transaction.

Whoever changes a message locks its row first (PostgreSQL; SQLite's write transaction excludes every
other), so a withdrawal and a sending never write over each other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from notificaciones.avisos.desvio import al_resumen
from notificaciones.mensajes.filas import bloqueado, conocida, contar, descartar, llevar, nuevo
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import ConOtros, Descarte, Reparto, Reunido
from notificaciones.mensajes.preparacion import redactar
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo, Paso
from notificaciones.mensajes.sueltos import escribir_pasos
from notificaciones.plantillas.catalogo import Plantilla, Redaccion
from notificaciones.plantillas.vigentes import plantillas
from oficina.clock import real_now
from oficina.rows import write_new

PLAZO_DE_PREGUNTA = timedelta(seconds=30)
"""A planned message that somebody asks about is left alone for so long, even if they vanish."""


def retirar_de_persona(session: Session, persona_id: UUID, motivo: Motivo) -> None:
    """Cancel every message to a person that has not left."""
    retirar_por(session, Mensaje.persona_id == persona_id, motivo)


def retirar_por(session: Session, condition: ColumnElement[bool], motivo: Motivo) -> int:
    """Cancel every message that meets a condition and has not left; how many will not leave.

    One that a worker holds is cancelled if it comes back, and is not among them.
    """
    vivos = [*EN_ESPERA, Estado.RESERVADA]
    hallados = session.scalars(
        select(Mensaje)
        .where(condition, Mensaje.estado.in_(vivos))
        .order_by(Mensaje.id)
        .with_for_update()
    ).all()
    retirados = [hecho for uno in hallados if (hecho := uno.retirar(motivo))]
    for hecho in retirados:
        contar(session, hecho)
    return len(retirados)


def encargar(
    session: Session,
    clave: str,
    plantilla: str,
    ahora: datetime,
    *,
    persona_id: UUID | None = None,
    caso_id: UUID | None = None,
    derivacion_id: UUID | None = None,
    cita_id: UUID | None = None,
    caduca_en: datetime | None = None,
    datos: Mapping[str, Any] | None = None,
) -> Mensaje | None:
    """Ask for a message that leaves at once, and not after `caduca_en`; None when the same was
    asked before.
    """
    if conocida(session, clave):
        return None
    mensaje = nuevo(
        clave,
        plantilla,
        ahora,
        persona_id=persona_id,
        caso_id=caso_id,
        derivacion_id=derivacion_id,
        cita_id=cita_id,
        caduca_en=caduca_en,
        datos=dict(datos or {}),
    )
    session.add(mensaje)
    return mensaje


def tomar(session: Session, mensaje_id: UUID) -> Mensaje | None:
    """Take a planned message to ask what it needs; None when it is not its turn.

    Taking it is counted first: one that cannot be asked about backs off, and others have a turn.
    """
    mensaje = bloqueado(session, mensaje_id)
    espera = mensaje.en_resumen or mensaje.visible > real_now()
    if mensaje.estado is not Estado.PROGRAMADA or espera:
        return None
    mensaje.esperar_datos(real_now() + PLAZO_DE_PREGUNTA)
    return mensaje


def preparar(
    session: Session, mensaje_id: UUID, version: int, hallado: Reunido | Descarte
) -> Mensaje | None:
    """Write the message with what its owners answered, unless it changed since it was asked."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.version != version or mensaje.estado is not Estado.PROGRAMADA:
        return None
    if isinstance(hallado, Reunido) and al_resumen(session, mensaje):
        hallado = Descarte(Paso.SUPRIMIR, Motivo.EN_RESUMEN)
    if isinstance(hallado, Descarte):
        descartar(session, mensaje, hallado)
        return None
    plantilla = plantillas(session)[mensaje.plantilla]
    _write(session, mensaje, plantilla, hallado, redactar(plantilla, hallado))
    return mensaje


def dejar_pedido(
    session: Session,
    mensaje: Mensaje,
    plantilla: Plantilla,
    hallado: Reunido | Descarte,
    texto: Redaccion | None,
) -> None:
    """Keep a message that somebody asked for, written already, or with the reason why it is not.

    The message, whose state and version are said, belongs to no session: what it is afterwards is
    what its asker is told.
    """
    if isinstance(hallado, Descarte) or texto is None:
        if isinstance(hallado, Reunido):
            raise AssertionError("what is known of a message is its text too")
        descartar(session, mensaje, hallado)
    else:
        _write(session, mensaje, plantilla, hallado, texto)
    write_new(session, [mensaje])
    escribir_pasos(session, [mensaje])


def repartir(session: Session, mensaje_id: UUID, version: int, reparto: Reparto) -> list[Mensaje]:
    """Make of a notice one message for each of its readers, each with a fate of its own.

    The notice itself becomes the first one's. Empty when it changed since it was asked about.
    """
    aviso = bloqueado(session, mensaje_id)
    if aviso.version != version or aviso.estado is not Estado.PROGRAMADA:
        return []
    primero, *demas = reparto.funcionarios
    copias = []
    for funcionario_id in demas:
        copia = nuevo(
            f"{aviso.clave_de_negocio}/{funcionario_id}",
            aviso.plantilla,
            aviso.enviar_en,
            caduca_en=aviso.caduca_en,
            caso_id=aviso.caso_id,
            derivacion_id=aviso.derivacion_id,
            cita_id=aviso.cita_id,
            datos=aviso.datos,
        )
        copia.dirigir(funcionario_id)
        copias.append(copia)
    session.add_all(copias)
    aviso.dirigir(primero)
    return [aviso, *copias]


def juntar_con_otros(session: Session, mensaje_id: UUID, version: int, con_otros: ConOtros) -> None:
    """Leave it for the one mail that its institution gets, unless it changed since it was asked."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.version == version and mensaje.estado is Estado.PROGRAMADA:
        mensaje.esperar_a_otros(con_otros.institucion_id, con_otros.sale_en)


def esperar_datos(session: Session, mensaje_id: UUID) -> None:
    """An owner did not answer: ask again later and later, at most five minutes apart."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.estado is Estado.PROGRAMADA:
        mensaje.visible = real_now() + timedelta(seconds=min(2**mensaje.intentos, 300))


def vencer(session: Session, mensaje_id: UUID, ahora: datetime) -> None:
    """Give up a message whose moment has passed."""
    mensaje = bloqueado(session, mensaje_id)
    if mensaje.estado in EN_ESPERA and mensaje.caduca_en and mensaje.caduca_en <= ahora:
        contar(session, mensaje.vencer())


def _write(
    session: Session, mensaje: Mensaje, plantilla: Plantilla, hallado: Reunido, texto: Redaccion
) -> None:
    mensaje.put(plantilla_version=plantilla.version, enlace=hallado.enlace)
    if mensaje.pedido_por is None:
        mensaje.prioridad = plantilla.prioridad
    if hallado.juntos is not None:
        llevar(session, mensaje, hallado.juntos)
    contar(session, mensaje.preparar(hallado.canal, hallado.destino, hallado.idioma, texto))
