"""What an SMS takes and what it costs, as its readers see it: prices as data (tarifas.json).

A price is never changed: another one begins on a day. A message keeps the key of the price that
was in force on the day of its sending, so what a month cost stays what it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from notificaciones.mensajes.sms import UCS2, Conteo, Escrito, contar, sin_tildes


@dataclass(frozen=True)
class Tarifa:
    """The price of one segment from a day on, and where it comes from."""

    clave: str
    desde: date
    por_segmento: Decimal
    moneda: str
    confirmada: bool
    fuente: str


@dataclass(frozen=True, kw_only=True)
class Segmentos:
    """What one SMS takes, why, and what it costs.

    `unidades` is None once the text was forgotten, `sin_tildes` when dropping accents would save
    nothing, `con_tildes` when none that cost something were dropped. `sin_equivalente` keep a text
    from being written in the basic alphabet.
    """

    codificacion: str
    partes: int
    unidades: int | None
    culpables: tuple[str, ...] = ()
    posicion: int | None = None
    dobles: tuple[str, ...] = ()
    con_tildes: int | None = None
    sin_tildes: int | None = None
    sin_equivalente: tuple[str, ...] = ()
    tarifa: Tarifa | None = None

    @property
    def costo(self) -> Decimal | None:
        """Its price; None for a message of before there were prices."""
        return None if self.tarifa is None else self.partes * self.tarifa.por_segmento


@dataclass(frozen=True)
class Suma:
    """What some SMS of one price took together; `ahorrados` are segments that accents would have
    cost.
    """

    mensajes: int
    segmentos: int
    ahorrados: int
    tarifa: Tarifa
    en_la_salida: bool

    @property
    def costo(self) -> Decimal:
        """Their price."""
        return self.segmentos * self.tarifa.por_segmento


@cache
def tarifas() -> Mapping[str, Tarifa]:
    """Every price by its key, the oldest first; raises ValueError when two begin on one day."""
    datos = json.loads((Path(__file__).parent / "tarifas.json").read_text(encoding="utf-8"))
    hechas = [
        Tarifa(
            una["clave"],
            date.fromisoformat(una["desde"]),
            Decimal(una["por_segmento"]),
            datos["moneda"],
            una["confirmada"],
            una["fuente"],
        )
        for una in datos["tarifas"]
    ]
    hechas.sort(key=lambda una: una.desde)
    if not len(hechas) == len({una.clave for una in hechas}) == len({una.desde for una in hechas}):
        raise ValueError("tarifas.json: two prices share a key or a day")
    return {una.clave: una for una in hechas}


def tarifa_del(dia: date) -> Tarifa:
    """The price in force on a day; before the first one, the first."""
    primera, *demas = tarifas().values()
    vigente = primera
    for una in demas:
        if una.desde <= dia:
            vigente = una
    return vigente


def lo_que_ocupa(escrito: Escrito, dia: date) -> Segmentos | None:
    """What an SMS takes that was just written, at the price of a day."""
    conteo = escrito.conteo
    return segmentos_de(
        escrito.texto,
        conteo.codificacion,
        conteo.partes,
        escrito.con_tildes,
        tarifa_del(dia).clave,
    )


def segmentos_de(
    cuerpo: str | None,
    codificacion: str | None,
    segmentos: int | None,
    con_tildes: int | None,
    tarifa: str | None,
) -> Segmentos | None:
    """What the row of an SMS says of it; None when it is not written.

    What was counted as it was written wins over what is left of the text: a link may be missing
    from it, or all of it. A row of before is counted here.
    """
    conteo = None if cuerpo is None else contar(cuerpo)
    if codificacion is not None and segmentos is not None:
        if conteo is None or (conteo.codificacion, conteo.partes) != (codificacion, segmentos):
            conteo, cuerpo = Conteo(codificacion, 0, segmentos), None
    elif conteo is None:
        return None
    llano: int | None = None
    sin_equivalente: tuple[str, ...] = ()
    if cuerpo is not None and conteo.codificacion == UCS2:
        plano, sin_equivalente = sin_tildes(cuerpo)
        llano = None if sin_equivalente else contar(plano).partes
    return Segmentos(
        codificacion=conteo.codificacion,
        partes=conteo.partes,
        unidades=None if cuerpo is None else conteo.unidades,
        culpables=conteo.culpables,
        posicion=conteo.posicion,
        dobles=conteo.dobles,
        con_tildes=con_tildes if con_tildes and con_tildes > conteo.partes else None,
        sin_tildes=llano if llano is not None and llano < conteo.partes else None,
        sin_equivalente=sin_equivalente,
        tarifa=None if tarifa is None else tarifas()[tarifa],
    )
