"""When a delivery is tried again, and when its endpoint: the schedule as versioned data."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reintentos:
    """One version. `pausas` follow the first attempt, `azar` stretches each by up to so much."""

    version: str
    pausas: tuple[timedelta, ...]
    azar: float
    espera: timedelta
    retry_after_maximo: timedelta
    pausa_de_destino: timedelta
    pausa_maxima_de_destino: timedelta
    simultaneas: int
    lote: int
    lote_dura: timedelta
    desactivar: timedelta

    def siguiente(self, intentos: int, retry_after: timedelta | None) -> timedelta | None:
        """The pause after so many attempts; None after the last."""
        if intentos > len(self.pausas):
            return None
        return max(self._spread(self.pausas[intentos - 1]), self._bounded(retry_after))

    def siguiente_de_destino(self, fallas: int, retry_after: timedelta | None) -> timedelta:
        """How long an endpoint is left alone that failed so many times in a row."""
        pause = self.pausa_de_destino * 2 ** min(fallas - 1, 16)
        pause = min(pause, self.pausa_maxima_de_destino)
        return max(self._spread(pause), self._bounded(retry_after))

    def _bounded(self, retry_after: timedelta | None) -> timedelta:
        return min(max(retry_after or timedelta(0), timedelta(0)), self.retry_after_maximo)

    def _spread(self, pause: timedelta) -> timedelta:
        # Only so that many do not come at the same moment.
        return pause * random.uniform(1, 1 + self.azar)  # noqa: S311


@cache
def reintentos() -> Reintentos:
    """The schedule in force."""
    text = (Path(__file__).parent / "reintentos.json").read_text(encoding="utf-8")
    datos: dict[str, Any] = json.loads(text)
    destino: Mapping[str, Any] = datos["destino"]
    return Reintentos(
        version=datos["version"],
        pausas=tuple(timedelta(seconds=one) for one in datos["pausas_segundos"]),
        azar=datos["azar"],
        espera=timedelta(seconds=datos["espera_segundos"]),
        retry_after_maximo=timedelta(seconds=datos["retry_after_maximo_segundos"]),
        pausa_de_destino=timedelta(seconds=destino["pausa_segundos"]),
        pausa_maxima_de_destino=timedelta(seconds=destino["pausa_maxima_segundos"]),
        simultaneas=destino["simultaneas"],
        lote=destino["lote"],
        lote_dura=timedelta(seconds=destino["lote_segundos"]),
        desactivar=timedelta(days=datos["desactivar_dias"]),
    )


def leer_retry_after(texto: str | None, ahora: datetime) -> timedelta | None:
    """What `Retry-After` asks for: seconds, or a moment; None when it says nothing readable."""
    if not texto:
        return None
    if texto.isascii() and texto.isdecimal():
        return timedelta(seconds=min(int(texto[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(texto)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - ahora
    except (ValueError, OverflowError):  # no date, or one that no calendar has
        return None
