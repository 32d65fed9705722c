"""How a bulk goes on by itself: looked at row by row, then asked for row by row, some at a time.

A loop of the process, and not a task: nobody waits behind ten thousand rows. Owners are asked with
no transaction open; what they said of some rows is then written in one short transaction, in which
each row makes its message and names it, so that whoever takes over after a crash finds every row
either done or untouched. No more than so many of one bulk wait to leave, in the lane of bulk:
reminders go before them, and a pause stops the rest.
"""

import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.queries import bajas_de
from notificaciones.masivos import queries
from notificaciones.masivos.limites import limites
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.masivos.states import TRABAJAN, Estado, Paso, Problema
from notificaciones.mensajes import pedidos
from notificaciones.mensajes.despacho import motivo_de_baja
from notificaciones.mensajes.pedidos import Encargo, Pedido
from notificaciones.mensajes.preguntas import SIN_RESPUESTA, Descarte
from notificaciones.mensajes.states import Prioridad
from notificaciones.plantillas.catalogo import Plantilla
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.reglas.catalogo import reglas
from oficina import telemetry
from oficina.actor import Actor
from oficina.apartadas import Situacion, apartada, vigente
from oficina.audit import registrar
from oficina.clock import now, real_now
from oficina.db import uuid7
from oficina.env import Env
from oficina.errors import DatosInvalidos
from oficina.privacy import KeyringError

log = telemetry.get_logger("notificaciones.masivos")

LOTE = 50
"""Rows of one transaction."""
PACIENCIA = 10.0
"""Seconds of asking after which what is known is written, be it of fewer rows."""
PRESTAMO = timedelta(seconds=30)
"""How long one process has a bulk: whoever vanished with it is followed by another one."""
REPOSO = timedelta(seconds=10)
"""How long one is left alone when an owner does not answer, or something broke."""
PAUSA, RESPIRO = 1.0, 0.02
"""Seconds between two looks at what is due; and between two batches, for others who write."""

Visto = tuple[FilaDeEnvio, Encargo | Problema]


def correr(env: Env, stop: threading.Event) -> None:
    """Go on with every bulk until `stop` is set."""
    while not stop.is_set():
        try:
            hay_mas = avanzar(env)
        except (SQLAlchemyError, KeyringError) as error:
            log.error("masivos_detenidos", kind=type(error).__name__)
            hay_mas = False
        stop.wait(RESPIRO if hay_mas else PAUSA)


def avanzar(env: Env) -> bool:
    """A batch of each bulk that may go on; whether there is more to do at once."""
    with env.db.read() as session:
        ids = queries.por_seguir(session, now(), real_now())
    # Each has its turn, whatever the others come to.
    turnos = [_turno(env, envio_id) for envio_id in ids]
    return any(turnos)


def pedido_de(envio: EnvioMasivo, fila: FilaDeEnvio) -> Pedido:
    """The message that a row asks for: with a key of its own, so that it is one."""
    dice = fila.dice
    return Pedido(
        plantilla=envio.plantilla,
        valores=dice["valores"],
        persona_id=fila.persona_id,
        destino=None if envio.a_personas else dice["quien"],
        canal=envio.canal,
        idioma=dice.get("idioma"),
        prioridad=Prioridad.MASIVA,
        clave_de_negocio=f"masivo/{envio.id}/{fila.numero}",
    )


def _turno(env: Env, envio_id: UUID) -> bool:
    prueba = uuid7()
    with env.db.begin() as session:
        envio = _tomar(session, envio_id, prueba)
    if envio is None:
        return False
    try:
        lote = _revisar if envio.estado is Estado.REVISANDO else _pedir
        return lote(env, envio, prueba)
    except SIN_RESPUESTA as error:
        log.warning("masivo_sin_datos", envio_id=envio_id, kind=type(error).__name__)
    except Exception as error:
        # One that breaks holds no other, nor the office.
        log.exception("masivo_interrumpido", envio_id=envio_id, kind=type(error).__name__)
    with env.db.begin() as session:
        _soltar(session, envio_id, prueba, real_now() + REPOSO)
    return False


def _tomar(session: Session, envio_id: UUID, prueba: UUID) -> EnvioMasivo | None:
    real = real_now()
    tomado = session.execute(
        update(EnvioMasivo)
        .where(
            EnvioMasivo.id == envio_id,
            EnvioMasivo.estado.in_(TRABAJAN),
            or_(EnvioMasivo.tomado_hasta.is_(None), EnvioMasivo.tomado_hasta <= real),
        )
        .values(tomado_por=prueba, tomado_hasta=real + PRESTAMO)
        .returning(EnvioMasivo.id)
        .execution_options(synchronize_session=False)
    ).first()
    return None if tomado is None else session.get_one(EnvioMasivo, envio_id)


def _soltar(session: Session, envio_id: UUID, prueba: UUID, hasta: datetime | None = None) -> None:
    session.execute(
        update(EnvioMasivo)
        .where(EnvioMasivo.id == envio_id, EnvioMasivo.tomado_por == prueba)
        .values(tomado_por=None, tomado_hasta=hasta)
        .execution_options(synchronize_session=False)
    )


