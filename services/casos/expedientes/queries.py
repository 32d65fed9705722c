"""What can be asked about cases: read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from casos.expedientes.models import Caso, Evaluacion, Hito
from casos.expedientes.schemas import POR_PAGINA, FiltroCasos
from casos.expedientes.states import Estado
from casos.plazos.queries import proximo_vencimiento
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class FilaCaso:
    """A case in a list, with its nearest deadline."""

    caso: Caso
    vence_en: datetime | None
    atrasado: bool


@dataclass(frozen=True)
class PaginaCasos:
    """A page of cases; pages count from 1."""

    filas: Sequence[FilaCaso]
    total: int
    pagina: int

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // POR_PAGINA))


def caso_por_id(session: Session, caso_id: UUID, *, bloquear: bool = False) -> Caso:
    """A case with its person; with `bloquear` it stays locked. Raises NoEncontrado."""
    consulta = select(Caso).where(Caso.id == caso_id).options(joinedload(Caso.persona))
    if bloquear:
        # Its key stays free: whoever writes a line of its story never waits for this lock.
        consulta = consulta.with_for_update(of=Caso, key_share=True).execution_options(
            populate_existing=True
        )
    caso = session.scalar(consulta)
    if caso is None:
        raise NoEncontrado
    return caso


def bandeja(session: Session, filtro: FiltroCasos, quien: UUID, ahora: datetime) -> PaginaCasos:
    """Cases of the office: first those of `quien`, what is late on top, then what is due next."""
    plazo = proximo_vencimiento()
    atrasado = case((plazo.c.vence_en < ahora, 1), else_=0)
    condiciones = _condiciones(filtro, quien)
    if filtro.atrasados:
        condiciones.append(plazo.c.vence_en < ahora)
    cuenta = select(func.count()).select_from(Caso)
    if filtro.atrasados:
        cuenta = cuenta.join(plazo, plazo.c.caso_id == Caso.id)
    total = session.scalars(cuenta.where(*condiciones)).one()
    filas = session.execute(
        select(Caso, plazo.c.vence_en)
        .join(Caso.persona)
        .outerjoin(plazo, plazo.c.caso_id == Caso.id)
        .where(*condiciones)
        .options(contains_eager(Caso.persona))
        .order_by(
            case((Caso.responsable_id == quien, 0), else_=1),
            atrasado.desc(),
            case((plazo.c.vence_en.is_(None), 1), else_=0),
            plazo.c.vence_en,
            Caso.id.desc(),
        )
        .offset((filtro.pagina - 1) * POR_PAGINA)
        .limit(POR_PAGINA)
    ).all()
    return PaginaCasos([_fila(fila[0], fila[1], ahora) for fila in filas], total, filtro.pagina)


def casos_de_persona(session: Session, persona_id: UUID) -> Sequence[Caso]:
    """The cases of a person, open ones first, then the newest."""
    return session.scalars(
        select(Caso)
        .where(Caso.persona_id == persona_id)
        .order_by(case((Caso.estado == Estado.CERRADO, 1), else_=0), Caso.id.desc())
    ).all()


def historia(session: Session, caso_id: UUID) -> Sequence[Hito]:
    """The story of a case, the newest line first."""
    return session.scalars(
        select(Hito)
        .where(Hito.caso_id == caso_id)
        .order_by(Hito.ocurrido_en.desc(), Hito.id.desc())
    ).all()


def evaluaciones(session: Session, caso_id: UUID) -> Sequence[Evaluacion]:
    """What was found in a case, the newest first."""
    return session.scalars(
        select(Evaluacion).where(Evaluacion.caso_id == caso_id).order_by(Evaluacion.id.desc())
    ).all()


def _condiciones(filtro: FiltroCasos, quien: UUID) -> list[ColumnElement[bool]]:
    condiciones: list[ColumnElement[bool]] = []
    if filtro.estado == "activos":
        condiciones.append(Caso.estado != Estado.CERRADO)
    elif filtro.estado != "todos":
        condiciones.append(Caso.estado == Estado(filtro.estado))
    if filtro.de == "mios":
        condiciones.append(Caso.responsable_id == quien)
    elif filtro.de == "sin_asignar":
        condiciones.append(Caso.responsable_id.is_(None))
    return condiciones


def _fila(caso: Caso, vence_en: datetime | None, ahora: datetime) -> FilaCaso:
    return FilaCaso(caso, vence_en, vence_en is not None and vence_en < ahora)
