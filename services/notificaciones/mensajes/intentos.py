"""An attempt: a provider is called for a message, once, and how that ended.

It is a row before the provider is called, and counts against its budget from then on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.sms import UCS2
from notificaciones.mensajes.states import Motivo
from notificaciones.proveedores import consumos, presupuestos
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.models import IntentoDeEnvio, PausaDeProveedor
from notificaciones.proveedores.resultados import Desenlace, Resultado
from oficina.clock import now, real_now, today
from oficina.db import uuid7
from oficina.rows import write_new

PLAZO_DE_LLAMADA = timedelta(seconds=50)
"""A lease outlasts every provider of one sending (`envio`), and whoever vanished with a message is
found out within a minute."""

_PAUSED = select(PausaDeProveedor.proveedor)
_OPEN = (None, Desenlace.INCIERTO)
"""An attempt that has no end yet: an answer that comes late says more than that nobody knew."""
_INTENTOS: Table = IntentoDeEnvio.metadata.tables[IntentoDeEnvio.__tablename__]
_DELIVERED = (
    update(_INTENTOS)
    .where(
        _INTENTOS.c.id == bindparam("uno"),
        or_(_INTENTOS.c.desenlace.is_(None), _INTENTOS.c.desenlace == Desenlace.INCIERTO),
    )
    .values(desenlace=Desenlace.ENTREGADO)
)
_ATTEMPTS = (
    select(IntentoDeEnvio)
    .where(IntentoDeEnvio.id.in_(bindparam("ids", expanding=True)))
    .order_by(IntentoDeEnvio.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Veto:
    """A way may not carry this message now, and why; not before `hasta` as far as is known.

    `presupuesto` is whose budget it was: a provider's key, or `consumos.OFICINA`.
    """

    motivo: Motivo
    hasta: datetime
    presupuesto: str = ""


@dataclass(frozen=True, kw_only=True)
class Llamada:
    """A provider may be called for a message, once: an attempt says so."""

    mensaje: Mensaje
    reserva: UUID
    intento_id: UUID
    ruta: Ruta


@dataclass(frozen=True)
class Contestada:
    """A call, and how it ended."""

    llamada: Llamada
    resultado: Resultado


def abrir(session: Session, pares: Sequence[tuple[Mensaje, Ruta]]) -> Sequence[Llamada | Veto]:
    """Begin an attempt of each message by its way, unless that may not carry it now."""
    if not pares:
        return ()
    pausas = frozenset(session.scalars(_PAUSED))
    dichos: dict[UUID, Llamada | Veto] = {}
    por_ruta: dict[str, list[tuple[Mensaje, Ruta, IntentoDeEnvio]]] = {}
    for mensaje, ruta in pares:
        if veto := _impedida(mensaje, ruta, pausas):
            dichos[mensaje.id] = veto
        else:
            intento = _attempt(mensaje, ruta)
            por_ruta.setdefault(ruta.clave, []).append((mensaje, ruta, intento))
    for suyos in por_ruta.values():
        _mensaje, una, _intento = suyos[0]
        intentos = [intento for _mensaje, _ruta, intento in suyos]
        agotados = consumos.tomar(session, intentos, una.limites, una.de_oficina)
        for presupuesto in sorted(set(agotados.values())):
            presupuestos.avisar(session, presupuesto)
        for mensaje, ruta, intento in suyos:
            if agotado := agotados.get(intento.id):
                dichos[mensaje.id] = Veto(Motivo.PRESUPUESTO_AGOTADO, _tomorrow(), agotado)
            else:
                dichos[mensaje.id] = _call(mensaje, ruta, intento)
        write_new(session, [intento for intento in intentos if intento.id not in agotados])
    return [dichos[mensaje.id] for mensaje, _ruta in pares]


def _impedida(mensaje: Mensaje, ruta: Ruta, pausas: Collection[str]) -> Veto | None:
    if ruta.clave in pausas:
        return Veto(Motivo.PROVEEDOR_EN_PAUSA, real_now() + timedelta(minutes=1))
    if mensaje.codificacion == UCS2 and not ruta.unicode:
        return Veto(Motivo.PROVEEDOR_NO_DISPONIBLE, real_now() + timedelta(minutes=5))
    return None


def _attempt(mensaje: Mensaje, ruta: Ruta) -> IntentoDeEnvio:
    segmentos = mensaje.segmentos or 0
    return IntentoDeEnvio(
        id=uuid7(),
        mensaje_id=mensaje.id,
        reserva=mensaje.reserva,
        proveedor=ruta.clave,
        dia=today(),
        segmentos=segmentos,
        costo=int(segmentos * ruta.costo_por_segmento * consumos.MILESIMAS),
        empezado_en=real_now(),
        detalle="",
    )


def _call(mensaje: Mensaje, ruta: Ruta, intento: IntentoDeEnvio) -> Llamada:
    if mensaje.reserva is None:
        raise AssertionError("who opens an attempt holds the message")
    mensaje.llamar(real_now() + PLAZO_DE_LLAMADA)
    return Llamada(mensaje=mensaje, reserva=mensaje.reserva, intento_id=intento.id, ruta=ruta)


def _tomorrow() -> datetime:
    """When the domain's day ends, on the machine's clock."""
    return real_now() + (consumos.fin_del_dia() - now())


def cerrar(session: Session, contestadas: Sequence[Contestada]) -> None:
    """End the attempts of calls that were answered."""
    resultados = {una.llamada.intento_id: una.resultado for una in contestadas}
    entregados = [
        intento_id
        for intento_id, resultado in resultados.items()
        if resultado.desenlace is Desenlace.ENTREGADO
    ]
    if entregados:
        # Nothing of them is given back, whatever was known before: they need not be read.
        ahora = real_now()
        session.connection().execute(
            _DELIVERED,
            [
                {"uno": uno, "detalle": resultados[uno].detalle[:80], "terminado_en": ahora}
                for uno in entregados
            ],
        )
    if otros := resultados.keys() - set(entregados):
        for intento in session.scalars(_ATTEMPTS, {"ids": list(otros)}).all():
            terminar(session, intento, resultados[intento.id])


def terminar(session: Session, intento: IntentoDeEnvio, resultado: Resultado) -> None:
    """End one; what it did not take of its day is given back, once."""
    before = intento.desenlace
    if before in _OPEN:
        intento.desenlace, intento.detalle = resultado.desenlace, resultado.detalle[:80]
        intento.terminado_en = real_now()
    if before is None:
        consumos.asentar(session, intento)


def intento_abierto(session: Session, mensaje: Mensaje) -> IntentoDeEnvio | None:
    """The last call under the message's lease that nobody wrote the end of."""
    return session.scalar(
        select(IntentoDeEnvio)
        .where(
            IntentoDeEnvio.mensaje_id == mensaje.id,
            IntentoDeEnvio.reserva == mensaje.reserva,
            IntentoDeEnvio.terminado_en.is_(None),
        )
        .order_by(IntentoDeEnvio.id.desc())
        .limit(1)
    )
