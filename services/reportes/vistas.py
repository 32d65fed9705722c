"""Tables as people read them: rows in a sensible order, with words instead of codes."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportes.figuras import TODAS, Celda, Tabla
from reportes.labels import Palabras, orden


@dataclass(frozen=True)
class Fila:
    """A category with its count, the one of the month before, and the difference.

    `nivel` is 0 for the total, 1 for a category, 2 for one inside another. None is a blank.
    """

    codigo: str
    etiqueta: str
    nivel: int
    valor: int | None
    anterior: int | None

    @property
    def diferencia(self) -> int | None:
        """How much more than the month before; None when one of both is blank."""
        if self.valor is None or self.anterior is None:
            return None
        return self.valor - self.anterior


@dataclass(frozen=True)
class FilaCruzada:
    """A category of the first dimension, its count for each column, and its total."""

    codigo: str
    etiqueta: str
    valores: Sequence[int | None]
    total: int | None


@dataclass(frozen=True)
class Matriz:
    """Two dimensions crossed; the last row is the total."""

    columnas: Sequence[str]
    filas: Sequence[FilaCruzada]
    pie: FilaCruzada


def filas(tabla: Tabla, palabras: Palabras) -> list[Fila]:
    """The rows of a list or of a hierarchy, the largest first, without the total."""
    dimensiones = tabla.indicador.dimensiones
    celdas = [celda for celda in tabla.celdas() if celda != tabla.celda_total]

    def prefijos(celda: Celda) -> list[tuple[object, ...]]:
        abiertos = [lugar for lugar, valor in enumerate(celda) if valor != TODAS]
        hasta = [(*celda[: n + 1], *(TODAS,) * (len(celda) - n - 1)) for n in abiertos]
        return [_peso(tabla, ancestro, palabras) for ancestro in hasta]

    hechas = []
    for celda in sorted(celdas, key=prefijos):
        lugar = sum(valor != TODAS for valor in celda) - 1
        codigo = celda[lugar]
        etiqueta = palabras.de(dimensiones[lugar], codigo)
        hechas.append(Fila(codigo, etiqueta, lugar + 1, tabla.valor(celda), tabla.anterior(celda)))
    return hechas


def fila_total(tabla: Tabla, etiqueta: str) -> Fila:
    """The total as a row."""
    return Fila(TODAS, etiqueta, 0, tabla.total, tabla.anterior(tabla.celda_total))


def matriz(tabla: Tabla, palabras: Palabras, pie: str) -> Matriz:
    """The present month of a crossed table."""
    primera, segunda = tabla.indicador.dimensiones
    columnas = sorted(tabla.categorias(1), key=lambda codigo: orden(segunda, codigo))
    codigos = sorted(tabla.categorias(0), key=lambda c: _peso(tabla, (c, TODAS), palabras))
    if primera == "resultado":
        codigos.sort(key=lambda codigo: orden(primera, codigo))

    def fila(codigo: str, etiqueta: str) -> FilaCruzada:
        valores = [tabla.valor((codigo, columna)) for columna in columnas]
        return FilaCruzada(codigo, etiqueta, valores, tabla.valor((codigo, TODAS)))

    return Matriz(
        [palabras.corta(segunda, codigo) for codigo in columnas],
        [fila(codigo, palabras.de(primera, codigo)) for codigo in codigos],
        fila(TODAS, pie),
    )


def resumen(tabla: Tabla, dimension: int, palabras: Palabras) -> list[Fila]:
    """The sums of a crossed table over its other dimension, in the order of its categories."""
    nombre = tabla.indicador.dimensiones[dimension]
    hechas = []
    categorias = {celda[dimension] for celda in tabla.celdas()} - {TODAS}
    for codigo in sorted(categorias, key=lambda c: orden(nombre, c)):
        celda = tuple(
            codigo if lugar == dimension else TODAS
            for lugar in range(len(tabla.indicador.dimensiones))
        )
        hechas.append(
            Fila(codigo, palabras.de(nombre, codigo), 1, tabla.valor(celda), tabla.anterior(celda))
        )
    return hechas


def _peso(tabla: Tabla, celda: Celda, palabras: Palabras) -> tuple[object, ...]:
    """Large first, blanks last; equal ones by their words, never by what a blank hides."""
    valor = tabla.valor(celda)
    lugar = sum(v != TODAS for v in celda) - 1
    etiqueta = palabras.de(tabla.indicador.dimensiones[lugar], celda[lugar])
    return (valor is None, -(valor or 0), etiqueta)
