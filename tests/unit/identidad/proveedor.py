"""A real OpenID Connect server on loopback, and a line to it that can be made to lie."""

import base64
import io
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, quote

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

Reclamos = Callable[[dict[str, Any]], Mapping[str, Any]]


class Linea:
    """What stands between the office and the server: it notes what is asked, and lies if told to.

    While it lies, a key of its own is published as the server's: what it changes is well signed.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self.canje: dict[str, str] = {}
        self.cambia: Reclamos | None = None
        self.firma = RSAKey.generate_key(2048, {"kid": "linea", "use": "sig", "alg": "RS256"})
        self.publica = True
        self.veces: dict[str, int] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        self.veces[path] = self.veces.get(path, 0) + 1
        if path == "/oauth2/token":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            self.canje = {name: found[0] for name, found in parse_qs(body.decode()).items()}
            environ["wsgi.input"] = io.BytesIO(body)
        answer: list[Any] = []
        content = b"".join(self._app(environ, lambda *told, **_more: answer.extend(told)))
        status, headers = answer[0], answer[1]
        if path == "/oauth2/token" and self.cambia and status.startswith("200"):
            content = self._lie(json.loads(content), self.cambia)
        if path == "/jwks" and self.cambia and self.publica:
            content = json.dumps({"keys": [self.firma.as_dict(private=False)]}).encode()
        kept = [pair for pair in headers if pair[0].lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(content)))])
        return [content]

    def _lie(self, tokens: dict[str, Any], cambia: Reclamos) -> bytes:
        payload = tokens["id_token"].split(".")[1]
        claims = json.loads(_unpadded(payload))
        header = {"alg": "RS256", "kid": "linea"}
        tokens["id_token"] = jwt.encode(header, dict(cambia(claims)), self.firma)
        return json.dumps(tokens).encode()


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Servidor:
    """The provider, running: people register there, and say yes when the office sends them."""

    def __init__(self, url: str, linea: Linea) -> None:
        self.url = url
        self.linea = linea

    def persona(self, sub: str, **claims: Any) -> None:
        """Somebody has an account there."""
        answer = httpx.put(f"{self.url}/users/{quote(sub)}", json=claims)
        assert answer.status_code == 204, answer.text

    def decir_si(self, direccion: str, sub: str) -> str:
        """Sign in there and agree; the address of the office that one is sent back to."""
        answer = httpx.post(direccion, data={"sub": sub})
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def decir_no(self, direccion: str) -> str:
        """Do not agree."""
        answer = httpx.post(direccion, data={"action": "deny"})
        return str(answer.headers["Location"])


@contextmanager
def servidor() -> Iterator[Servidor]:
    """The server of the package `oidc-provider-mock`, on a port of its own."""
    with warnings.catch_warnings():
        # It still imports what its own library has moved elsewhere.
        warnings.simplefilter("ignore", DeprecationWarning)
        import oidc_provider_mock

        linea = Linea(oidc_provider_mock.app())
    server = make_server("localhost", 0, linea, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Servidor(f"http://localhost:{server.server_port}", linea)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
