"""How long each clock runs: versioned data in `reglas.json`, with the source of every rule.

What comes with the program is the first version; an office's own ones follow it (`versiones`).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Literal

from oficina.calendar_cl import (
    Unidad,
    fin_de_plazo,
    momento_de_avance,
    siguiente_habil,
    termino_movido,
    termino_reanudado,
)
from oficina.clock import local


@dataclass(frozen=True)
class Regla:
    """One clock: its length by priority, in working days, calendar days or hours; by how much it
    can be extended, once, if it can; and whether somebody chooses its end, the length being then
    the longest that they may choose (`elegible`). What happens to a `reservado` one only our own
    services hear. A `legal` one no office changes. Of an `acordable` one, of working days, a
    service of the network may have promised a length of its own.
    """

    etiquetas: Mapping[str, str]
    unidad: Unidad
    plazo: Mapping[str, int]
    pausable: bool
    cierra_derivacion: bool
    fuente: str
    prorroga: int | None = None
    elegible: bool = False
    reservado: bool = False
    legal: bool = False
    acordable: bool = False

    def admite(self, acuerdo: int | None) -> int | None:
        """The working days that a service promised, if they count: no promise changes what a law
        sets.
        """
        return acuerdo if self.acordable and not self.legal else None

    def con_acuerdo(self, dias: int | None) -> "Regla":
        """The same clock with the working days that a service promised, whatever the priority;
        itself without any.
        """
        return self if dias is None else replace(self, plazo=dict.fromkeys(self.plazo, dias))

    @property
    def habil(self) -> bool:
        """Whether only working days count."""
        return self.unidad == "dias_habiles"

    def fin(self, prioridad: str, inicio: datetime, cierres: Collection[date] = ()) -> datetime:
        """When the clock ends if it starts at `inicio`; `cierres` are no working days."""
        return self._sumar(inicio, self.plazo[prioridad], cierres)

    def fin_prorrogado(self, fin: datetime, cierres: Collection[date] = ()) -> datetime:
        """When the clock that ended at `fin` ends once it is extended. Raises ValueError for one
        that cannot be.
        """
        if self.prorroga is None:
            raise ValueError("this clock is never extended")
        return self._sumar(fin, self.prorroga, cierres)

    def _sumar(self, inicio: datetime, cuanto: int, cierres: Collection[date]) -> datetime:
        match self.unidad:
            case "dias_habiles":
                return fin_de_plazo(inicio, dias_habiles=cuanto, cierres=cierres)
            case "dias_corridos":
                return fin_de_plazo(inicio, dias_corridos=cuanto)
            case "horas":
                return fin_de_plazo(inicio, horas=cuanto)

    def momento(
        self, inicio: datetime, fin: datetime, nivel: int, cierres: Collection[date] = ()
    ) -> datetime:
        """When `nivel` percent of the time from `inicio` to `fin` has passed."""
        return momento_de_avance(inicio, fin, nivel, self.habil, cierres)

    def reanudado(
        self,
        inicio: datetime,
        fin: datetime,
        *,
        pausa: datetime,
        reanuda: datetime,
        cierres: Collection[date] = (),
    ) -> tuple[datetime, datetime]:
        """From and until when the clock counts that was held from `pausa` to `reanuda`."""
        return termino_reanudado(
            inicio, fin, pausa=pausa, reanuda=reanuda, unidad=self.unidad, cierres=cierres
        )

    def movido(
        self,
        inicio: datetime,
        fin: datetime,
        *,
        antes: Collection[date],
        cierres: Collection[date],
        elegido: datetime | None,
    ) -> datetime:
        """When a clock of working days ends that counted from `inicio` to `fin` while the days off
        were `antes`, now that they are `cierres`. An end that somebody chose (`elegido`, when it
        was not `fin`) only leaves a day that is none of work any more.
        """
        if not self.elegible:
            return termino_movido(inicio, fin, antes=antes, cierres=cierres)
        dia = local(elegido or fin).date()
        habil = siguiente_habil(dia, cierres) if dia in cierres else dia
        return fin_de_plazo(elegido or fin, dias_corridos=(habil - dia).days)


@dataclass(frozen=True)
class Etapa:
    """A percentage of the time, and what happens then. Without `hecho` it is only shown."""

    nivel: int
    hecho: Literal["por_vencer", "vencido", "cierre"] | None


@dataclass(frozen=True)
class Reglas:
    """One version of the rules."""

    version: str
    fuente: str
    etapas: tuple[Etapa, ...]
    """In the order in which time reaches them."""
    relojes: Mapping[str, Regla]

    def siguiente(self, reloj: str, nivel: int) -> Etapa | None:
        """The next stage at which something happens after `nivel`; None when it was the last."""
        cierra = self.relojes[reloj].cierra_derivacion
        for etapa in self.etapas:
            pasa = etapa.hecho is not None and (cierra or etapa.hecho != "cierre")
            if etapa.nivel > nivel and pasa:
                return etapa
        return None

    def etapa(self, nivel: int) -> Etapa:
        """The stage of a percentage."""
        return next(etapa for etapa in self.etapas if etapa.nivel == nivel)


@cache
def reglas() -> Reglas:
    """The version that comes with the program: every clock there is. How long one runs that begins
    now is for `versiones.vigentes` to say.
    """
    datos = json.loads((files("casos.plazos") / "reglas.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        etapas=tuple(Etapa(**etapa) for etapa in datos["etapas"]),
        relojes={reloj: Regla(**regla) for reloj, regla in datos["relojes"].items()},
    )


def etiqueta(reloj: str, idioma: str = "es") -> str:
    """What people call a clock."""
    etiquetas = reglas().relojes[reloj].etiquetas
    return etiquetas.get(idioma) or etiquetas["es"]
