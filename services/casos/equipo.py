"""The staff of the office, as identidad knows it: who may answer for a case, who did something."""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from casos.accesos.actions import Responsable
from oficina.errors import DatosInvalidos, DomainError
from oficina.web.client import ServiceClient

_VIGENCIA = 60.0
_RUTA = "/identidad/api/v1/funcionarios"
_UNIDADES = "/identidad/api/v1/unidades"

T = TypeVar("T")


def equipo() -> "Equipo":
    """The team, as the current application knows it."""
    found: Equipo = current_app.extensions["equipo"]
    return found


class _Copia(Generic[T]):
    """What identidad said last, for a minute of the machine's time.

    When identidad does not answer, its last answer stands.
    """

    def __init__(self, vacia: T, preguntar: Callable[[], T]) -> None:
        self._copia = vacia
        self._preguntar = preguntar
        self._hasta = 0.0
        self._lock = threading.Lock()

    def leer(self) -> T:
        with self._lock:
            if time.monotonic() >= self._hasta:
                self._renovar()
            return self._copia

    def _renovar(self) -> None:
        try:
            self._copia = self._preguntar()
        except DomainError:
            return
        self._hasta = time.monotonic() + _VIGENCIA


class Equipo:
    """The staff as one process knows it."""

    def __init__(self, client: ServiceClient) -> None:
        """Ask through `client`, at most once a minute."""
        self._client = client
        self._profesionales = _Copia[tuple[Responsable, ...]]((), self._preguntar_profesionales)
        self._nombrables = _Copia[tuple[Responsable, ...]]((), self._preguntar_nombrables)
        self._encargados = _Copia[tuple[Responsable, ...]]((), self._preguntar_encargados)
        self._nombres = _Copia[dict[UUID, str]]({}, self._preguntar_nombres)
        self._unidades = _Copia[dict[str, str]]({}, self._preguntar_unidades)

    def profesionales(self) -> tuple[Responsable, ...]:
        """Who may answer for a case, by name: an unassigned case can always be opened."""
        return self._profesionales.leer()

    def responsable(self, funcionario_id: UUID | None) -> Responsable | None:
        """The professional with an id, None for none. Raises DatosInvalidos for a stranger."""
        if funcionario_id is None:
            return None
        for profesional in self.profesionales():
            if profesional.id == funcionario_id:
                return profesional
        raise DatosInvalidos({"responsable_id": [_("Esa persona no está en el equipo.")]})

    def nombrables(self) -> tuple[Responsable, ...]:
        """Who may be named in a case: professionals and the coordination, by name."""
        return self._nombrables.leer()

    def nombrable(self, funcionario_id: UUID) -> Responsable:
        """Somebody who may be named in a case. Raises DatosInvalidos for a stranger."""
        for uno in self.nombrables():
            if uno.id == funcionario_id:
                return uno
        raise DatosInvalidos({"funcionario_id": [_("Esa persona no está en el equipo.")]})

    def encargados(self) -> tuple[Responsable, ...]:
        """Who may answer for an agreement or a programme, by name."""
        return self._encargados.leer()

    def encargado(self, funcionario_id: UUID) -> Responsable:
        """Somebody who may answer for one. Raises DatosInvalidos for a stranger."""
        for uno in self.encargados():
            if uno.id == funcionario_id:
                return uno
        raise DatosInvalidos({"responsable_id": [_("Esa persona no está en el equipo.")]})

    def nombre(self, funcionario_id: UUID) -> str:
        """What one of the staff is called, also who has left; empty when nobody knows."""
        return self._nombres.leer().get(funcionario_id, "")

    def todos(self) -> list[tuple[UUID, str]]:
        """Everybody who has or had an account, by name."""
        return sorted(self._nombres.leer().items(), key=lambda uno: uno[1])

    def unidad(self, codigo: str) -> str:
        """What a unit is called, also a closed one; its code when nobody knows."""
        return self._unidades.leer().get(codigo, codigo)

    def _preguntar_profesionales(self) -> tuple[Responsable, ...]:
        equipo = [Responsable(UUID(f["id"]), f["nombre"]) for f in self._staff(rol="profesional")]
        return tuple(sorted(equipo, key=lambda uno: uno.nombre))

    def _preguntar_nombrables(self) -> tuple[Responsable, ...]:
        return self._con_rol("profesional", "coordinacion")

    def _preguntar_encargados(self) -> tuple[Responsable, ...]:
        return self._con_rol("profesional", "coordinacion", "encargado_programa")

    def _con_rol(self, *roles: str) -> tuple[Responsable, ...]:
        halladas = {
            Responsable(UUID(f["id"]), f["nombre"]) for rol in roles for f in self._staff(rol=rol)
        }
        return tuple(sorted(halladas, key=lambda uno: uno.nombre))

    def _preguntar_nombres(self) -> dict[UUID, str]:
        return {UUID(f["id"]): f["nombre"] for f in self._staff(todos="true")}

    def _preguntar_unidades(self) -> dict[str, str]:
        todas = self._client.get("identidad", _UNIDADES, {"todas": "true"})
        return {una["codigo"]: una["nombre"] for una in todas}

    def _staff(self, **pedido: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.get("identidad", _RUTA, pedido)
        return found
