"""Addresses that are nobody's (simulados.json): what goes to one never leaves the office, and ends
as is written there. With them an office tries everything, also with its real providers in place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from notificaciones import direcciones
from notificaciones.proveedores.base import Envio, Proveedor
from notificaciones.proveedores.resultados import Desenlace, Resultado

SIMULADOR = "simulador"


class Suerte(StrEnum):
    """How a message to one ends."""

    LLEGA = "llega"
    VUELVE = "vuelve"
    NO_DISPONIBLE = "no_disponible"
    CONTESTA = "contesta"


@dataclass(frozen=True, kw_only=True)
class Simulado:
    """One of them. `codigo` is why what comes back comes back, `texto` what is answered."""

    suerte: Suerte
    codigo: str = ""
    texto: str = ""


def simulado(destino: str) -> Simulado | None:
    """What becomes of a message to an address; None when it is not one of them."""
    return simulados().get(direcciones.normal(destino))


@cache
def simulados() -> Mapping[str, Simulado]:
    """All of them."""
    datos = json.loads((Path(__file__).parent / "simulados.json").read_text(encoding="utf-8"))
    return {
        destino: Simulado(**uno | {"suerte": Suerte(uno["suerte"])})
        for destino, uno in datos["destinos"].items()
    }


class Simulador(Proveedor):
    """In place of whoever would carry it. What becomes of it afterwards is in `mensajes`."""

    nombre = SIMULADOR

    def entregar(self, envio: Envio) -> Resultado:
        """It is had, or nobody answers."""
        uno = simulado(envio.destino)
        if uno is not None and uno.suerte is Suerte.NO_DISPONIBLE:
            return Resultado(Desenlace.TRANSITORIO, detalle="simulado", del_destino=True)
        return Resultado(Desenlace.ENTREGADO, str(envio.mensaje_id), "simulado")

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """Nothing happens here: whatever was cut off is begun again."""
        return False
