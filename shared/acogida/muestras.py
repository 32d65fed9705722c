"""What the demonstration shows of notificaciones: what a unit subscribed to, somebody who wants no
more reminders, and an answer that waits to be read.

All of it is invented. It is there before the facts of the stories travel, so that the unit gets
them; each part is made once, whatever interrupted the one before.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.bajas.actions import NuevaBaja, dar_de_baja
from notificaciones.bajas.models import Baja
from notificaciones.bajas.states import Origen
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.models import Respuesta
from notificaciones.mensajes import envio
from notificaciones.mensajes.models import SALIDA, Mensaje
from notificaciones.plantillas.catalogo import Clave, Tema
from notificaciones.suscripciones import actions
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.resumenes.actions import confirmar
from notificaciones.suscripciones.states import Cadencia, Via
from oficina.actor import Actor
from oficina.clock import now
from oficina.env import Env
from oficina.events.casos import AtencionRegistrada, CasoAbierto, CasoCerrado, DerivacionEnviada

_TIPOS = tuple(
    hecho.ce_type() for hecho in (AtencionRegistrada, CasoAbierto, CasoCerrado, DerivacionEnviada)
)
_CORREO = "novedades@unidad.example"


def mostrar(env: Env, unidad: Actor, recepcion: Actor) -> None:
    """Make what is missing."""
    with env.db.begin() as session:
        if session.scalar(select(Suscripcion.id).limit(1)) is None:
            _suscribir(session, unidad)
    _confirmar(env)
    with env.db.begin() as session:
        if session.scalar(select(Baja.id).limit(1)) is None:
            nueva = NuevaBaja(
                direccion="+56 9 0000 0099",
                tema=Tema.CITAS,
                motivo="Inventada para la demostración: lo pidió en el mesón",
            )
            dar_de_baja(session, nueva, Origen.OFICINA, recepcion)
    with env.db.begin() as session:
        if session.scalar(select(Respuesta.id).limit(1)) is None:
            recibir(
                session,
                Entrante(
                    proveedor=SALIDA,
                    de="+56 9 0000 0001",
                    texto="Buen día, ¿puedo llevar a mi hija a la cita? (mensaje inventado)",
                    referencia="demostracion-1",
                    recibido_en=now(),
                ),
            )


def _suscribir(session: Session, quien: Actor) -> None:
    canal = Pedido(
        nombre="Canal de la unidad (inventado)",
        tipos=_TIPOS,
        finalidad="Demostración con datos inventados: coordinar la atención social",
        base="funcion_legal",
        filtros={},
    )
    resumen = replace(
        canal,
        nombre="Novedades para la unidad (inventado)",
        correo=_CORREO,
        cadencia=Cadencia.DIARIA,
    )
    for via, pedido in ((Via.ATOM, canal), (Via.RESUMEN, resumen)):
        nueva = NuevaSuscripcion(unidad=quien.unidad, via=via, pedido=pedido)
        actions.crear(session, nueva, quien, url=None, al=None)


def _confirmar(env: Env) -> None:
    """Open the link that went to the invented mailbox, as whoever reads it would."""
    with env.db.read() as session:
        pendientes = [
            una.id
            for una in session.scalars(select(Suscripcion).where(Suscripcion.via == Via.RESUMEN))
            if una.espera_confirmacion and una.correo == _CORREO
        ]
        enlaces = session.scalars(
            select(Mensaje).where(Mensaje.plantilla == Clave.CONFIRMAR_CORREO)
        ).all()
    for mensaje in enlaces:
        if mensaje.datos["suscripcion_id"] in map(str, pendientes):
            envio.preparar(env, mensaje.id)
            with env.db.begin() as session:
                enlace = session.get_one(Mensaje, mensaje.id).enlace
                confirmar(session, str(enlace).split("/")[-2])
