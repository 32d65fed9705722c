"""Entrance: what is due. A task is a nudge with an id; the sweep finds every row that it missed."""

from uuid import UUID

from notificaciones.avisos import actions as avisos
from notificaciones.masivos import avance
from notificaciones.mensajes import actions, carriles, envio, juntos, queries, recibos, simulacion
from notificaciones.retencion import retencion
from notificaciones.suscripciones import enviadores
from notificaciones.suscripciones.colas import mantenimiento
from notificaciones.suscripciones.resumenes import actions as resumenes
from oficina.bus import retention
from oficina.clock import now, real_now
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.web.kept_answers import podar_respuestas

jobs = Jobs("notificaciones")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)
retencion.registrar_en(jobs)
jobs.sweep(every=mantenimiento.CADA)(mantenimiento.mantener_colas)
jobs.loops["entregas"] = enviadores.enviar_lo_debido
jobs.loops["envios"] = carriles.correr
jobs.loops["masivos"] = avance.correr


@jobs.task
def preparar(env: Env, mensaje_id: str) -> None:
    """Write one planned message, and have it sent if it is due."""
    envio.preparar(env, UUID(mensaje_id))
    carriles.atender(env)


@jobs.sweep(every=60)
def resumir(env: Env) -> None:
    """Ask for the morning's digests; the other sweep writes them."""
    avisos.resumir(env.db, now())


@jobs.sweep(every=60)
def resumir_a_unidades(env: Env) -> None:
    """Say what became of the digests of units, and ask for those whose hour has come."""
    resumenes.asentar(env.db)
    resumenes.resumir(env.db, now())


@jobs.sweep(every=2)
def barrer(env: Env) -> None:
    """Give up what is too late, recover what was dropped, join what leaves together, write what is
    planned, send what is due.

    In this order, so that nothing too late is sent. One item, one transaction.
    """
    with env.db.read() as session:
        vencidos = queries.vencidos(session, now())
        abandonados = queries.abandonados(session, real_now())
    for mensaje_id in vencidos:
        with env.db.begin() as session:
            actions.vencer(session, mensaje_id, now())
    for mensaje in abandonados:
        envio.recuperar(env, mensaje)
    with env.db.read() as session:
        sin_mensaje = recibos.pendientes(session)
    for recibo_id in sin_mensaje:
        with env.db.begin() as session:
            recibos.revisar(session, recibo_id)
    with env.db.read() as session:
        simulados = simulacion.pendientes(session)
    for mensaje_id, destino in simulados:
        with env.db.begin() as session:
            simulacion.cumplir(session, mensaje_id, destino)
    juntos.juntar(env.db, now())
    with env.db.read() as session:
        por_preparar = queries.por_preparar(session, real_now())
    for mensaje_id in por_preparar:
        envio.preparar(env, mensaje_id)
    carriles.atender(env)
