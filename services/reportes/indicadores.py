"""The indicators: what is counted, for which question, under which line of the decree.

They are data (`indicadores.json`), versioned: a figure keeps its meaning while its version stands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Medida(StrEnum):
    """How facts become a number."""

    CONTEO = "conteo"
    PERSONAS = "personas"
    ACUMULADO = "acumulado"
    """All that happened until the end of the month."""


@dataclass(frozen=True)
class Indicador:
    """One question and how it is answered.

    `dimensiones` are columns of the facts. With `jerarquia` each one divides the one before it;
    without, they cross. `numerador`, `denominador`, `fuente` and `calculo` say to people what is
    counted, of what, from where and how. Texts are by language; Spanish is always there.
    """

    clave: str
    version: int
    nombre: Mapping[str, str]
    pregunta: Mapping[str, str]
    medida: Medida
    clases: tuple[str, ...]
    unidad: Mapping[str, str]
    dimensiones: tuple[str, ...]
    jerarquia: bool
    linea_decreto: str
    responsable: str
    numerador: Mapping[str, str]
    denominador: Mapping[str, str]
    fuente: Mapping[str, str]
    calculo: Mapping[str, str]

    @property
    def cruzado(self) -> bool:
        """Whether it is a table of two crossed dimensions."""
        return len(self.dimensiones) == 2 and not self.jerarquia


@dataclass(frozen=True)
class Catalogo:
    """One version of the set of indicators."""

    version: str
    fuente: str
    indicadores: Mapping[str, Indicador]


@cache
def catalogo() -> Catalogo:
    """The version in force."""
    datos = json.loads((files("reportes") / "indicadores.json").read_text(encoding="utf-8"))
    leidos = [_indicador(**uno) for uno in datos["indicadores"]]
    return Catalogo(datos["version"], datos["fuente"], {uno.clave: uno for uno in leidos})


def _indicador(
    *, formula: Mapping[str, object], dimensiones: list[str], **resto: object
) -> Indicador:
    clases = formula["clases"]
    if not isinstance(clases, list):
        raise TypeError("formula.clases is a list")
    medida = Medida(str(formula["medida"]))
    if medida is Medida.PERSONAS and dimensiones:
        # One person can be in two cells, so cells of distinct persons have no sum.
        raise ValueError("distinct persons are counted without dimensions")
    return Indicador(
        medida=medida,
        clases=tuple(clases),
        dimensiones=tuple(dimensiones),
        **resto,  # type: ignore[arg-type]  # the names and types of the JSON are those of the class
    )
