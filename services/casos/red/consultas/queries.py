"""What was asked of institutions, what they said, and whom to ask."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.red.consultas.models import ConsultaRed, PreguntaRed
from casos.red.consultas.reglas import reglas
from casos.red.consultas.states import EstadoConsulta, EstadoPregunta
from casos.red.models import Institucion, Lugar, ServicioRed
from casos.red.verificaciones.queries import por_verificar
from casos.red.verificaciones.schemas import Filtro
from casos.red.verificaciones.vigencia import clases_vencidas
from oficina.errors import NoEncontrado

MAXIMO = 200


def consulta_por_id(session: Session, consulta_id: UUID, *, bloquear: bool = False) -> ConsultaRed:
    """A question with all that it asks of; raises NoEncontrado."""
    consulta = (
        select(ConsultaRed)
        .where(ConsultaRed.id == consulta_id)
        .options(
            joinedload(ConsultaRed.institucion),
            selectinload(ConsultaRed.preguntas).options(
                joinedload(PreguntaRed.servicio).options(
                    joinedload(ServicioRed.institucion),
                    selectinload(ServicioRed.lugares).options(
                        joinedload(Lugar.sede), selectinload(Lugar.horarios)
                    ),
                ),
            ),
        )
    )
    if bloquear:
        consulta = consulta.with_for_update(of=ConsultaRed)
    hallada = session.scalar(consulta.execution_options(populate_existing=True))
    if hallada is None:
        raise NoEncontrado
    return hallada


def pregunta_por_id(session: Session, pregunta_id: UUID) -> PreguntaRed:
    """What was said of one service; raises NoEncontrado, also of one that corrected nothing."""
    consulta_id = session.scalar(
        select(PreguntaRed.consulta_id).where(
            PreguntaRed.id == pregunta_id, PreguntaRed.estado.in_(_CORRIGIERON)
        )
    )
    if consulta_id is None:
        raise NoEncontrado
    preguntas = consulta_por_id(session, consulta_id).preguntas
    return next(una for una in preguntas if una.id == pregunta_id)


def consultas(session: Session) -> Sequence[ConsultaRed]:
    """The questions to institutions, the latest first."""
    return session.scalars(
        select(ConsultaRed)
        .options(
            joinedload(ConsultaRed.institucion),
            selectinload(ConsultaRed.preguntas)
            .joinedload(PreguntaRed.servicio)
            .joinedload(ServicioRed.institucion),
        )
        .order_by(ConsultaRed.id.desc())
        .limit(MAXIMO)
    ).all()


def correcciones(session: Session) -> Sequence[PreguntaRed]:
    """The corrections that wait to be looked at, the oldest first."""
    return session.scalars(
        select(PreguntaRed)
        .where(PreguntaRed.estado == EstadoPregunta.POR_REVISAR)
        .options(
            joinedload(PreguntaRed.servicio).joinedload(ServicioRed.institucion),
            joinedload(PreguntaRed.consulta),
        )
        .order_by(PreguntaRed.contestada_en, PreguntaRed.id)
        .limit(MAXIMO)
    ).all()


def cuantas_correcciones(session: Session) -> int:
    """How many corrections wait."""
    estado = PreguntaRed.estado == EstadoPregunta.POR_REVISAR
    return session.scalar(select(func.count(PreguntaRed.id)).where(estado)) or 0


def abierta_de(session: Session, institucion_id: UUID) -> ConsultaRed | None:
    """The question that an institution has not answered whole."""
    return session.scalar(
        select(ConsultaRed).where(
            ConsultaRed.institucion_id == institucion_id,
            ConsultaRed.estado == EstadoConsulta.ABIERTA,
        )
    )


def ultimas(
    session: Session, instituciones: Collection[UUID], *, retiradas: bool
) -> dict[UUID, datetime]:
    """When each institution was asked last; with `retiradas`, also by what was taken back."""
    cuando = (
        select(ConsultaRed.institucion_id, func.max(ConsultaRed.pedida_en))
        .where(ConsultaRed.institucion_id.in_(instituciones))
        .group_by(ConsultaRed.institucion_id)
    )
    if not retiradas:
        cuando = cuando.where(ConsultaRed.estado != EstadoConsulta.RETIRADA)
    return dict(session.execute(cuando).all())


def por_preguntar(session: Session, hoy: date, ahora: datetime) -> Sequence[UUID]:
    """The institutions with a mail of which something lapsed and that may be asked now."""
    debidas = {
        uno.servicio.institucion_id
        for uno in por_verificar(session, Filtro(), hoy)
        if correo_de(uno.servicio.institucion)
    }
    abiertas = set(
        session.scalars(
            select(ConsultaRed.institucion_id).where(ConsultaRed.estado == EstadoConsulta.ABIERTA)
        )
    )
    preguntadas = ultimas(session, debidas, retiradas=True)
    return sorted(
        cual
        for cual in debidas - abiertas
        if cual not in preguntadas or preguntadas[cual] + reglas().cada <= ahora
    )


def por_vencer(session: Session, ahora: datetime) -> Sequence[UUID]:
    """The questions whose time has ended."""
    return session.scalars(
        select(ConsultaRed.id)
        .where(ConsultaRed.estado == EstadoConsulta.ABIERTA, ConsultaRed.vence_en <= ahora)
        .order_by(ConsultaRed.id)
    ).all()


def correo_de(institucion: Institucion) -> str | None:
    """Where an institution reads: its own address, or that of whom to ask there. Contacts must be
    loaded.
    """
    if institucion.correo:
        return institucion.correo
    return next((uno.correo for uno in institucion.contactos if uno.correo), None)


def correo_por_id(session: Session, institucion_id: UUID) -> str | None:
    """Where an institution reads."""
    institucion = session.scalar(
        select(Institucion)
        .where(Institucion.id == institucion_id)
        .options(selectinload(Institucion.contactos))
        .execution_options(populate_existing=True)
    )
    return None if institucion is None else correo_de(institucion)


_CORRIGIERON = (
    EstadoPregunta.POR_REVISAR,
    EstadoPregunta.ACEPTADA,
    EstadoPregunta.DESCARTADA,
)


def siguen_sin_saberse(consulta: ConsultaRed) -> int:
    """Of how many services it asked that nobody has spoken of since. Services must be loaded."""
    return sum(
        1
        for una in consulta.preguntas
        if una.estado is EstadoPregunta.POR_CONTESTAR and clases_vencidas(una.servicio)
    )
