"""What can be done with digests: confirm an address, make them, and say what became of them.

A digest is made once for each of its hours. What it takes it leases under its message's id; whoever
settles it finds the message ended and writes the attempts down, or lets go of what never left.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.bajas.actions import dar_de_alta
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import SALIERON, Estado, Motivo
from notificaciones.plantillas.catalogo import Tema
from notificaciones.suscripciones import actions, turno
from notificaciones.suscripciones.feed import quien_tiene_la_llave
from notificaciones.suscripciones.firma import huella_de
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.queries import por_cambiar
from notificaciones.suscripciones.resumenes import encargos, queries
from notificaciones.suscripciones.resumenes.calculo import ultimo_corte
from notificaciones.suscripciones.states import Estado as EstadoDeSuscripcion
from notificaciones.suscripciones.states import Falla, Origen
from notificaciones.suscripciones.states import Motivo as MotivoDeSuscripcion
from notificaciones.suscripciones.turno import Resultado
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now, real_now
from oficina.db import Database, hold
from oficina.errors import Conflicto
from oficina.web.conditional import check_version

_NO_SALIERON = frozenset({Estado.CANCELADA, Estado.SUPRIMIDA})
_TERMINARON = SALIERON | _NO_SALIERON | {Estado.FALLIDA, Estado.VENCIDA, Estado.INCIERTA}


def pedir_otro_enlace(
    session: Session, suscripcion_id: UUID, actor: Actor, version: int | None = None
) -> Suscripcion:
    """Send another link to an address that nobody has confirmed."""
    una = por_cambiar(session, suscripcion_id, actor)
    check_version(una, version)
    if not una.espera_confirmacion or una.estado is EstadoDeSuscripcion.CERRADA:
        raise Conflicto(_("No hay un correo por confirmar."))
    encargos.pedir_enlace(session, una)
    registrar(session, actor, "notificaciones.suscripcion.pedir_enlace", "suscripcion", una.id)
    return una


def confirmar(session: Session, token: str) -> Suscripcion:
    """Somebody at the address opened its link. Raises NoEncontrado; the link opens nothing more."""
    una = queries.por_enlace(session, huella_de(token), real_now(), bloquear=True)
    una.confirmar_correo(real_now())
    quien = quien_tiene_la_llave(una)
    # Whoever had asked for no more of them from there wants them now.
    dar_de_alta(session, una.destino, quien, solo=Tema.RESUMENES)
    registrar(session, quien, "notificaciones.suscripcion.confirmar", "suscripcion", una.id)
    return una


def resumir(db: Database, ahora: datetime) -> list[UUID]:
    """Have the digest written of every unit whose hour has come and to whom something happened."""
    # What waits is on the machine's clock, the hours of a unit are on the domain's.
    desfase = now() - real_now()
    with db.read() as session:
        activos = queries.activos(session)
    hechos = []
    for una in activos:
        if una.cadencia is None or una.hora is None:
            raise AssertionError("a digest has its hours")
        corte = ultimo_corte(una.cadencia, una.dia, una.hora, ahora)
        with db.begin() as session:
            hold(session, f"resumen/{una.id}")
            mensaje = _resumir(session, una.id, corte, corte - desfase)
        if mensaje is not None:
            hechos.append(mensaje.id)
    return hechos


def asentar(db: Database) -> None:
    """Say of what each digest carried what became of it."""
    with db.read() as session:
        en_camino, rebotados = queries.en_camino(session), queries.rebotados(session)
    for mensaje_id in en_camino:
        with db.begin() as session:
            _asentar(session, mensaje_id)
    for suscripcion_id in rebotados:
        with db.begin() as session:
            _dejar(session, suscripcion_id, MotivoDeSuscripcion.CORREO_RECHAZADO)


def _resumir(
    session: Session, suscripcion_id: UUID, corte: datetime, hasta: datetime
) -> Mensaje | None:
    esperan = [*turno.libres(hasta), Entrega.origen != Origen.PRUEBA]
    algo = select(Entrega.id).where(Entrega.suscripcion_id == suscripcion_id, *esperan)
    if session.scalar(algo.limit(1)) is None:
        return None
    una = _activa(session, suscripcion_id)
    if una is None or una.espera_confirmacion:
        return None
    mensaje = encargos.pedir_resumen(session, una, corte.isoformat(), corte)
    if mensaje is None:
        return None
    session.flush()
    encargos.llevar(session, una.id, mensaje.id, *esperan)
    return mensaje


def _asentar(session: Session, mensaje_id: UUID) -> None:
    mensaje = session.get(Mensaje, mensaje_id)
    if mensaje is None:
        turno.anotar(session, mensaje_id, (), real_now())
        return
    if mensaje.estado not in _TERMINARON:
        return
    salio = mensaje.estado in SALIERON
    suyas = queries.llevadas(session, mensaje_id)
    # What the office itself kept back was not tried.
    intentadas = () if mensaje.estado in _NO_SALIERON else suyas
    falla, en = None if salio else Falla.NO_SALIO, real_now()
    resultados = [
        Resultado(entrega_id=una.id, intentos=una.intentos + 1, en=en, ms=0, falla=falla)
        for una in intentadas
    ]
    turno.anotar(session, mensaje_id, resultados, en)
    if mensaje.datos["prueba"] and not salio:
        encargos.no_repetir(session, [una.id for una in suyas])
    suscripcion_id = UUID(mensaje.datos["suscripcion_id"])
    if salio:
        turno.marcar_leida(session, suscripcion_id, en)
    if mensaje.motivo in _LO_DEJAN:
        _dejar(session, suscripcion_id, _LO_DEJAN[mensaje.motivo])


_LO_DEJAN = {
    Motivo.DIRECCION_DE_BAJA: MotivoDeSuscripcion.CORREO_DE_BAJA,
    Motivo.PROVEEDOR_RECHAZA: MotivoDeSuscripcion.CORREO_RECHAZADO,
    Motivo.REBOTADO: MotivoDeSuscripcion.CORREO_RECHAZADO,
}
"""What ends a digest until its address is confirmed anew, by why its mail was not taken."""


def _dejar(session: Session, suscripcion_id: UUID, motivo: MotivoDeSuscripcion) -> None:
    una = _activa(session, suscripcion_id)
    if una is not None:
        actions.desactivar(session, una, motivo)


def _activa(session: Session, suscripcion_id: UUID) -> Suscripcion | None:
    return session.scalar(
        select(Suscripcion)
        .where(Suscripcion.id == suscripcion_id, Suscripcion.estado == EstadoDeSuscripcion.ACTIVA)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
