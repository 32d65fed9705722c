"""What a question or a rule asks of the answers that there are, as data:

    {"pregunta": "hogar", "es": ["sola"]}            one of these was answered (of several, any)
    {"pregunta": "hijos", "desde": 1, "hasta": 3}    a number within
    {"puntaje": "vivienda", "desde": 3}              the points of a section; "total" of them all
    {"todas": […]}  {"alguna": […]}  {"no": …}

What was not answered meets nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Respuestas = Mapping[str, Any]
"""Answers by question: a code, a list of codes, a number, a text or an ISO day."""

Puntajes = Mapping[str, int]
"""Points by section, and in `TOTAL`."""

TOTAL = "total"


class Condicion(Protocol):
    """Something that answers meet or do not meet."""

    def vale(self, respuestas: Respuestas, puntajes: Puntajes) -> bool:
        """Whether they meet it."""

    def nombra(self) -> Iterator[tuple[str, Sequence[str]]]:
        """The questions that it looks at, and the answers that it names of each."""

    def secciones(self) -> Iterator[str]:
        """The sections whose points it looks at."""


@dataclass(frozen=True)
class Es:
    """One of some answers was given."""

    pregunta: str
    valores: tuple[str, ...]

    def vale(self, respuestas: Respuestas, _puntajes: Puntajes) -> bool:
        dicho = respuestas.get(self.pregunta)
        dichos = dicho if isinstance(dicho, list) else [dicho]
        return any(valor in self.valores for valor in dichos)

    def nombra(self) -> Iterator[tuple[str, Sequence[str]]]:
        yield self.pregunta, self.valores

    def secciones(self) -> Iterator[str]:
        yield from ()


@dataclass(frozen=True)
class Entre:
    """A number that was answered, or the points of a section, lie within."""

    pregunta: str | None
    puntaje: str | None
    desde: int | None
    hasta: int | None

    def vale(self, respuestas: Respuestas, puntajes: Puntajes) -> bool:
        valor = respuestas.get(self.pregunta) if self.pregunta else puntajes.get(self.puntaje or "")
        if not isinstance(valor, int):
            return False
        return (self.desde is None or self.desde <= valor) and (
            self.hasta is None or valor <= self.hasta
        )

    def nombra(self) -> Iterator[tuple[str, Sequence[str]]]:
        if self.pregunta:
            yield self.pregunta, ()

    def secciones(self) -> Iterator[str]:
        if self.puntaje and self.puntaje != TOTAL:
            yield self.puntaje


@dataclass(frozen=True)
class Varias:
    """So many of some conditions are met, at least."""

    cuantas: int
    de: tuple[Condicion, ...]

    def vale(self, respuestas: Respuestas, puntajes: Puntajes) -> bool:
        return sum(una.vale(respuestas, puntajes) for una in self.de) >= self.cuantas

    def nombra(self) -> Iterator[tuple[str, Sequence[str]]]:
        for una in self.de:
            yield from una.nombra()

    def secciones(self) -> Iterator[str]:
        for una in self.de:
            yield from una.secciones()


@dataclass(frozen=True)
class Ninguna:
    """A condition is not met."""

    de: Condicion

    def vale(self, respuestas: Respuestas, puntajes: Puntajes) -> bool:
        return not self.de.vale(respuestas, puntajes)

    def nombra(self) -> Iterator[tuple[str, Sequence[str]]]:
        return self.de.nombra()

    def secciones(self) -> Iterator[str]:
        return self.de.secciones()


def leer_condicion(datos: Mapping[str, Any]) -> Condicion:
    """A condition from its data. Raises ValueError for what is none."""
    match datos:
        case {"todas": todas}:
            return Varias(len(todas), tuple(leer_condicion(una) for una in todas))
        case {"alguna": alguna}:
            return Varias(1, tuple(leer_condicion(una) for una in alguna))
        case {"no": otra}:
            return Ninguna(leer_condicion(otra))
        case {"pregunta": codigo, "es": valores}:
            return Es(codigo, tuple(valores))
        case {"desde": _} | {"hasta": _} if ("pregunta" in datos) != ("puntaje" in datos):
            return Entre(
                datos.get("pregunta"), datos.get("puntaje"), datos.get("desde"), datos.get("hasta")
            )
    raise ValueError(f"this is no condition: {datos}")
