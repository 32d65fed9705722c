"""SMS by an HTTP gateway: how to ask it and how to read its answer are data (`configuracion.py`).

What is known after a failure depends on how far the request got. Before its body was under way
nobody can have the message; afterwards somebody may, unless the gateway says that it has not.
"""

import base64
import json
import re
import ssl
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from notificaciones.proveedores.base import Envio, Proveedor
from notificaciones.proveedores.configuracion import (
    Condicion,
    Configurado,
    Formato,
    Peticion,
    Respuesta,
    codigo_de,
    lugar,
    rellenar,
)
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.suscripciones.envio import tls
from notificaciones.suscripciones.reintentos import leer_retry_after
from notificaciones.vigia import Hilo, VigiaPropia
from oficina.clock import real_now

RESPUESTA_MAXIMA = 64 * 1024

_vigia = VigiaPropia()

_NO_LO_TIENE = frozenset({401, 403, 405, 408, 413, 425, 429, 503})
"""Answers by which any server says that it did nothing: ours may be wrong, or it has no time."""


class HttpSmsProvider(Proveedor):
    """One gateway. Each thread that sends keeps its own connection."""

    def __init__(self, configurado: Configurado) -> None:
        if configurado.peticion is None:
            raise ValueError("a gateway is asked somehow")
        self.nombre = configurado.clave
        self._remitente = configurado.remitente
        self._peticion: Peticion = configurado.peticion
        self._local = threading.local()
        self._lock = threading.Lock()
        self._ways: list[_Via] = []
        # Made once: they are the same in every request.
        self._headers = _headers(self._peticion)
        self._url = httpx.URL(self._peticion.url)
        self._timeout = httpx.Timeout(self._peticion.espera).as_dict()

    def entregar(self, envio: Envio) -> Resultado:
        """Ask once, within `espera`, however slowly the answer drips."""
        via = self._my_way()
        try:
            # Whoever waits for a byte now and then never times out: all of it ends after so long.
            with _vigia.attempt(self._peticion.espera, via.begin()):
                status, headers, body = self._ask(self._request(envio, via), via)
        except (httpx.HTTPError, OSError) as error:
            if not via.under_way:
                return Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion")
            slow = isinstance(error, httpx.TimeoutException) or via.hilo.cortada
            detalle = "sin_respuesta" if slow else "conexion_cortada"
            return Resultado(Desenlace.INCIERTO, detalle=detalle)
        return self._read(status, headers, body)

    def cerrar(self) -> None:
        """Close its connections."""
        with self._lock:
            ways, self._ways = self._ways, []
        for via in ways:
            via.transport.close()

    def _my_way(self) -> "_Via":
        via: _Via | None = getattr(self._local, "via", None)
        if via is None:
            via = self._local.via = _Via(tls(), self._peticion.formato)
            with self._lock:
                self._ways.append(via)
        return via

    def _request(self, envio: Envio, via: "_Via") -> httpx.Request:
        peticion = self._peticion
        said = rellenar(
            peticion.cuerpo,
            {
                "destino": envio.destino,
                "destino_sin_mas": envio.destino.removeprefix("+"),
                "texto": envio.cuerpo,
                "mensaje_id": str(envio.mensaje_id),
                "remitente": self._remitente,
            },
        )
        url, content = self._url, b""
        match peticion.formato:
            case Formato.CONSULTA:
                fixed = peticion.url
                url = httpx.URL(f"{fixed}{'&' if '?' in fixed else '?'}{urlencode(said)}")
            case Formato.FORMULARIO:
                content = urlencode(said).encode()
            case _:
                content = json.dumps(said, ensure_ascii=False).encode()
        return httpx.Request(
            peticion.metodo,
            url,
            content=content,
            headers=self._headers,
            extensions={"timeout": self._timeout, "trace": via.trace},
        )

    def _ask(self, request: httpx.Request, via: "_Via") -> tuple[int, httpx.Headers, bytes]:
        answer = via.transport.handle_request(request)
        body = b""
        stream = answer.stream
        if not isinstance(stream, httpx.SyncByteStream):
            raise TypeError("an answer that is not read byte by byte")
        try:
            for some in stream:
                body += some
                if len(body) > RESPUESTA_MAXIMA:
                    break
        except (httpx.HTTPError, OSError):
            if answer.status_code not in _NO_LO_TIENE:
                raise
        finally:
            answer.close()
        return answer.status_code, answer.headers, body

    def _read(self, status: int, headers: httpx.Headers, body: bytes) -> Resultado:
        respuesta = self._peticion.respuesta
        leida = _Leida(respuesta, status, body)
        detalle = f"HTTP {status}"
        if respuesta.codigo and (codigo := leida.en(respuesta.codigo)):
            detalle = f"{detalle} {codigo_de(codigo)}".rstrip()
        # What a gateway says in its body counts more than its status, and a refusal most.
        if leida.es(respuesta.rechazada):
            return Resultado(Desenlace.DEFINITIVO, detalle=detalle)
        if leida.es(respuesta.transitoria) or status in _NO_LO_TIENE:
            espera = leer_retry_after(headers.get("Retry-After"), real_now())
            return Resultado(Desenlace.TRANSITORIO, detalle=detalle, espera=espera)
        if leida.es(respuesta.aceptada):
            referencia = leida.en(respuesta.referencia) if respuesta.referencia else ""
            return Resultado(Desenlace.ENTREGADO, (referencia or "")[:200], detalle)
        if 400 <= status < 500 or 300 <= status < 400:
            # It did nothing with it, and why is not about this message as far as anybody knows.
            return Resultado(Desenlace.TRANSITORIO, detalle=detalle)
        return Resultado(Desenlace.INCIERTO, detalle=detalle)


