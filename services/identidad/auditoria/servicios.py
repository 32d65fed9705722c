"""Asking each service for its audit, for the auditor, and putting the answers in one order."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from marshmallow import ValidationError

from oficina.cadena.lectura import Lugar
from oficina.errors import DatosInvalidos, DomainError
from oficina.settings import SERVICES
from oficina.web.auditoria.schemas import MAXIMO, AnotacionesSchema, CabezaSchema, CadenaSchema
from oficina.web.client import ServiceClient

EN_UNA_PAGINA = 50

Anotacion = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Hallazgo:
    """Rows of several services, newest first; where the next page begins, who did not answer."""

    anotaciones: Sequence[Anotacion]
    siguiente: str | None
    sin_respuesta: Sequence[str]


def buscar(client: ServiceClient, elegidos: Sequence[str], consulta: Mapping[str, str]) -> Hallazgo:
    """A page of the rows of these services, in one order: a place is the same in all of them."""
    asked = dict(consulta) | {"limite": str(EN_UNA_PAGINA)}
    answers = _of_all(elegidos, lambda servicio: _pagina(client, servicio, asked))
    rows = sorted(_rows(answers), key=_place, reverse=True)
    whole = len(rows) <= EN_UNA_PAGINA and not any(
        page["siguiente"] for page in answers.values() if page
    )
    shown = rows[:EN_UNA_PAGINA]
    return Hallazgo(
        anotaciones=shown,
        siguiente=None if whole or not shown else str(_place(shown[-1])),
        sin_respuesta=[servicio for servicio, page in answers.items() if page is None],
    )


def todas(
    client: ServiceClient, elegidos: Sequence[str], consulta: Mapping[str, str]
) -> Iterator[Anotacion]:
    """Every row, newest first, a page of each service at a time.

    Raises what a service answers: half of it would look like all of it.
    """
    each = [_of_one(client, servicio, consulta) for servicio in elegidos]
    return heapq.merge(*each, key=_place, reverse=True)


def cadenas(client: ServiceClient) -> Mapping[str, Mapping[str, Any] | None]:
    """How the chain of each service is; None where nobody answers."""
    return _of_all(SERVICES, lambda servicio: _get(client, servicio, "/cadena", CadenaSchema(), {}))


def cabezas(client: ServiceClient) -> Mapping[str, str]:
    """The end of each chain that has begun, signed now. Raises what a service answers."""
    answers = {one: _get(client, one, "/cabeza", CabezaSchema(), {}) for one in SERVICES}
    return {servicio: said["firmada"] for servicio, said in answers.items() if said["firmada"]}


def _of_one(
    client: ServiceClient, servicio: str, consulta: Mapping[str, str]
) -> Iterator[Anotacion]:
    asked = dict(consulta) | {"limite": str(MAXIMO)}
    while True:
        page = _pagina(client, servicio, asked)
        yield from _rows({servicio: page})
        if page["siguiente"] is None:
            return
        asked["antes"] = page["siguiente"]


def _pagina(client: ServiceClient, servicio: str, consulta: Mapping[str, str]) -> Mapping[str, Any]:
    return _get(client, servicio, "", AnotacionesSchema(), consulta)


def _get(
    client: ServiceClient, servicio: str, path: str, schema: Any, consulta: Mapping[str, str]
) -> Mapping[str, Any]:
    address = f"/{servicio}/api/v1/auditoria{path}"
    answer = client.get(servicio, address, consulta, actor_token=True)
    read: Mapping[str, Any] = schema.load(answer)
    return read


def _of_all(servicios: Sequence[str], ask: Callable[[str], T]) -> dict[str, T | None]:
    """All at once, so that one that is away costs its own patience only."""

    def try_to(servicio: str) -> T | None:
        try:
            return ask(servicio)
        except DatosInvalidos:
            raise
        except (DomainError, ValidationError, ValueError):  # ValueError: what came is not JSON
            return None

    with ThreadPoolExecutor(len(servicios)) as pool:
        asked = {one: pool.submit(copy_context().run, try_to, one) for one in servicios}
        return {servicio: one.result() for servicio, one in asked.items()}


def _rows(answers: Mapping[str, Mapping[str, Any] | None]) -> Iterator[Anotacion]:
    for servicio, page in answers.items():
        for row in page["anotaciones"] if page else ():
            yield row | {"servicio": servicio}


def _place(row: Anotacion) -> Lugar:
    return Lugar(row["ocurrida_en"], row["id"])
