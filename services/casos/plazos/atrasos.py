"""What is late and whose it is: the deadlines that live in the reader's work, and their counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.orm import Session, contains_eager

from casos.alcance import Alcance
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.plazos.models import VIVOS, EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.red.models import Institucion
from casos.tareas.models import Tarea

POR_PAGINA = 50
GRUPOS = 100
"""How many of whom are listed, those with most that is late first."""
EXPORTABLES = 20_000
"""Rows of a file."""
_Columnas = TypeVarTuple("_Columnas")

NADIE = "nadie"
"""In place of somebody's id."""


class Situacion(StrEnum):
    """How a deadline stands that lives."""

    ATRASADO = "atrasado"
    POR_VENCER = "por_vencer"
    EN_PLAZO = "en_plazo"
    EN_PAUSA = "en_pausa"


class Grupo(StrEnum):
    """Whose it is."""

    RESPONSABLE = "responsable"
    UNIDAD = "unidad"
    INSTITUCION = "institucion"


@dataclass(frozen=True, kw_only=True)
class FiltroPlazos:
    """Which deadlines. Of who asks for nobody's in particular, `responsable` is None."""

    situacion: Situacion | None = None
    responsable: UUID | str | None = None
    unidad: str | None = None
    institucion_id: UUID | None = None
    reloj: str | None = None
    grupo: Grupo = Grupo.RESPONSABLE
    pagina: int = 1


@dataclass(frozen=True)
class Fila:
    """A deadline with its case, who answers for it and the institution that it waits for."""

    plazo: Plazo
    caso: Caso
    responsable_id: UUID | None
    responsable: str
    institucion: Institucion | None
    situacion: Situacion


@dataclass(frozen=True)
class Cuenta:
    """How many deadlines somebody has, and how many of them are late. `cual` goes into the filter;
    `nombre` is empty when it is nobody.
    """

    cual: str
    nombre: str
    total: int
    atrasados: int


@dataclass(frozen=True)
class Panorama:
    """A page of deadlines, and what there is in all by how they stand and by whose they are."""

    filas: Sequence[Fila]
    total: int
    pagina: int
    por_situacion: Mapping[Situacion, int]
    grupos: Sequence[Cuenta]
    relojes: Sequence[str]

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // POR_PAGINA))


# A task is whoever's does it; everything else of a case, whoever's answers for it.
_QUIEN = func.coalesce(Tarea.responsable_id, Caso.responsable_id)
_NOMBRE = func.coalesce(Tarea.responsable_nombre, Caso.responsable_nombre, "")


def panorama(session: Session, filtro: FiltroPlazos, alcance: Alcance, ahora: datetime) -> Panorama:
    """What is late first, then by when it is due; what is held comes last.

    How many stand how is counted of what the filter leaves but for `situacion`; whose they are, of
    all of it.
    """
    como = _como(ahora)
    sin_situacion = and_(alcance.casos(), *_condiciones(filtro))
    cuentas = session.execute(_de(select(como, func.count())).where(sin_situacion).group_by(como))
    por_situacion = {Situacion(cual): cuantos for cual, cuantos in cuentas}
    condicion = and_(sin_situacion, _en(filtro, ahora))
    relojes = session.scalars(
        _de(select(Plazo.reloj)).where(alcance.casos()).group_by(Plazo.reloj).order_by(Plazo.reloj)
    )
    total = sum(
        cuantos for cual, cuantos in por_situacion.items() if filtro.situacion in {None, cual}
    )
    return Panorama(
        filas=_filas(
            session, condicion, ahora, desde=(filtro.pagina - 1) * POR_PAGINA, cuantas=POR_PAGINA
        ),
        total=total,
        pagina=filtro.pagina,
        por_situacion={cual: por_situacion.get(cual, 0) for cual in Situacion},
        grupos=_grupos(session, condicion, filtro.grupo, ahora),
        relojes=relojes.all(),
    )


def exportables(
    session: Session, filtro: FiltroPlazos, alcance: Alcance, ahora: datetime
) -> Sequence[Fila]:
    """Every deadline of a filter, in the order of the list; at most `EXPORTABLES`."""
    condicion = and_(alcance.casos(), *_condiciones(filtro), _en(filtro, ahora))
    return _filas(session, condicion, ahora, desde=0, cuantas=EXPORTABLES)


