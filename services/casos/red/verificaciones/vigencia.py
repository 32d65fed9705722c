"""Until when what was asked of a service holds. The days of each kind are data in `reglas.json`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from casos.red.models import Capacidad, ServicioRed
from casos.red.verificaciones.models import ClaseVerificacion
from oficina import clock


@dataclass(frozen=True)
class Reglas:
    """One version of the rules. `dias`: how many calendar days an answer of a kind holds."""

    version: str
    fuente: str
    dias: Mapping[ClaseVerificacion, int]


@dataclass(frozen=True)
class Vencimiento:
    """A kind that is to be asked again since `vence_el`; `desde` is the day of the last answer."""

    clase: ClaseVerificacion
    desde: date
    vence_el: date


@cache
def reglas() -> Reglas:
    """The version in force."""
    texto = (files("casos.red.verificaciones") / "reglas.json").read_text(encoding="utf-8")
    datos = json.loads(texto)
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        dias={clase: int(datos["dias"][clase.value]) for clase in ClaseVerificacion},
    )


def vencidas(servicio: ServicioRed, hoy: date) -> Sequence[Vencimiento]:
    """What is to be asked again of a service, the first to lapse on top."""
    hechas = (_vencimiento(servicio, clase) for clase in ClaseVerificacion)
    debidas = [una for una in hechas if una is not None and una.vence_el <= hoy]
    return sorted(debidas, key=lambda una: una.vence_el)


def clases_vencidas(servicio: ServicioRed) -> frozenset[ClaseVerificacion]:
    """What cannot be relied on today, for who chooses a service."""
    return frozenset(una.clase for una in vencidas(servicio, clock.today()))


def _vencimiento(servicio: ServicioRed, clase: ClaseVerificacion) -> Vencimiento | None:
    desde = _ultima_respuesta(servicio, clase)
    if desde is None:
        return None
    return Vencimiento(clase, desde, desde + timedelta(days=reglas().dias[clase]))


def _ultima_respuesta(servicio: ServicioRed, clase: ClaseVerificacion) -> date | None:
    """Who says that all is well says it of each kind. Until somebody asks, the day on which it was
    written down counts; places of which nothing is known have nothing to lapse.
    """
    if clase is ClaseVerificacion.CAPACIDAD:
        if servicio.capacidad is Capacidad.DESCONOCIDA:
            return None
        dichas = (servicio.capacidad_el, servicio.verificado_el)
    elif clase is ClaseVerificacion.CONTACTO:
        dichas = (servicio.contacto_verificado_el, servicio.verificado_el)
    else:
        dichas = (servicio.verificado_el, None)
    conocidas = [dia for dia in dichas if dia is not None]
    if conocidas:
        return max(conocidas)
    escrito = servicio.actualizado_en
    return None if escrito is None else clock.local(escrito).date()
