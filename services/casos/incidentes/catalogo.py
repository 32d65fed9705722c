"""What the law says of breaches: versioned data in `incidentes.json`, with its source."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from casos.incidentes.states import Destinatario, RiesgoParaPersonas


@dataclass(frozen=True)
class CategoriaDeDatos:
    """A kind of data; `protegida` names what the law protects more, if it does."""

    etiquetas: Mapping[str, str]
    protegida: str | None = None


@dataclass(frozen=True)
class Obligacion:
    """When somebody must be told, and by which clock.

    Of a breach with one of these risks, or with data of one of these protected kinds.
    `desde_el_reporte`: its clock runs for a suspicion, too.
    """

    reloj: str
    fuente: str
    desde_el_reporte: bool
    riesgos: frozenset[RiesgoParaPersonas] = frozenset()
    protegidas: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Catalogo:
    """One version of what the law says."""

    version: str
    fuente: str
    categorias: Mapping[str, CategoriaDeDatos]
    protegidas: Mapping[str, Mapping[str, str]]
    destinatarios: Mapping[Destinatario, Obligacion]

    def protegidas_en(self, categorias: Iterable[str]) -> frozenset[str]:
        """Which of the kinds that the law protects more are among these categories."""
        conocidas = (self.categorias[c].protegida for c in categorias if c in self.categorias)
        return frozenset(una for una in conocidas if una)

    def obliga(
        self,
        destinatario: Destinatario,
        riesgo: RiesgoParaPersonas | None,
        categorias: Iterable[str],
    ) -> bool:
        """Whether the law, as it is read here, asks to tell them of a breach like this."""
        una = self.destinatarios[destinatario]
        return riesgo in una.riesgos or bool(una.protegidas & self.protegidas_en(categorias))

    def categoria(self, codigo: str, idioma: str) -> str:
        """How a kind of data is said; of an older version, its code."""
        una = self.categorias.get(codigo)
        return _dicha(una.etiquetas, idioma) if una else codigo

    def protegida(self, codigo: str, idioma: str) -> str:
        """How a protected kind of data is said."""
        return _dicha(self.protegidas[codigo], idioma)


@cache
def catalogo() -> Catalogo:
    """The version in force."""
    texto = (files("casos.incidentes") / "incidentes.json").read_text(encoding="utf-8")
    datos: dict[str, Any] = json.loads(texto)
    return Catalogo(
        version=datos["version"],
        fuente=datos["fuente"],
        categorias={c: CategoriaDeDatos(**una) for c, una in datos["categorias"].items()},
        protegidas=datos["protegidas"],
        destinatarios={
            Destinatario(quien): Obligacion(
                reloj=una["reloj"],
                fuente=una["fuente"],
                desde_el_reporte=una["desde_el_reporte"],
                riesgos=frozenset(RiesgoParaPersonas(r) for r in una.get("riesgos", ())),
                protegidas=frozenset(una.get("protegidas", ())),
            )
            for quien, una in datos["destinatarios"].items()
        },
    )


def _dicha(etiquetas: Mapping[str, str], idioma: str) -> str:
    return etiquetas.get(idioma) or etiquetas["es"]
