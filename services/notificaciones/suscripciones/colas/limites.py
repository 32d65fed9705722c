"""How much of a unit that does not read is kept, and how often it may connect: versioned data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ACOTAN = ("max-length", "max-length-bytes", "message-ttl")
"""The limits without which a queue could grow for ever."""


@dataclass(frozen=True)
class Limites:
    """One version."""

    argumentos: Mapping[str, Any]
    """Of each queue; nobody can take them away from one that is there."""
    usuario: Mapping[str, int]


@cache
def limites() -> Limites:
    """The limits in force."""
    text = (Path(__file__).parent / "limites.json").read_text(encoding="utf-8")
    datos: dict[str, Any] = json.loads(text)
    return Limites(datos["argumentos"], datos["usuario"])


def sin_limite(cola: Mapping[str, Any]) -> list[str]:
    """What lets a queue, as RabbitMQ describes it, hold the bus or fill the disk; empty: nothing.

    Arguments and policies count alike: of both, RabbitMQ takes the narrower.
    """
    argumentos: Mapping[str, Any] = cola.get("arguments") or {}
    politica: Mapping[str, Any] = cola.get("effective_policy_definition") or {}
    missing = [one for one in ACOTAN if f"x-{one}" not in argumentos and one not in politica]
    # Of both, the argument. Full, it would refuse what the office sends to others too.
    overflow = argumentos.get("x-overflow") or politica.get("overflow") or "drop-head"
    return missing if overflow == "drop-head" else [*missing, "overflow"]


def acotada_por_si_misma(cola: Mapping[str, Any]) -> bool:
    """Whether a queue is bounded whatever becomes of the policies."""
    argumentos: Mapping[str, Any] = cola.get("arguments") or {}
    return "x-overflow" in argumentos and not sin_limite({"arguments": argumentos})
