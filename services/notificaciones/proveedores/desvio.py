"""Which ways a message may take, and in which order: capability, health and cost."""

import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from notificaciones import direcciones
from notificaciones.mensajes.models import SALIDA
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.archivo import leer
from notificaciones.proveedores.base import Oyente, Proveedor
from notificaciones.proveedores.configuracion import (
    SIN_LIMITE,
    Configurado,
    EntrantesConfigurados,
    Limites,
    RecibosConfigurados,
    Tipo,
)
from notificaciones.proveedores.cupos import Cupos
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.proveedores.salida import OutboxProvider
from notificaciones.proveedores.sello_dkim import Sello
from notificaciones.proveedores.simulador import Simulador, simulado, simulados
from notificaciones.proveedores.smtp import SmtpProvider
from notificaciones.proveedores.tablero import Marca, Tablero, tablero
from oficina.db import Database
from oficina.settings import Settings

CORREO_DE_LA_OFICINA = "smtp"
"""The key of the mail server of ACOGIDA_SMTP_URL."""


@dataclass(frozen=True)
class Ruta:
    """One way out: a provider, and what is agreed with it."""

    proveedor: Proveedor
    canal: Canal
    nombre: str
    costo_por_segmento: Decimal = Decimal(0)
    unicode: bool = True
    limites: Limites = SIN_LIMITE
    de_oficina: Limites = SIN_LIMITE
    """What all ways together may take of a day."""
    recibos: RecibosConfigurados | None = None
    """How it says later what became of a message, if it does."""
    entrantes: EntrantesConfigurados | None = None
    """How it hands over what people write, if it does."""
    se_contesta: bool = False
    """Whether what somebody answers to its messages comes back to the office."""

    @property
    def avisa(self) -> bool:
        """Whether it says later what became of a message."""
        return self.recibos is not None or self.proveedor.avisa

    @property
    def clave(self) -> str:
        """The provider's."""
        return self.proveedor.nombre


class Desvio:
    """The ways of an office, by Settings and its file of providers."""

    def __init__(
        self,
        rutas: Collection[Ruta],
        board: Tablero,
        cupos: Cupos,
        oficina: Limites = SIN_LIMITE,
        *,
        bandeja: Proveedor,
        lista: Collection[str] = (),
    ) -> None:
        self.oficina = oficina
        self.cupos = cupos
        self._lista = frozenset(lista)
        self._en_la_oficina = {canal: Ruta(bandeja, canal, bandeja.nombre) for canal in Canal}
        self._simulada = {canal: Ruta(Simulador(), canal, "Simulador") for canal in Canal}
        aparte = [*self._en_la_oficina.values(), *self._simulada.values()]
        # In the order of the file; these two last, where it names no other.
        self.rutas = {ruta.clave: ruta for ruta in rutas}
        for ruta in aparte:
            self.rutas.setdefault(ruta.clave, ruta)
        self._board = board
        # Cheapest first; of two at one price, the one that the file names first.
        self._por_canal = {
            canal: sorted(
                (ruta for ruta in rutas if ruta.canal is canal),
                key=lambda ruta: ruta.costo_por_segmento,
            )
            for canal in Canal
        }

    @staticmethod
    def de(settings: Settings, db: Database) -> "Desvio":
        """Those of the file; mail also by ACOGIDA_SMTP_URL; the outbox where there is no other.

        Raises ArchivoInvalido.
        """
        return _made(settings, db)

    @property
    def a_prueba(self) -> bool:
        """Whether only what goes to some addresses leaves the office."""
        return bool(self._lista)

    def sale(self, destino: str) -> bool:
        """Whether what goes to an address may leave the office."""
        normal = direcciones.normal(destino)
        return (
            not self._lista
            or normal in self._lista
            or f"@{normal.rpartition('@')[2]}" in self._lista
        )

    def mira_la_direccion(self, indice: str | None) -> bool:
        """Whether the ways to an address are not those of everybody, as far as its index tells."""
        return self.a_prueba or indice is None or indice in self._simuladas

    def candidatas(
        self, canal: Canal, destino: str | None, *, sin: Collection[str] = ()
    ) -> Iterator[Ruta]:
        """The ways to an address whose turn it is, the best first. What is taken must be used.

        None is an address of whose index `mira_la_direccion` says that it need not be looked at.
        `sin` are those that were tried already. A way that is offered counts as used: its breaker
        and its bucket were asked.
        """
        for ruta in self._vias(canal, destino):
            if ruta.clave not in sin and not self._board.pedir(
                ruta.clave, ruta.limites.por_segundo
            ):
                yield ruta

    @cached_property
    def _simuladas(self) -> frozenset[str]:
        return frozenset(map(direcciones.indice, simulados()))

    def _vias(self, canal: Canal, destino: str | None) -> Collection[Ruta]:
        """Nothing for a simulated address leaves, nor while the office is on trial for any other
        that is not on its list.
        """
        if destino is None:
            return self._por_canal[canal]
        if simulado(destino) is not None:
            return [self._simulada[canal]]
        return self._por_canal[canal] if self.sale(destino) else [self._en_la_oficina[canal]]

    def lleva(self, clave: str, canal: Canal) -> bool:
        """Whether a provider carries a channel."""
        return any(ruta.clave == clave for ruta in self._por_canal[canal])

    def se_contesta(self, canal: Canal) -> bool:
        """Whether an answer comes back whichever way of a channel carries a message."""
        return all(ruta.se_contesta for ruta in self._por_canal[canal])

    def espera(self, canal: Canal) -> float:
        """How many seconds until some way of a channel may be asked again."""
        now = time.time()
        waits = [self._board.leer(ruta.clave).espera(now) for ruta in self._por_canal[canal]]
        return max(1.0, min(waits, default=60.0))

    def anotar(self, ruta: Ruta, resultado: Resultado) -> None:
        """Let every process know how a provider answered."""
        if resultado.espera is not None and resultado.desenlace is Desenlace.TRANSITORIO:
            self._board.dejar(ruta.clave, resultado.espera.total_seconds())
        elif resultado.del_proveedor:
            self._board.mal(ruta.clave)
        else:
            self._board.bien(ruta.clave)

    def marca(self, clave: str) -> Marca:
        """What is known of a provider."""
        return self._board.leer(clave)

    def abrir(self, oyente: Oyente) -> None:
        """Begin to hear what providers say by themselves."""
        for ruta in self.rutas.values():
            ruta.proveedor.abrir(oyente)

    def cerrar(self) -> None:
        """Let go of every connection."""
        for ruta in self.rutas.values():
            ruta.proveedor.cerrar()


