"""The loop that sends to units: a pool of senders, of which no endpoint may have many.

One endpoint that hangs holds as many senders as its batches may be out (`a_la_vez`), and after
the first failure one; all that fail together hold at most half of the pool, so that those that
answer are served whatever becomes of the others. What is due is always a row: the loop may end at
any line.
"""

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from notificaciones.suscripciones import reparto, turno
from notificaciones.suscripciones.destino import Resolver, resolver_del_sistema
from notificaciones.suscripciones.envio import entregar
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.turno import Debida
from notificaciones.vigia import Vigia
from oficina import telemetry
from oficina.clock import real_now
from oficina.env import Env
from oficina.privacy import KeyringError

log = telemetry.get_logger("notificaciones.suscripciones")

ENVIADORES = 16
GRACIA = 5.0
"""Seconds that senders have to write down what they know when the office closes."""
REPOSO = 60.0
"""Seconds until a repetition that failed is tried again."""
PAUSA = 1.0
"""Seconds between two looks at what is due; a sender that has ended is followed by the next at
once."""


class Enviadores:
    """One process's share of the sending."""

    def __init__(
        self,
        env: Env,
        *,
        enviadores: int = ENVIADORES,
        resolver: Resolver = resolver_del_sistema,
    ) -> None:
        self._env = env
        self._enviadores = enviadores
        self._resolver = resolver
        self._vigia = Vigia()
        self._out: dict[Future[bool], Debida] = {}
        self._changed = threading.Event()
        self._was_full = False
        self._stuck: dict[UUID, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; what is out then is cut off, and is as if it was not begun."""
        pool = ThreadPoolExecutor(self._enviadores, thread_name_prefix="entrega")
        looked = 0.0
        while not stop.is_set():
            again = self._collect()
            if again or time.monotonic() - looked >= PAUSA:
                looked = time.monotonic()
                self._start(pool)
            self._vigia.look()
            self._changed.wait(PAUSA)
            self._changed.clear()
        self._vigia.stop()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(self._out, GRACIA)

    def _collect(self) -> bool:
        """Let go of what has ended; whether more may be waiting."""
        ended = [future for future in self._out if future.done()]
        again = False
        for future in ended:
            debida = self._out.pop(future)
            error = future.exception()
            if error is None:
                again = again or future.result()
            else:
                # Its lease ends by itself.
                log.error(
                    "entrega_interrumpida",
                    suscripcion_id=str(debida.id),
                    kind=type(error).__name__,
                )
        return again or (bool(ended) and self._was_full)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        try:
            self._repeat()
            with self._env.db.read() as session:
                debidas = turno.debidas(session, real_now())
        except (SQLAlchemyError, KeyringError) as error:
            log.error("entregas_detenidas", kind=type(error).__name__)
            return
        busy: Counter[UUID] = Counter(una.id for una in self._out.values())
        failing = sum(una.fallas > 0 for una in self._out.values())
        self._was_full = False
        # Those that have the fewest senders first, so that none waits for another's second.
        for debida in sorted(debidas, key=lambda una: (busy[una.id], una.fallas)):
            if busy[debida.id] >= debida.a_la_vez:
                continue
            too_many = bool(debida.fallas) and failing >= self._enviadores // 2
            if too_many or len(self._out) >= self._enviadores:
                self._was_full = True
                continue
            failing += debida.fallas > 0
            future = pool.submit(entregar, self._env, debida, self._vigia, self._resolver)
            self._out[future] = debida
            future.add_done_callback(lambda _future: self._changed.set())

    def _repeat(self) -> None:
        """Go on with the repetitions, a part of each; one that fails is left alone for a while."""
        with self._env.db.read() as session:
            repeating = session.scalars(
                select(Suscripcion.id).where(Suscripcion.repite_hasta.is_not(None))
            ).all()
        for suscripcion_id in repeating:
            if time.monotonic() < self._stuck.get(suscripcion_id, 0.0):
                continue
            try:
                with self._env.db.begin() as session:
                    reparto.avanzar_repeticion(session, suscripcion_id)
            except Exception as error:
                self._stuck[suscripcion_id] = time.monotonic() + REPOSO
                log.error(
                    "repeticion_detenida",
                    suscripcion_id=str(suscripcion_id),
                    kind=type(error).__name__,
                )


def enviar_lo_debido(env: Env, stop: threading.Event) -> None:
    """Send to webhooks and queues until `stop` is set."""
    Enviadores(env).run(stop)
