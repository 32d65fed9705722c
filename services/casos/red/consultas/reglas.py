"""When an institution is asked, and how long it may answer. Data (`reglas.json`)."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files

from oficina.calendar_cl import es_habil
from oficina.clock import local


@dataclass(frozen=True)
class Reglas:
    """One version. `pregunta_sola`: whether the office asks by itself; `cada`: it never asks the
    same institution sooner; `desde`, `hasta`: at which hours of a working day.
    """

    version: str
    fuente: str
    pregunta_sola: bool
    cada: timedelta
    desde: time
    hasta: time
    responder_dias_habiles: int

    def es_hora(self, ahora: datetime, cerrados: Collection[date]) -> bool:
        """Whether somebody may be asked at a moment."""
        aqui = local(ahora)
        return es_habil(aqui.date(), cerrados) and self.desde <= aqui.time() < self.hasta


@cache
def reglas() -> Reglas:
    """The version in force."""
    texto = (files("casos.red.consultas") / "reglas.json").read_text(encoding="utf-8")
    datos = json.loads(texto)
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        pregunta_sola=datos["pregunta_sola"],
        cada=timedelta(days=datos["cada_dias"]),
        desde=time.fromisoformat(datos["desde"]),
        hasta=time.fromisoformat(datos["hasta"]),
        responder_dias_habiles=datos["responder_dias_habiles"],
    )