def _revisar(env: Env, envio: EnvioMasivo, prueba: UUID) -> bool:
    """Find out of some rows how their message would be."""
    with env.db.read() as session:
        filas = queries.por_revisar(session, envio.id, LOTE)
    vistas = _preguntar(env, envio, filas)
    with env.db.begin() as session:
        mio = _mio(session, envio, prueba)
        if mio is None:
            return False
        for fila, visto in vistas:
            _anotar(session, fila.id, visto)
        if not filas:
            mio.pasar(Paso.REVISAR)
        session.flush()
        _soltar(session, envio.id, prueba)
    return bool(filas)


def _pedir(env: Env, envio: EnvioMasivo, prueba: UUID) -> bool:
    """Ask for the messages of some rows; nothing while enough of them wait to leave, or while it is
    no hour to write.
    """
    with env.db.read() as session:
        debidos = queries.en_cola(session, envio.id, now())
        caben = min(LOTE, max(0, limites().en_cola - debidos))
        filas = queries.por_pedir(session, envio.id, caben or 1)
        esperan = not filas and queries.en_cola(session, envio.id) > 0
        plantilla = plantillas(session).get(envio.plantilla)
    if filas and (not caben or not _es_hora(plantilla)):
        with env.db.begin() as session:
            _soltar(session, envio.id, prueba)
        return False
    vistas = _preguntar(env, envio, filas)
    with env.db.begin() as session:
        mio = _mio(session, envio, prueba)
        if mio is None:
            return False
        for fila, visto in vistas:
            _hacer(session, mio, fila.id, visto)
        if not filas and not esperan:
            mio.pasar(Paso.TERMINAR)
            sistema = Actor.sistema("notificaciones")
            registrar(session, sistema, "notificaciones.masivo.terminar", "envio", mio.id)
        session.flush()
        _soltar(session, envio.id, prueba)
    return bool(filas)


def _preguntar(env: Env, envio: EnvioMasivo, filas: Sequence[FilaDeEnvio]) -> list[Visto]:
    """What each row comes to today. Raises what `SIN_RESPUESTA` holds when nothing is known."""
    vistas: list[Visto] = []
    hasta = time.monotonic() + PACIENCIA
    for fila in filas:
        try:
            vistas.append((fila, _mirar(env, envio, fila)))
        except SIN_RESPUESTA:
            if not vistas:
                raise
            break
        if time.monotonic() > hasta:
            break
    return vistas


def _mirar(env: Env, envio: EnvioMasivo, fila: FilaDeEnvio) -> Encargo | Problema:
    if fila.datos is None:
        return Problema.SUPRIMIDA
    try:
        return pedidos.revisar_pedido(env, pedido_de(envio, fila), now())
    except DatosInvalidos as error:
        campo = next(iter(error.errores), "")
        return {"canal": Problema.CANAL, "valores": Problema.LARGO}.get(campo, Problema.NO_SE_PIDIO)


def _anotar(session: Session, fila_id: UUID, visto: Encargo | Problema) -> None:
    fila = _bloqueada(session, fila_id)
    if fila.revisada:
        return
    if fila.persona_id is not None:
        fila.persona_id = vigente(session, fila.persona_id)
        apartado = apartada(session, fila.persona_id)
        if apartado is not None and apartado.situacion is Situacion.SUPRIMIDA:
            # She was erased while somebody brought it.
            fila.datos, visto = None, Problema.SUPRIMIDA
    if isinstance(visto, Problema):
        fila.apartar(visto)
        return
    fila.revisada = True
    hallado = visto.hallado
    if isinstance(hallado, Descarte):
        fila.motivo = hallado.motivo
        return
    fila.canal = hallado.canal
    if visto.texto is not None and visto.texto.sms is not None:
        fila.segmentos = visto.texto.sms.conteo.partes
    fila.indice = direcciones.indice(hallado.destino)
    de_baja = bajas_de(session, [fila.indice])
    origen = de_baja.origen(fila.indice, visto.plantilla.tema)
    if origen is not None and not visto.plantilla.por_ley:
        fila.motivo = motivo_de_baja(origen)


def _hacer(session: Session, envio: EnvioMasivo, fila_id: UUID, visto: Encargo | Problema) -> None:
    """One row, one message: both in this transaction."""
    fila = _bloqueada(session, fila_id)
    if fila.mensaje_id is not None or fila.problema is not None:
        return
    if isinstance(visto, Problema):
        fila.apartar(visto)
        return
    try:
        mensaje, _nuevo = pedidos.pedir(session, visto, envio.quien, now())
    except DatosInvalidos:
        # Its person was erased meanwhile.
        fila.apartar(Problema.SUPRIMIDA)
        return
    session.flush()
    fila.mensaje_id = mensaje.id


def _bloqueada(session: Session, fila_id: UUID) -> FilaDeEnvio:
    return session.get_one(FilaDeEnvio, fila_id, with_for_update=True, populate_existing=True)


def _mio(session: Session, envio: EnvioMasivo, prueba: UUID) -> EnvioMasivo | None:
    """The bulk, locked; None when somebody stopped it or another process has it."""
    mio = session.get_one(EnvioMasivo, envio.id, with_for_update=True, populate_existing=True)
    return mio if (mio.tomado_por, mio.estado) == (prueba, envio.estado) else None


def _es_hora(plantilla: Plantilla | None) -> bool:
    if plantilla is None or not plantilla.respeta_ventana:
        return True
    ahora = now()
    return reglas().ventana.siguiente(ahora) <= ahora
