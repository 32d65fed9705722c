"""What can be done with messages: one function a use case, inside the entrance's transaction.

Whoever changes a message locks its row first (PostgreSQL; SQLite's write transaction excludes every
other), so a withdrawal and a sending never write over each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from notificaciones.avisos.desvio import al_resumen
from notificaciones.mensajes.filas import bloqueado, contar, descartar, llevar
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import ConOtros, Descarte, Reparto, Reunido
from notificaciones.mensajes.preparacion import redactar
from notificaciones.mensajes.states import EN_ESPERA, Estado, Motivo, Paso
from notificaciones.mensajes.sueltos import escribir_pasos
from notificaciones.plantillas.catalogo import Plantilla, Redaccion
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.reglas.calculo import planificar
from notificaciones.reglas.queries import activas
from oficina.apartadas import Situacion, apartada, vigente
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.rows import write_new

PLAZO_DE_PREGUNTA = timedelta(seconds=30)
"""A planned message that somebody asks about is left alone for so long, even if they vanish."""


@dataclass(frozen=True, kw_only=True)
class Cita:
    """What a fact of agenda says of an appointment, and which fact of it that was (or what else
    made it be reminded of anew).
    """

    cita_id: UUID
    persona_id: UUID
    caso_id: UUID | None
    inicia_en: datetime
    secuencia: int | str
    lugar: str | None = None


def planificar_recordatorios(session: Session, cita: Cita, ahora: datetime) -> list[Mensaje]:
    """Place every reminder of an appointment that is new or has moved; returns what must be asked.

    One that still waits is moved; one that left stays, and another takes its place. One whose
    moment has passed is kept as suppressed, so that the page can say why nobody was reminded; also
    one of somebody whose data are blocked, which is placed anew when they may be used again. Of
    somebody who was erased nothing comes back. What waits by a rule that is off, or is not for
    where it takes place now, would remind of another time: it is withdrawn.
    """
    persona_id = vigente(session, cita.persona_id)
    fila = apartada(session, persona_id)
    if fila is not None and fila.situacion is Situacion.SUPRIMIDA:
        return []
    bloqueada = Motivo.PERSONA_BLOQUEADA if fila is not None else None
    por_preparar: list[Mensaje] = []
    reglas_de_hoy = activas(session, cita.lugar)
    de_otras = and_(
        Mensaje.cita_id == cita.cita_id,
        Mensaje.regla.is_not(None),
        Mensaje.regla.not_in([regla.clave for regla in reglas_de_hoy]),
    )
    retirar_por(session, de_otras, Motivo.CITA_REPROGRAMADA)
    for regla in reglas_de_hoy:
        clave = f"{regla.clave}/{cita.cita_id}/{cita.secuencia}"
        if _known(session, clave):
            continue
        plan = planificar(regla.dice, cita.inicia_en, ahora)
        omitido = bloqueada or plan.omitido
        anterior = _reminder(session, cita.cita_id, regla.clave)
        datos = {"inicia_en": cita.inicia_en.isoformat(), "lugar": cita.lugar}
        if omitido is None and anterior is not None and anterior.estado in EN_ESPERA:
            anterior.plantilla = regla.dice.plantilla
            anterior.mover(clave, plan, regla.numero, datos=datos)
            por_preparar.append(anterior)
            continue
        if anterior is not None:
            contar(session, anterior.retirar(Motivo.CITA_REPROGRAMADA))
        mensaje = _new(
            clave,
            regla.dice.plantilla,
            plan.enviar_en,
            regla=regla.clave,
            regla_version=regla.numero,
            caduca_en=plan.caduca_en,
            cita_id=cita.cita_id,
            persona_id=persona_id,
            caso_id=cita.caso_id,
            datos=datos,
        )
        session.add(mensaje)
        if omitido is None:
            por_preparar.append(mensaje)
        else:
            # Never planned, so nobody is told that it was cancelled.
            mensaje.suprimir(omitido)
    return por_preparar


def retirar_recordatorios(session: Session, cita_id: UUID, motivo: Motivo) -> None:
    """Cancel every reminder of an appointment that has not left."""
    retirar_por(session, Mensaje.cita_id == cita_id, motivo)


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
    if _known(session, clave):
        return None
    mensaje = _new(
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
        copia = _new(
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


def _new(clave: str, plantilla: str, enviar_en: datetime, **rest: Any) -> Mensaje:
    return Mensaje(
        id=uuid7(),
        clave_de_negocio=clave,
        plantilla=plantilla,
        enviar_en=enviar_en,
        estado=Estado.PROGRAMADA,
        creado_en=now(),
        **rest,
    )


def _known(session: Session, clave: str) -> bool:
    query = select(Mensaje.id).where(Mensaje.clave_de_negocio == clave)
    return session.scalar(query) is not None


def _reminder(session: Session, cita_id: UUID, regla: str) -> Mensaje | None:
    return session.scalars(
        select(Mensaje)
        .where(
            Mensaje.cita_id == cita_id,
            Mensaje.regla == regla,
            Mensaje.estado.in_([*EN_ESPERA, Estado.RESERVADA]),
            Mensaje.retirado_por.is_(None),
        )
        .with_for_update()
    ).one_or_none()


def _write(
    session: Session, mensaje: Mensaje, plantilla: Plantilla, hallado: Reunido, texto: Redaccion
) -> None:
    mensaje.put(plantilla_version=plantilla.version, enlace=hallado.enlace)
    if mensaje.pedido_por is None:
        mensaje.prioridad = plantilla.prioridad
    if hallado.juntos is not None:
        llevar(session, mensaje, hallado.juntos)
    contar(session, mensaje.preparar(hallado.canal, hallado.destino, hallado.idioma, texto))
