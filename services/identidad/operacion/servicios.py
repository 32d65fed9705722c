"""Asking each service about its bus, and having it do something, in the operator's name."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from oficina.errors import DomainError
from oficina.settings import SERVICES
from oficina.web.bus.schemas import (
    CuantosSchema,
    EventoAbiertoSchema,
    PanoramaSchema,
    VueltaSchema,
)
from oficina.web.client import ServiceClient

PASOS = 40
"""Requests that one press of the button makes; each runs some hundreds of facts again."""


@dataclass(frozen=True)
class Vista:
    """How the bus of a service is doing; None when the service does not answer."""

    servicio: str
    panorama: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Pedido:
    """Facts that one service is to hear again from another."""

    consumidor: str
    productor: str
    tipo: str | None
    desde: datetime | None
    hasta: datetime | None
    iniciado: datetime

    def written(self) -> dict[str, str]:
        """Which facts, as a query or as JSON; without what narrows nothing."""
        tramo = {"productor": self.productor, "tipo": self.tipo}
        moments = {"desde": self.desde, "hasta": self.hasta}
        named = tramo | {name: value and value.isoformat() for name, value in moments.items()}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, kw_only=True)
class Avance:
    """How far a replay came: where to go on, None at its end, and what stopped it."""

    van: int
    despues: str | None
    problema: DomainError | None = None


def vistas(client: ServiceClient, *, limite: int) -> list[Vista]:
    """All services at once, so that one that is away costs its own patience only."""

    def ask(servicio: str) -> Vista:
        try:
            return Vista(servicio, panorama(client, servicio, {"fallidos": 1, "limite": limite}))
        except (DomainError, ValidationError, ValueError):  # ValueError: what came is not JSON
            return Vista(servicio, None)

    with ThreadPoolExecutor(len(SERVICES)) as pool:
        asked = [pool.submit(copy_context().run, ask, servicio) for servicio in SERVICES]
        return [one.result() for one in asked]


def panorama(
    client: ServiceClient, servicio: str, consulta: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What waits at a service, and some of the facts."""
    answer = client.get(servicio, _address(servicio), consulta, actor_token=True)
    return _read(PanoramaSchema(), answer)


def evento(client: ServiceClient, servicio: str, evento_id: UUID) -> Mapping[str, Any]:
    """One fact; NoEncontrado when the service never heard it or forgot it."""
    answer = client.get(servicio, _address(servicio, f"/eventos/{evento_id}"), actor_token=True)
    return _read(EventoAbiertoSchema(), answer)


def reintentar(client: ServiceClient, servicio: str, evento_id: UUID) -> None:
    """Try one fact again; Conflicto when it is done."""
    _post(client, servicio, f"/eventos/{evento_id}/reintentar", {})


def reintentar_todos(client: ServiceClient, servicio: str, tipo: str | None, nota: str) -> int:
    """Try again all that failed, of a type if one is given; how many."""
    sent = {"tipo": tipo, "nota": nota}
    given = {name: value for name, value in sent.items() if value}
    answer = _post(client, servicio, "/reintentos", given)
    return int(_read(CuantosSchema(), answer)["cuantos"])


def saltar(client: ServiceClient, servicio: str, evento_id: UUID, nota: str) -> None:
    """Leave one fact undone; Conflicto when it is done."""
    _post(client, servicio, f"/eventos/{evento_id}/saltar", {"nota": nota})


def detener(client: ServiceClient, servicio: str, evento_id: UUID, nota: str) -> None:
    """Park one fact that waits; Conflicto when it does not wait."""
    _post(client, servicio, f"/eventos/{evento_id}/detener", {"nota": nota})


def repetir_uno(client: ServiceClient, servicio: str, evento_id: UUID, nota: str) -> int:
    """Run one fact that is done once more; how many, that is one or none."""
    answer = _post(client, servicio, "/repeticiones", {"evento_id": str(evento_id), "nota": nota})
    return int(_read(VueltaSchema(), answer)["cuantos"])


def contar(client: ServiceClient, pedido: Pedido) -> int:
    """How many facts a replay is about."""
    address = _address(pedido.consumidor, "/repeticiones")
    answer = client.get(pedido.consumidor, address, pedido.written(), actor_token=True)
    return int(_read(CuantosSchema(), answer)["cuantos"])


def repetir(client: ServiceClient, pedido: Pedido, nota: str, desde: Avance) -> Avance:
    """Go on with a replay for PASOS requests; what was done stays, whatever stops it."""
    van, despues = desde.van, desde.despues or ""
    sent = pedido.written() | {"iniciado": pedido.iniciado.isoformat(), "nota": nota}
    for _step in range(PASOS):
        try:
            answer = _post(client, pedido.consumidor, "/repeticiones", sent | {"despues": despues})
        except DomainError as error:
            return Avance(van=van, despues=despues, problema=error)
        vuelta = _read(VueltaSchema(), answer)
        van += vuelta["cuantos"]
        if vuelta["siguiente"] is None:
            return Avance(van=van, despues=None)
        despues = vuelta["siguiente"]
    return Avance(van=van, despues=despues)


def _post(client: ServiceClient, servicio: str, path: str, sent: Mapping[str, Any]) -> Any:
    return client.post(servicio, _address(servicio, path), dict(sent), actor_token=True)


def _address(servicio: str, path: str = "") -> str:
    return f"/{servicio}/api/v1/bus{path}"


def _read(schema: Any, answer: Any) -> Mapping[str, Any]:
    read: Mapping[str, Any] = schema.load(answer)
    return read
