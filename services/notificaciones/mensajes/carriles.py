"""The loop that sends messages: three lanes and a pool of senders.

Who may wait longer never holds who may not: bulk has at most half of the senders, and one is kept
for what is urgent. What is due is always a row: the loop may end at any line. A process where no
loop runs sends what is due when it is asked to.
"""

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from notificaciones.mensajes import queries
from notificaciones.mensajes.envio import enviar
from notificaciones.mensajes.states import Prioridad
from notificaciones.proveedores.acuses import Dicho, Escrito
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.escucha import escuchar
from oficina import telemetry
from oficina.clock import now, real_now
from oficina.db import Database
from oficina.env import Env
from oficina.privacy import KeyringError

log = telemetry.get_logger("notificaciones.envio")

ENVIADORES = 8
MASIVOS = ENVIADORES // 2
PAUSA = 1.0
"""Seconds between two looks at what is due, for who was not told."""
GRACIA = 5.0
"""Seconds that senders have to write down what they know when the office closes."""


@dataclass(frozen=True)
class Debido:
    """A message that may leave, and its lane."""

    mensaje_id: UUID
    prioridad: Prioridad


class Carriles:
    """One process's senders."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._out: dict[Future[None], Debido] = {}
        self._due: list[Debido] = []
        self._changed = threading.Event()
        self._told = True

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; what is out then is found out by its lease."""
        pool = ThreadPoolExecutor(ENVIADORES, thread_name_prefix="envio")
        looked = 0.0
        with _lock:
            _running[self._env.db] = self
        desvio = Desvio.de(self._env.settings, self._env.db)
        desvio.abrir(self._hear)
        try:
            while not stop.is_set():
                self._collect()
                if self._told or not self._due or time.monotonic() - looked >= PAUSA:
                    self._told, looked = False, time.monotonic()
                    self._look()
                self._start(pool)
                self._changed.wait(PAUSA)
                self._changed.clear()
        finally:
            with _lock:
                del _running[self._env.db]
            pool.shutdown(wait=False, cancel_futures=True)
            wait(self._out, GRACIA)
            desvio.cerrar()

    def despertar(self) -> None:
        """Something is due."""
        self._told = True
        self._changed.set()

    def _hear(self, proveedor: str, dicho: Dicho | Escrito) -> None:
        """What a provider says by itself."""
        with self._env.db.begin() as session:
            escuchar(session, proveedor, dicho)

    def _collect(self) -> None:
        for future in [one for one in self._out if one.done()]:
            debido = self._out.pop(future)
            if error := future.exception():
                # Its lease ends by itself.
                log.error(
                    "envio_interrumpido", mensaje_id=debido.mensaje_id, kind=type(error).__name__
                )

    def _look(self) -> None:
        out = {uno.mensaje_id for uno in self._out.values()}
        try:
            with self._env.db.read() as session:
                found = queries.debidos(session, now(), real_now())
        except (SQLAlchemyError, KeyringError) as error:
            log.error("envios_detenidos", kind=type(error).__name__)
            return
        self._due = [
            Debido(mensaje_id, prioridad)
            for mensaje_id, prioridad in found
            if mensaje_id not in out
        ]

    def _start(self, pool: ThreadPoolExecutor) -> None:
        busy = Counter(uno.prioridad for uno in self._out.values())
        left: list[Debido] = []
        for debido in self._due:
            if not _has_room(debido.prioridad, busy):
                left.append(debido)
                continue
            busy[debido.prioridad] += 1
            future = pool.submit(enviar, self._env, debido.mensaje_id)
            self._out[future] = debido
            future.add_done_callback(lambda _future: self._changed.set())
        self._due = left


def _has_room(prioridad: Prioridad, busy: Counter[Prioridad]) -> bool:
    if prioridad is Prioridad.URGENTE:
        return busy.total() < ENVIADORES
    return busy.total() < ENVIADORES - 1 and (
        prioridad is Prioridad.NORMAL or busy[Prioridad.MASIVA] < MASIVOS
    )


_running: dict[Database, Carriles] = {}
_lock = threading.Lock()


def correr(env: Env, stop: threading.Event) -> None:
    """Send messages until `stop` is set."""
    Carriles(env).run(stop)


def atender(env: Env) -> None:
    """See to what is due: by the loop of this process, or here and now where none runs."""
    with _lock:
        running = _running.get(env.db)
    if running is not None:
        running.despertar()
        return
    with env.db.read() as session:
        debidos = queries.debidos(session, now(), real_now())
    for mensaje_id, _prioridad in debidos:
        enviar(env, mensaje_id)
