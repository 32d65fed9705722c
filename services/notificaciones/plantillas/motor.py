"""The strict engine of texts: what may stand in one, and how its values are put in.

A text names declared variables as `{{nombre}}`, and may show a stretch only when a variable has
something to say: `{{#si nombre}}…{{/si}}`, one level deep. There is no code, no attribute, no other
brace. What can be read without a problem always renders with values of the declared types: a
variable that a message may come without is named inside its own condition only, and something is
left when every condition is false.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache

NOMBRE = re.compile(r"[a-z][a-z0-9_]{0,39}")

_MARCA = re.compile(rf"\{{\{{(?:({NOMBRE.pattern})|#si ({NOMBRE.pattern})|(/si))\}}\}}")
# A pair with something odd in it is shown whole; else the lone brace with what follows.
_LLAVES = re.compile(r"\{\{[^{}\n]{0,40}\}\}|\{[^{}\n]{0,40}\}|[{}]{1,3}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")
_LINEAS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class PorIdioma:
    """Words of ours in every language that they have, by its key: which of them a text gets is
    known when the text is.
    """

    textos: Mapping[str, str]


Valor = str | int | datetime | PorIdioma


class Tipo(StrEnum):
    """What a variable holds."""

    TEXTO = "texto"
    URL = "url"
    ENTERO = "entero"
    FECHA = "fecha"
    FECHA_LARGA = "fecha_larga"
    HORA = "hora"


@dataclass(frozen=True)
class Variable:
    """What a text may name. A message may come without one that is `opcional`; `largo` is the
    longest text it takes, None where our own code gives it.
    """

    tipo: Tipo
    opcional: bool = False
    largo: int | None = None
    ejemplo: str = ""


class Falta(StrEnum):
    """What can be wrong with a text."""

    DESCONOCIDA = "desconocida"
    LLAVE_SUELTA = "llave_suelta"
    SIN_CERRAR = "sin_cerrar"
    SIN_ABRIR = "sin_abrir"
    ANIDADA = "anidada"
    OPCIONAL_SUELTA = "opcional_suelta"
    VACIO = "vacio"
    IMPRESCINDIBLE = "imprescindible"
    CONTROL = "control"


@dataclass(frozen=True)
class Problema:
    """One thing wrong with a text: which, the stretch of it, and where (the first is 1)."""

    falta: Falta
    trozo: str = ""
    posicion: int = 1

    def __str__(self) -> str:
        """Without what somebody wrote."""
        return f"{self.falta} at {self.posicion}"


class PlantillaInvalida(Exception):
    """A text or its values cannot be used; says which variable and why."""


@dataclass(frozen=True)
class Hueco:
    """The place of a value."""

    nombre: str
    posicion: int


@dataclass(frozen=True)
class Si:
    """A stretch that is shown when `nombre` has something to say."""

    nombre: str
    posicion: int
    dentro: tuple["str | Hueco", ...]


@dataclass(frozen=True)
class Texto:
    """A text that was read; `problemas` of its form alone, whatever is declared."""

    piezas: tuple[str | Hueco | Si, ...]
    problemas: tuple[Problema, ...]

    def huecos(self) -> Iterator[tuple[Hueco | Si, str | None]]:
        """Every name with its place, and the condition it stands in."""
        for pieza in self.piezas:
            if isinstance(pieza, Hueco):
                yield pieza, None
            elif isinstance(pieza, Si):
                yield pieza, None
                for otra in pieza.dentro:
                    if isinstance(otra, Hueco):
                        yield otra, pieza.nombre

    @property
    def nombres(self) -> frozenset[str]:
        """The variables that it names."""
        return frozenset(hueco.nombre for hueco, _si in self.huecos())

    @property
    def fijos(self) -> frozenset[str]:
        """Those that it shows whatever the others hold."""
        return frozenset(pieza.nombre for pieza in self.piezas if isinstance(pieza, Hueco))

    @cached_property
    def con_condiciones(self) -> bool:
        """Whether it has stretches that may not be shown."""
        return any(isinstance(pieza, Si) for pieza in self.piezas)

    def escribir(self, valores: Mapping[str, str], ciertas: Collection[str]) -> str:
        """Put each value in its place; raises PlantillaInvalida for a name without one.

        `ciertas` are the variables whose stretches are shown.
        """
        if self.problemas:
            raise PlantillaInvalida(f"{self.problemas[0].falta} at {self.problemas[0].posicion}")
        try:
            entero = "".join(
                [
                    tramo % valores
                    for nombre, tramo in self._tramos
                    if nombre is None or nombre in ciertas
                ]
            )
        except KeyError as error:
            raise PlantillaInvalida(f"no value for {{{{{error.args[0]}}}}}") from None
        # A paragraph that is not shown leaves no gap.
        return _LINEAS.sub("\n\n", entero).strip() if self.con_condiciones else entero

    @cached_property
    def _tramos(self) -> tuple[tuple[str | None, str], ...]:
        """Its stretches, each with the condition it stands in, as formats of Python's: a text is
        read once and written many times.
        """
        tramos: list[tuple[str | None, str]] = []
        for pieza in self.piezas:
            if isinstance(pieza, Si):
                tramos.append((pieza.nombre, "".join(map(_formato, pieza.dentro))))
            else:
                tramos.append((None, _formato(pieza)))
        return tuple(tramos)


def _formato(pieza: str | Hueco) -> str:
    if isinstance(pieza, str):
        return pieza.replace("%", "%%")
    return f"%({pieza.nombre})s"


@lru_cache(maxsize=2048)
def leer(texto: str) -> Texto:
    """Read a text once."""
    piezas: list[str | Hueco | Si] = []
    problemas: list[Problema] = []
    abierta: tuple[str, int] | None = None
    dentro: list[str | Hueco] = []
    hasta = 0

    def poner(pieza: str | Hueco) -> None:
        if pieza and abierta:
            dentro.append(pieza)
        elif pieza:
            piezas.append(pieza)

    for marca in _MARCA.finditer(texto):
        literal = texto[hasta : marca.start()]
        poner(literal)
        problemas += _sueltas(literal, hasta)
        hasta, donde = marca.end(), marca.start() + 1
        nombre, condicion, cierre = marca.groups()
        if nombre:
            poner(Hueco(nombre, donde))
        elif condicion and abierta:
            problemas.append(Problema(Falta.ANIDADA, marca[0], donde))
        elif condicion:
            abierta, dentro = (condicion, donde), []
        elif cierre and abierta:
            piezas.append(Si(*abierta, tuple(dentro)))
            abierta = None
        else:
            problemas.append(Problema(Falta.SIN_ABRIR, marca[0], donde))
    poner(texto[hasta:])
    problemas += _sueltas(texto[hasta:], hasta)
    if abierta:
        piezas.append(Si(*abierta, tuple(dentro)))
        problemas.append(Problema(Falta.SIN_CERRAR, f"{{{{#si {abierta[0]}}}}}", abierta[1]))
    problemas += [
        Problema(Falta.CONTROL, f"U+{ord(raro[0][0]):04X}", raro.start() + 1)
        for raro in _CONTROL.finditer(texto)
    ]
    return Texto(tuple(piezas), tuple(sorted(problemas, key=lambda uno: uno.posicion)))


def problemas_de(
    texto: str, variables: Mapping[str, Variable], imprescindibles: Collection[str] = ()
) -> list[Problema]:
    """Everything that keeps a text from being saved; empty when it always renders."""
    leido = leer(texto)
    hallados = list(leido.problemas)
    for hueco, condicion in leido.huecos():
        variable = variables.get(hueco.nombre)
        if variable is None:
            hallados.append(Problema(Falta.DESCONOCIDA, hueco.nombre, hueco.posicion))
        elif variable.opcional and isinstance(hueco, Hueco) and condicion != hueco.nombre:
            hallados.append(Problema(Falta.OPCIONAL_SUELTA, hueco.nombre, hueco.posicion))
    if not hallados and not _dice_algo(leido, variables):
        hallados.append(Problema(Falta.VACIO))
    hallados += [
        Problema(Falta.IMPRESCINDIBLE, nombre)
        for nombre in imprescindibles
        if nombre not in leido.fijos
    ]
    return hallados


def escribir_texto(valor: str) -> str:
    """A value as it may stand in a text: lines are kept, what no screen shows is not."""
    return _CONTROL.sub(" ", valor.replace("\r\n", "\n"))


def en_una_linea(texto: str) -> str:
    """A header is one line, whatever a value brings."""
    return " ".join(texto.split())


def _dice_algo(leido: Texto, variables: Mapping[str, Variable]) -> bool:
    """Whether something is left when every condition is false and every text is empty."""
    literal = any(isinstance(pieza, str) and pieza.strip() for pieza in leido.piezas)
    return literal or any(variables[n].tipo is not Tipo.TEXTO for n in leido.fijos)


def _sueltas(trozo: str, desde: int) -> Iterator[Problema]:
    for suelta in _LLAVES.finditer(trozo):
        yield Problema(Falta.LLAVE_SUELTA, suelta[0], desde + suelta.start() + 1)
