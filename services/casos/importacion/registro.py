"""Rows that tell of people, whatever else they tell: what every register of rows has.

A kind of register (`atenciones`, `personas`) reads its own rows, which are `FilaDePersona`, and
says in its `Registro` what a new person is made of and what is written of each row besides.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy.orm import Session

from casos.importacion.agrupacion import Agrupacion, Ficha, FilaDePersona, Parecido, agrupar
from casos.importacion.models import Tipo
from casos.importacion.problemas import Problema
from casos.personas.schemas import DatosDocumento, NuevaPersona
from oficina.privacy import blind_index


@dataclass(frozen=True)
class Lectura:
    """What was read of a file, in its own order. `sin_usar`: titles that nobody knows."""

    filas: tuple[Any, ...]
    errores: tuple[Problema, ...]
    sin_usar: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registro(ABC):
    """A register that was read, with the records it makes and the key of each row."""

    tipo: ClassVar[Tipo]

    lectura: Lectura
    agrupacion: Agrupacion
    claves: tuple[str, ...]

    @classmethod
    def de(cls, lectura: Lectura) -> Self:
        """Work out records and keys."""
        return cls(lectura, agrupar(lectura.filas), cls._claves(lectura.filas))

    @abstractmethod
    def nueva(self, ficha: Ficha) -> NuevaPersona:
        """What goes into a new person's record."""

    def mas_documentos(self, _ficha: Ficha) -> Sequence[DatosDocumento]:
        """Documents of a new person besides the one in `nueva`."""
        return ()

    @abstractmethod
    def escribir(
        self,
        session: Session,
        lugares: Sequence[int],
        personas: Mapping[int, UUID],
        importacion_id: UUID,
    ) -> None:
        """Write what the rows at `lugares` tell besides people, and that they are in. `personas`:
        the person of each record, by its place.
        """

    @property
    def cuantas(self) -> int:
        """How many rows can be read."""
        return len(self.claves)

    @property
    def errores(self) -> Sequence[Problema]:
        """What could not be read."""
        return self.lectura.errores

    @property
    def ilegibles(self) -> int:
        """How many rows stay out."""
        con_problemas = {(problema.hoja, problema.fila) for problema in self.lectura.errores}
        return len(con_problemas - {(fila.hoja, fila.numero) for fila in self.lectura.filas})

    def ya_estaban(self, conocidas: Iterable[str]) -> int:
        """How many rows are among those whose keys are known."""
        return len(set(self.claves) & set(conocidas))

    def parecidos_de(self, lugares: Iterable[int]) -> list[Parecido]:
        """The suggested pairs that any of these records is in."""
        return [parecido for lugar in lugares for parecido in self._parecidos.get(lugar, ())]

    @cached_property
    def _parecidos(self) -> Mapping[int, list[Parecido]]:
        por_lugar: dict[int, list[Parecido]] = {}
        for parecido in self.agrupacion.parecidos:
            for lugar in (parecido.una, parecido.otra):
                por_lugar.setdefault(lugar, []).append(parecido)
        return por_lugar

    @classmethod
    def _claves(cls, filas: Sequence[FilaDePersona]) -> tuple[str, ...]:
        """A key a row, of its content and not of its place: rows added or moved change no other.

        Equal rows are told apart by which of them comes first, second…
        """
        vistas: Counter[str] = Counter()
        claves = []
        for fila in filas:
            vistas[fila.huella] += 1
            clave = blind_index("casos.importacion.fila", f"{vistas[fila.huella]}|{fila.huella}")
            claves.append(clave)
        return tuple(claves)
