"""Which facts a department may subscribe to, and what of each leaves: data beside the catalogue.

`difusion.json` names the facts and says of each field of theirs what becomes of it. What it does
not name does not leave: a fact that gains a field stops the office from starting until somebody has
written down what the field means to a department.

A subscriber gets a document of its own. Ids that two of them could lay side by side are pseudonyms
under the subscription's key, also the aggregate in `subject`; the event's own id is the delivery's;
what joins by itself (correlation, trace, the second) is left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from oficina.bus.envelope import SPECVERSION, Campo, campos, sequence_text, to_data
from oficina.bus.inbox import Sobre
from oficina.events import Evento, catalogo
from oficina.privacy import pseudonym


class Alcance(StrEnum):
    """Which departments may hear a fact."""

    GENERAL = "general"
    UNIDAD = "unidad"  # only the one whose code the fact carries


class Trato(StrEnum):
    """What becomes of a field."""

    IGUAL = "igual"
    SEUDONIMO = "seudonimo"
    OMITIR = "omitir"


@dataclass(frozen=True, kw_only=True)
class CampoDifundido:
    """What becomes of a field, and why; `clase` is what a pseudonym stands for."""

    trato: Trato
    clase: str = ""
    porque: str = ""


@dataclass(frozen=True, kw_only=True)
class Difundible:
    """A fact that a department may subscribe to."""

    kind: type[Evento]
    alcance: Alcance
    nombre: Mapping[str, str]

    @property
    def filtrables(self) -> frozenset[str]:
        """The fields with codes, by which a subscriber may narrow it."""
        return frozenset(
            campo.nombre
            for campo in campos(self.kind)
            if campo.tipo is str and difusion().campos[campo.nombre].trato is Trato.IGUAL
        )


@dataclass(frozen=True)
class Difusion:
    """One version of the rule."""

    version: str
    campos: Mapping[str, CampoDifundido]
    hechos: Mapping[str, Difundible]
    """By CloudEvents type."""


@cache
def difusion() -> Difusion:
    """The rule in force. Raises ValueError where it and the catalogue do not agree."""
    datos = json.loads((files("oficina.bus") / "difusion.json").read_text(encoding="utf-8"))
    known = catalogo()
    if unknown := datos["hechos"].keys() - known.keys():
        raise ValueError(f"difusion.json: no fact is called {', '.join(sorted(unknown))}")
    tratos = {
        nombre: CampoDifundido(**{**dicho, "trato": Trato(dicho["trato"])})
        for nombre, dicho in datos["campos"].items()
    }
    hechos = {
        ce_type: Difundible(
            kind=known[ce_type], alcance=Alcance(dicho["alcance"]), nombre=dicho["nombre"]
        )
        for ce_type, dicho in datos["hechos"].items()
    }
    for uno in hechos.values():
        for campo in campos(uno.kind):
            _check(uno.kind, campo, tratos.get(campo.nombre))
    return Difusion(datos["version"], tratos, hechos)


def documento(hecho: Evento, sobre: Sobre, *, entrega_id: UUID, clave: bytes) -> dict[str, Any]:
    """The CloudEvent of a fact as one subscriber gets it; `clave` is the subscription's own."""
    return armar(
        hecho,
        entrega_id=entrega_id,
        clave=clave,
        source=sobre.source,
        time=sobre.time,
        sequence=sobre.sequence,
    )


def armar(
    hecho: Evento, *, entrega_id: UUID, clave: bytes, source: str, time: datetime, sequence: int
) -> dict[str, Any]:
    """The same of a fact that nobody told, for an example."""
    regla = difusion()
    data = {
        nombre: _treated(regla.campos[nombre], valor, clave)
        for nombre, valor in to_data(hecho).items()
        if regla.campos[nombre].trato is not Trato.OMITIR
    }
    return {
        "specversion": SPECVERSION,
        "id": str(entrega_id),
        "source": source,
        "type": hecho.ce_type(),
        "subject": f"{hecho.tipo.split('.')[1]}/{data[hecho.sujeto_id]}",
        # To the minute: by the microsecond two subscribers would find the same fact.
        "time": time.replace(second=0, microsecond=0).isoformat(),
        "datacontenttype": "application/json",
        "sequence": sequence_text(sequence),
        "data": data,
    }


def _treated(campo: CampoDifundido, valor: Any, clave: bytes) -> Any:
    if campo.trato is Trato.SEUDONIMO:
        return str(pseudonym(clave, campo.clase, valor))
    return valor


def _check(kind: type[Evento], campo: Campo, dicho: CampoDifundido | None) -> None:
    if dicho is None:
        raise ValueError(f"difusion.json does not say what becomes of {kind.tipo}: {campo.nombre}")
    if dicho.trato is Trato.SEUDONIMO and (campo.tipo is not UUID or not dicho.clase):
        raise ValueError(f"difusion.json: {campo.nombre} is no id of a class")
    if dicho.trato is Trato.OMITIR and campo.nombre == kind.sujeto_id:
        raise ValueError(f"difusion.json: {kind.tipo} has no subject without {campo.nombre}")
