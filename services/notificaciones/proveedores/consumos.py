"""What a day takes of each provider, and how much of it may be taken.

A message counts before it is handed over, in the transaction that allows the call: however many
send at once, a budget is never passed. What was not taken is given back; what nobody knows is not.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

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


def tomar(session: Session, intento: IntentoDeEnvio, limites: Limites, oficina: Limites) -> str:
    """Count an attempt; the key of the budget that does not allow it, when it is not counted."""
    # The office's row first, always: nobody waits for somebody who waits for them.
    counted: list[str] = []
    for clave, hay in ((OFICINA, oficina), (intento.proveedor, limites)):
        if clave == OFICINA and not hay.de_un_dia:
            continue
        segmentos, costo = _add(session, clave, intento)
        counted.append(clave)
        if _over(hay, segmentos, costo):
            for one in counted:
                _change(session, one, intento, _given_back(intento))
            return clave
    return ""


def asentar(session: Session, intento: IntentoDeEnvio) -> None:
    """Say of the day how an attempt ended, and give back what was not taken."""
    match intento.desenlace:
        case Desenlace.DEFINITIVO:
            changes = _given_back(intento) | {"rechazados": _C.rechazados + 1}
        case Desenlace.TRANSITORIO:
            changes = _given_back(intento) | {"fallas": _C.fallas + 1}
        case Desenlace.INCIERTO:
            changes = {"inciertos": _C.inciertos + 1}
        case _:
            return
    # The office has a row while it has a budget.
    for clave in (OFICINA, intento.proveedor):
        _change(session, clave, intento, changes)


def del_dia(session: Session, dia: date) -> Mapping[str, ConsumoDeProveedor]:
    """What a day took, by provider."""
    return {uno.proveedor: uno for uno in session.scalars(select(_C).where(_C.dia == dia))}


def _add(session: Session, clave: str, intento: IntentoDeEnvio) -> tuple[int, int]:
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    zero = {"rechazados": 0, "fallas": 0, "inciertos": 0}
    order = dialect.insert(_C).values(
        dia=intento.dia,
        proveedor=clave,
        mensajes=1,
        segmentos=intento.segmentos,
        costo=intento.costo,
        **zero,
    )
    row = session.execute(
        order.on_conflict_do_update(
            index_elements=["dia", "proveedor"],
            set_={
                "mensajes": _C.mensajes + 1,
                "segmentos": _C.segmentos + intento.segmentos,
                "costo": _C.costo + intento.costo,
            },
        ).returning(_C.segmentos, _C.costo)
    ).one()
    return row[0], row[1]


def _given_back(intento: IntentoDeEnvio) -> dict[str, Any]:
    return {
        "mensajes": _C.mensajes - 1,
        "segmentos": _C.segmentos - intento.segmentos,
        "costo": _C.costo - intento.costo,
    }


def _change(
    session: Session, clave: str, intento: IntentoDeEnvio, changes: Mapping[str, Any]
) -> None:
    session.execute(
        update(_C)
        .where(_C.dia == intento.dia, _C.proveedor == clave)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )


def _over(hay: Limites, segmentos: int, costo: int) -> bool:
    if hay.segmentos_por_dia is not None and segmentos > hay.segmentos_por_dia:
        return True
    return hay.pesos_por_dia is not None and Decimal(costo) / MILESIMAS > hay.pesos_por_dia
