"""RabbitMQ's management API: one user, its queue, what binds it and what it may; and no more.

`asegurar` asks for everything and mends what differs, so that it makes, changes and repairs alike.
Written from the HTTP API reference: only calls that 3.10 and 4.x both know.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import httpx

from notificaciones.suscripciones.colas.limites import acotada_por_si_misma, limites, sin_limite
from notificaciones.suscripciones.colas.models import FallaDeCola
from oficina.bus.topology import EXTERNAS, UNIDADES

ESPERA = httpx.Timeout(10.0, connect=3.0)
HASHING = "rabbit_password_hashing_sha256"


class GestionFallida(Exception):
    """RabbitMQ does not have what it should, and could not be made to."""

    def __init__(self, falla: FallaDeCola, que: str) -> None:
        """`que` is what was asked, without names or secrets."""
        super().__init__(f"{falla}: {que}")
        self.falla, self.que = falla, que


@dataclass(frozen=True)
class Vista:
    """What is seen of a queue: what waits in it, and how many programs read it.

    None where the broker collects no figures (`management_metrics_collection`, which later versions
    leave out).
    """

    mensajes: int | None
    lectores: int | None


class _Binding(NamedTuple):
    exchange: str
    key: str


class Gestion:
    """The management API of one broker, for the queues of one virtual host."""

    def __init__(self, url: str, vhost: str) -> None:
        """`url` names user and password of an administrator of RabbitMQ."""
        # The user and the password of the address are httpx's to send, and nobody's to log.
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/api", timeout=ESPERA, trust_env=False
        )
        self._vhost = quote(vhost, safe="")
        self._vhost_name = vhost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def asegurar(self, nombre: str, clave: str) -> Vista:
        """Have the user with this password's hash, the queue, its one binding and its permissions.

        Raises GestionFallida.
        """
        self._user(nombre, clave)
        self._permissions(nombre)
        self._limits(nombre)
        cola = self._queue(nombre)
        return Vista(cola.get("messages_ready"), cola.get("consumers"))

    def quitar(self, nombre: str) -> None:
        """Have neither user nor queue; the user's connections end. Raises GestionFallida."""
        self._ask("DELETE", f"/users/{nombre}", may_lack=True)
        self._ask("DELETE", f"/queues/{self._vhost}/{nombre}", may_lack=True)

    def colas(self) -> dict[str, list[str]]:
        """The queues of units, and what each lacks to be bounded. Raises GestionFallida.

        Also those that somebody made by hand.
        """
        query = {"columns": "name,arguments,effective_policy_definition"}
        colas = self._ask("GET", f"/queues/{self._vhost}", params=query)
        return {
            cola["name"]: sin_limite(cola) for cola in colas if cola["name"].startswith(EXTERNAS)
        }

    def puede_crear(self) -> bool:
        """Whether this user may make users. Raises GestionFallida."""
        tags = self._ask("GET", "/whoami")["tags"]
        # A list since 3.9, a text before and in between.
        return "administrator" in (tags.split(",") if isinstance(tags, str) else tags)

    def _user(self, nombre: str, clave: str) -> None:
        there = self._ask("GET", f"/users/{nombre}", may_lack=True)
        if there and there["password_hash"] == clave and not there["tags"]:
            return
        if there:
            # With its password, or it would go on with the connections that it has.
            self._ask("DELETE", f"/users/{nombre}", may_lack=True)
        body = {"password_hash": clave, "hashing_algorithm": HASHING, "tags": ""}
        self._ask("PUT", f"/users/{nombre}", body)

    def _permissions(self, nombre: str) -> None:
        wanted = {"configure": "^$", "write": "^$", "read": f"^{re.escape(nombre)}$"}
        there: Sequence[Mapping[str, Any]] = self._ask("GET", f"/users/{nombre}/permissions")
        for one in there:
            if one["vhost"] != self._vhost_name:
                self._ask(
                    "DELETE", f"/permissions/{quote(one['vhost'], safe='')}/{nombre}", may_lack=True
                )
        mine = [one for one in there if one["vhost"] == self._vhost_name]
        if not mine or any(mine[0][name] != value for name, value in wanted.items()):
            self._ask("PUT", f"/permissions/{self._vhost}/{nombre}", wanted)

    def _limits(self, nombre: str) -> None:
        there = self._ask("GET", f"/user-limits/{nombre}")
        known: Mapping[str, int] = there[0]["value"] if there else {}
        for name, value in limites().usuario.items():
            if known.get(name) != value:
                self._ask("PUT", f"/user-limits/{nombre}/{name}", {"value": value})

    def _queue(self, nombre: str) -> Mapping[str, Any]:
        where = f"/queues/{self._vhost}/{nombre}"
        there: Mapping[str, Any] | None = self._ask("GET", where, may_lack=True)
        bound = self._bound(nombre) if there else set[_Binding]()
        mine = _Binding(UNIDADES, nombre)
        if there and (not acotada_por_si_misma(there) or bound - {mine}):
            # Somebody made another under its name, or has it hear what we tell among ourselves or
            # another unit: nothing of that may be read. What was its own can be repeated.
            self._ask("DELETE", where, may_lack=True)
            there, bound = None, set()
        if not there:
            made = {"durable": True, "auto_delete": False, "arguments": limites().argumentos}
            self._ask("PUT", where, made)
        if mine not in bound:
            key = {"routing_key": nombre, "arguments": {}}
            self._ask("POST", f"/bindings/{self._vhost}/e/{UNIDADES}/q/{nombre}", key)
        return there or {"messages_ready": 0, "consumers": 0}

    def _bound(self, nombre: str) -> set["_Binding"]:
        """What sends to a queue, besides the exchange without a name, which any queue has."""
        found = self._ask("GET", f"/queues/{self._vhost}/{nombre}/bindings")
        return {_Binding(one["source"], one["routing_key"]) for one in found if one["source"]}

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        may_lack: bool = False,
    ) -> Any:
        """What it answers; None without a body, or for what is not there and may be missing."""
        about = f"{method}:{path.split('/')[1]}"
        try:
            answer = self._http.request(method, path, json=body, params=params)
        except httpx.HTTPError as error:
            raise GestionFallida(FallaDeCola.SIN_RESPUESTA, about) from error
        if may_lack and answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise GestionFallida(FallaDeCola.SIN_PERMISO, about)
        if not answer.is_success:
            raise GestionFallida(FallaDeCola.RECHAZADA, f"{about}:{answer.status_code}")
        return answer.json() if answer.content else None
