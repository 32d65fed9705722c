"""What the law says of each right: versioned data in `derechos.json`, with its source."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from casos.derechos.states import Derecho


class BloqueoMientras(StrEnum):
    """When data are blocked while a request about them is resolved."""

    A_PETICION = "a_peticion"
    AL_TRAMITAR = "al_tramitar"


@dataclass(frozen=True)
class Rechazo:
    """A reason for which the law lets a request be refused, and of which rights."""

    etiquetas: Mapping[str, str]
    derechos: frozenset[str]
    fuente: str

    def en(self, idioma: str) -> str:
        """How it is said."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]


@dataclass(frozen=True)
class Catalogo:
    """One version of what the law says.

    `relojes`: the clock of each right (casos.plazos). `recurso`: what the person can do against a
    refusal, by language. `dias_de_copia`: for how long a copy of the data may be downloaded.
    `bloqueo_mientras`: of which rights the data are blocked while a request is resolved, and when.
    """

    version: str
    fuente: str
    relojes: Mapping[Derecho, str]
    fuentes: Mapping[Derecho, str]
    rechazos: Mapping[str, Rechazo]
    recursos: Mapping[str, str]
    dias_de_copia: int
    bloqueo_mientras: Mapping[Derecho, BloqueoMientras]

    def rechazos_de(self, derecho: Derecho) -> Mapping[str, Rechazo]:
        """The reasons for which a request of this right may be refused."""
        return {clave: uno for clave, uno in self.rechazos.items() if derecho in uno.derechos}

    def recurso(self, idioma: str) -> str:
        """What the person can do against a refusal."""
        return self.recursos.get(idioma) or self.recursos["es"]


@cache
def catalogo() -> Catalogo:
    """The version in force."""
    datos = json.loads((files("casos.derechos") / "derechos.json").read_text(encoding="utf-8"))
    return Catalogo(
        version=datos["version"],
        fuente=datos["fuente"],
        relojes={Derecho(d): uno["reloj"] for d, uno in datos["derechos"].items()},
        fuentes={Derecho(d): uno["fuente"] for d, uno in datos["derechos"].items()},
        rechazos={
            clave: Rechazo(uno["etiquetas"], frozenset(uno["derechos"]), uno["fuente"])
            for clave, uno in datos["rechazos"].items()
        },
        recursos=datos["recurso"],
        dias_de_copia=datos["copia"]["dias"],
        bloqueo_mientras={
            Derecho(d): BloqueoMientras(uno["bloqueo_mientras"])
            for d, uno in datos["derechos"].items()
            if "bloqueo_mientras" in uno
        },
    )
