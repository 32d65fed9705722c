"""A file that says how a directory must be: what each row would make, change or leave as it is.

It is worked out from what is there now and what the rows say (`planear` of each kind), shown, and
worked out again when it is loaded, in the one transaction that writes it: `Plan.huella` says
whether it is still what somebody saw. Nothing is deleted, and an empty cell says nothing.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.importacion.models import Tipo
from casos.importacion.problemas import Problema
from casos.importacion.tabla import Leida
from oficina.actor import Actor
from oficina.errors import DatosInvalidos


class NoSeEscribe(DatosInvalidos):
    """Something of a file cannot be written, so nothing of it was: `problemas` says what."""

    def __init__(self, problemas: Sequence[Problema]) -> None:
        self.problemas = problemas
        errores: dict[str, list[str]] = {}
        for uno in problemas:
            errores.setdefault(f"{uno.hoja}:{uno.fila}:{uno.campo}", []).append(uno.motivo)
        super().__init__(errores)


class Hecho(StrEnum):
    """What becomes of a thing."""

    NUEVA = "nueva"
    CAMBIA = "cambia"
    IGUAL = "igual"


@dataclass(frozen=True)
class Pliego:
    """A file that was read; what its cells mean is found out against what is there."""

    tipo: Tipo
    leida: Leida

    @property
    def cuantas(self) -> int:
        """How many rows it has."""
        return len(self.leida.renglones)

    @property
    def errores(self) -> Sequence[Problema]:
        """What is wrong with its titles."""
        return self.leida.errores


@dataclass(frozen=True)
class Cambio:
    """A field that says something else; `antes` is empty of what nobody had said."""

    campo: str
    antes: str
    despues: str


@dataclass(frozen=True)
class Quien:
    """Who loads, and who may answer for what is made."""

    actor: Actor
    encargados: Sequence[Responsable] = ()


Clave = tuple[str, ...]
Hechas = dict[Clave, UUID]
"""The ids of what is there or was just made, by what a file calls it."""


@dataclass(frozen=True)
class Paso:
    """One thing of the directory. `hacer` writes it, with the actions of its room."""

    clave: Clave
    clase: str
    nombre: str
    hecho: Hecho
    hoja: str
    fila: int
    cambios: Sequence[Cambio] = ()
    hacer: Callable[[Session, Hechas, Actor], None] | None = None


@dataclass
class Plan:
    """What a file would do. With any problem it does nothing."""

    pasos: list[Paso] = field(default_factory=list)
    problemas: list[Problema] = field(default_factory=list)
    hechas: Hechas = field(default_factory=dict)

    @property
    def huella(self) -> str:
        """The same as long as the same would be done."""
        dicho = [
            (paso.clave, paso.hecho, [(c.campo, c.antes, c.despues) for c in paso.cambios])
            for paso in self.pasos
        ]
        return hashlib.sha256(json.dumps(dicho, ensure_ascii=False).encode()).hexdigest()

    def cuantos(self, hecho: Hecho) -> int:
        """How many things become that."""
        return sum(paso.hecho is hecho for paso in self.pasos)

    @property
    def por_clase(self) -> Mapping[str, Mapping[Hecho, int]]:
        """The same by what they are."""
        cuenta: dict[str, dict[Hecho, int]] = {}
        for paso in self.pasos:
            suya = cuenta.setdefault(paso.clase, dict.fromkeys(Hecho, 0))
            suya[paso.hecho] += 1
        return cuenta

    def mal(self, problema: Problema) -> None:
        """Say what is wrong, once."""
        if problema not in self.problemas:
            self.problemas.append(problema)
