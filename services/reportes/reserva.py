"""Statistical secrecy: which cells of published tables stay blank so that nobody is pointed at.

A cell of 1 to 4 is never published. A blank alone is no protection, because rows and columns add up
to totals that are published: so further cells are blanked until what is left keeps the secret
against whoever adds and subtracts. Two attacks are tried on the result:

- algebra: the sums that hold between cells, taken together, fix the value of a blank;
- bounds: knowing that each blank is at least 1, sums leave fewer than `UMBRAL` values for one.

Totals are blanked last, only when no cell below them is left to blank. Zeros are never blanked.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

UMBRAL = 5
"""The smallest count that may be published (the k of k-anonymity)."""

# Sums have coefficients 1 and -1; arithmetic modulo a large prime is exact enough and fast.
_PRIMO = 2**61 - 1

C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True)
class Suma(Generic[C]):
    """`total` is the sum of `partes`; both are published in the same tables."""

    total: C
    partes: tuple[C, ...]


def reservadas(valores: Mapping[C, int], sumas: Iterable[Suma[C]]) -> frozenset[C]:
    """The cells to blank. `sumas` must hold for `valores`, and name only its cells."""
    relaciones = list(sumas)
    ocultas = {celda for celda, valor in valores.items() if 0 < valor < UMBRAL}
    while debiles := _debiles(valores, relaciones, ocultas):
        mas = _companeras(debiles, valores, relaciones, ocultas)
        if not mas:
            break
        ocultas |= mas
    return frozenset(ocultas)


def _debiles(valores: Mapping[C, int], sumas: Sequence[Suma[C]], ocultas: set[C]) -> list[C]:
    """Blanks whose value could be told, in a steady order; the cheap attack goes first."""
    ecuaciones = [e for suma in sumas if (e := _incognitas(suma, valores, ocultas)).terminos]
    return _por_cotas(ecuaciones) or _por_algebra(ecuaciones)


@dataclass(frozen=True)
class _Ecuacion(Generic[C]):
    """Blanks with their signs add up to `constante`."""

    terminos: dict[C, int]
    constante: int


def _incognitas(suma: Suma[C], valores: Mapping[C, int], ocultas: set[C]) -> _Ecuacion[C]:
    terminos = {parte: 1 for parte in suma.partes if parte in ocultas}
    constante = -sum(valores[parte] for parte in suma.partes if parte not in ocultas)
    if suma.total in ocultas:
        terminos[suma.total] = -1
    else:
        constante += valores[suma.total]
    return _Ecuacion(terminos, constante)


def _por_cotas(ecuaciones: Sequence[_Ecuacion[C]]) -> list[C]:
    """Blanks for which the sums leave fewer than UMBRAL values, knowing that each is at least 1."""
    techo = sum(abs(e.constante) for e in ecuaciones) + UMBRAL
    cotas = {celda: (1, techo) for e in ecuaciones for celda in e.terminos}
    cambia = True
    while cambia:
        cambia = False
        for ecuacion in ecuaciones:
            for celda, nueva in _estrechar(ecuacion, cotas).items():
                if nueva != cotas[celda]:
                    cotas[celda] = nueva
                    cambia = True
    return [celda for celda, (bajo, alto) in cotas.items() if alto - bajo + 1 < UMBRAL]


def _estrechar(
    ecuacion: _Ecuacion[C], cotas: Mapping[C, tuple[int, int]]
) -> dict[C, tuple[int, int]]:
    """The bounds of each blank of one sum, given those of the others."""
    menores = {c: s * cotas[c][0 if s > 0 else 1] for c, s in ecuacion.terminos.items()}
    mayores = {c: s * cotas[c][1 if s > 0 else 0] for c, s in ecuacion.terminos.items()}
    menor, mayor = sum(menores.values()), sum(mayores.values())
    nuevas = {}
    for celda, signo in ecuacion.terminos.items():
        extremos = (
            signo * (ecuacion.constante - (mayor - mayores[celda])),
            signo * (ecuacion.constante - (menor - menores[celda])),
        )
        bajo, alto = cotas[celda]
        nuevas[celda] = (max(bajo, min(extremos)), min(alto, max(extremos)))
    return nuevas


def _por_algebra(ecuaciones: Sequence[_Ecuacion[C]]) -> list[C]:
    """Blanks whose value the sums fix: a row of the reduced system with one unknown only."""
    filas: dict[C, dict[C, int]] = {}
    for ecuacion in ecuaciones:
        fila = {celda: signo % _PRIMO for celda, signo in ecuacion.terminos.items()}
        for pivote, conocida in filas.items():
            if factor := fila.get(pivote):
                _restar(fila, conocida, factor)
        if not fila:
            continue
        pivote = next(iter(fila))
        inverso = pow(fila[pivote], -1, _PRIMO)
        fila = {celda: valor * inverso % _PRIMO for celda, valor in fila.items()}
        for conocida in filas.values():
            if factor := conocida.get(pivote):
                _restar(conocida, fila, factor)
        filas[pivote] = fila
    return [pivote for pivote, fila in filas.items() if len(fila) == 1]


def _restar(fila: dict[C, int], otra: Mapping[C, int], factor: int) -> None:
    for celda, valor in otra.items():
        resto = (fila.get(celda, 0) - factor * valor) % _PRIMO
        if resto:
            fila[celda] = resto
        else:
            fila.pop(celda, None)


def _companeras(
    debiles: Iterable[C], valores: Mapping[C, int], sumas: Sequence[Suma[C]], ocultas: set[C]
) -> set[C]:
    """Cells to blank for the weak ones, the cheapest first.

    Of those that share a sum only one is helped at a time, and totals are blanked one by one, weak
    totals first: each may be enough for all the others.
    """
    costo = _costos(valores, sumas)
    pares = [
        (costo[celda], celda, debil)
        for debil in debiles
        if (celda := _companera(debil, costo, sumas, ocultas)) is not None
    ]
    totales = {suma.total for suma in sumas}
    hojas = sorted((par for par in pares if par[1] not in totales), key=lambda par: par[0])
    if not hojas:
        orden = sorted(pares, key=lambda par: (par[2] not in totales, par[0]))
        return {celda for _, celda, _ in orden[:1]}
    elegidas: set[C] = set()
    tocadas: set[C] = set()
    for _, celda, debil in hojas:
        if debil in tocadas:
            continue
        elegidas.add(celda)
        for suma in sumas:
            celdas = {suma.total, *suma.partes}
            if debil in celdas or celda in celdas:
                tocadas |= celdas
    return elegidas


_Costo = tuple[bool, bool, int, str]


def _costos(valores: Mapping[C, int], sumas: Sequence[Suma[C]]) -> dict[C, _Costo]:
    """What blanking a cell costs: a total more than a part of something, a large one more."""
    totales = {suma.total for suma in sumas}
    partes = {parte for suma in sumas for parte in suma.partes}
    return {
        celda: (celda not in partes, celda in totales, valor, repr(celda))
        for celda, valor in valores.items()
        if valor
    }


def _companera(
    debil: C, costo: Mapping[C, _Costo], sumas: Sequence[Suma[C]], ocultas: set[C]
) -> C | None:
    """The cell whose blanking costs least and helps `debil`.

    One of its own sums; when they have nothing left to blank but the total of everything, of the
    nearest sums that share a blank with them.
    """
    vecinas, vistas = {debil}, {debil}
    ultima: C | None = None
    while vecinas:
        cercanas = [s for s in sumas if s.total in vecinas or not vecinas.isdisjoint(s.partes)]
        celdas = {celda for s in cercanas for celda in (s.total, *s.partes)}
        candidatas = sorted((celdas - ocultas) & costo.keys(), key=costo.__getitem__)
        if candidatas and not costo[candidatas[0]][0]:
            return candidatas[0]
        ultima = ultima or next(iter(candidatas), None)
        vecinas = (celdas & ocultas) - vistas
        vistas |= vecinas
    return ultima
