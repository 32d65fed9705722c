"""What can be asked of derivations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from casos.alcance import Alcance
from casos.consentimientos.models import Consentimiento
from casos.consentimientos.queries import vale
from casos.contactos.pauta import Pauta, pauta_de
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.paquete import Dato, datos_disponibles
from casos.derivaciones.relojes import VERIFICACION
from casos.derivaciones.states import ACTIVAS, FALLIDAS, SIN_RESPUESTA, Estado
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.expedientes.queries import ultimo_hito as ultimo_de_caso
from casos.personas.models import Persona
from casos.plazos.models import EstadoPlazo, Plazo
from casos.red.models import Institucion, Modo, ServicioRed
from casos.red.queries import comparten_tema
from casos.situaciones.queries import es_legible, ultima
from oficina.errors import DomainError, NoEncontrado, NoPermitido

# Whether the person was well served, the office asks.
_ESPERAN_A_LA_INSTITUCION = (Plazo.estado == EstadoPlazo.CORRIENDO, Plazo.reloj != VERIFICACION)


@dataclass(frozen=True)
class SeguimientoDeDerivacion:
    """How a derivation stands, whether a decision on it is due, who answers for its case, and where
    the institution reads.
    """

    folio: str
    estado: Estado
    por_decidir: bool
    responsable_id: UUID | None
    institucion: str
    servicio: str
    correo: str | None
    caso_id: UUID
    institucion_id: UUID


def plazos_de_la_institucion(session: Session, derivacion_id: UUID) -> Sequence[Plazo]:
    """The clocks that run until the institution does something, the nearest first."""
    return session.scalars(
        select(Plazo)
        .where(Plazo.derivacion_id == derivacion_id, *_ESPERAN_A_LA_INSTITUCION)
        .order_by(Plazo.vence_en, Plazo.id)
    ).all()


def proximo_de_la_institucion() -> Subquery:
    """A subquery (`derivacion_id`, `vence_en`) with the nearest end among those clocks."""
    return (
        select(Plazo.derivacion_id, func.min(Plazo.vence_en).label("vence_en"))
        .where(Plazo.derivacion_id.is_not(None), *_ESPERAN_A_LA_INSTITUCION)
        .group_by(Plazo.derivacion_id)
        .subquery()
    )


def derivacion_por_id(
    session: Session, derivacion_id: UUID, alcance: Alcance, *, bloquear: bool = False
) -> Derivacion:
    """A derivation of a case that the reader may read, with its service and institution.

    With `bloquear` its case must be the reader's work; it and then the derivation are locked until
    the transaction ends, and it is read again: whoever holds a derivation holds its case, so two
    who want both never wait for each other in a ring. Raises as `caso_por_id`.
    """
    consulta = (
        select(Derivacion)
        .where(Derivacion.id == derivacion_id)
        .options(joinedload(Derivacion.servicio), joinedload(Derivacion.institucion))
    )
    if bloquear:
        # The keys of the case stay free: a line of its story never waits for this lock.
        caso_id = session.scalar(
            select(Caso.id)
            .join(Derivacion, Derivacion.caso_id == Caso.id)
            .where(Derivacion.id == derivacion_id, alcance.casos())
            .with_for_update(of=Caso, key_share=True)
        )
        if caso_id is None:
            raise _negativa(session, derivacion_id, alcance)
        consulta = consulta.with_for_update(of=Derivacion).execution_options(populate_existing=True)
    else:
        consulta = consulta.where(_legible(alcance))
    derivacion = session.scalar(consulta)
    if derivacion is None:
        raise _negativa(session, derivacion_id, alcance)
    return derivacion


def retenidas(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Derivacion]:
    """Derivations that this transaction holds, with their service and institution."""
    if not ids:
        return {}
    filas = session.scalars(
        select(Derivacion)
        .where(Derivacion.id.in_(ids))
        .options(joinedload(Derivacion.servicio), joinedload(Derivacion.institucion))
        .execution_options(populate_existing=True)
    )
    return {una.id: una for una in filas}


def _legible(alcance: Alcance) -> ColumnElement[bool]:
    """Derivations of a case that the reader may read."""
    return Derivacion.caso_id.in_(select(Caso.id).where(alcance.lectura()))


def _negativa(session: Session, derivacion_id: UUID, alcance: Alcance) -> DomainError:
    caso_id = session.scalar(select(Derivacion.caso_id).where(Derivacion.id == derivacion_id))
    if caso_id is None:
        return NoEncontrado()
    legible = select(Caso.id).where(Caso.id == caso_id, alcance.lectura())
    if session.scalar(legible) is not None:
        return NoPermitido(_("El acceso excepcional es solo para leer."))
    return alcance.negativa(session, caso_id)


def borrador_de(
    session: Session, caso_id: UUID, derivacion_id: UUID
) -> tuple[Derivacion, Consentimiento | None]:
    """A draft of a case, and the legal basis that was chosen for it, if something is shared; raises
    NoEncontrado.
    """
    found = session.execute(
        select(Derivacion, Consentimiento)
        .outerjoin(Consentimiento, Consentimiento.id == Derivacion.consentimiento_id)
        .where(
            Derivacion.id == derivacion_id,
            Derivacion.caso_id == caso_id,
            Derivacion.estado == Estado.BORRADOR,
        )
    ).one_or_none()
    if found is None:
        raise NoEncontrado
    return found[0], found[1]


def rige(session: Session, derivacion: Derivacion, ahora: datetime) -> bool:
    """Whether the legal basis of what is shared still holds; nothing shared needs none."""
    return derivacion.consentimiento_id is None or vale(
        session, derivacion.consentimiento_id, ahora
    )


def con_respuestas(session: Session, derivacion_id: UUID, alcance: Alcance) -> Derivacion:
    """A derivation of a case that the reader may read, with its service, institution and answers;
    raises as `derivacion_por_id`.
    """
    derivacion = session.scalar(
        select(Derivacion)
        .where(Derivacion.id == derivacion_id, _legible(alcance))
        .options(
            joinedload(Derivacion.servicio),
            joinedload(Derivacion.institucion),
            selectinload(Derivacion.respuestas),
        )
    )
    if derivacion is None:
        raise _negativa(session, derivacion_id, alcance)
    return derivacion


def de_caso(session: Session, caso: Caso) -> Sequence[Derivacion]:
    """The derivations of a case that was read with service and institution, the newest first.

    Drafts that were discarded are left out.
    """
    return session.scalars(
        select(Derivacion)
        .where(
            Derivacion.caso_id == caso.id,
            or_(Derivacion.estado != Estado.ANULADA, Derivacion.enviada_en.is_not(None)),
        )
        .options(joinedload(Derivacion.servicio), joinedload(Derivacion.institucion))
        .order_by(Derivacion.id.desc())
    ).all()


def activas_de_caso(session: Session, caso_id: UUID) -> int:
    """How many derivations of a case still wait for the institution (flag `derivacion_activa`)."""
    return _cuantas(session, caso_id, ACTIVAS)


def sin_respuesta_de_caso(session: Session, caso_id: UUID) -> int:
    """How many derivations of a case nobody has accepted or refused yet."""
    return _cuantas(session, caso_id, SIN_RESPUESTA, Derivacion.modo != Modo.AUTOGESTIONADA)


def _cuantas(
    session: Session, caso_id: UUID, estados: frozenset[Estado], *demas: ColumnElement[bool]
) -> int:
    consulta = select(func.count()).where(
        Derivacion.caso_id == caso_id, Derivacion.estado.in_(estados), *demas
    )
    return session.scalar(consulta) or 0


def relevada(session: Session, derivacion_id: UUID) -> bool:
    """Whether another derivation took over; a draft and one taken back do not count."""
    consulta = select(Derivacion.id).where(Derivacion.id == derivacion_id, _relevada())
    return session.scalar(consulta) is not None


def espera_de_decision() -> Subquery:
    """A subquery (`caso_id`, `desde`): cases with a derivation that ended badly and on which
    nobody has decided, and since when.
    """
    return (
        select(Derivacion.caso_id, func.min(Derivacion.terminada_en).label("desde"))
        .where(sin_decidir())
        .group_by(Derivacion.caso_id)
        .subquery()
    )


def por_decidir(session: Session, caso_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Derivacion]]:
    """The derivations that ended badly and on which nobody has decided, by their case, with
    their institution; cases without one are left out.
    """
    halladas = session.scalars(
        select(Derivacion)
        .where(Derivacion.caso_id.in_(list(caso_ids)), sin_decidir())
        .options(joinedload(Derivacion.institucion))
        .order_by(Derivacion.terminada_en, Derivacion.id)
    )
    por_caso: dict[UUID, list[Derivacion]] = {}
    for derivacion in halladas:
        por_caso.setdefault(derivacion.caso_id, []).append(derivacion)
    return por_caso


def seguimiento(session: Session, derivacion_id: UUID) -> SeguimientoDeDerivacion:
    """One derivation as somebody who writes about it must know it; raises NoEncontrado."""
    fila = session.execute(
        select(
            Derivacion.folio,
            Derivacion.estado,
            sin_decidir(),
            Caso.responsable_id,
            Institucion.nombre,
            ServicioRed.nombre,
            Institucion.correo,
            Caso.id,
            Institucion.id,
        )
        .join(Caso, Caso.id == Derivacion.caso_id)
        .join(Institucion, Institucion.id == Derivacion.institucion_id)
        .join(ServicioRed, ServicioRed.id == Derivacion.servicio_id)
        .where(Derivacion.id == derivacion_id)
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    return SeguimientoDeDerivacion(*fila)


def que_quedan(session: Session, consentimiento_id: UUID) -> Sequence[Derivacion]:
    """The derivations on which the withdrawal of a consent would act, with their institution."""
    return session.scalars(
        select(Derivacion)
        .where(
            Derivacion.consentimiento_id == consentimiento_id,
            Derivacion.estado != Estado.ANULADA,
        )
        .options(joinedload(Derivacion.institucion))
        .order_by(Derivacion.id)
    ).all()


def relevo_de(session: Session, derivacion_id: UUID) -> Derivacion | None:
    """The newest derivation that takes over from this one, if any."""
    return session.scalar(
        select(Derivacion)
        .where(Derivacion.reemplaza_a_id == derivacion_id)
        .order_by(Derivacion.id.desc())
        .limit(1)
    )


def ultimo_hito(session: Session, derivacion: Derivacion) -> Hito | None:
    """The last line that the story of its case tells of a derivation."""
    return ultimo_de_caso(
        session, derivacion.caso_id, TipoHito.DERIVACION, "derivacion_id", derivacion.id
    )


def adoptadas(derivacion: Derivacion) -> frozenset[UUID]:
    """The late answers that an officer has adopted."""
    return frozenset(r.adopta_a_id for r in derivacion.respuestas if r.adopta_a_id is not None)


def pendientes_de_adoptar(derivacion: Derivacion) -> list[RespuestaDerivacion]:
    """The late answers of a derivation that nobody has adopted."""
    ya = adoptadas(derivacion)
    return [r for r in derivacion.respuestas if r.tardia and r.id not in ya]


def datos_de_persona(
    session: Session, persona_id: UUID, alcance: Alcance
) -> tuple[Persona, Pauta, Sequence[Dato]]:
    """A person, how they may be reached, and what of them the reader could share; the migratory
    status only if they may know it. Raises NoEncontrado.
    """
    persona = session.scalar(
        select(Persona)
        .where(Persona.id == persona_id)
        .options(selectinload(Persona.documentos), selectinload(Persona.contactos))
    )
    if persona is None:
        raise NoEncontrado
    legible = es_legible(session, persona_id, alcance)
    situacion = ultima(session, persona_id) if legible else None
    pauta = pauta_de(session, persona)
    return persona, pauta, datos_disponibles(persona, pauta, situacion)


@cache
def sin_decidir() -> ColumnElement[bool]:
    """It ended badly, and since then nothing was decided: no other derivation took over, none was
    sent for the same need, and its case did not end. Written once: every list and page asks it.
    """
    cierre = select(Hito.id).where(
        Hito.caso_id == Derivacion.caso_id,
        Hito.tipo.in_((TipoHito.CERRADO, TipoHito.ANULADO)),
        Hito.ocurrido_en >= Derivacion.terminada_en,
    )
    return and_(
        Derivacion.estado.in_(FALLIDAS), ~_relevada(), ~_con_otra_despues(), ~cierre.exists()
    )


def _con_otra_despues() -> ColumnElement[bool]:
    """Another derivation of its case for the same need was sent after it ended, and not taken back.

    Should that one end badly too, it is the one that waits for a decision.
    """
    otra = aliased(Derivacion)
    servicio, otro = aliased(ServicioRed), aliased(ServicioRed)
    return (
        select(otra.id)
        .join(otro, otro.id == otra.servicio_id)
        .join(servicio, servicio.id == Derivacion.servicio_id)
        .where(
            otra.caso_id == Derivacion.caso_id,
            otra.enviada_en > Derivacion.terminada_en,
            otra.estado != Estado.ANULADA,
            comparten_tema(servicio, otro),
        )
        .correlate(Derivacion)
        .exists()
    )


def _relevada() -> ColumnElement[bool]:
    relevo = aliased(Derivacion)
    return (
        select(relevo.id)
        .where(
            relevo.reemplaza_a_id == Derivacion.id,
            relevo.estado.not_in((Estado.BORRADOR, Estado.ANULADA)),
        )
        .exists()
    )
