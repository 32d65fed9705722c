"""What can be asked of applications, always through the reader's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.hogares.models import Integrante
from casos.hogares.queries import VIGENTE
from casos.personas.models import Persona
from casos.programas.models import Programa
from casos.programas.postulaciones.models import PasoDePostulacion, Postulacion
from casos.programas.postulaciones.states import CONCEDIDAS, EN_CURSO, PASOS, Accion, Estado
from casos.programas.states import Estado as EstadoPrograma
from oficina.errors import DomainError, NoEncontrado

MAXIMO = 200
"""Applications of a household that a page shows."""


@dataclass(frozen=True)
class Concedido:
    """What a person got of a programme in a period: of how many applications, and how much."""

    folios: Sequence[str]
    monto_clp: int


@dataclass(frozen=True)
class ConcedidoAlHogar:
    """What a household got: `folios` are those that the reader may see, `de_otras` that somebody
    else of it got something.
    """

    folios: Sequence[str]
    monto_clp: int
    hay: bool
    de_otras: bool


def postulacion_por_id(session: Session, postulacion_id: UUID, alcance: Alcance) -> Postulacion:
    """An application that the reader may see, with whose it is and what it asks for.

    Raises NoEncontrado, DatosBloqueados.
    """
    postulacion = session.scalar(
        select(Postulacion)
        .where(Postulacion.id == postulacion_id, alcance.postulaciones())
        .options(
            joinedload(Postulacion.persona),
            joinedload(Postulacion.programa),
            joinedload(Postulacion.requisitos),
        )
    )
    if postulacion is None:
        raise negativa(session, postulacion_id, alcance)
    return postulacion


def negativa(session: Session, postulacion_id: UUID, alcance: Alcance) -> DomainError:
    """Why an application was not found."""
    persona_id = session.scalar(
        select(Postulacion.persona_id).where(Postulacion.id == postulacion_id)
    )
    if persona_id is None:
        return NoEncontrado()
    return alcance.negativa_de_persona(session, persona_id)


def pasos_de(session: Session, postulacion_id: UUID) -> Sequence[PasoDePostulacion]:
    """The steps of an application, in their order."""
    return session.scalars(
        select(PasoDePostulacion)
        .where(PasoDePostulacion.postulacion_id == postulacion_id)
        .order_by(PasoDePostulacion.id)
    ).all()


def otra_en_curso(session: Session, persona_id: UUID, programa_id: UUID, menos: UUID) -> str | None:
    """The folio of another application of somebody in a programme that was not decided yet."""
    return session.scalar(
        select(Postulacion.folio)
        .where(
            Postulacion.persona_id == persona_id,
            Postulacion.programa_id == programa_id,
            Postulacion.id != menos,
            Postulacion.estado.in_(EN_CURSO),
        )
        .limit(1)
    )


def concedido(session: Session, postulacion: Postulacion) -> Concedido:
    """What somebody was granted, beside this one, of its programme in its period."""
    filas = session.execute(
        select(Postulacion.folio, Postulacion.monto_clp)
        .where(
            Postulacion.persona_id == postulacion.persona_id,
            Postulacion.programa_id == postulacion.programa_id,
            Postulacion.periodo_desde == postulacion.periodo_desde,
            Postulacion.id != postulacion.id,
            Postulacion.estado.in_(CONCEDIDAS),
        )
        .order_by(Postulacion.id)
    ).all()
    return Concedido([fila.folio for fila in filas], sum(fila.monto_clp for fila in filas))


def concedido_al_hogar(
    session: Session, hogar_id: UUID, postulacion: Postulacion, alcance: Alcance
) -> ConcedidoAlHogar:
    """What a household was granted, beside this one, of its programme in its period: by whoever
    belongs to it now, or did when it was granted. Of whom the reader may not know nothing counts.
    """
    filas = session.execute(
        select(
            Postulacion.folio,
            Postulacion.monto_clp,
            Postulacion.persona_id,
            alcance.postulaciones().label("se_ve"),
        )
        .join(Persona, Persona.id == Postulacion.persona_id)
        .where(
            _del_hogar(hogar_id),
            Postulacion.programa_id == postulacion.programa_id,
            Postulacion.periodo_desde == postulacion.periodo_desde,
            Postulacion.id != postulacion.id,
            Postulacion.estado.in_(CONCEDIDAS),
            alcance.conocidas(),
        )
        .order_by(Postulacion.id)
    ).all()
    return ConcedidoAlHogar(
        folios=[fila.folio for fila in filas if fila.se_ve],
        monto_clp=sum(fila.monto_clp for fila in filas),
        hay=bool(filas),
        de_otras=any(fila.persona_id != postulacion.persona_id for fila in filas),
    )


def ayudas_del_hogar(session: Session, persona_id: UUID, alcance: Alcance) -> Sequence[Postulacion]:
    """What the others of somebody's household ask for or got, of whatever programme, the newest
    first, as far as the reader may see.
    """
    hogar_id = session.scalar(
        select(Integrante.hogar_id).where(Integrante.persona_id == persona_id, VIGENTE)
    )
    if hogar_id is None:
        return ()
    return session.scalars(
        select(Postulacion)
        .where(
            _del_hogar(hogar_id),
            Postulacion.persona_id != persona_id,
            Postulacion.estado.in_(CONCEDIDAS | (EN_CURSO - {Estado.BORRADOR})),
            alcance.postulaciones(),
        )
        .options(joinedload(Postulacion.persona), joinedload(Postulacion.programa))
        .order_by(Postulacion.id.desc())
        .limit(MAXIMO)
    ).all()


def _del_hogar(hogar_id: UUID) -> ColumnElement[bool]:
    miembros = select(Integrante.persona_id).where(Integrante.hogar_id == hogar_id, VIGENTE)
    return or_(Postulacion.hogar_id == hogar_id, Postulacion.persona_id.in_(miembros))


def por_caducar(session: Session, hoy: date) -> Sequence[UUID]:
    """Applications whose state ended, the first that did on top."""
    caducables = [estado for estado, pasos in PASOS.items() if Accion.CADUCAR in pasos]
    return session.scalars(
        select(Postulacion.id)
        .where(Postulacion.estado.in_(caducables), Postulacion.caduca_el < hoy)
        .order_by(Postulacion.caduca_el, Postulacion.id)
    ).all()


def en_espera(session: Session, programa_id: UUID) -> int:
    """How many applications of a programme wait for money."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Postulacion)
            .where(Postulacion.programa_id == programa_id, Postulacion.en_espera_desde.is_not(None))
        )
        or 0
    )


def abiertos(session: Session) -> Sequence[Programa]:
    """Programmes that take applications, by name."""
    return session.scalars(
        select(Programa).where(Programa.estado == EstadoPrograma.ABIERTO).order_by(Programa.nombre)
    ).all()
