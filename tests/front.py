"""A front door for the tests: sends each request to the service that its first segment names."""

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "keep-alive", "transfer-encoding"}


class _Door(BaseHTTPRequestHandler):
    ports: Mapping[str, int]
    default: int
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        port = self.ports.get(self.path.split("?")[0].split("/")[1], self.default)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.putrequest(
                self.command, self.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in self.headers.items():
                if name.lower() not in HOP:
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            # An answer after which the service hangs up holds the socket itself.
            with connection.getresponse() as answer:
                content = answer.read()
        except (OSError, http.client.HTTPException):
            self.send_error(502)
            return
        finally:
            connection.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {*HOP, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815  the library's names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the services keep their own log."""


@contextmanager
def front_door(port: int, ports: Mapping[str, int]) -> Iterator[None]:
    """Listen on `port`; what names no service goes to identidad."""
    door = type("Door", (_Door,), {"ports": ports, "default": ports["identidad"]})
    server = ThreadingHTTPServer(("127.0.0.1", port), door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
