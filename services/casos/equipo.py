"""The professionals of the office, as identidad knows them, to choose who answers for a case."""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from casos.expedientes.actions import Responsable
from oficina.errors import DatosInvalidos
from oficina.web.client import ServiceClient, ServicioNoDisponible

_VIGENCIA = 60.0
_RUTA = "/identidad/api/v1/funcionarios"


def equipo() -> "Equipo":
    """The team, as the current application knows it."""
    found: Equipo = current_app.extensions["equipo"]
    return found


@dataclass
class _Copia:
    """What identidad said last, for a minute of the machine's time."""

    equipo: tuple[Responsable, ...] = ()
    hasta: float = 0.0


class Equipo:
    """The list of professionals of one process."""

    def __init__(self, client: ServiceClient) -> None:
        """Ask through `client`, at most once a minute."""
        self._client = client
        self._copia = _Copia()
        self._lock = threading.Lock()

    def profesionales(self) -> tuple[Responsable, ...]:
        """Who may answer for a case, by name.

        When identidad does not answer, those of its last answer: an unassigned case can always be
        opened.
        """
        with self._lock:
            if time.monotonic() >= self._copia.hasta:
                self._renovar()
            return self._copia.equipo

    def responsable(self, funcionario_id: UUID | None) -> Responsable | None:
        """The professional with an id, None for none. Raises DatosInvalidos for a stranger."""
        if funcionario_id is None:
            return None
        for profesional in self.profesionales():
            if profesional.id == funcionario_id:
                return profesional
        raise DatosInvalidos({"responsable_id": [_("Esa persona no está en el equipo.")]})

    def _renovar(self) -> None:
        try:
            respuesta = self._client.get("identidad", _RUTA, {"rol": "profesional"})
        except ServicioNoDisponible:
            return
        equipo = [Responsable(UUID(f["id"]), f["nombre"]) for f in respuesta]
        self._copia = _Copia(
            tuple(sorted(equipo, key=lambda uno: uno.nombre)), time.monotonic() + _VIGENCIA
        )
