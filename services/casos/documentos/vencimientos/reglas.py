"""How long before a document expires somebody is told, by kind. Data (`reglas.json`)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from oficina.identity_docs import TipoDocumento


@dataclass(frozen=True)
class Etapa:
    """A document of these kinds with at most `dias` left, and more than `hasta`, is told of."""

    tipos: frozenset[TipoDocumento]
    dias: int
    hasta: int


@dataclass(frozen=True)
class Reglas:
    """One version. Of a kind that is in no stage nobody is told. `lista_dias`: how far ahead the
    list may look.
    """

    version: str
    fuente: str
    etapas: Sequence[Etapa]
    lista_dias: Sequence[int]
    lista_por_omision: int


@cache
def reglas() -> Reglas:
    """The version in force."""
    texto = (files("casos.documentos.vencimientos") / "reglas.json").read_text(encoding="utf-8")
    datos = json.loads(texto)
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        etapas=_etapas(datos["dias_antes"]),
        lista_dias=tuple(datos["lista_dias"]),
        lista_por_omision=datos["lista_por_omision"],
    )


def _etapas(dias_antes: Mapping[str, Sequence[int]]) -> Sequence[Etapa]:
    """Kinds that are told of on the same days together; a stage ends where the next one begins."""
    juntos: dict[tuple[int, ...], set[TipoDocumento]] = {}
    for tipo, dias in dias_antes.items():
        juntos.setdefault(tuple(sorted(dias, reverse=True)), set()).add(TipoDocumento(tipo))
    return [
        Etapa(frozenset(tipos), cuantos, siguiente)
        for dias, tipos in juntos.items()
        for cuantos, siguiente in zip(dias, (*dias[1:], -1), strict=True)
    ]
