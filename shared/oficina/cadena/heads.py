"""The end of a chain, signed, and left where whoever writes the database cannot reach it.

A file a day and a service: `<folder>/<servicio>/<day in Chile>.jws`. What a file says was so then
stays provable for as long as any copy of it exists: to rewrite a row, every copy of every later
head would have to change, and be signed.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import Gauge

from oficina import telemetry
from oficina.cadena.firma import FaltaLaClave, FirmaDeAuditoria, FirmaInvalida, Que, leave
from oficina.cadena.tables import Cabeza, cabeza
from oficina.clock import local, real_now
from oficina.db import Database
from oficina.settings import Settings

LOOK = 60.0
"""Seconds between two looks at whether today's head has left."""

LEFT = Gauge("acogida_auditoria_cabeza_timestamp", "When the head of the day left.", ("servicio",))

log = telemetry.get_logger("oficina.cadena")


@dataclass(frozen=True)
class CabezaFirmada:
    """A head that left, and the file that says it; None is in the place of one that is not ours."""

    archivo: Path
    cabeza: Cabeza | None
    instante: datetime | None = None


class Cabezas:
    """The heads of one service, in the folder of the settings or in a copy of it."""

    def __init__(self, settings: Settings, servicio: str, carpeta: Path | None = None) -> None:
        """`carpeta` is another place than that of the settings: what an auditor keeps."""
        self._settings = settings
        self._servicio = servicio
        self._carpeta = (carpeta or settings.cabezas) / servicio
        self._look_at = 0.0

    def dejar_la_de_hoy(self, db: Database) -> None:
        """Leave today's signed head, once a chain has begun; what keeps it from leaving is told."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOOK
        path = self._carpeta / f"{local(real_now()).date()}.jws"
        try:
            if path.exists() or self.dejar(db, path.stem):
                LEFT.labels(self._servicio).set(path.stat().st_mtime)
        except (OSError, FaltaLaClave) as error:
            log.error("cabeza_no_sale", servicio=self._servicio, kind=type(error).__name__)

    def dejar(self, db: Database, nombre: str) -> Path | None:
        """Leave the head of now as a file; None while there is nothing to sign.

        Raises FaltaLaClave, and OSError when the folder cannot be written.
        """
        signed = firmada(db, self._settings, self._servicio)
        if signed is None:
            return None
        self._carpeta.mkdir(parents=True, exist_ok=True)
        path = self._carpeta / f"{nombre}.jws"
        with suppress(FileExistsError):  # another process was first
            leave(path, signed + "\n", mode=0o644)
        return path

    def todas(self, firma: FirmaDeAuditoria) -> list[CabezaFirmada]:
        """Every head in the folder, the shortest chain first and before it what is not ours."""
        return sorted(self._leer(firma), key=lambda una: una.cabeza.secuencia if una.cabeza else -1)

    def ultima(self, firma: FirmaDeAuditoria) -> CabezaFirmada | None:
        """The head of the latest day, which names sort by."""
        names = sorted(self._carpeta.glob("*.jws"))
        return self._abrir(names[-1], firma) if names else None

    def _leer(self, firma: FirmaDeAuditoria) -> Iterator[CabezaFirmada]:
        for path in self._carpeta.glob("*.jws"):
            yield self._abrir(path, firma)

    def _abrir(self, path: Path, firma: FirmaDeAuditoria) -> CabezaFirmada:
        try:
            dicho = firma.leer(Que.CABEZA, path.read_text(encoding="utf-8", errors="replace"))
            said = Cabeza(str(dicho["servicio"]), int(dicho["secuencia"]), str(dicho["hash"]))
            instante = datetime.fromisoformat(dicho["instante"])
        except (FirmaInvalida, KeyError, ValueError):
            return CabezaFirmada(path, None)
        return CabezaFirmada(path, said if said.servicio == self._servicio else None, instante)


def firmada(db: Database, settings: Settings, servicio: str) -> str | None:
    """The signed head of now; None of a chain that has not begun. Raises FaltaLaClave."""
    with db.read() as session:
        found = cabeza(session, servicio)
    if not found.secuencia:
        return None
    firma = FirmaDeAuditoria.load(settings.claves, make=settings.embedded)
    dicho = asdict(found) | {"comuna": settings.comuna, "instante": real_now().isoformat()}
    return firma.firmar(Que.CABEZA, dicho)
