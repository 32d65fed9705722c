"""The workbook of a register: which sheets hold one, where their titles stand, of which year.

The row of titles is found wherever it stands and whichever of the usual words it uses; the year
comes from the title above it, the sheet's name, or the dates that carry one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casos.importacion import celdas
from casos.importacion.fechas import FechaIlegible, anio_nombrado, leer_fecha, mes_nombrado
from casos.importacion.problemas import Problema
from casos.importacion.vocabulario import plano, vocabulario
from oficina import libros
from oficina.libros import ArchivoIlegible, Celda
from oficina.texts import N_

SIN_REGISTRO = N_(
    "No se encontró ningún registro: se espera una fila de títulos con al menos "
    "fecha, nombre y motivo de consulta, como «FECHA ATENCIÓN», «NOMBRE COMPLETO» "
    "y «MOTIVO CONSULTA»."
)
_NECESARIAS = ("fecha", "nombre", "motivo")
_MAX_ENCABEZADO = 40
_MIN_COLUMNAS = 3
_MAX_TITULO = 40


@dataclass(frozen=True)
class Hoja:
    """A sheet that holds a register; `encabezado` is the index of its row of titles."""

    nombre: str
    renglones: Sequence[list[Celda]]
    encabezado: int
    anio: int | None
    mes: int | None


def hojas(leidas: Sequence[libros.Hoja]) -> tuple[list[Hoja], list[Problema]]:
    """The sheets that hold a register, and what is wrong with those that only seem to.

    Raises ArchivoIlegible when none does.
    """
    problemas: list[Problema] = []
    principales = [hoja for hoja in leidas if not vocabulario().es_ignorada(hoja.nombre)]
    # A summary repeats what the other sheets say, unless there is no other.
    for una_vez in (principales, leidas):
        halladas, problemas = _con_registro(una_vez)
        if halladas:
            return halladas, problemas
    if problemas:
        raise ArchivoIlegible(
            N_("En la hoja «%(hoja)s», fila %(fila)s, faltan columnas: %(faltan)s."),
            hoja=problemas[0].hoja,
            fila=str(problemas[0].fila),
            faltan=problemas[0].valor or ", ".join(_NECESARIAS),
        )
    raise ArchivoIlegible(SIN_REGISTRO)


def puntaje(leidas: Sequence[libros.Hoja]) -> int:
    """How many columns of a register the best of these sheets has; 0 when none is one."""
    return max(
        (
            len(campos)
            for hoja in leidas
            for renglon in hoja.renglones[:_MAX_ENCABEZADO]
            if set(_NECESARIAS) <= set(campos := [*columnas_de(renglon).values()])
        ),
        default=0,
    )


def columnas_de(renglon: list[Celda]) -> dict[int, str]:
    """Column -> field of a row of titles; a field that appears twice is the first one.

    The usual titles go first; then the others, by the words that they have.
    """
    columnas = _columnas_usuales(renglon)
    for n, celda in enumerate(renglon):
        if n not in columnas and isinstance(celda, str) and len(celda) <= _MAX_TITULO:
            campo = vocabulario().columna_parecida(celda)
            if campo and campo not in columnas.values():
                columnas[n] = campo
    return columnas


def es_encabezado(renglon: list[Celda]) -> bool:
    """Whether a row has the usual titles of all the columns that are needed."""
    return set(_NECESARIAS) <= set(_columnas_usuales(renglon).values())


def anio_de_las_fechas(hoja: Hoja) -> int | None:
    """The year that most of the dates of a sheet carry."""
    columnas = columnas_de(hoja.renglones[hoja.encabezado])
    columna = next(n for n, campo in columnas.items() if campo == "fecha")
    anios: Counter[int] = Counter()
    for renglon in hoja.renglones[hoja.encabezado + 1 :]:
        try:
            anios[leer_fecha(renglon[columna], None, hoja.mes).year] += 1
        except FechaIlegible:
            continue
    return anios.most_common(1)[0][0] if anios else None


def _con_registro(leidas: Sequence[libros.Hoja]) -> tuple[list[Hoja], list[Problema]]:
    halladas, problemas = [], []
    for leida in leidas:
        nombre, renglones = leida.nombre, leida.renglones
        encabezado = _encabezado(renglones)
        columnas = columnas_de(renglones[encabezado]).values() if encabezado is not None else ()
        faltan = [columna for columna in _NECESARIAS if columna not in columnas]
        if encabezado is not None and not faltan:
            halladas.append(_hoja(nombre, renglones, encabezado))
        elif encabezado is not None and ("fecha" in columnas or mes_nombrado(nombre)):
            motivo = N_("faltan estas columnas; la hoja quedó sin leer")
            valor = ", ".join(faltan)
            problemas.append(Problema(nombre, encabezado + 1, "encabezado", motivo, valor))
        elif mes_nombrado(nombre) and any(any(map(celdas.texto, r)) for r in renglones):
            motivo = N_("no se encontró la fila de títulos; la hoja quedó sin leer")
            problemas.append(Problema(nombre, 1, "encabezado", motivo))
    return halladas, problemas


def _encabezado(renglones: Sequence[list[Celda]]) -> int | None:
    candidatos = enumerate(renglones[:_MAX_ENCABEZADO])
    mejores = [(len(columnas_de(renglon)), -n) for n, renglon in candidatos]
    cuantas, menos_n = max(mejores, default=(0, 0))
    return -menos_n if cuantas >= _MIN_COLUMNAS else None


def _hoja(nombre: str, renglones: Sequence[list[Celda]], encabezado: int) -> Hoja:
    titulo = " ".join(celdas.texto(c) for renglon in renglones[:encabezado] for c in renglon)
    return Hoja(
        nombre,
        renglones,
        encabezado,
        anio_nombrado(nombre) or anio_nombrado(titulo),
        mes_nombrado(nombre) or mes_nombrado(titulo),
    )


def _columnas_usuales(renglon: list[Celda]) -> dict[int, str]:
    campos = vocabulario().columnas
    columnas: dict[int, str] = {}
    for n, celda in enumerate(renglon):
        campo = campos.get(plano(celda)) if isinstance(celda, str) else None
        if campo and campo not in columnas.values():
            columnas[n] = campo
    return columnas
