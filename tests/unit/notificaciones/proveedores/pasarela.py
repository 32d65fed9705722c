"""An SMS gateway: a real HTTP server on loopback that fails in every way a network does."""

import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Contesta:
    """What it does with one request once it has read all of it."""

    status: int = 200
    cuerpo: Any = None
    cabeceras: tuple[str, ...] = ()
    tarda: float = 0.0
    corta: bool = False
    """Takes the message and drops the connection without a word."""
    gotea: float = 0.0
    """Seconds between two bytes of its answer."""
    suelta: threading.Event | None = None
    """Answers when this is set."""


@dataclass
class Pasarela:
    """Answers as it is told; keeps what it was given, in order."""

    contesta: Callable[[dict[str, Any]], Contesta] = lambda _pedido: Contesta(cuerpo={"id": "r-1"})
    pedidos: list[dict[str, Any]] = field(default_factory=list)
    cabeceras: list[dict[str, str]] = field(default_factory=list)
    lineas: list[str] = field(default_factory=list)
    puerto: int = 0

    def __post_init__(self) -> None:
        outer = self
        self.fin = threading.Event()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while outer._one(self):
                    pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.puerto = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.puerto}/mensajes"

    @property
    def recibidos(self) -> list[str]:
        """The messages that it took, by the office's own id."""
        return [pedido["ref"] for pedido in self.pedidos]

    def __enter__(self) -> "Pasarela":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.fin.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _one(self, handler: socketserver.StreamRequestHandler) -> bool:
        try:
            line = handler.rfile.readline().decode()
        except ConnectionError:
            return False
        if not line:
            return False
        headers = {}
        while (header := handler.rfile.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        raw = handler.rfile.read(int(headers.get("content-length", 0)))
        kind = headers.get("content-type", "")
        pedido = json.loads(raw) if kind.startswith("application/json") else {"crudo": raw.decode()}
        with self._lock:
            self.lineas.append(line.strip())
            self.cabeceras.append(headers)
            self.pedidos.append(pedido)
            contesta = self.contesta(pedido)
        return self._answer(handler, contesta)

    def _answer(self, handler: socketserver.StreamRequestHandler, contesta: Contesta) -> bool:
        if contesta.suelta is not None:
            contesta.suelta.wait(10)
        self.fin.wait(contesta.tarda)
        if contesta.corta:
            # With a reset, as a gateway that dies does it.
            handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            return False
        said = contesta.cuerpo
        body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        head = [f"HTTP/1.1 {contesta.status} X", f"Content-Length: {len(body)}"]
        answer = "\r\n".join([*head, *contesta.cabeceras, "", ""]).encode() + body
        try:
            if contesta.gotea:
                for one in answer:
                    handler.wfile.write(bytes([one]))
                    if self.fin.wait(contesta.gotea):
                        return False
            else:
                handler.wfile.write(answer)
        except OSError:
            return False
        return True


def hasta(cierto: Callable[[], bool], segundos: float = 5.0) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + segundos
    while time.monotonic() < until:
        if cierto():
            return True
        time.sleep(0.01)
    return cierto()
