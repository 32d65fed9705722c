"""What a register says, counted; the same for the preview, the command line and its JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casos.importacion.lectura import Fila, Lectura
from casos.importacion.personas import Agrupacion, Parecido, agrupar
from casos.importacion.problemas import Problema
from oficina.privacy import blind_index


@dataclass(frozen=True, kw_only=True)
class Resumen:
    """The figures of one file. Rows whose date cannot be read count in `errores` and `ilegibles`.

    `personas` is how many people a careful reader sees, `fichas` how many records that makes while
    only documents prove identity (see `personas.py`).
    """

    filas: int
    por_mes: Mapping[str, int]
    por_nacionalidad: Mapping[str, int]
    por_motivo: Mapping[str, int]
    derivaciones: Mapping[str, int]
    personas: int
    fichas: int
    errores: Sequence[Problema]
    ilegibles: int
    nuevas: int
    ya_estaban: int

    def como_json(self) -> dict[str, Any]:
        """The fixed form that `acogida import --json` prints."""
        return {
            "filas": self.filas,
            "por_mes": dict(self.por_mes),
            "por_nacionalidad": dict(self.por_nacionalidad),
            "por_motivo": dict(self.por_motivo),
            "derivaciones": dict(self.derivaciones),
            "personas": self.personas,
            "errores": [problema.como_json() for problema in self.errores],
            "nuevas": self.nuevas,
            "ya_estaban": self.ya_estaban,
        }


@dataclass(frozen=True)
class Registro:
    """A register that was read, with the records it makes and the key of each row."""

    lectura: Lectura
    agrupacion: Agrupacion
    claves: tuple[str, ...]

    @classmethod
    def de(cls, lectura: Lectura) -> "Registro":
        """Work out records and keys."""
        return cls(lectura, agrupar(lectura.filas), _claves(lectura.filas))

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

    def resumir(self, conocidas: Iterable[str]) -> Resumen:
        """Count; `conocidas` are the keys of rows that are in already."""
        filas = self.lectura.filas
        ya_estaban = len(set(self.claves) & set(conocidas))
        con_problemas = {(problema.hoja, problema.fila) for problema in self.lectura.errores}
        return Resumen(
            filas=len(filas),
            por_mes=_contar(str(fila.fecha.month) for fila in filas),
            por_nacionalidad=_contar(fila.nacionalidad for fila in filas),
            por_motivo=_contar(fila.motivo for fila in filas),
            derivaciones=_contar(fila.derivada_a for fila in filas if fila.derivada_a),
            personas=self.agrupacion.personas,
            fichas=len(self.agrupacion.fichas),
            errores=self.lectura.errores,
            ilegibles=len(con_problemas - {(fila.hoja, fila.numero) for fila in filas}),
            nuevas=len(filas) - ya_estaban,
            ya_estaban=ya_estaban,
        )


def _claves(filas: Sequence[Fila]) -> tuple[str, ...]:
    """A key a row, of its content and not of its place: rows added or moved change no other key.

    Equal rows are told apart by which of them comes first, second…
    """
    vistas: Counter[str] = Counter()
    claves = []
    for fila in filas:
        vistas[fila.huella] += 1
        clave = blind_index("casos.importacion.fila", f"{vistas[fila.huella]}|{fila.huella}")
        claves.append(clave)
    return tuple(claves)


def _contar(codigos: Iterable[str]) -> dict[str, int]:
    # Months are numbers written as texts: they sort as numbers.
    cuenta = Counter(codigos)
    return {c: cuenta[c] for c in sorted(cuenta, key=lambda c: c.zfill(2) if c.isdigit() else c)}
