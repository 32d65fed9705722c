"""What is told of a case to other services, and to how many of them.

Facts of a reserved or sealed case go to the reserved exchange, which only our own services read,
with ids alone: whatever code would say what the case is about is replaced or left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.expedientes.models import Caso, Confidencialidad
from oficina.bus.outbox import emitir
from oficina.events import Clasificacion, Evento
from oficina.events.casos import (
    AtencionRegistrada,
    CasoAbierto,
    CasoCerrado,
    CasoElevado,
    CasoEvaluado,
    CasoOrientado,
    CasoReabierto,
    CasoReanudado,
    CasoRepriorizado,
    CasoSuspendido,
    CasoVueltoAGestion,
    DatosDeDerivacionRetirados,
    HechoDeDerivacion,
    OrientacionDada,
)

NO_SE_DICE = "reservado"
"""In place of a code that the fact must have."""


def contar(session: Session, caso: Caso | UUID, hecho: Evento) -> None:
    """Tell a fact of a case, as widely and with as much in it as the case allows."""
    dicho = como_se_dice(hecho, por_lista=es_por_lista(session, caso))
    if dicho is not None:
        emitir(session, dicho[0], clasificacion=dicho[1])


def como_se_dice(hecho: Evento, *, por_lista: bool) -> tuple[Evento, Clasificacion] | None:
    """What is told of a fact of a case, and how widely; None when nothing is."""
    if not por_lista:
        return hecho, Clasificacion.INTERNO
    dicho = _con_ids_solos(hecho)
    return None if dicho is None else (dicho, Clasificacion.RESERVADO)


def es_por_lista(session: Session, caso: Caso | UUID) -> bool:
    """Whether only the people named in a case may read it."""
    if isinstance(caso, Caso):
        return caso.por_lista
    cual = session.scalar(select(Caso.confidencialidad).where(Caso.id == caso))
    return cual is not Confidencialidad.NORMAL


def _con_ids_solos(hecho: Evento) -> Evento | None:
    """The same fact without what its codes say; None when nothing would be left to tell."""
    for tipo, sin in _SIN_CODIGOS.items():
        if isinstance(hecho, tipo):
            return sin(hecho)
    return hecho


def _sin(**campos: Any) -> Callable[[Any], Evento]:
    return lambda hecho: replace(hecho, **campos)


_SIN_CODIGOS: Mapping[type[Evento], Callable[[Any], Evento | None]] = {
    CasoAbierto: _sin(tipo_caso=NO_SE_DICE, instancia=NO_SE_DICE, prioridad=NO_SE_DICE, unidad=""),
    CasoOrientado: _sin(tema=NO_SE_DICE),
    # The sheet would say what it was about.
    OrientacionDada: _sin(tema=NO_SE_DICE, ficha_id=None),
    CasoElevado: _sin(motivo_codigo=NO_SE_DICE),
    # It would only tell what was found.
    CasoEvaluado: lambda _hecho: None,
    CasoCerrado: _sin(motivo_codigo=NO_SE_DICE, resultado_codigo=NO_SE_DICE),
    CasoReabierto: _sin(motivo_codigo=NO_SE_DICE),
    CasoVueltoAGestion: _sin(motivo_codigo=NO_SE_DICE),
    CasoSuspendido: _sin(motivo_codigo=NO_SE_DICE),
    CasoReanudado: _sin(motivo_codigo=NO_SE_DICE),
    # It would only tell how urgent it is.
    CasoRepriorizado: lambda _hecho: None,
    AtencionRegistrada: _sin(canal=NO_SE_DICE, tema=NO_SE_DICE),
    # The institution has the data already, and must be told why it may not use it.
    DatosDeDerivacionRetirados: _sin(grado_evidencia=None, unidad=None),
    HechoDeDerivacion: _sin(grado_evidencia=None, motivo_codigo=None, unidad=None),
}
