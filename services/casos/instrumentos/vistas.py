"""Evaluations as people and programs read them: each with the version with which it was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casos.expedientes.models import Evaluacion, Riesgo
from casos.instrumentos.catalogo import (
    Catalogo,
    Instrumento,
    Pregunta,
    TipoPregunta,
    catalogo,
    en,
    nombre_de,
)
from casos.instrumentos.respuestas import Sugerencia, corresponden, sugerir
from oficina.web.i18n import fecha


@dataclass(frozen=True)
class Respondida:
    """A question as it was asked and what was answered; empty when it was not."""

    codigo: str
    pregunta: str
    respuesta: str


@dataclass(frozen=True)
class SeccionRespondida:
    """A section with the questions that were due."""

    titulo: str
    respondidas: Sequence[Respondida]


@dataclass(frozen=True)
class Leida:
    """An evaluation with everything that it says. `sugerido` and `razones` are what the instrument
    found; all but the evaluation are empty of one in free form.
    """

    evaluacion: Evaluacion
    instrumento: str
    secciones: Sequence[SeccionRespondida]
    sugerido: Riesgo | None
    razones: Sequence[str]

    @property
    def se_aparta(self) -> bool:
        """Whether who evaluated decided on another risk than the one suggested."""
        return self.sugerido is not None and self.sugerido is not self.evaluacion.riesgo


@dataclass(frozen=True)
class Cambio:
    """What was answered to one question in two evaluations."""

    pregunta: str
    antes: str
    ahora: str


@dataclass(frozen=True)
class Comparacion:
    """The last two evaluations side by side. `comparable`: they ask the same things."""

    antes: Leida
    ahora: Leida
    comparable: bool
    cambios: Sequence[Cambio]
    iguales: int


def leer(evaluacion: Evaluacion, idioma: str, todos: Catalogo | None = None) -> Leida:
    """An evaluation whose answers are loaded, in a language."""
    todos = todos or catalogo()
    codigo, version = evaluacion.instrumento, evaluacion.instrumento_version
    nombre = nombre_de(codigo, version, idioma, todos)
    uno = todos.version_de(codigo, version or "") if codigo else None
    if uno is None:
        return Leida(evaluacion, nombre, (), None, ())
    respuestas = evaluacion.respuestas
    sugerencia = sugerir(uno, respuestas)
    return Leida(
        evaluacion,
        nombre,
        list(_secciones(uno, respuestas, idioma)),
        sugerencia.riesgo,
        razones(sugerencia, idioma),
    )


def razones(sugerencia: Sugerencia, idioma: str) -> list[str]:
    """Why a risk is suggested."""
    return [en(razon, idioma) for razon in sugerencia.razones]


def comparar(evaluaciones: Sequence[Leida]) -> Comparacion | None:
    """The last two, the newest first in `evaluaciones`; None when there are not two."""
    if len(evaluaciones) < 2:
        return None
    ahora, antes = evaluaciones[:2]
    comparable = bool(ahora.secciones) and (
        ahora.evaluacion.instrumento == antes.evaluacion.instrumento
    )
    cambios = list(_lado_a_lado(antes, ahora)) if comparable else []
    distintos = [uno for uno in cambios if uno.antes != uno.ahora]
    return Comparacion(antes, ahora, comparable, distintos, len(cambios) - len(distintos))


def dicha(pregunta: Pregunta, respuesta: Any, idioma: str) -> str:
    """An answer in words."""
    if respuesta is None:
        return ""
    if isinstance(respuesta, list):
        return ", ".join(dicha(pregunta, una, idioma) for una in respuesta)
    if pregunta.tipo is TipoPregunta.FECHA:
        return fecha(date.fromisoformat(respuesta))
    opcion = pregunta.opcion(str(respuesta))
    return en(opcion.etiquetas, idioma) if opcion else str(respuesta)


def _secciones(
    uno: Instrumento, respuestas: dict[str, Any], idioma: str
) -> Iterator[SeccionRespondida]:
    debidas = {pregunta.codigo for pregunta in corresponden(uno, respuestas)}
    for seccion in uno.secciones:
        respondidas = [
            Respondida(
                p.codigo, en(p.etiquetas, idioma), dicha(p, respuestas.get(p.codigo), idioma)
            )
            for p in seccion.preguntas
            if p.codigo in debidas
        ]
        if respondidas:
            yield SeccionRespondida(en(seccion.etiquetas, idioma), respondidas)


def _lado_a_lado(antes: Leida, ahora: Leida) -> Iterator[Cambio]:
    """In the order of the newer; what is not asked any more comes last."""
    de_antes = {r.codigo: r for seccion in antes.secciones for r in seccion.respondidas}
    for seccion in ahora.secciones:
        for una in seccion.respondidas:
            vieja = de_antes.pop(una.codigo, None)
            yield Cambio(una.pregunta, vieja.respuesta if vieja else "", una.respuesta)
    for vieja in de_antes.values():
        yield Cambio(vieja.pregunta, vieja.respuesta, "")
