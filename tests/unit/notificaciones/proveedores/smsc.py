"""An SMSC: another implementation of SMPP 3.4 than ours, that does as it is told."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import smpp34

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Recibida:
    """A segment as it came in."""

    destino: str
    origen: str
    octetos: bytes
    esm_class: int
    data_coding: int


@dataclass
class Smsc:
    """`contesta` gives the status of each submission, None for never."""

    puerto: int
    contesta: Callable[[Recibida], int | None] = lambda _una: 0
    recibidas: list[Recibida] = field(default_factory=list)
    uniones: int = 0

    def __post_init__(self) -> None:
        self._esme: smpp34.Esme | None = None
        self._started = threading.Event()
        self._kept: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._started.wait(5)

    def dice(self, texto: bytes, esm_class: int = 4) -> int:
        """Say something to the office; the status that it answers with."""
        return self._do(self._say(texto, esm_class))

    def cae(self) -> None:
        """Stop, with whatever is under way."""
        self._do(self._server_stop())
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    @property
    def vive(self) -> bool:
        return self._thread.is_alive()

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _say(self, texto: bytes, esm_class: int) -> int:
        assert self._esme is not None
        answer = await self._esme.deliver_sm(
            "569", texto, source_addr="56987654321", esm_class=esm_class
        )
        return answer.command_status

    async def _server_stop(self) -> None:
        if self._esme is not None:
            with suppress(smpp34.SmppError):
                await self._esme.unbind()
        await self._server.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._serve())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._server = smpp34.Server("127.0.0.1", self.puerto)
        await self._server.start()
        self._started.set()
        number = 0
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self._esme, self.uniones = event, self.uniones + 1
            elif isinstance(event, smpp34.SubmitSmEvent):
                una = Recibida(
                    destino=event.destination_addr,
                    origen=event.source_addr,
                    octetos=event.short_message,
                    esm_class=event.esm_class,
                    data_coding=event.data_coding,
                )
                self.recibidas.append(una)
                number += 1
                status = self.contesta(una)
                if status is None:
                    self._kept.append(event)
                elif status:
                    event.reject(status)
                else:
                    event.accept(f"id-{number}")
