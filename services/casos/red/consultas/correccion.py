"""What an institution corrects of one service: what differs from what is written, and its writing
into the directory once the coordination accepts it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.red.actions import editar_lugar, informar_cupo, tocado
from casos.red.datos import DatosCupo, DatosLugar
from casos.red.horarios import DIAS, Semana, leer, semana_de
from casos.red.models import Capacidad, FuenteDato, Lugar, ServicioRed
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto, DatosInvalidos


@dataclass(frozen=True, kw_only=True)
class Correccion:
    """What the institution wrote; None is what it did not speak of. `semanas`: the whole week at
    each place that it spoke of. `nota`: what no field is for.
    """

    capacidad: Capacidad | None = None
    nota_cupo: str = ""
    documentos_requeridos: Sequence[str] | None = None
    elegibilidad: str | None = None
    telefono: str | None = None
    correo: str | None = None
    semanas: Mapping[UUID, Semana] = field(default_factory=dict)
    nota: str = ""


Cambios = Mapping[str, Any]
"""By field, what it should say; `semanas` by place and day, as people write hours."""


@dataclass(frozen=True)
class Diferencia:
    """One thing that differs: the field, of which place if any, what is written and what should."""

    campo: str
    ahora: Any
    propone: Any
    lugar: str = ""


def visibles(servicio: ServicioRed) -> Sequence[Lugar]:
    """The places that an institution's link shows: of a confidential one it says nothing. Places
    must be loaded.
    """
    return [uno for uno in servicio.lugares if not uno.sede.confidencial]


def semana_escrita(lugar: Lugar) -> dict[str, str]:
    """The hours of a week as people write them. Hours must be loaded."""
    return _escrita(semana_de(lugar.horarios))


def cambios_de(servicio: ServicioRed, dicho: Correccion) -> Cambios:
    """What differs from what is written. Places, hours and institution must be loaded.

    Raises DatosInvalidos for a place that is not shown, and when nothing differs.
    """
    cambios: dict[str, Any] = {}
    if dicho.capacidad is not None and (dicho.nota_cupo or dicho.capacidad != servicio.capacidad):
        cambios["capacidad"] = dicho.capacidad.value
        cambios["nota_cupo"] = dicho.nota_cupo
    ahora = _escrito(servicio)
    for campo in ("documentos_requeridos", "elegibilidad", "telefono", "correo"):
        valor = getattr(dicho, campo)
        valor = list(valor) if campo == "documentos_requeridos" and valor is not None else valor
        if valor is not None and valor != ahora[campo]:
            cambios[campo] = valor
    if semanas := _semanas(servicio, dicho.semanas):
        cambios["semanas"] = semanas
    if dicho.nota:
        cambios["nota"] = dicho.nota
    if not cambios:
        raise DatosInvalidos(
            {}, _("Nada cambia con lo que escribió. Si todo está bien, vuelva y dígalo así.")
        )
    return cambios


def guardar(cambios: Cambios) -> str:
    """As it is kept."""
    return json.dumps(cambios, ensure_ascii=False)


def guardados(propone: str) -> Cambios:
    """As it was kept; empty when it corrected nothing."""
    cambios: Cambios = json.loads(propone) if propone else {}
    return cambios


def diferencias(servicio: ServicioRed, cambios: Cambios) -> Sequence[Diferencia]:
    """What a correction would change today. Places, hours and institution must be loaded."""
    ahora = _escrito(servicio)
    hechas = [
        Diferencia(campo, *(_leido(campo, valor) for valor in (ahora[campo], cambios[campo])))
        for campo in ahora
        if campo in cambios
    ]
    lugares = {str(uno.id): uno for uno in servicio.lugares}
    for cual, semana in cambios.get("semanas", {}).items():
        lugar = lugares.get(cual)
        hay = semana_escrita(lugar) if lugar is not None else {}
        donde = lugar.sede.nombre if lugar is not None else _("un lugar que ya no está")
        hechas.append(Diferencia("semanas", hay, semana, donde))
    return hechas


def escribir(session: Session, servicio: ServicioRed, cambios: Cambios, actor: Actor) -> None:
    """Write a correction into the directory. Places, hours and institution must be loaded.

    Raises Conflicto when a place of it is not in the directory any more.
    """
    lugares = {str(uno.id): uno for uno in servicio.lugares}
    for cual, semana in cambios.get("semanas", {}).items():
        if (lugar := lugares.get(cual)) is None:
            raise Conflicto(
                _("Un lugar de esta corrección ya no está. Corrija a mano y descártela.")
            )
        datos = DatosLugar(
            sede_id=lugar.sede_id,
            papel=lugar.papel,
            nota=lugar.nota,
            semana={dia: leer(horas) for dia, horas in semana.items()},
            version=lugar.version,
        )
        editar_lugar(session, lugar.id, datos, actor)
    if "capacidad" in cambios:
        cupo = DatosCupo(
            capacidad=Capacidad(cambios["capacidad"]),
            nota=cambios.get("nota_cupo", ""),
            version=servicio.version,
        )
        informar_cupo(session, servicio.id, cupo, actor, fuente=FuenteDato.INSTITUCION)
    for campo in ("documentos_requeridos", "elegibilidad"):
        if campo in cambios:
            setattr(servicio, campo, cambios[campo])
    tocado(session, servicio, "casos.red.editar", actor)
    institucion = servicio.institucion
    de_ella = [campo for campo in ("telefono", "correo") if campo in cambios]
    for campo in de_ella:
        setattr(institucion, campo, cambios[campo])
    if de_ella:
        registrar(session, actor, "casos.red.institucion.editar", "institucion", institucion.id)
        session.flush()


def _leido(campo: str, valor: Any) -> Any:
    return Capacidad(valor) if campo == "capacidad" else valor


def _escrito(servicio: ServicioRed) -> dict[str, Any]:
    return {
        "capacidad": servicio.capacidad.value,
        "documentos_requeridos": list(servicio.documentos_requeridos),
        "elegibilidad": servicio.elegibilidad,
        "telefono": servicio.institucion.telefono or "",
        "correo": servicio.institucion.correo or "",
    }


def _semanas(servicio: ServicioRed, dichas: Mapping[UUID, Semana]) -> dict[str, dict[str, str]]:
    conocidos = {uno.id: uno for uno in visibles(servicio)}
    if ajenos := set(dichas) - set(conocidos):
        raise DatosInvalidos(
            {f"semanas.{uno}": [_("Ese lugar no es de este servicio.")] for uno in ajenos}
        )
    escritas = {cual: _escrita(semana) for cual, semana in dichas.items()}
    return dict(_distintas(conocidos, escritas))


def _distintas(
    conocidos: Mapping[UUID, Lugar], escritas: Mapping[UUID, dict[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    for cual, semana in escritas.items():
        if semana != semana_escrita(conocidos[cual]):
            yield str(cual), semana


def _escrita(semana: Semana) -> dict[str, str]:
    return {dia: ", ".join(str(uno) for uno in semana[dia]) for dia in DIAS if semana.get(dia)}
