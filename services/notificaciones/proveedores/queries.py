"""What can be asked of the providers: how each is, and what today took of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Motivo
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores import consumos
from notificaciones.proveedores.configuracion import Limites
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.models import ConsumoDeProveedor, PausaDeProveedor
from notificaciones.proveedores.tablero import Salud
from oficina.clock import today
from oficina.errors import NoEncontrado


@dataclass(frozen=True, kw_only=True)
class Consumo:
    """What a day took, and what of it may be taken."""

    mensajes: int
    segmentos: int
    costo: Decimal
    rechazados: int
    fallas: int
    inciertos: int
    pesos_por_dia: Decimal | None
    segmentos_por_dia: int | None

    @property
    def agotado(self) -> bool:
        """Whether nothing more fits, but for what costs nothing."""
        pesos = self.pesos_por_dia is not None and self.costo >= self.pesos_por_dia
        partes = self.segmentos_por_dia is not None and self.segmentos >= self.segmentos_por_dia
        return pesos or partes


@dataclass(frozen=True, kw_only=True)
class VistaDeProveedor:
    """A provider as its operator sees it."""

    clave: str
    nombre: str
    canales: Sequence[Canal]
    salud: Salud
    hasta: datetime | None
    fallas_seguidas: int
    costo_por_segmento: Decimal
    por_segundo: float | None
    recibos: bool
    pausa: PausaDeProveedor | None
    hoy: Consumo


@dataclass(frozen=True, kw_only=True)
class Panorama:
    """All providers, and the budget of the office if it has one."""

    proveedores: Sequence[VistaDeProveedor]
    oficina: Consumo | None
    esperan_presupuesto: int


def panorama(session: Session, desvio: Desvio) -> Panorama:
    """Every provider, in the order of the file."""
    pausas = {una.proveedor: una for una in session.scalars(select(PausaDeProveedor))}
    hoy = consumos.del_dia(session, today())
    now = time.time()
    vistas = []
    for clave, ruta in desvio.rutas.items():
        canales = [canal for canal in Canal if desvio.lleva(clave, canal)]
        if not canales:
            continue
        marca = desvio.marca(clave)
        salud = marca.salud(now)
        vistas.append(
            VistaDeProveedor(
                clave=clave,
                nombre=ruta.nombre,
                canales=canales,
                salud=salud,
                hasta=datetime.fromtimestamp(marca.hasta, UTC) if salud is Salud.ABIERTO else None,
                fallas_seguidas=marca.fallas,
                costo_por_segmento=ruta.costo_por_segmento,
                por_segundo=ruta.limites.por_segundo,
                recibos=ruta.avisa,
                pausa=pausas.get(clave),
                hoy=_day(hoy.get(clave), ruta.limites),
            )
        )
    oficina = _day(hoy.get(consumos.OFICINA), desvio.oficina) if desvio.oficina.de_un_dia else None
    return Panorama(proveedores=vistas, oficina=oficina, esperan_presupuesto=que_esperan(session))


def que_esperan(session: Session) -> int:
    """How many messages wait for tomorrow's budget."""
    query = select(func.count()).where(
        Mensaje.motivo == Motivo.PRESUPUESTO_AGOTADO, Mensaje.estado.in_(EN_ESPERA)
    )
    return session.scalar(query) or 0


def exigir(desvio: Desvio, clave: str) -> None:
    """Raise NoEncontrado for a provider that there is not."""
    if not any(desvio.lleva(clave, canal) for canal in Canal):
        raise NoEncontrado


def _day(row: ConsumoDeProveedor | None, limites: Limites) -> Consumo:
    return Consumo(
        mensajes=row.mensajes if row else 0,
        segmentos=row.segmentos if row else 0,
        costo=Decimal(row.costo if row else 0) / consumos.MILESIMAS,
        rechazados=row.rechazados if row else 0,
        fallas=row.fallas if row else 0,
        inciertos=row.inciertos if row else 0,
        pesos_por_dia=limites.pesos_por_dia,
        segmentos_por_dia=limites.segmentos_por_dia,
    )
