"""The figures of a month: tables with their sums, complete or ready to be published."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from reportes.indicadores import Indicador
from reportes.meses import Mes
from reportes.reserva import Suma, reservadas
from reportes.states import Alcance

TODAS = "*"
"""In the place of a category: the sum over all of them."""

Celda = tuple[str, ...]
"""A category a dimension of the indicator, or TODAS."""

Conteos = Mapping[Celda, int]


@dataclass(frozen=True)
class Tabla:
    """One indicator in a month and in the month before. A blank (None) is kept secret."""

    indicador: Indicador
    valores: Mapping[Celda, int | None]
    anteriores: Mapping[Celda, int | None]

    @property
    def total(self) -> int | None:
        """The sum over everything."""
        return self.valores[self.celda_total]

    @property
    def celda_total(self) -> Celda:
        """Where the total is."""
        return (TODAS,) * len(self.indicador.dimensiones)

    def valor(self, celda: Celda) -> int | None:
        """The count of a cell; a category that nobody had is 0."""
        return self.valores.get(celda, 0)

    def anterior(self, celda: Celda) -> int | None:
        """The count of a cell in the month before."""
        return self.anteriores.get(celda, 0)

    def celdas(self) -> list[Celda]:
        """Every cell of either month."""
        return sorted(self.valores.keys() | self.anteriores.keys())

    def categorias(self, dimension: int) -> list[str]:
        """The categories of one dimension in the month, alphabetically."""
        return sorted({celda[dimension] for celda in self.valores} - {TODAS})


@dataclass(frozen=True)
class Figuras:
    """All tables of a month, and the state of the facts that they were made from."""

    mes: Mes
    alcance: Alcance
    tablas: Mapping[str, Tabla]
    revision: int
    datos_al: datetime | None

    @property
    def reservadas(self) -> int:
        """How many cells of the month are blank."""
        return sum(v is None for tabla in self.tablas.values() for v in tabla.valores.values())


def con_margenes(indicador: Indicador, conteos: Conteos) -> dict[Celda, int]:
    """The counts and every sum over categories that the table shows."""
    ancho = len(indicador.dimensiones)
    sumado: dict[Celda, int] = defaultdict(int, {(TODAS,) * ancho: 0})
    for celda, valor in conteos.items():
        for mascara in _mascaras(indicador):
            sumado[tuple(TODAS if m else c for m, c in zip(mascara, celda, strict=True))] += valor
    return dict(sumado)


def publicables(
    tablas: Sequence[tuple[Indicador, Mapping[Celda, int]]],
) -> list[dict[Celda, int | None]]:
    """The same tables with the cells blank that statistical secrecy asks for.

    All tables of a month are protected together: a figure that stands in two of them is one cell,
    blank in both or in none.
    """
    valores: dict[_Clave, int] = {}
    sumas: list[Suma[_Clave]] = []
    for indicador, tabla in tablas:
        valores |= {_clave(indicador, celda): valor for celda, valor in tabla.items()}
        sumas.extend(_sumas(indicador, tabla))
    ocultas = reservadas(valores, sumas)
    return [
        {c: None if _clave(indicador, c) in ocultas else v for c, v in tabla.items()}
        for indicador, tabla in tablas
    ]


_Clave = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]


def _clave(indicador: Indicador, celda: Celda) -> _Clave:
    """What a cell counts, whichever table shows it."""
    ejes = zip(indicador.dimensiones, celda, strict=True)
    fijos = tuple(sorted((eje, valor) for eje, valor in ejes if valor != TODAS))
    return (indicador.medida, indicador.clases, fijos)


def _sumas(indicador: Indicador, celdas: Iterable[Celda]) -> list[Suma[_Clave]]:
    partes: dict[tuple[Celda, int], list[Celda]] = defaultdict(list)
    for celda in celdas:
        abiertas = [lugar for lugar, valor in enumerate(celda) if valor != TODAS]
        for lugar in abiertas[-1:] if indicador.jerarquia else abiertas:
            total = (*celda[:lugar], TODAS, *celda[lugar + 1 :])
            partes[total, lugar].append(celda)
    return [
        Suma(_clave(indicador, total), tuple(_clave(indicador, parte) for parte in suyas))
        for (total, _), suyas in partes.items()
    ]


def _mascaras(indicador: Indicador) -> list[tuple[bool, ...]]:
    """Which dimensions are summed over: any of crossed ones, the last ones of a hierarchy."""
    ancho = len(indicador.dimensiones)
    if indicador.jerarquia:
        return [tuple(lugar >= corte for lugar in range(ancho)) for corte in range(ancho + 1)]
    return list(product((False, True), repeat=ancho))
