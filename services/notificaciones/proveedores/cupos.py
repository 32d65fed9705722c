"""How many messages one address gets in an hour and in a day (the file's `destinatario`).

Counted as rate limits are, in Redis when there is one, under the blind index of the address
(`Mensaje.destino_indice`). What nobody handed over is not counted; a counter that is away lets
messages through.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.configuracion import PorDestinatario
from oficina import telemetry
from oficina.clock import real_now
from oficina.settings import Settings
from oficina.web.limits import REDIS_OPTIONS

log = telemetry.get_logger("notificaciones.proveedores")


class Cupos:
    """The counters of every address."""

    def __init__(
        self, settings: Settings, por_destinatario: Mapping[Canal, PorDestinatario]
    ) -> None:
        self._redis_url = settings.redis_url
        self._items = {canal: _items(uno) for canal, uno in por_destinatario.items()}

    def espera(self, canal: Canal, indice: str) -> timedelta | None:
        """How long until an address may get one more; None when it may now."""
        for item in self._items.get(canal, ()):
            key = _key(canal, indice)
            try:
                if self._counters.test(item, *key):
                    continue
                reset = self._counters.get_window_stats(item, *key).reset_time
            except StorageError:
                log.warning("contador_no_disponible")
                return None
            return timedelta(seconds=max(1.0, reset - real_now().timestamp()))
        return None

    def contar(self, canal: Canal, indice: str) -> None:
        """An address got one."""
        for item in self._items.get(canal, ()):
            try:
                self._counters.hit(item, *_key(canal, indice))
            except StorageError:
                log.warning("contador_no_disponible")

    @cached_property
    def _counters(self) -> RateLimiter:
        options = REDIS_OPTIONS if self._redis_url else {}
        return MovingWindowRateLimiter(
            storage_from_string(self._redis_url or "memory://", **options)
        )


def _items(uno: PorDestinatario) -> tuple[RateLimitItem, ...]:
    items: list[RateLimitItem] = []
    if uno.por_hora is not None:
        items.append(RateLimitItemPerHour(uno.por_hora))
    if uno.por_dia is not None:
        items.append(RateLimitItemPerDay(uno.por_dia))
    return tuple(items)


def _key(canal: Canal, indice: str) -> tuple[str, str, str]:
    return "notificaciones", canal.value, indice
