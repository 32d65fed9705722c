"""A message that a program or somebody of the staff asks for: checked whole, then written at once.

To a person of the office it is written as the person wishes today, and looked at again when it
leaves; to an address it is written once. What it may say and when is refused before anything is
kept, beside the field that is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.actions import dejar_pedido, retirar_por
from notificaciones.mensajes.destinatarios import direccion_de
from notificaciones.mensajes.limites import limites
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.preguntas import Descarte, Reunido
from notificaciones.mensajes.preparacion import a_persona, redactar
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import EN_ESPERA, PASOS, Estado, Motivo, Paso, Prioridad
from notificaciones.mensajes.valores import guardar, leer_valores
from notificaciones.plantillas.catalogo import (
    Canal,
    Plantilla,
    PlantillaInvalida,
    Redaccion,
    base,
)
from notificaciones.plantillas.vigentes import plantillas, plantillas_de
from notificaciones.reglas.catalogo import reglas
from oficina.actor import Actor
from oficina.apartadas import Situacion, apartada, vigente
from oficina.audit import registrar
from oficina.db import hold, uuid7
from oficina.env import Env
from oficina.errors import Conflicto, DatoNoEncontrado, DatosInvalidos, TransicionInvalida
from oficina.privacy import blind_index
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class Pedido:
    """One message that is asked for: to a person of the office, or to an address."""

    plantilla: str
    valores: Mapping[str, Any]
    persona_id: UUID | None = None
    destino: str | None = None
    canal: Canal | None = None
    idioma: str | None = None
    programado_para: datetime | None = None
    caduca_en: datetime | None = None
    prioridad: Prioridad | None = None
    clave_de_negocio: str | None = None


@dataclass(frozen=True, kw_only=True)
class Encargo:
    """What was asked for, checked, with what its owners answered: ready to be kept."""

    pedido: Pedido
    plantilla: Plantilla
    enviar_en: datetime
    caduca_en: datetime
    hallado: Reunido | Descarte
    texto: Redaccion | None


def revisar_pedido(env: Env, pedido: Pedido, ahora: datetime) -> Encargo:
    """Check what is asked for and ask its owners, before anything is written.

    Raises DatosInvalidos with the path of each field, ServicioNoDisponible.
    """
    plantilla = plantilla_pedible(env, pedido.plantilla)
    valores = leer_valores(plantilla, pedido.valores)
    enviar_en, caduca_en = _cuando(plantilla, pedido, ahora)
    tildes = Tildes(env.settings.sms_tildes)
    hallado: Reunido | Descarte
    if pedido.persona_id is not None:
        hallado = a_persona(env, pedido.persona_id, pedido.canal, valores)
    else:
        canal, destino = direccion_de(pedido.destino or "", pedido.canal)
        idioma = pedido.idioma or base()
        hallado = Reunido(
            canal=canal, destino=destino, idioma=idioma, valores=valores, tildes=tildes
        )
    return Encargo(
        pedido=pedido,
        plantilla=plantilla,
        enviar_en=enviar_en,
        caduca_en=caduca_en,
        hallado=hallado,
        texto=None if isinstance(hallado, Descarte) else texto_de(plantilla, hallado),
    )


def pedir(
    session: Session, encargo: Encargo, actor: Actor, ahora: datetime
) -> tuple[Mensaje, bool]:
    """Keep the message; of a business key that is known, the one that was asked for with it.

    Says also whether it is a new one. Raises DatosInvalidos when the key stood for something else,
    or when its person was erased meanwhile.
    """
    pedido, hallado = encargo.pedido, encargo.hallado
    mensaje_id = uuid7()
    clave, huella = f"pedido/{actor.id}/{mensaje_id}", None
    if pedido.clave_de_negocio is not None:
        clave, huella = _clave(actor, pedido.clave_de_negocio), _huella(pedido)
        if (previo := _previo(session, clave)) is not None:
            if previo.pedido_huella != huella:
                raise DatosInvalidos(
                    {"clave_de_negocio": [_("Con esa clave ya se pidió otro mensaje.")]}
                )
            return previo, False
    persona_id = pedido.persona_id
    if persona_id is not None:
        persona_id = vigente(session, persona_id)
        fila = apartada(session, persona_id)
        if fila is not None and fila.situacion is Situacion.SUPRIMIDA:
            raise no_hay_persona()
        if fila is not None:
            hallado = Descarte(Paso.SUPRIMIR, Motivo.PERSONA_BLOQUEADA)
    mensaje = Mensaje(
        id=mensaje_id,
        clave_de_negocio=clave,
        plantilla=encargo.plantilla.clave,
        persona_id=persona_id,
        datos={},
        pedido_por=actor.id,
        pedido_huella=huella,
        canal_pedido=pedido.canal,
        # What goes to an address is never written anew.
        valores=None if pedido.persona_id is None else guardar(pedido.valores),
        prioridad=pedido.prioridad or encargo.plantilla.prioridad,
        enviar_en=encargo.enviar_en,
        caduca_en=encargo.caduca_en,
        creado_en=ahora,
        # Its asker is told them, so they are not left to the table.
        estado=Estado.PROGRAMADA,
        intentos=0,
        version=1,
    )
    dejar_pedido(session, mensaje, encargo.plantilla, hallado, encargo.texto)
    registrar(session, actor, "notificaciones.mensaje.pedir", "mensaje", mensaje_id)
    return mensaje, True


def cancelar(session: Session, mensaje_id: UUID, actor: Actor, version: int | None) -> Mensaje:
    """Take back a message that was asked for and still waits.

    Raises Conflicto for one that nobody asked for, VersionVencida, TransicionInvalida.
    """
    mensaje = session.get_one(Mensaje, mensaje_id, with_for_update=True, populate_existing=True)
    check_version(mensaje, version)
    if mensaje.pedido_por is None:
        raise Conflicto(_("Este mensaje lo decidió una regla: se cancela aquello de lo que avisa."))
    if mensaje.estado not in EN_ESPERA:
        raise TransicionInvalida(mensaje.estado, PASOS[mensaje.estado])
    retirar_por(session, Mensaje.id == mensaje_id, Motivo.PEDIDO_CANCELADO)
    registrar(session, actor, "notificaciones.mensaje.cancelar", "mensaje", mensaje_id)
    return mensaje


def pedibles(session: Session) -> Mapping[str, Plantilla]:
    """The templates that may be asked for."""
    return {clave: una for clave, una in plantillas(session).items() if _se_pide(una)}


def plantilla_pedible(env: Env, clave: str) -> Plantilla:
    """The template that is asked for; raises DatosInvalidos for none, or one of a rule."""
    plantilla = plantillas_de(env.db).get(clave)
    if plantilla is None or not _se_pide(plantilla):
        raise DatosInvalidos({"plantilla": [_("No hay una plantilla así que se pueda pedir.")]})
    return plantilla


def _se_pide(plantilla: Plantilla) -> bool:
    return plantilla.se_pide and not plantilla.retirada


def texto_de(plantilla: Plantilla, hallado: Reunido) -> Redaccion:
    """What it will say; raises DatosInvalidos when the channel has no text or it is too long."""
    try:
        texto = redactar(plantilla, hallado)
    except PlantillaInvalida as error:
        raise DatosInvalidos(
            {"canal": [_("La plantilla no tiene texto para ese canal.")]}
        ) from error
    if texto.sms is not None and texto.sms.conteo.partes > limites().segmentos:
        raise DatosInvalidos(
            {
                "valores": [
                    ngettext(
                        "El mensaje de texto ocuparía %(num)s segmento; a lo más %(max)s.",
                        "El mensaje de texto ocuparía %(num)s segmentos; a lo más %(max)s.",
                        texto.sms.conteo.partes,
                        max=limites().segmentos,
                    )
                ]
            }
        )
    return texto


def no_hay_persona() -> DatoNoEncontrado:
    """It is not there, or not for whoever asks: the answer does not tell which."""
    return DatoNoEncontrado({"persona_id": [_("No encontramos a esa persona.")]})


def _cuando(plantilla: Plantilla, pedido: Pedido, ahora: datetime) -> tuple[datetime, datetime]:
    """When it leaves, which the window may delay, and until when it makes sense."""
    puesto, tope = limites(), ahora + timedelta(days=limites().adelanto_dias)
    deseado = pedido.programado_para or ahora
    if deseado < ahora - timedelta(minutes=puesto.atraso_minutos):
        raise DatosInvalidos({"programado_para": [_("Ese momento ya pasó.")]})
    if deseado > tope:
        raise DatosInvalidos(
            {"programado_para": [_("A lo más %(dias)s días adelante.", dias=puesto.adelanto_dias)]}
        )
    enviar_en = max(deseado, ahora)
    if plantilla.respeta_ventana:
        enviar_en = reglas().ventana.siguiente(enviar_en)
    caduca_en = pedido.caduca_en or enviar_en + timedelta(hours=puesto.sirve_horas)
    if caduca_en <= enviar_en:
        raise DatosInvalidos(
            {"caduca_en": [_("Vencería antes de la hora en que se puede enviar.")]}
        )
    if caduca_en > tope + timedelta(days=puesto.adelanto_dias):
        raise DatosInvalidos({"caduca_en": [_("Es demasiado tarde.")]})
    return enviar_en, caduca_en


def _previo(session: Session, clave: str) -> Mensaje | None:
    """The message of a business key; nobody else asks for one with it meanwhile."""
    hold(session, clave)
    return session.scalar(select(Mensaje).where(Mensaje.clave_de_negocio == clave))


def _clave(actor: Actor, clave_de_negocio: str) -> str:
    """One key of whoever asks. They may have named somebody with it, so it cannot be read."""
    return f"pedido/{actor.id}/{blind_index('notificaciones.mensaje.clave', clave_de_negocio)}"


def _huella(pedido: Pedido) -> str:
    """What was asked for, as it can be compared and not read."""
    return blind_index(
        "notificaciones.mensaje.pedido",
        guardar(
            {
                nombre: valor if isinstance(valor, Mapping) else str(valor)
                for nombre, valor in vars(pedido).items()
            }
        ),
    )
