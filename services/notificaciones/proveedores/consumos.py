"""What a day takes of each provider, and how much of it may be taken.

A message counts before it is handed over, in the transaction that allows the call: however many
send at once, a budget is never passed. What was not taken is given back; what nobody knows is not.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from notificaciones.proveedores.configuracion import Limites
from notificaciones.proveedores.models import ConsumoDeProveedor, IntentoDeEnvio
from notificaciones.proveedores.resultados import Desenlace
from oficina.clock import ZONA, today

OFICINA = "oficina"
"""All providers together."""

MILESIMAS = 1000

_C = ConsumoDeProveedor


def fin_del_dia() -> datetime:
    """When what today may cost counts no more, on the domain's clock."""
    return datetime.combine(today() + timedelta(days=1), time(), ZONA).astimezone(UTC)


def tomar(
    session: Session, intentos: Sequence[IntentoDeEnvio], limites: Limites, oficina: Limites
) -> Mapping[UUID, str]:
    """Count attempts of one provider on one day; those that are not counted, each with the key of
    the budget that does not allow it.
    """
    if not (agotado := _take(session, intentos, limites, oficina)):
        return {}
    if len(intentos) == 1:
        return {intentos[0].id: agotado}
    # Near the end of a budget each has its own answer.
    return {uno.id: dicho for uno in intentos if (dicho := _take(session, [uno], limites, oficina))}


def asentar(session: Session, intento: IntentoDeEnvio) -> None:
    """Say of the day how an attempt ended, and give back what was not taken."""
    match intento.desenlace:
        case Desenlace.DEFINITIVO:
            changes = _given_back([intento]) | {"rechazados": _C.rechazados + 1}
        case Desenlace.TRANSITORIO:
            changes = _given_back([intento]) | {"fallas": _C.fallas + 1}
        case Desenlace.INCIERTO:
            changes = {"inciertos": _C.inciertos + 1}
        case _:
            return
    # The office has a row while it has a budget.
    for clave in (OFICINA, intento.proveedor):
        _change(session, clave, intento.dia, changes)


def del_dia(session: Session, dia: date) -> Mapping[str, ConsumoDeProveedor]:
    """What a day took, by provider."""
    return {uno.proveedor: uno for uno in session.scalars(select(_C).where(_C.dia == dia))}


def _take(
    session: Session, intentos: Sequence[IntentoDeEnvio], limites: Limites, oficina: Limites
) -> str:
    """Count all of them or none: the key of the budget that does not allow it."""
    primero = intentos[0]
    # The office's row first, always: nobody waits for somebody who waits for them.
    counted: list[str] = []
    for clave, hay in ((OFICINA, oficina), (primero.proveedor, limites)):
        if clave == OFICINA and not hay.de_un_dia:
            continue
        segmentos, costo = _add(session, clave, intentos)
        counted.append(clave)
        if _over(hay, segmentos, costo):
            for one in counted:
                _change(session, one, primero.dia, _given_back(intentos))
            return clave
    return ""


def _add(session: Session, clave: str, intentos: Sequence[IntentoDeEnvio]) -> tuple[int, int]:
    order = _ADD[session.get_bind().dialect.name]
    row = session.execute(
        order,
        {
            "dia": intentos[0].dia,
            "proveedor": clave,
            "mensajes": len(intentos),
            "segmentos": sum(uno.segmentos for uno in intentos),
            "costo": sum(uno.costo for uno in intentos),
        },
    ).one()
    return row[0], row[1]


def _adding(insert: Any) -> Any:
    """Add to a day's row of a provider, which is made when it is not there yet."""
    told = insert(_C).values(rechazados=0, fallas=0, inciertos=0)
    added = ("mensajes", "segmentos", "costo")
    return told.on_conflict_do_update(
        index_elements=["dia", "proveedor"],
        set_={name: getattr(_C, name) + told.excluded[name] for name in added},
    ).returning(_C.segmentos, _C.costo)


_ADD = {"postgresql": _adding(postgresql.insert), "sqlite": _adding(sqlite.insert)}


def _given_back(intentos: Sequence[IntentoDeEnvio]) -> dict[str, Any]:
    return {
        "mensajes": _C.mensajes - len(intentos),
        "segmentos": _C.segmentos - sum(uno.segmentos for uno in intentos),
        "costo": _C.costo - sum(uno.costo for uno in intentos),
    }


def _change(session: Session, clave: str, dia: date, changes: Mapping[str, Any]) -> None:
    session.execute(
        update(_C)
        .where(_C.dia == dia, _C.proveedor == clave)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )


def _over(hay: Limites, segmentos: int, costo: int) -> bool:
    if hay.segmentos_por_dia is not None and segmentos > hay.segmentos_por_dia:
        return True
    return hay.pesos_por_dia is not None and Decimal(costo) / MILESIMAS > hay.pesos_por_dia
