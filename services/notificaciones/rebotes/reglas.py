"""What a status code of a report means (rebotes.json): for its reader, and for the address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path


class Clase(StrEnum):
    """Why it did not arrive."""

    NO_EXISTE = "no_existe"
    NO_RECIBE = "no_recibe"
    LLENA = "llena"
    SIN_RESPUESTA = "sin_respuesta"
    DE_LA_OFICINA = "de_la_oficina"  # the other side refuses what we send, or who we are
    OTRA = "otra"


class Efecto(StrEnum):
    """What follows for the address."""

    DETENER = "detener"  # nobody reads there: it is written to no more
    CONTAR = "contar"  # perhaps another day; several of them are enough
    NADA = "nada"


@dataclass(frozen=True)
class Significado:
    """What a code means."""

    clase: Clase
    efecto: Efecto


@dataclass(frozen=True)
class Reglas:
    """All of it. `pasajeros` of those that count within `plazo` stop an address."""

    pasajeros: int
    plazo: timedelta
    codigos: Mapping[str, Significado]

    def significado(self, codigo: str) -> Significado:
        """By the longest beginning that is written down: 5.1.1, else 5.1, else 5."""
        partes = codigo.split(".")
        for cuantas in range(len(partes), 0, -1):
            hallado = self.codigos.get(".".join(partes[:cuantas]))
            if hallado is not None:
                return hallado
        return Significado(Clase.OTRA, Efecto.NADA)


@cache
def reglas() -> Reglas:
    """The rules of this version."""
    datos = json.loads((Path(__file__).parent / "rebotes.json").read_text(encoding="utf-8"))
    return Reglas(
        pasajeros=datos["pasajeros"],
        plazo=timedelta(days=datos["en_dias"]),
        codigos={
            uno["codigo"]: Significado(Clase(uno["clase"]), Efecto(uno["efecto"]))
            for uno in datos["codigos"]
        },
    )