@lru_cache(maxsize=8)
def _made(settings: Settings, db: Database) -> Desvio:
    archivo = leer(settings.proveedores)
    sello = Sello.de(settings)
    rutas = [_of(uno, settings, archivo.oficina, sello) for uno in archivo.proveedores]
    channels = {ruta.canal for ruta in rutas}
    if settings.smtp_url:
        mail = _mail(settings, settings.smtp_url, "", CORREO_DE_LA_OFICINA, sello)
        rutas.append(Ruta(mail, Canal.CORREO, "SMTP"))
        channels.add(Canal.CORREO)
    outbox = OutboxProvider(db)
    rutas += [Ruta(outbox, canal, SALIDA) for canal in Canal if canal not in channels]
    return Desvio(
        rutas,
        tablero(settings),
        Cupos(settings, archivo.destinatario),
        archivo.oficina,
        bandeja=outbox,
        lista=[direcciones.normal(una) for una in settings.direcciones_de_prueba],
    )


def _of(uno: Configurado, settings: Settings, oficina: Limites, sello: Sello | None) -> Ruta:
    return Ruta(
        _provider(uno, settings, sello),
        uno.canal,
        uno.nombre,
        uno.costo_por_segmento,
        uno.unicode,
        uno.limites,
        oficina,
        uno.recibos,
        uno.entrantes,
        uno.se_contesta,
    )


def _mail(
    settings: Settings, url: str, remitente: str, clave: str, sello: Sello | None
) -> SmtpProvider:
    return SmtpProvider(
        url,
        remitente or settings.mail_from,
        clave,
        rebotes_dominio=settings.rebotes_dominio,
        sello=sello,
    )


def _provider(uno: Configurado, settings: Settings, sello: Sello | None) -> Proveedor:
    if uno.tipo is Tipo.SMTP and uno.servidor is not None:
        return _mail(settings, uno.servidor.url, uno.servidor.remitente, uno.clave, sello)
    if uno.smsc is not None:
        from notificaciones.proveedores.smpp import SmppProvider  # noqa: PLC0415  few need it

        return SmppProvider(uno.clave, uno.smsc, uno.remitente)
    from notificaciones.proveedores.http import HttpSmsProvider  # noqa: PLC0415  few need it

    return HttpSmsProvider(uno)
