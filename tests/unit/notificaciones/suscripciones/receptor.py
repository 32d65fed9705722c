"""A department's system: a real HTTP server on loopback that answers as it is told."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Recibido:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Respuesta:
    """What it answers: after `espera` is set, with its body drop by drop when `goteo` says so."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    espera: threading.Event | None = None
    goteo: float = 0.0


class Receptor:
    """Answers `respuestas` in turn and then the last of them for ever."""

    def __init__(self, *respuestas: Respuesta, tls: ssl.SSLContext | None = None) -> None:
        self.respuestas = list(respuestas) or [Respuesta()]
        self.recibidos: list[Recibido] = []
        self.llego = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = outer._next(Recibido(self.path, dict(self.headers.items()), body))
                if answer.espera is not None:
                    answer.espera.wait(30)
                try:
                    self._answer(answer)
                except OSError:
                    self.close_connection = True

            def _answer(self, answer: Respuesta) -> None:
                if answer.goteo:
                    # One byte of a header now and then, for ever.
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                    while not outer.cerrado.is_set():
                        self.wfile.write(b"x")
                        self.wfile.flush()
                        time.sleep(answer.goteo)
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.cerrado = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    @property
    def puerto(self) -> int:
        port: int = self._server.server_address[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.puerto}/hechos?de=acogida"

    def hasta(self, condition: Callable[["Receptor"], bool]) -> None:
        """Wait until something is so."""
        with self.llego:
            assert self.llego.wait_for(lambda: condition(self), 20)

    def cerrar(self) -> None:
        self.cerrado.set()
        for one in self.respuestas:
            if one.espera is not None:
                one.espera.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, recibido: Recibido) -> Respuesta:
        with self.llego:
            self.recibidos.append(recibido)
            turn = min(len(self.recibidos), len(self.respuestas)) - 1
            self.llego.notify_all()
            return self.respuestas[turn]
