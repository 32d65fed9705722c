"""The instruments with which a case is evaluated: versioned data in `instrumentos.json`.

A version is never rewritten: evaluations say with which one they were made, and are read with it
for ever. Another one is added beside it, and the days on which each is in force say which is used.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from flask_babel import gettext as _

from casos.expedientes.models import Riesgo, TipoCaso
from casos.instrumentos.condiciones import Condicion, leer_condicion
from oficina.errors import DatosInvalidos

Textos = Mapping[str, str]


class TipoPregunta(StrEnum):
    """What an answer is."""

    SI_NO = "si_no"
    UNO = "uno"
    VARIOS = "varios"
    NUMERO = "numero"
    TEXTO = "texto"
    FECHA = "fecha"


SI, NO, CALLA = "si", "no", "no_responde"
_IMPLICITAS: Mapping[str, Textos] = {
    SI: {"es": "Sí", "en": "Yes"},
    NO: {"es": "No", "en": "No"},
    CALLA: {"es": "Prefiere no responder", "en": "Prefers not to answer"},
}


@dataclass(frozen=True)
class Opcion:
    """One answer to choose, what it weighs, and whether it goes with no other one (`sola`)."""

    codigo: str
    etiquetas: Textos
    puntos: int = 0
    sola: bool = False


@dataclass(frozen=True)
class Pregunta:
    """One question. With `si` it is only asked when what was answered before meets it."""

    codigo: str
    tipo: TipoPregunta
    etiquetas: Textos
    opciones: tuple[Opcion, ...]
    ayuda: Textos
    si: Condicion | None
    opcional: bool
    minimo: int
    maximo: int

    def opcion(self, codigo: str) -> Opcion | None:
        """The answer with a code."""
        return next((una for una in self.opciones if una.codigo == codigo), None)


@dataclass(frozen=True)
class Seccion:
    """Questions about the same."""

    codigo: str
    etiquetas: Textos
    preguntas: tuple[Pregunta, ...]


@dataclass(frozen=True)
class Regla:
    """When the answers meet `si`, they suggest a risk, for a reason; perhaps that the case be
    derived, or that it be seen whether the law demands a report.
    """

    si: Condicion
    riesgo: Riesgo
    razon: Textos
    deriva: bool = False
    denuncia: bool = False


@dataclass(frozen=True)
class Instrumento:
    """One version of an instrument, with its source and the days on which it is in force."""

    codigo: str
    version: str
    desde: date
    hasta: date | None
    fuente: str
    etiquetas: Textos
    ayuda: Textos
    tipos_de_caso: frozenset[TipoCaso]
    secciones: tuple[Seccion, ...]
    reglas: tuple[Regla, ...]
    sin_reglas: Textos

    def rige(self, dia: date) -> bool:
        """Whether it is in force on a day."""
        return self.desde <= dia and (self.hasta is None or dia <= self.hasta)

    def preguntas(self) -> Iterator[Pregunta]:
        """All its questions, in their order."""
        return (pregunta for seccion in self.secciones for pregunta in seccion.preguntas)


@dataclass(frozen=True)
class Catalogo:
    """All versions of all instruments. `sin_instrumento`: the kinds of case that may also be
    evaluated in free form.
    """

    version: str
    fuente: str
    sin_instrumento: frozenset[TipoCaso]
    instrumentos: tuple[Instrumento, ...]

    def vigentes(self, dia: date) -> list[Instrumento]:
        """Those in force on a day, in the order in which they are offered."""
        return [uno for uno in self.instrumentos if uno.rige(dia)]

    def para(self, tipo: TipoCaso, dia: date) -> list[Instrumento]:
        """Those in force, the ones made for this kind of case first."""
        return sorted(self.vigentes(dia), key=lambda uno: tipo not in uno.tipos_de_caso)

    def vigente(self, codigo: str, dia: date) -> Instrumento | None:
        """The version of an instrument in force on a day."""
        return next((uno for uno in self.vigentes(dia) if uno.codigo == codigo), None)

    def version_de(self, codigo: str, version: str) -> Instrumento | None:
        """A version of an instrument, whether or not it is in force."""
        iguales = (i for i in self.instrumentos if (i.codigo, i.version) == (codigo, version))
        return next(iguales, None)


class Pedido(Protocol):
    """An evaluation that says with which instrument it was made, if with one."""

    @property
    def instrumento(self) -> str | None:
        """Its code."""

    @property
    def instrumento_version(self) -> str | None:
        """The version that was seen."""

    @property
    def respuestas(self) -> Mapping[str, Any]:
        """What was answered."""


def instrumento_de(tipo: TipoCaso, pedido: Pedido, dia: date) -> Instrumento | None:
    """The instrument in force with which an evaluation is made; None of one in free form.

    Raises DatosInvalidos when there is no such one, the version that was seen is not in force any
    more, or the kind of case asks for one.
    """
    if pedido.instrumento is None:
        if tipo not in catalogo().sin_instrumento:
            raise DatosInvalidos(
                {"instrumento": [_("Un caso de este tipo se evalúa con un instrumento.")]}
            )
        if pedido.respuestas:
            raise DatosInvalidos({"instrumento": [_("Diga a qué instrumento se responde.")]})
        return None
    uno = catalogo().vigente(pedido.instrumento, dia)
    if uno is None:
        raise DatosInvalidos({"instrumento": [_("No hay un instrumento vigente con ese nombre.")]})
    if pedido.instrumento_version not in {None, uno.version}:
        raise DatosInvalidos(
            {
                "instrumento_version": [
                    _("Rige la versión %(version)s: revise las preguntas.", version=uno.version)
                ]
            }
        )
    return uno


def nombre_de(
    codigo: str | None, version: str | None, idioma: str, todos: Catalogo | None = None
) -> str:
    """What people call an instrument, with its version; empty for none."""
    if not codigo:
        return ""
    uno = (todos or catalogo()).version_de(codigo, version or "")
    dicho = en(uno.etiquetas, idioma) if uno else codigo
    return str(_("%(nombre)s (versión %(version)s)", nombre=dicho, version=version))


def en(textos: Textos, idioma: str) -> str:
    """A text in a language; Spanish when that language has none."""
    return textos.get(idioma) or textos.get("es", "")


@cache
def catalogo() -> Catalogo:
    """The catalogue of this version of the program."""
    texto = (files("casos.instrumentos") / "instrumentos.json").read_text(encoding="utf-8")
    return leer(json.loads(texto))


def leer(datos: Mapping[str, Any]) -> Catalogo:
    """A catalogue from its data. Raises ValueError for data that contradict themselves: a condition
    on what is asked later, two questions with a code, two versions in force on one day.
    """
    instrumentos = tuple(_instrumento(uno) for uno in datos["instrumentos"])
    for numero, uno in enumerate(instrumentos):
        _comprobar(uno)
        for otro in instrumentos[:numero]:
            if otro.codigo == uno.codigo and _se_topan(uno, otro):
                raise ValueError(f"two versions of {uno.codigo} are in force on one day")
    return Catalogo(
        version=datos["version"],
        fuente=datos["fuente"],
        sin_instrumento=frozenset(TipoCaso(tipo) for tipo in datos["sin_instrumento"]),
        instrumentos=instrumentos,
    )


def _instrumento(datos: Mapping[str, Any]) -> Instrumento:
    return Instrumento(
        codigo=datos["codigo"],
        version=datos["version"],
        desde=date.fromisoformat(datos["desde"]),
        hasta=date.fromisoformat(datos["hasta"]) if datos.get("hasta") else None,
        fuente=datos["fuente"],
        etiquetas=datos["etiquetas"],
        ayuda=datos.get("ayuda", {}),
        tipos_de_caso=frozenset(TipoCaso(tipo) for tipo in datos["tipos_de_caso"]),
        secciones=tuple(
            Seccion(s["codigo"], s["etiquetas"], tuple(_pregunta(p) for p in s["preguntas"]))
            for s in datos["secciones"]
        ),
        reglas=tuple(_regla(regla) for regla in datos["reglas"]),
        sin_reglas=datos["sin_reglas"],
    )


def _pregunta(datos: Mapping[str, Any]) -> Pregunta:
    tipo = TipoPregunta(datos["tipo"])
    return Pregunta(
        codigo=datos["codigo"],
        tipo=tipo,
        etiquetas=datos["etiquetas"],
        opciones=tuple(_opciones(tipo, datos)),
        ayuda=datos.get("ayuda", {}),
        si=leer_condicion(datos["si"]) if "si" in datos else None,
        opcional=datos.get("opcional", False),
        minimo=datos.get("minimo", 0),
        maximo=datos.get("maximo", 1000),
    )


def _opciones(tipo: TipoPregunta, datos: Mapping[str, Any]) -> Iterator[Opcion]:
    if tipo is TipoPregunta.SI_NO:
        puntos = datos.get("puntos", {})
        yield from (Opcion(c, _IMPLICITAS[c], puntos.get(c, 0)) for c in (SI, NO))
    for opcion in datos.get("opciones", ()):
        yield Opcion(**opcion)
    if datos.get("puede_callar"):
        yield Opcion(CALLA, _IMPLICITAS[CALLA], sola=True)


def _regla(datos: Mapping[str, Any]) -> Regla:
    return Regla(
        si=leer_condicion(datos["si"]),
        riesgo=Riesgo(datos["riesgo"]),
        razon=datos["razon"],
        deriva=datos.get("deriva", False),
        denuncia=datos.get("denuncia", False),
    )


def _comprobar(uno: Instrumento) -> None:
    antes: dict[str, Pregunta] = {}
    for pregunta in uno.preguntas():
        if pregunta.codigo in antes:
            raise ValueError(f"{uno.codigo}: {pregunta.codigo} is asked twice")
        if pregunta.si:
            _exigir_conocida(uno, pregunta.si, antes)
        antes[pregunta.codigo] = pregunta
    for regla in uno.reglas:
        if regla.riesgo is Riesgo.SIN_EVALUAR:
            raise ValueError(f"{uno.codigo}: a rule suggests no risk")
        _exigir_conocida(uno, regla.si, antes)


def _exigir_conocida(uno: Instrumento, condicion: Condicion, antes: Mapping[str, Pregunta]) -> None:
    secciones = {seccion.codigo for seccion in uno.secciones}
    for codigo, valores in condicion.nombra():
        pregunta = antes.get(codigo)
        if pregunta is None:
            raise ValueError(f"{uno.codigo}: a condition names {codigo}, not asked before")
        if extranos := [valor for valor in valores if pregunta.opcion(valor) is None]:
            raise ValueError(f"{uno.codigo}: {codigo} has no answer {extranos[0]}")
    if extranas := set(condicion.secciones()) - secciones:
        raise ValueError(f"{uno.codigo} has no section {extranas.pop()}")


def _se_topan(uno: Instrumento, otro: Instrumento) -> bool:
    return uno.rige(otro.desde) or otro.rige(uno.desde)
