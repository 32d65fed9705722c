"""The words of the register's writers and what they mean, versioned data in `vocabulario.json`.

A word is looked for in its plain form: lower case, without accents or punctuation. First as it
stands, then by the beginnings of words (`raices`) that it contains. What nobody foresaw means
nothing: the reader reports it instead of guessing.
"""

import gettext
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pycountry


def plano(texto: str) -> str:
    """Lower case, without accents; anything but letters and digits is one space."""
    descompuesto = unicodedata.normalize("NFKD", texto).casefold()
    letras = (letra for letra in descompuesto if not unicodedata.combining(letra))
    return " ".join("".join(c if c.isalnum() else " " for c in letras).split())


@dataclass(frozen=True)
class Lista:
    """Codes by the words that stand for them."""

    exactas: Mapping[str, str]
    raices: tuple[tuple[str, str], ...] = ()

    def codigo(self, texto: str) -> str | None:
        """The code of what somebody wrote, or None. Of «a / b» the first part that is known."""
        todo = plano(texto)
        if hallado := self._uno(todo):
            return hallado
        partes = (plano(parte) for parte in texto.replace("+", "/").replace(";", "/").split("/"))
        return next((codigo for parte in partes if (codigo := self._uno(parte))), None)

    def _uno(self, palabras: str) -> str | None:
        if not palabras:
            return None
        if palabras in self.exactas:
            return self.exactas[palabras]
        # A space before each word: a root matches where a word begins, never inside one.
        return next((codigo for raiz, codigo in self.raices if f" {raiz}" in f" {palabras}"), None)


@dataclass(frozen=True)
class Vocabulario:
    """One version of the words."""

    version: str
    columnas: Mapping[str, str]
    meses: Mapping[str, int]
    hojas_ignoradas: frozenset[str]
    filas_ignoradas: frozenset[str]
    vacio: frozenset[str]
    sin_documento: frozenset[str]
    nacionalidades: Lista
    sexos: Lista
    motivos: Lista
    instituciones: Lista
    resultados: Lista
    canales: Lista
    nombres_de_pila: frozenset[str]
    particulas: frozenset[str]
    sin_contacto: tuple[str, ...]
    idiomas: tuple[tuple[str, str], ...]

    def es_vacio(self, texto: str) -> bool:
        """Whether it is one of the ways to write that there is nothing to write."""
        return plano(texto) in self.vacio


@cache
def vocabulario() -> Vocabulario:
    """The version in force."""
    datos = json.loads((files("casos.importacion") / "vocabulario.json").read_text("utf-8"))
    return Vocabulario(
        version=datos["version"],
        columnas=_al_reves(datos["columnas"]),
        meses={palabra: int(mes) for palabra, mes in _al_reves(datos["meses"]).items()},
        hojas_ignoradas=frozenset(datos["hojas_ignoradas"]),
        filas_ignoradas=frozenset(datos["filas_ignoradas"]),
        vacio=frozenset(datos["vacio"]),
        sin_documento=frozenset(datos["sin_documento"]),
        nacionalidades=_con_paises(_lista(datos["nacionalidades"])),
        sexos=Lista(_al_reves(datos["sexos"])),
        motivos=_lista(datos["motivos"]),
        instituciones=_lista(datos["instituciones"]),
        resultados=_lista(datos["resultados"]),
        canales=Lista(_al_reves(datos["canales"])),
        nombres_de_pila=frozenset(datos["nombres_de_pila"]),
        particulas=frozenset(datos["particulas"]),
        sin_contacto=tuple(datos["sin_contacto"]),
        idiomas=tuple(_al_reves(datos["idiomas"]).items()),
    )


def _al_reves(codigos: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {palabra: codigo for codigo, palabras in codigos.items() for palabra in palabras}


def _lista(datos: Mapping[str, Mapping[str, Any]]) -> Lista:
    exactas = _al_reves({codigo: dato["exactas"] for codigo, dato in datos.items()})
    raices = tuple((raiz, codigo) for codigo, dato in datos.items() for raiz in dato["raices"])
    return Lista(exactas, raices)


def _con_paises(lista: Lista) -> Lista:
    # Every other country by its own name, in Spanish and in English.
    espanol = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, ["es"])
    paises = {
        plano(nombre): pais.alpha_3
        for pais in pycountry.countries
        for nombre in (pais.name, espanol.gettext(pais.name))
    }
    return Lista({**paises, **lista.exactas}, lista.raices)
