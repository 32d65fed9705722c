"""What can be asked about cases: read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import espera_de_decision, por_decidir
from casos.expedientes.models import Caso, Evaluacion, Hito
from casos.expedientes.schemas import POR_PAGINA, FiltroCasos
from casos.expedientes.states import Estado
from casos.plazos.queries import niveles_por_caso, proximo_vencimiento
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class FilaCaso:
    """A case in a list, with its nearest deadline and whether it passed, the highest stage that any
    of its deadlines has reached while none passed, and the derivations that ended badly and wait
    for a decision.
    """

    caso: Caso
    vence_en: datetime | None
    vencido: bool
    nivel: int = 0
    por_decidir: Sequence[Derivacion] = ()

    @property
    def atrasado(self) -> bool:
        """Whether somebody should have done something by now."""
        return self.vencido or bool(self.por_decidir)


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


def version_de(session: Session, caso_id: UUID) -> int:
    """How often a case has changed; raises NoEncontrado."""
    version = session.scalar(select(Caso.version).where(Caso.id == caso_id))
    if version is None:
        raise NoEncontrado
    return version


def bandeja(session: Session, filtro: FiltroCasos, quien: UUID, ahora: datetime) -> PaginaCasos:
    """Cases of the office: first those of `quien`, what is late on top, then what is due next.

    Late is a case whose deadline passed, and one with a derivation that ended badly and on which
    nobody has decided; what waits the longest comes first.
    """
    plazo, espera = proximo_vencimiento(), espera_de_decision()
    atrasado = or_(plazo.c.vence_en < ahora, espera.c.desde.is_not(None))
    desde = case(
        (espera.c.desde < plazo.c.vence_en, espera.c.desde),
        else_=func.coalesce(plazo.c.vence_en, espera.c.desde),
    )
    condiciones = _condiciones(filtro, quien)
    cuenta = select(func.count()).select_from(Caso)
    if filtro.atrasados:
        condiciones.append(atrasado)
        cuenta = cuenta.outerjoin(plazo, plazo.c.caso_id == Caso.id).outerjoin(
            espera, espera.c.caso_id == Caso.id
        )
    total = session.scalars(cuenta.where(*condiciones)).one()
    filas = session.execute(
        select(Caso, plazo.c.vence_en)
        .join(Caso.persona)
        .outerjoin(plazo, plazo.c.caso_id == Caso.id)
        .outerjoin(espera, espera.c.caso_id == Caso.id)
        .where(*condiciones)
        .options(contains_eager(Caso.persona))
        .order_by(
            case((Caso.responsable_id == quien, 0), else_=1),
            case((atrasado, 0), else_=1),
            case((desde.is_(None), 1), else_=0),
            desde,
            Caso.id.desc(),
        )
        .offset((filtro.pagina - 1) * POR_PAGINA)
        .limit(POR_PAGINA)
    ).all()
    decisiones = por_decidir(session, [caso.id for caso, _ in filas])
    corren = [caso.id for caso, vence_en in filas if vence_en is not None and vence_en >= ahora]
    niveles = niveles_por_caso(session, corren, ahora)
    return PaginaCasos(
        [
            FilaCaso(
                caso,
                vence_en,
                vence_en is not None and vence_en < ahora,
                niveles.get(caso.id, 0),
                decisiones.get(caso.id, ()),
            )
            for caso, vence_en in filas
        ],
        total,
        filtro.pagina,
    )


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
