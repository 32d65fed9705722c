"""The one reader of sheets whose columns are data: finds the titles, and hands out rows by field.

It knows nothing of what the rows mean. An empty row, one that adds up, and the example of a
template are no rows.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casos.importacion import celdas
from casos.importacion.columnas import Esquema, Planilla
from casos.importacion.problemas import Problema
from casos.importacion.vocabulario import plano, vocabulario
from oficina.libros import ArchivoIlegible, Celda, Hoja
from oficina.texts import N_

_MAX_ENCABEZADO = 40


@dataclass(frozen=True)
class Renglon:
    """A row: what is written in it, by field. `numero` is its row in the spreadsheet."""

    esquema: Esquema
    hoja: str
    numero: int
    celdas: Mapping[str, Celda]

    def texto(self, campo: str) -> str:
        """A cell as people see it, its lines kept; empty when nothing is written."""
        celda = self.celdas.get(campo, "")
        if isinstance(celda, date):
            return celda.strftime("%d-%m-%Y")
        if isinstance(celda, bool):
            return "sí" if celda else "no"
        if not isinstance(celda, str):
            return celdas.texto(celda)
        return "\n".join(filter(None, (" ".join(linea.split()) for linea in celda.splitlines())))

    def dice(self, *campos: str) -> bool:
        """Whether anything is written in one of these columns."""
        return any(campo in self.celdas for campo in campos)

    def mal(self, campo: str, texto: str, valor: str = "") -> Problema:
        """What is wrong with a cell of this row."""
        return Problema(self.hoja, self.numero, campo, texto, valor[:60])


@dataclass(frozen=True)
class Leida:
    """What was read of the sheets of a file."""

    renglones: Sequence[Renglon]
    errores: Sequence[Problema]
    sin_usar: Sequence[str]


def puntaje(hojas: Iterable[Hoja], planilla: Planilla) -> int:
    """How many columns of a kind of file the best of these sheets has; 0 when none is one."""
    return max(
        (
            len(campos)
            for hoja in hojas
            for esquema in planilla.esquemas.values()
            if (campos := _titulos_de(hoja, esquema)[1])
        ),
        default=0,
    )


def leer(hojas: Sequence[Hoja], planilla: Planilla) -> Leida:
    """The rows of every sheet that is of a kind, in the order in which sheets hang from each other.

    Raises ArchivoIlegible when none is, when there is no row, or when there are too many.
    """
    renglones: list[Renglon] = []
    errores: list[Problema] = []
    sin_usar: list[str] = []
    halladas = 0
    for esquema in planilla.esquemas.values():
        for hoja in hojas:
            encabezado, columnas = _titulos_de(hoja, esquema)
            if not columnas or _mejor(hoja, planilla) is not esquema:
                continue
            halladas += 1
            errores.extend(_repetidas(hoja, encabezado, esquema))
            sin_usar.extend(_desconocidas(hoja, encabezado, esquema))
            renglones.extend(_renglones(hoja, encabezado, columnas, esquema))
    if not halladas:
        raise ArchivoIlegible(
            N_("No se encontró una hoja con estas columnas: %(faltan)s. Use la plantilla."),
            faltan="; ".join(_necesarias(esquema) for esquema in planilla.esquemas.values()),
        )
    if not renglones and not errores:
        raise ArchivoIlegible(N_("La planilla está vacía: hay títulos y ninguna fila."))
    if len(renglones) > planilla.maximo:
        raise ArchivoIlegible(
            N_("Son %(filas)s filas y se admiten %(maximo)s: divida la planilla en varias."),
            filas=str(len(renglones)),
            maximo=str(planilla.maximo),
        )
    return Leida(renglones, errores, list(dict.fromkeys(sin_usar)))


def _mejor(hoja: Hoja, planilla: Planilla) -> Esquema | None:
    """Of the sheets that a file of this kind may have, the one that this is."""
    cuantas = {
        clave: len(_titulos_de(hoja, esquema)[1]) for clave, esquema in planilla.esquemas.items()
    }
    clave = max(cuantas, key=lambda una: cuantas[una])
    return planilla.esquemas[clave] if cuantas[clave] else None


def _titulos_de(hoja: Hoja, esquema: Esquema) -> tuple[int, dict[int, str]]:
    """Where the titles are, and the field of each column; none when what is needed is not there."""
    mejor: tuple[int, dict[int, str]] = (0, {})
    if vocabulario().es_ignorada(hoja.nombre):
        return mejor
    for n, renglon in enumerate(hoja.renglones[:_MAX_ENCABEZADO]):
        columnas = _columnas(renglon, esquema)
        campos = set(columnas.values())
        es_una = campos.issuperset(esquema.necesarias) and not campos.isdisjoint(esquema.senas)
        if es_una and len(columnas) > len(mejor[1]):
            mejor = (n, columnas)
    return mejor


def _columnas(renglon: Sequence[Celda], esquema: Esquema) -> dict[int, str]:
    columnas: dict[int, str] = {}
    for n, celda in enumerate(renglon):
        campo = esquema.por_titulo.get(_titulo(celda)) if isinstance(celda, str) else None
        if campo and campo not in columnas.values():
            columnas[n] = campo
    return columnas


def _titulo(celda: Celda) -> str:
    """A title without the mark of what must be filled in."""
    return plano(celda.replace("*", " ")) if isinstance(celda, str) else ""


def _repetidas(hoja: Hoja, encabezado: int, esquema: Esquema) -> Iterator[Problema]:
    campos = Counter(
        campo
        for celda in hoja.renglones[encabezado]
        if (campo := esquema.por_titulo.get(_titulo(celda))) is not None
    )
    for campo, veces in campos.items():
        if veces > 1:
            motivo = N_("hay más de una columna con este dato; deje una")
            yield Problema(hoja.nombre, encabezado + 1, campo, motivo)


def _desconocidas(hoja: Hoja, encabezado: int, esquema: Esquema) -> Iterator[str]:
    for celda in hoja.renglones[encabezado]:
        if isinstance(celda, str) and celda.strip() and _titulo(celda) not in esquema.por_titulo:
            yield " ".join(celda.split())[:60]


def _renglones(
    hoja: Hoja, encabezado: int, columnas: Mapping[int, str], esquema: Esquema
) -> Iterator[Renglon]:
    ignoradas = vocabulario().filas_ignoradas
    for n, renglon in enumerate(hoja.renglones[encabezado + 1 :], encabezado + 2):
        escritas = {
            campo: renglon[c] for c, campo in columnas.items() if celdas.texto(renglon[c]) != ""
        }
        if vocabulario().es_de_ejemplo(renglon):
            continue
        llanas = [plano(celda) for celda in renglon if isinstance(celda, str)]
        if _columnas(renglon, esquema) == columnas or ignoradas.intersection(llanas):
            continue
        escritas.pop("numero", None)
        if escritas:
            yield Renglon(esquema, hoja.nombre, n, escritas)


def _necesarias(esquema: Esquema) -> str:
    """The columns without which a sheet is none of these: «Sigla, con Institución o Servicio…»."""
    todas = [esquema.por_campo[campo].rotulo("es") for campo in esquema.necesarias]
    alguna = [una.rotulo("es") for una in esquema.columnas if una.campo in esquema.senas]
    return f"{', '.join(todas)} ({'/'.join(alguna[:4])}…)"
