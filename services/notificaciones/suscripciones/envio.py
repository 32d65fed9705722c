"""One batch to one endpoint: look where it goes, take the batch, send, write down what came of it.

Between two commits the process may die at any line: what was leased is free again when the lease
ends, and is sent with the same `webhook-id`. No transaction is open while anything is asked.

A request goes to the address that the guard looked at, with the name in `Host` and in the
certificate; no redirect is followed, no proxy of the environment used, and of an answer a bounded
part is read in a bounded time, to the second, however slowly it drips.
"""

import ssl
import time
from functools import cache

import httpx

from notificaciones.suscripciones import turno
from notificaciones.suscripciones.destino import (
    Destino,
    DestinoNoPermitido,
    Resolver,
    SinDireccion,
    comprobar,
    resolver_del_sistema,
)
from notificaciones.suscripciones.firma import cabeceras
from notificaciones.suscripciones.reintentos import leer_retry_after, reintentos
from notificaciones.suscripciones.states import Falla, Via
from notificaciones.suscripciones.turno import Debida, Lote, PorEntregar, Resultado
from notificaciones.vigia import Hilo, Vigia
from oficina.bus.envelope import CONTENT_TYPE
from oficina.clock import real_now
from oficina.env import Env

RESPUESTA_MAXIMA = 64 * 1024


def entregar(
    env: Env, debida: Debida, vigia: Vigia, resolver: Resolver = resolver_del_sistema
) -> bool:
    """Send one batch of an endpoint, if it is its turn; whether more may be waiting."""
    # A queue is on our own RabbitMQ: there is nothing to guard against.
    al = None if debida.via is Via.COLA else _look(env, debida.destino, resolver)
    with env.db.begin() as session:
        lote = turno.tomar(session, debida, real_now())
    if lote is None:
        return False
    if al is None:
        # Only an office on RabbitMQ has a queue to write to.
        from notificaciones.suscripciones.colas.publicacion import publicar  # noqa: PLC0415

        resultados = publicar(env.settings.amqp_url, lote, vigia)
    elif isinstance(al, Falla):
        resultados = [_failed(lote.entregas[0], al)]
    else:
        resultados = _send(al, lote, vigia)
    with env.db.begin() as session:
        turno.asentar(session, debida.id, lote, resultados, real_now())
    failed = bool(resultados) and resultados[-1].del_destino
    return len(lote.entregas) == reintentos().lote and not failed


def _look(env: Env, url: str, resolver: Resolver) -> Destino | Falla:
    try:
        return comprobar(url, env.settings.redes_de_webhooks, resolver)
    except SinDireccion:
        return Falla.SIN_DIRECCION
    except DestinoNoPermitido:
        return Falla.DESTINO_NO_PERMITIDO


def _send(destino: Destino, lote: Lote, vigia: Vigia) -> list[Resultado]:
    """One connection, one after the other, until the endpoint fails or the batch's time is up."""
    resultados: list[Resultado] = []
    until = time.monotonic() + reintentos().lote_dura.total_seconds()
    seconds = reintentos().espera.total_seconds()
    hilo = Hilo()
    # The way alone: a client would look for cookies, redirects and proxies, for as long again.
    with httpx.HTTPTransport(verify=tls(), trust_env=False) as way:
        for una in lote.entregas:
            with vigia.attempt(seconds, hilo):
                resultado = _post(way, destino, lote, una, hilo)
            if vigia.stopped and resultado.falla is not None:
                break
            resultados.append(resultado)
            if resultado.del_destino or vigia.stopped or time.monotonic() > until:
                break
    return resultados


def _post(
    way: httpx.HTTPTransport, destino: Destino, lote: Lote, una: PorEntregar, hilo: Hilo
) -> Resultado:
    en, began = real_now(), time.perf_counter()
    headers = {
        "Host": destino.cabecera_host,
        "Content-Type": CONTENT_TYPE,
        "User-Agent": "acogida-webhooks/1",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **cabeceras(lote.secretos, una.id, int(en.timestamp()), una.cuerpo),
    }
    status: int | None = None
    falla: Falla | None = None
    retry_after = None
    try:
        answer = way.handle_request(
            httpx.Request(
                "POST",
                destino.url,
                content=una.cuerpo,
                headers=headers,
                extensions={
                    "sni_hostname": destino.host,
                    "trace": hilo.trace,
                    "timeout": _timeout(),
                },
            )
        )
        status = answer.status_code
        retry_after = leer_retry_after(answer.headers.get("Retry-After"), en)
        _read_some(answer)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        falla = Falla.SIN_CONEXION
    except (httpx.HTTPError, OSError):
        # Once it said how it went, what comes after does not matter.
        falla = None if status is not None else Falla.SIN_RESPUESTA
    if status is not None and not 200 <= status < 300:
        falla = Falla.RESPUESTA
    return Resultado(
        entrega_id=una.id,
        intentos=una.intentos + 1,
        en=en,
        ms=round((time.perf_counter() - began) * 1000),
        status=status,
        falla=falla,
        retry_after=retry_after,
    )


def _read_some(answer: httpx.Response) -> None:
    """Read the answer out, so that its connection can serve the next one; not more than enough."""
    stream = answer.stream
    if not isinstance(stream, httpx.SyncByteStream):
        raise TypeError("an answer that is not read byte by byte")
    read = 0
    try:
        for some in stream:
            read += len(some)
            if read > RESPUESTA_MAXIMA:
                return
    finally:
        answer.close()


@cache
def _timeout() -> dict[str, float | None]:
    return httpx.Timeout(reintentos().espera.total_seconds()).as_dict()


def _failed(una: PorEntregar, falla: Falla) -> Resultado:
    return Resultado(entrega_id=una.id, intentos=una.intentos + 1, en=real_now(), ms=0, falla=falla)


@cache
def tls() -> ssl.SSLContext:
    """The machine's own authorities, to which a municipality adds its own (SSL_CERT_FILE)."""
    return ssl.create_default_context()
