"""The words of the register's writers and what they mean, versioned data in `vocabulario.json`.

A word is looked for in its plain form: lower case, without accents or punctuation. First as it
stands, then by the beginnings of words (`raices`) that it contains, then forgiving a slip or two
in a longer one. What nobody foresaw means nothing: the reader reports it instead of guessing.
"""

import difflib
import gettext
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pycountry

_SIGLA = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_PARECIDO = 0.87
_LARGO_PARECIDO = 5
_MAX_RESUELTAS = 2000


def plano(texto: str) -> str:
    """Lower case, without accents; anything but letters and digits is one space.

    The dots of an abbreviation go without a space: «R.S.H.» is «rsh».
    """
    descompuesto = unicodedata.normalize("NFKD", texto).casefold()
    letras = "".join(letra for letra in descompuesto if not unicodedata.combining(letra))
    letras = _SIGLA.sub(lambda sigla: sigla[0].replace(".", ""), letras)
    return " ".join("".join(c if c.isalnum() else " " for c in letras).split())


@dataclass(frozen=True)
class Lista:
    """Codes by the words that stand for them."""

    exactas: Mapping[str, str]
    raices: tuple[tuple[str, str], ...] = ()
    _resueltas: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)

    def codigo(self, texto: str) -> str | None:
        """The code of what somebody wrote, or None. Of «a / b» the first part that is known."""
        if texto not in self._resueltas:
            # A register has few words and repeats them; one with many is forgotten again.
            if len(self._resueltas) > _MAX_RESUELTAS:
                self._resueltas.clear()
            self._resueltas[texto] = self._buscar(texto)
        return self._resueltas[texto]

    def _buscar(self, texto: str) -> str | None:
        todo = plano(texto)
        partes = [plano(parte) for parte in re.split(r"[/+;,]", texto)]
        seguro = next((codigo for parte in partes if (codigo := self._uno(parte))), None)
        return self.exactas.get(todo) or seguro or self._casi(todo)

    def _casi(self, palabras: str) -> str | None:
        if len(palabras) < _LARGO_PARECIDO:
            return None
        largas = [exacta for exacta in self.exactas if len(exacta) >= _LARGO_PARECIDO]
        cercanas = difflib.get_close_matches(palabras, largas, n=1, cutoff=_PARECIDO)
        return self.exactas[cercanas[0]] if cercanas else None

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
    columnas_raices: tuple[tuple[str, tuple[str, ...]], ...]
    idem: frozenset[str]
    meses: Lista
    hojas_ignoradas: frozenset[str]
    filas_ignoradas: frozenset[str]
    filas_de_ejemplo: tuple[str, ...]
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

    def columna_parecida(self, titulo: str) -> str | None:
        """The field of a title that is not one of the usual ones, by the words that it has."""
        palabras = plano(titulo).split()
        return next(
            (
                campo
                for campo, raices in self.columnas_raices
                if all(any(palabra.startswith(raiz) for palabra in palabras) for raiz in raices)
            ),
            None,
        )

    def es_idem(self, texto: str) -> bool:
        """Whether it says «the same as above», in words or with ditto marks."""
        return bool(texto.strip()) and (
            plano(texto) in self.idem or not texto.strip().strip("\"'”“»«〃´`")
        )

    def es_de_ejemplo(self, celdas: Iterable[object]) -> bool:
        """Whether a row is the one that a template brings: a cell of it says so."""
        return any(
            isinstance(celda, str) and plano(celda).startswith(self.filas_de_ejemplo)
            for celda in celdas
        )

    def es_ignorada(self, hoja: str) -> bool:
        """Whether a sheet adds up or explains the others, by its name."""
        palabras = plano(hoja).split()
        return bool(palabras) and palabras[0] in self.hojas_ignoradas

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
        columnas_raices=tuple((campo, tuple(r.split())) for campo, r in datos["columnas_raices"]),
        idem=frozenset(datos["idem"]),
        meses=Lista(_al_reves(datos["meses"])),
        hojas_ignoradas=frozenset(datos["hojas_ignoradas"]),
        filas_ignoradas=frozenset(datos["filas_ignoradas"]),
        filas_de_ejemplo=tuple(datos["filas_de_ejemplo"]),
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