def _de(consulta: Select[*_Columnas]) -> Select[*_Columnas]:
    """A query over what lives, with what says whose it is."""
    return (
        consulta.select_from(Plazo)
        .join(Caso, Caso.id == Plazo.caso_id)
        .outerjoin(Tarea, Tarea.id == Plazo.tarea_id)
        .outerjoin(Derivacion, Derivacion.id == Plazo.derivacion_id)
        .outerjoin(Institucion, Institucion.id == Derivacion.institucion_id)
        .where(Plazo.estado.in_(VIVOS))
    )


def _como(ahora: datetime) -> ColumnElement[str]:
    return case(
        (Plazo.estado == EstadoPlazo.PAUSADO, Situacion.EN_PAUSA.value),
        (Plazo.vence_en < ahora, Situacion.ATRASADO.value),
        # The last stage that was told says that it is near.
        (Plazo.nivel >= _cerca(), Situacion.POR_VENCER.value),
        else_=Situacion.EN_PLAZO.value,
    )


def _cerca() -> int:
    return next(etapa.nivel for etapa in reglas().etapas if etapa.hecho == "por_vencer")


def _en(filtro: FiltroPlazos, ahora: datetime) -> ColumnElement[bool]:
    return true() if filtro.situacion is None else _como(ahora) == filtro.situacion.value


def _condiciones(filtro: FiltroPlazos) -> list[ColumnElement[bool]]:
    condiciones: list[ColumnElement[bool]] = []
    if filtro.responsable == NADIE:
        condiciones.append(_QUIEN.is_(None))
    elif filtro.responsable is not None:
        condiciones.append(_QUIEN.in_([filtro.responsable]))
    if filtro.unidad is not None:
        condiciones.append(Caso.unidad == ("" if filtro.unidad == NADIE else filtro.unidad))
    if filtro.institucion_id is not None:
        condiciones.append(Derivacion.institucion_id == filtro.institucion_id)
    if filtro.reloj is not None:
        condiciones.append(Plazo.reloj == filtro.reloj)
    return condiciones


def _filas(
    session: Session, condicion: ColumnElement[bool], ahora: datetime, *, desde: int, cuantas: int
) -> Sequence[Fila]:
    consulta = (
        _de(select(Plazo, Caso, _QUIEN, _NOMBRE, Institucion, _como(ahora)))
        .join(Caso.persona)
        .where(condicion)
        .options(contains_eager(Caso.persona))
        .order_by(case((Plazo.estado == EstadoPlazo.PAUSADO, 1), else_=0), Plazo.vence_en, Plazo.id)
        .offset(desde)
        .limit(cuantas)
    )
    return [
        Fila(plazo, caso, quien, nombre, institucion, Situacion(como))
        for plazo, caso, quien, nombre, institucion, como in session.execute(consulta)
    ]


def _grupos(
    session: Session, condicion: ColumnElement[bool], grupo: Grupo, ahora: datetime
) -> Sequence[Cuenta]:
    atrasado = and_(Plazo.estado == EstadoPlazo.CORRIENDO, Plazo.vence_en < ahora)
    atrasados = func.sum(case((atrasado, 1), else_=0))
    cual, nombre = _CLAVES[grupo]
    filas = session.execute(
        _de(select(cual, func.max(nombre), func.count(), atrasados))
        .where(condicion, *([cual.is_not(None)] if grupo is Grupo.INSTITUCION else []))
        .group_by(cual)
        .order_by(atrasados.desc(), func.count().desc(), func.max(nombre))
        .limit(GRUPOS)
    )
    return [
        Cuenta(str(uno) if uno else NADIE, dicho or "", total, tarde)
        for uno, dicho, total, tarde in filas
    ]


_CLAVES: Mapping[Grupo, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    Grupo.RESPONSABLE: (_QUIEN, _NOMBRE),
    Grupo.UNIDAD: (Caso.unidad.expression, Caso.unidad.expression),
    Grupo.INSTITUCION: (Institucion.id.expression, Institucion.nombre.expression),
}
