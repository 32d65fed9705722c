"""What every process of the office knows of each provider: its breaker and its bucket.

In Redis where there is one, in the process otherwise. A board that cannot be reached lets messages
through: what it guards is guarded by more than the board.
"""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from oficina import telemetry
from oficina.settings import Settings

log = telemetry.get_logger("notificaciones.proveedores")

FALLAS = 5
"""Failures in a row after which nobody asks it any more."""
PAUSA, PAUSA_MAXIMA = 5.0, 60.0
"""Seconds until somebody tries again, doubled at each failed try."""
SONDA = 30.0
"""Seconds that one try may take; whoever vanished with it lets another try."""
ESPERA_MAXIMA = 3600.0
"""Of what a provider asks for by `Retry-After`, no more than this is given."""


class Salud(StrEnum):
    """How a provider is."""

    CERRADO = "cerrado"  # the breaker is closed: messages go through
    ABIERTO = "abierto"  # nobody asks it until the pause ends
    A_PRUEBA = "a_prueba"  # one message at a time tries it


@dataclass(frozen=True, kw_only=True)
class Marca:
    """What is known of one provider. Moments are seconds of the machine's clock."""

    fallas: int = 0
    aperturas: int = 0
    hasta: float = 0.0
    sonda_hasta: float = 0.0
    fichas: float = 0.0
    fichas_en: float = 0.0

    def salud(self, ahora: float) -> Salud:
        """The breaker."""
        if not self.hasta:
            return Salud.CERRADO
        return Salud.ABIERTO if ahora < self.hasta else Salud.A_PRUEBA

    def espera(self, ahora: float) -> float:
        """The seconds until it may be asked."""
        return max(0.0, self.hasta - ahora, self.sonda_hasta - ahora)

    def pedir(self, ahora: float, por_segundo: float | None) -> tuple["Marca", float]:
        """One message wants to go through: 0 when it may, else the seconds until it may."""
        marca = self
        match self.salud(ahora):
            case Salud.ABIERTO:
                return self, self.hasta - ahora
            case Salud.A_PRUEBA:
                if ahora < self.sonda_hasta:
                    return self, min(1.0, self.sonda_hasta - ahora)
                marca = replace(self, sonda_hasta=ahora + SONDA)
            case _:
                pass
        if por_segundo is None:
            return marca, 0.0
        size = max(1.0, por_segundo)
        left = min(size, self.fichas + (ahora - self.fichas_en) * por_segundo)
        if not self.fichas_en:
            left = size
        if left < 1:
            return self, (1 - left) / por_segundo
        return replace(marca, fichas=left - 1, fichas_en=ahora), 0.0

    def bien(self) -> "Marca":
        """It answered as it should: everything is forgiven."""
        return replace(self, fallas=0, aperturas=0, hasta=0.0, sonda_hasta=0.0)

    def mal(self, ahora: float) -> "Marca":
        """It failed."""
        if self.salud(ahora) is Salud.ABIERTO:
            return self  # begun before it opened
        fallas = self.fallas + 1
        if not self.hasta and fallas < FALLAS:
            return replace(self, fallas=fallas)
        pause = min(PAUSA * 2.0**self.aperturas, PAUSA_MAXIMA)
        return replace(
            self,
            fallas=fallas,
            aperturas=min(self.aperturas + 1, 10),
            hasta=ahora + pause,
            sonda_hasta=0.0,
        )

    def dejar(self, ahora: float, seconds: float) -> "Marca":
        """It asked to be left alone."""
        until = ahora + min(max(seconds, 0.0), ESPERA_MAXIMA)
        return replace(self, hasta=max(self.hasta, until), sonda_hasta=0.0)


class Tablero(ABC):
    """The marks of all providers."""

    @abstractmethod
    def leer(self, clave: str) -> Marca:
        """The mark of one."""

    @abstractmethod
    def cambiar(self, clave: str, cambio: Callable[[Marca], tuple[Marca, float]]) -> float:
        """Change the mark of one, nobody else between reading and writing; what `cambio` adds."""

    def pedir(self, clave: str, por_segundo: float | None = None) -> float:
        """One message wants to go through: 0 when it may, else the seconds until it may."""
        if por_segundo is None and not self.leer(clave).hasta:
            return 0.0
        return self.cambiar(clave, lambda marca: marca.pedir(time.time(), por_segundo))

    def bien(self, clave: str) -> None:
        """A provider took a message, or refused one for what it is."""
        marca = self.leer(clave)
        if marca.fallas or marca.hasta:
            self.cambiar(clave, lambda marca: (marca.bien(), 0.0))

    def mal(self, clave: str) -> None:
        """A provider failed."""
        self.cambiar(clave, lambda marca: (marca.mal(time.time()), 0.0))

    def dejar(self, clave: str, seconds: float) -> None:
        """A provider asked to be left alone for a while."""
        self.cambiar(clave, lambda marca: (marca.dejar(time.time(), seconds), 0.0))

    def olvidar(self, clave: str) -> None:
        """Somebody knows that it is well again."""
        self.cambiar(clave, lambda marca: (marca.bien(), 0.0))


class TableroDelProceso(Tablero):
    """One process is the whole office."""

    def __init__(self) -> None:
        self._marcas: dict[str, Marca] = {}
        self._lock = threading.Lock()

    def leer(self, clave: str) -> Marca:
        """As it is."""
        return self._marcas.get(clave, Marca())

    def cambiar(self, clave: str, cambio: Callable[[Marca], tuple[Marca, float]]) -> float:
        """Under a lock."""
        with self._lock:
            self._marcas[clave], said = cambio(self.leer(clave))
        return said


class TableroEnRedis(Tablero):
    """Every process of the office writes on the same."""

    def __init__(self, url: str) -> None:
        import redis  # noqa: PLC0415  an office without one does not load it

        self._errors = redis.RedisError
        self._watch_error = redis.WatchError
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=1, decode_responses=True
        )
        self._alone = TableroDelProceso()

    def leer(self, clave: str) -> Marca:
        """As it is; the process's own while Redis is away."""
        try:
            return _mark(self._redis.get(_key(clave)))
        except self._errors:
            log.warning("tablero_no_disponible")
            return self._alone.leer(clave)

    def cambiar(self, clave: str, cambio: Callable[[Marca], tuple[Marca, float]]) -> float:
        """Again whenever somebody else was faster."""
        try:
            with self._redis.pipeline() as pipe:
                while True:
                    try:
                        return self._once(pipe, clave, cambio)
                    except self._watch_error:
                        continue
        except self._errors:
            log.warning("tablero_no_disponible")
            return self._alone.cambiar(clave, cambio)

    def _once(self, pipe: Any, clave: str, cambio: Callable[[Marca], tuple[Marca, float]]) -> float:
        key = _key(clave)
        pipe.watch(key)
        before = _mark(pipe.get(key))
        after, said = cambio(before)
        if after == before:
            pipe.unwatch()
            return said
        pipe.multi()
        pipe.set(key, json.dumps(asdict(after)), ex=86400)
        pipe.execute()
        return said


def _key(clave: str) -> str:
    return f"notificaciones:proveedor:{clave}"


def _mark(text: Any) -> Marca:
    return Marca(**json.loads(text)) if text else Marca()


def tablero(settings: Settings) -> Tablero:
    """The board of this process's office."""
    return _board(settings.redis_url, settings.data_dir)


@cache
def _board(redis_url: str, _data_dir: Path) -> Tablero:
    return TableroEnRedis(redis_url) if redis_url else TableroDelProceso()
