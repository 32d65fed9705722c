"""What can be done with a bulk: one function a use case, inside the entrance's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notificaciones.masivos import queries
from notificaciones.masivos.filas import guardar_filas, preparar
from notificaciones.masivos.lectura import Pedida
from notificaciones.masivos.limites import limites
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.masivos.states import Estado, Paso
from notificaciones.mensajes.actions import retirar_por
from notificaciones.mensajes.limites import limites as de_mensajes
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.pedidos import plantilla_pedible
from notificaciones.mensajes.states import Motivo
from notificaciones.plantillas.catalogo import Canal
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now
from oficina.env import Env
from oficina.errors import Conflicto, DatosInvalidos, NoPermitido
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class NuevoEnvio:
    """What is sent, by which way and when; its rows come beside."""

    plantilla: str
    a_personas: bool
    canal: Canal | None = None
    programado_para: datetime | None = None


def revisar(
    env: Env, nuevo: NuevoEnvio, pedidas: Sequence[Pedida], ahora: datetime
) -> list[dict[str, Any]]:
    """Check what somebody brought, before anything is written; what is wrong with one row is in it.

    Raises DatosInvalidos, ServicioNoDisponible.
    """
    plantilla = plantilla_pedible(env, nuevo.plantilla)
    if nuevo.canal is not None and nuevo.canal not in plantilla.canales:
        raise DatosInvalidos({"canal": [_("La plantilla no tiene texto para ese canal.")]})
    _revisar_momento(nuevo.programado_para, ahora)
    return preparar(env, plantilla, nuevo.canal, pedidas, personas=nuevo.a_personas)


def traer(
    session: Session, nuevo: NuevoEnvio, filas: Sequence[dict[str, Any]], actor: Actor
) -> EnvioMasivo:
    """Keep what somebody brought, to be looked at; nothing is sent. `filas` are those of
    `revisar`.
    """
    envio = EnvioMasivo(
        plantilla=nuevo.plantilla,
        canal=nuevo.canal,
        a_personas=nuevo.a_personas,
        programado_para=nuevo.programado_para,
        filas=len(filas),
        estado=Estado.REVISANDO,
        actor_id=actor.id,
        actor_nombre=actor.nombre[:200],
        actor_tipo=actor.tipo,
        creado_en=now(),
    )
    session.add(envio)
    session.flush()
    guardar_filas(session, envio.id, filas)
    registrar(session, actor, "notificaciones.masivo.traer", "envio", envio.id, cantidad=len(filas))
    return envio


def confirmar(session: Session, envio: EnvioMasivo, actor: Actor, version: int | None) -> None:
    """Let it be sent. Raises Conflicto when it is for nobody, NoPermitido when it is for so many
    that another person must say so.
    """
    check_version(envio, version)
    cuantos = queries.cuentas(session, envio.id).destinatarios
    if envio.estado is Estado.EN_REVISION and not cuantos:
        raise Conflicto(_("No hay a quién enviar: ninguna fila se puede usar."))
    if cuantos > limites().segunda_persona_desde and not _es_otra_persona(envio, actor):
        raise NoPermitido(
            ngettext(
                "Es para %(num)s destinatario: lo confirma otra persona, de coordinación.",
                "Es para %(num)s destinatarios: lo confirma otra persona, de coordinación.",
                cuantos,
            )
        )
    envio.pasar(Paso.CONFIRMAR)
    envio.confirmado_por, envio.confirmado_nombre = actor.id, actor.nombre[:200]
    envio.confirmado_en = now()
    registrar(
        session, actor, "notificaciones.masivo.confirmar", "envio", envio.id, cantidad=cuantos
    )


def pausar(session: Session, envio: EnvioMasivo, actor: Actor, version: int | None) -> None:
    """Ask for no more of its messages; those that wait to leave do leave."""
    _dar(session, envio, Paso.PAUSAR, actor, version)


def reanudar(session: Session, envio: EnvioMasivo, actor: Actor, version: int | None) -> None:
    """Go on where it stopped."""
    _dar(session, envio, Paso.REANUDAR, actor, version)


def cancelar(session: Session, envio: EnvioMasivo, actor: Actor, version: int | None) -> int:
    """Stop for good, and take back what has not left; how many those were."""
    _dar(session, envio, Paso.CANCELAR, actor, version)
    suyos = select(FilaDeEnvio.mensaje_id).where(
        FilaDeEnvio.envio_id == envio.id, FilaDeEnvio.mensaje_id.is_not(None)
    )
    return retirar_por(session, Mensaje.id.in_(suyos), Motivo.PEDIDO_CANCELADO)


def descartar(session: Session, envio: EnvioMasivo, actor: Actor, version: int | None) -> None:
    """Forget one that was never sent, with its rows."""
    _dar(session, envio, Paso.DESCARTAR, actor, version)
    session.execute(delete(FilaDeEnvio).where(FilaDeEnvio.envio_id == envio.id))


def _revisar_momento(programado_para: datetime | None, ahora: datetime) -> None:
    puesto = de_mensajes()
    if programado_para is None:
        return
    if programado_para < ahora - timedelta(minutes=puesto.atraso_minutos):
        raise DatosInvalidos({"programado_para": [_("Ese momento ya pasó.")]})
    if programado_para > ahora + timedelta(days=puesto.adelanto_dias):
        demasiado = _("A lo más %(dias)s días adelante.", dias=puesto.adelanto_dias)
        raise DatosInvalidos({"programado_para": [demasiado]})


def _es_otra_persona(envio: EnvioMasivo, actor: Actor) -> bool:
    return actor.tipo == "persona" and actor.id != envio.actor_id


_PALABRAS = {
    Paso.PAUSAR: "notificaciones.masivo.pausar",
    Paso.REANUDAR: "notificaciones.masivo.reanudar",
    Paso.CANCELAR: "notificaciones.masivo.cancelar",
    Paso.DESCARTAR: "notificaciones.masivo.descartar",
}


def _dar(
    session: Session, envio: EnvioMasivo, paso: Paso, actor: Actor, version: int | None
) -> None:
    check_version(envio, version)
    envio.pasar(paso)
    registrar(session, actor, _PALABRAS[paso], "envio", envio.id)
