"""The loop that sends messages: three lanes and a pool of senders.

The loop writes for all of them, what is taken and what came of it, several messages a transaction;
a sender calls one provider at a time, and nothing is taken that no sender is free for.

Who may wait longer never holds who may not: bulk has at most half of the senders, and one is kept
for what is urgent. What is due is always a row: the loop may end at any line. A process where no
loop runs sends what is due when it is asked to.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from notificaciones.mensajes import queries
from notificaciones.mensajes.envio import asentar, enviar, seguir, tomar
from notificaciones.mensajes.intentos import Contestada
from notificaciones.mensajes.queries import Debido
from notificaciones.mensajes.states import Prioridad
from notificaciones.proveedores.acuses import Dicho, Escrito
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.escucha import escuchar
from oficina import telemetry
from oficina.clock import now, real_now
from oficina.db import Database
from oficina.env import Env
from oficina.privacy import KeyringError

T = TypeVar("T")
R = TypeVar("R")

log = telemetry.get_logger("notificaciones.envio")

ENVIADORES = 8
MASIVOS = ENVIADORES // 2
PAUSA = 1.0
"""Seconds between two looks at what is due, for who was not told."""
JUNTOS = 0.005
"""Seconds that the end of a call waits for others, to be written down in one transaction."""
GRACIA = 5.0
"""Seconds that senders have to write down what they know when the office closes."""


class Carriles:
    """One process's senders."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self._out: dict[Future[Contestada | None], Debido] = {}
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
                self._settle()
                if self._told or not self._due or time.monotonic() - looked >= PAUSA:
                    self._told, looked = False, time.monotonic()
                    self._look()
                self._start(pool)
                self._changed.wait(PAUSA)
                self._changed.clear()
                # Those that are about to end are written down together.
                wait(self._out, JUNTOS)
        finally:
            with _lock:
                del _running[self._env.db]
            pool.shutdown(wait=False, cancel_futures=True)
            until = time.monotonic() + GRACIA
            while self._out and (left := until - time.monotonic()) > 0:
                wait(self._out, left, FIRST_COMPLETED)
                self._settle()
            desvio.cerrar()

    def despertar(self) -> None:
        """Something is due."""
        self._told = True
        self._changed.set()

    def _hear(self, proveedor: str, dicho: Dicho | Escrito) -> None:
        """What a provider says by itself."""
        with self._env.db.begin() as session:
            escuchar(session, proveedor, dicho)

    def _settle(self) -> None:
        """Write down what the calls that ended came to, as many as there are in one transaction."""
        answers: list[tuple[Debido, Contestada]] = []
        for future in [one for one in self._out if one.done()]:
            debido = self._out.pop(future)
            if future.cancelled():
                continue
            if error := future.exception():
                _interrupted(debido, error)
            elif (contestada := future.result()) is not None:
                answers.append((debido, contestada))
        _apart(self._write_down, answers, lambda answer: answer[0])

    def _write_down(self, answers: Sequence[tuple[Debido, Contestada]]) -> None:
        asentar(self._env, [contestada for _debido, contestada in answers])

    def _look(self) -> None:
        out = {uno.mensaje_id for uno in self._out.values()}
        try:
            with self._env.db.read() as session:
                found = queries.debidos(session, now(), real_now())
        except (SQLAlchemyError, KeyringError) as error:
            log.error("envios_detenidos", kind=type(error).__name__)
            return
        self._due = [debido for debido in found if debido.mensaje_id not in out]

    def _start(self, pool: ThreadPoolExecutor) -> None:
        if len(self._out) >= ENVIADORES:
            return
        busy = Counter(uno.prioridad for uno in self._out.values())
        mine: list[Debido] = []
        left: list[Debido] = []
        for debido in self._due:
            if _has_room(debido.prioridad, busy):
                busy[debido.prioridad] += 1
                mine.append(debido)
            else:
                left.append(debido)
        self._due = left
        de_que = {debido.mensaje_id: debido for debido in mine}
        for tomados in _apart(lambda some: tomar(self._env, some), mine, lambda debido: debido):
            for tomado in tomados:
                future = pool.submit(seguir, self._env, tomado)
                self._out[future] = de_que[tomado.mensaje.id]
                future.add_done_callback(lambda _future: self._changed.set())


def _apart(
    work: Callable[[Sequence[T]], R], things: Sequence[T], whose: Callable[[T], Debido]
) -> Sequence[R]:
    """Do it for all at once, for one after the other when that fails: one that cannot be done holds
    no other.
    """
    if not things:
        return []
    try:
        return [work(things)]
    except Exception as error:  # it may fail in any way: each answers for itself
        if len(things) == 1:
            _interrupted(whose(things[0]), error)
            return []
    return [done for one in things for done in _apart(work, [one], whose)]


def _interrupted(debido: Debido, error: BaseException) -> None:
    """Its lease ends by itself."""
    log.error("envio_interrumpido", mensaje_id=debido.mensaje_id, kind=type(error).__name__)


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
    enviar(env, debidos)
