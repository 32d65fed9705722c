"""What an officer should know before deriving to a service, and which others answer the same need.

A warning never forbids: what a service said of its room may be old, and a person may be taken all
the same. How old is old is data (cupos.json).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import FALLIDAS
from casos.expedientes.models import Caso
from casos.red.models import Ambito, Capacidad, ServicioRed
from casos.red.queries import servicios


class AvisoDeCupo(StrEnum):
    """Why a service may not take the person now."""

    SIN_CUPO = "sin_cupo"
    LISTA_ESPERA = "lista_espera"
    CUPO_ANTIGUO = "cupo_antiguo"


@dataclass(frozen=True)
class Cupos:
    """For how many days what a service said of its room counts; how many others are suggested."""

    dias: int
    cuantas: int


@dataclass(frozen=True)
class Sugerencias:
    """What to know of a service, and what else there is."""

    avisos: Sequence[AvisoDeCupo]
    alternativas: Sequence[ServicioRed]
    dias: int


def sugerencias(session: Session, caso: Caso, servicio: ServicioRed, hoy: date) -> Sugerencias:
    """Before deriving to a service, or after a derivation to it came to nothing."""
    return Sugerencias(
        avisos=avisos(servicio, hoy),
        alternativas=_alternativas(session, caso, servicio, hoy),
        dias=cupos().dias,
    )


def avisos(servicio: ServicioRed, hoy: date) -> list[AvisoDeCupo]:
    """Full or with a queue, as the service last said; and whether that is long ago."""
    dicho = _LLENOS.get(servicio.capacidad)
    hallados = [dicho] if dicho else []
    if _es_antiguo(servicio, hoy):
        hallados.append(AvisoDeCupo.CUPO_ANTIGUO)
    return hallados


def _alternativas(
    session: Session, caso: Caso, servicio: ServicioRed, hoy: date
) -> list[ServicioRed]:
    """Other services of the same need: where there is room first, then those of the commune.

    Those without room are left out, and those that did not work out for this case.
    """
    fallidas = select(Derivacion.servicio_id).where(
        Derivacion.caso_id == caso.id, Derivacion.estado.in_(FALLIDAS)
    )
    descartados: set[UUID] = {servicio.id, *session.scalars(fallidas)}
    halladas = [
        otro
        for otro in servicios(session, solo_activos=True)
        if otro.id not in descartados
        and set(servicio.temas) & set(otro.temas)
        and _lugar(otro, hoy) is not None
    ]
    halladas.sort(key=lambda otro: _orden(otro, caso.tema, hoy))
    return halladas[: cupos().cuantas]


def _orden(servicio: ServicioRed, tema: str, hoy: date) -> tuple[int, bool, bool, str]:
    lugar = _lugar(servicio, hoy) or 0
    lejos = servicio.institucion.ambito is not Ambito.LOCAL
    return lugar, tema not in servicio.temas, lejos, servicio.codigo


def _lugar(servicio: ServicioRed, hoy: date) -> int | None:
    """How likely there is room: 0 most; None when there was none, not long ago."""
    if _es_antiguo(servicio, hoy):
        return _SIN_SABER
    return _LUGARES[servicio.capacidad]


def _es_antiguo(servicio: ServicioRed, hoy: date) -> bool:
    """Nothing that was never told is old."""
    dicho_el = servicio.capacidad_el
    return dicho_el is not None and dicho_el < hoy - timedelta(days=cupos().dias)


_SIN_SABER = 1
_LUGARES: dict[Capacidad, int | None] = {
    Capacidad.CON_CUPO: 0,
    Capacidad.DESCONOCIDA: _SIN_SABER,
    Capacidad.REQUIERE_EVALUACION: _SIN_SABER,
    Capacidad.LISTA_ESPERA: 2,
    Capacidad.SIN_CUPO: None,
}
_LLENOS = {
    Capacidad.SIN_CUPO: AvisoDeCupo.SIN_CUPO,
    Capacidad.LISTA_ESPERA: AvisoDeCupo.LISTA_ESPERA,
}


@cache
def cupos() -> Cupos:
    """The version in force."""
    datos = json.loads((Path(__file__).parent / "cupos.json").read_text(encoding="utf-8"))
    return Cupos(datos["dias"], datos["cuantas"])