class _Leida:
    """An answer, and what it says at each place."""

    def __init__(self, respuesta: Respuesta, status: int, body: bytes) -> None:
        self._formato = respuesta.formato
        self._status = status
        self._text = body.decode("utf-8", "replace")
        self._json: Any = None
        if self._formato is Formato.JSON:
            with suppress(ValueError, RecursionError):
                self._json = json.loads(self._text)

    def es(self, condicion: Condicion) -> bool:
        """Whether it is an answer of that kind: both, when it asks for a status and for a value."""
        if not condicion.status and not condicion.en:
            return False
        if condicion.status and self._status not in condicion.status:
            return False
        return not condicion.en or self.en(condicion.en) in condicion.valores

    def en(self, place: str) -> str | None:
        """What it says at a place, as a text; None when it says nothing there."""
        if self._formato is Formato.TEXTO:
            found = re.search(place, self._text)
            return found[1] if found else None
        return lugar(self._json, place)


class _Via:
    """One thread's way to the gateway: at most one connection, kept, and how far a request got."""

    def __init__(self, context: ssl.SSLContext, formato: Formato) -> None:
        # The way alone: a client would look for cookies, redirects and proxies, for as long again.
        self.transport = httpx.HTTPTransport(verify=context, trust_env=False)
        self.hilo = Hilo()
        part = "headers" if formato is Formato.CONSULTA else "body"
        self._last_harmless = f"http11.send_request_{part}.started"
        self.under_way = False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Follow what httpcore tells of the request."""
        self.hilo.trace(event, info)
        if event == self._last_harmless:
            self.under_way = True

    def begin(self) -> Hilo:
        """Another request."""
        self.under_way = False
        return self.hilo


def _headers(peticion: Peticion) -> dict[str, str]:
    kinds = {
        Formato.JSON: "application/json; charset=utf-8",
        Formato.FORMULARIO: "application/x-www-form-urlencoded; charset=utf-8",
    }
    # Not httpx's default: its request is made here without its client.
    headers = {
        "Host": urlsplit(peticion.url).netloc,
        "User-Agent": "acogida-mensajes/1",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    if peticion.formato in kinds:
        headers["Content-Type"] = kinds[peticion.formato]
    quien = peticion.autenticacion
    if quien.usuario:
        pair = base64.b64encode(f"{quien.usuario}:{quien.clave}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    return headers | dict(peticion.cabeceras) | dict(quien.cabeceras)
