"""When and where the office receives people: data in horario.json, read once.

Days and hours there are Chile's. ISO weekdays: 1 is Monday.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

from flask_babel import gettext as _

from oficina.clock import ZONA, local
from oficina.errors import DatosInvalidos
from oficina.web.i18n import feriado


@dataclass(frozen=True)
class Tramo:
    """Hours of opening, the same on several days of the week."""

    dias: frozenset[int]
    desde: time
    hasta: time


@dataclass(frozen=True)
class Lugar:
    """Where an appointment takes place; an exclusive place holds one at a time.

    `etiquetas` name it for the office, `frases` inside a sentence to the person, by language.
    """

    clave: str
    etiquetas: Mapping[str, str]
    exclusivo: bool
    frases: Mapping[str, str]

    def etiqueta(self, idioma: str) -> str:
        """Its name, in Spanish where there is no other."""
        return self.etiquetas.get(idioma) or self.etiquetas["es"]


@dataclass(frozen=True)
class Horario:
    """One version of the office's hours."""

    version: str
    tramos: tuple[Tramo, ...]
    cierres: frozenset[date]
    duraciones: tuple[int, ...]
    lugares: Mapping[str, Lugar]

    def atiende(self, dia: date) -> bool:
        """Whether the office receives people on that day of the week."""
        return any(dia.isoweekday() in tramo.dias for tramo in self.tramos)

    def exigir_abierto(self, inicia_en: datetime, termina_en: datetime) -> None:
        """Refuse, by the form's field, a time at which nobody is there."""
        desde, hasta = local(inicia_en), local(termina_en)
        dia = desde.date()
        if cual := feriado(dia):
            raise DatosInvalidos({"fecha": [_("Ese día es feriado: %(feriado)s.", feriado=cual)]})
        if dia in self.cierres:
            raise DatosInvalidos({"fecha": [_("La oficina está cerrada ese día.")]})
        tramos = [tramo for tramo in self.tramos if dia.isoweekday() in tramo.dias]
        if not tramos:
            raise DatosInvalidos({"fecha": [_("La oficina no atiende ese día de la semana.")]})
        if not any(_cabe(tramo, desde, hasta) for tramo in tramos):
            horas = ", ".join(f"{tramo.desde:%H:%M}-{tramo.hasta:%H:%M}" for tramo in tramos)
            raise DatosInvalidos(
                {"hora": [_("Fuera del horario de atención (%(horas)s).", horas=horas)]}
            )


@cache
def horario() -> Horario:
    """The hours in force."""
    datos = json.loads((Path(__file__).parent / "horario.json").read_text(encoding="utf-8"))
    return Horario(
        version=datos["version"],
        tramos=tuple(
            Tramo(
                frozenset(tramo["dias"]),
                time.fromisoformat(tramo["desde"]),
                time.fromisoformat(tramo["hasta"]),
            )
            for tramo in datos["atencion"]
        ),
        cierres=frozenset(date.fromisoformat(dia) for dia in datos["cierres"]),
        duraciones=tuple(datos["duraciones_minutos"]),
        lugares={lugar["clave"]: Lugar(**lugar) for lugar in datos["lugares"]},
    )


def momento(fecha: date, hora: time) -> datetime:
    """The moment at which clocks in Chile show that day and hour.

    Refuses an hour that does not exist there because clocks jump over it.
    """
    pared = datetime.combine(fecha, hora, ZONA)
    en_utc = pared.astimezone(UTC)
    if local(en_utc).replace(tzinfo=None) != pared.replace(tzinfo=None):
        raise DatosInvalidos({"hora": [_("Esa hora no existe ese día: cambia el horario.")]})
    return en_utc


def _cabe(tramo: Tramo, desde: datetime, hasta: datetime) -> bool:
    mismo_dia = desde.date() == hasta.date()
    return mismo_dia and tramo.desde <= desde.time() and hasta.time() <= tramo.hasta
