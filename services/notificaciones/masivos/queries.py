"""What can be asked of bulks: their owner's and, for who confirms others', all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select, true
from sqlalchemy.orm import Session

from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio
from notificaciones.masivos.states import TRABAJAN, Estado, Problema
from notificaciones.mensajes.costos import Tarifa, tarifa_del
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, Motivo
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from oficina.clock import today
from oficina.errors import NoEncontrado

LIMITE = 100
MUESTRAS = 3
_EN_COLA = [*EN_ESPERA, EstadoDeMensaje.RESERVADA]


@dataclass(frozen=True)
class Quien:
    """Who asks; `todos` for who confirms what others brought."""

    id: UUID
    todos: bool


@dataclass(frozen=True, kw_only=True)
class Cuentas:
    """How many rows of a bulk are so.

    Until it is confirmed: `problemas` of those that make no message, `callados` of those whose
    message would not leave, and why. Then `mensajes` by their state, and what is left.
    """

    filas: int = 0
    por_revisar: int = 0
    problemas: dict[Problema, int] = field(default_factory=dict)
    callados: dict[Motivo, int] = field(default_factory=dict)
    mensajes: dict[EstadoDeMensaje, int] = field(default_factory=dict)
    por_pedir: int = 0
    segmentos: int = 0

    @property
    def sin_mensaje(self) -> int:
        """Rows that make none."""
        return sum(self.problemas.values())

    @property
    def destinatarios(self) -> int:
        """Rows that make a message."""
        return self.filas - self.sin_mensaje

    @property
    def hechos(self) -> int:
        """Messages that are there, whatever became of them."""
        return sum(self.mensajes.values())

    @property
    def en_cola(self) -> int:
        """Messages that wait to leave."""
        return sum(self.mensajes.get(estado, 0) for estado in _EN_COLA)

    @property
    def tarifa(self) -> Tarifa:
        """Of today."""
        return tarifa_del(today())

    def marca(self) -> str:
        """A text that changes whenever these do."""
        return repr(self)


def envio_por_id(
    session: Session, envio_id: UUID, quien: Quien, *, bloquear: bool = False
) -> EnvioMasivo:
    """The bulk; raises NoEncontrado, also when it is not the asker's to see."""
    query = select(EnvioMasivo).where(EnvioMasivo.id == envio_id, _suyos(quien))
    if bloquear:
        query = query.with_for_update().execution_options(populate_existing=True)
    envio = session.scalar(query)
    if envio is None:
        raise NoEncontrado
    return envio


def envios(session: Session, quien: Quien) -> Sequence[EnvioMasivo]:
    """The newest first."""
    query = select(EnvioMasivo).where(_suyos(quien)).order_by(EnvioMasivo.id.desc())
    return session.scalars(query.limit(LIMITE)).all()


def destinatarios(session: Session, ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many rows of each bulk make a message; nothing of one that has none."""
    query = (
        select(FilaDeEnvio.envio_id, func.count())
        .where(FilaDeEnvio.envio_id.in_(ids), FilaDeEnvio.problema.is_(None))
        .group_by(FilaDeEnvio.envio_id)
    )
    return {fila[0]: fila[1] for fila in session.execute(query)}


def hay_alguno(session: Session) -> bool:
    """Whether anybody ever brought one."""
    return session.scalar(select(EnvioMasivo.id).limit(1)) is not None


def cuentas(session: Session, envio_id: UUID) -> Cuentas:
    """How its rows stand."""
    query = (
        select(
            FilaDeEnvio.problema,
            FilaDeEnvio.motivo,
            FilaDeEnvio.revisada,
            Mensaje.estado,
            func.count(),
            func.sum(FilaDeEnvio.segmentos),
        )
        .outerjoin(Mensaje, Mensaje.id == FilaDeEnvio.mensaje_id)
        .where(FilaDeEnvio.envio_id == envio_id)
        .group_by(FilaDeEnvio.problema, FilaDeEnvio.motivo, FilaDeEnvio.revisada, Mensaje.estado)
    )
    problemas: dict[Problema, int] = {}
    callados: dict[Motivo, int] = {}
    mensajes: dict[EstadoDeMensaje, int] = {}
    filas = por_revisar = por_pedir = segmentos = 0
    for problema, motivo, revisada, estado, cuantas, ocupan in session.execute(query):
        filas += cuantas
        por_revisar += 0 if revisada else cuantas
        if problema is not None:
            problemas[problema] = problemas.get(problema, 0) + cuantas
            continue
        if motivo is not None:
            callados[motivo] = callados.get(motivo, 0) + cuantas
        else:
            segmentos += int(ocupan or 0)
        if estado is not None:
            mensajes[estado] = mensajes.get(estado, 0) + cuantas
        else:
            por_pedir += cuantas
    return Cuentas(
        filas=filas,
        por_revisar=por_revisar,
        problemas=dict(sorted(problemas.items())),
        callados=dict(sorted(callados.items())),
        mensajes=dict(sorted(mensajes.items())),
        por_pedir=por_pedir,
        segmentos=segmentos,
    )


def muestras(session: Session, envio_id: UUID) -> Sequence[FilaDeEnvio]:
    """The first rows whose message would leave."""
    query = select(FilaDeEnvio).where(
        FilaDeEnvio.envio_id == envio_id,
        FilaDeEnvio.problema.is_(None),
        FilaDeEnvio.motivo.is_(None),
        FilaDeEnvio.revisada,
        FilaDeEnvio.datos.is_not(None),
    )
    return session.scalars(query.order_by(FilaDeEnvio.numero).limit(MUESTRAS)).all()


def con_problema(session: Session, envio_id: UUID) -> Sequence[FilaDeEnvio]:
    """The first rows that make no message."""
    query = select(FilaDeEnvio).where(
        FilaDeEnvio.envio_id == envio_id, FilaDeEnvio.problema.is_not(None)
    )
    return session.scalars(query.order_by(FilaDeEnvio.numero).limit(LIMITE)).all()


def resultado(
    session: Session, envio_id: UUID, despues_de: int = 0, cuantas: int | None = None
) -> Sequence[Row[FilaDeEnvio, Mensaje | None]]:
    """The rows after a number, in the order of the file, each with its message if it made one."""
    query = (
        select(FilaDeEnvio, Mensaje)
        .outerjoin(Mensaje, Mensaje.id == FilaDeEnvio.mensaje_id)
        .where(FilaDeEnvio.envio_id == envio_id, FilaDeEnvio.numero > despues_de)
        .order_by(FilaDeEnvio.numero)
        .limit(cuantas)
    )
    return session.execute(query).all()


def por_seguir(session: Session, ahora: datetime, real: datetime) -> Sequence[UUID]:
    """Bulks that go on by themselves and that nobody is working on."""
    return session.scalars(
        select(EnvioMasivo.id)
        .where(
            EnvioMasivo.estado.in_(TRABAJAN),
            or_(EnvioMasivo.tomado_hasta.is_(None), EnvioMasivo.tomado_hasta <= real),
            or_(
                EnvioMasivo.estado == Estado.REVISANDO,
                EnvioMasivo.programado_para.is_(None),
                EnvioMasivo.programado_para <= ahora,
            ),
        )
        .order_by(EnvioMasivo.id)
    ).all()


def por_revisar(session: Session, envio_id: UUID, cuantas: int) -> Sequence[FilaDeEnvio]:
    """The next rows of which their owners are to be asked."""
    return _siguientes(session, cuantas, FilaDeEnvio.envio_id == envio_id, ~FilaDeEnvio.revisada)


def por_pedir(session: Session, envio_id: UUID, cuantas: int) -> Sequence[FilaDeEnvio]:
    """The next rows that are to make a message."""
    return _siguientes(
        session,
        cuantas,
        FilaDeEnvio.envio_id == envio_id,
        FilaDeEnvio.problema.is_(None),
        FilaDeEnvio.mensaje_id.is_(None),
    )


def en_cola(session: Session, envio_id: UUID, hasta: datetime | None = None) -> int:
    """Its messages that wait to leave; `hasta` a moment, those that are due by then alone: some
    wait for the hours that their person asked for.
    """
    query = (
        select(func.count())
        .select_from(FilaDeEnvio)
        .join(Mensaje, Mensaje.id == FilaDeEnvio.mensaje_id)
        .where(FilaDeEnvio.envio_id == envio_id, Mensaje.estado.in_(_EN_COLA))
    )
    if hasta is not None:
        query = query.where(Mensaje.enviar_en <= hasta)
    return session.scalar(query) or 0


def de_persona(session: Session, persona_id: UUID) -> Sequence[Row[FilaDeEnvio, EnvioMasivo]]:
    """The rows that name a person, each with its bulk, the oldest first; not what was emptied."""
    return session.execute(
        select(FilaDeEnvio, EnvioMasivo)
        .join(EnvioMasivo, EnvioMasivo.id == FilaDeEnvio.envio_id)
        .where(FilaDeEnvio.persona_id == persona_id, FilaDeEnvio.datos.is_not(None))
        .order_by(FilaDeEnvio.id)
    ).all()


def _siguientes(
    session: Session, cuantas: int, *condiciones: ColumnElement[bool]
) -> Sequence[FilaDeEnvio]:
    query = select(FilaDeEnvio).where(*condiciones).order_by(FilaDeEnvio.numero)
    return session.scalars(query.limit(cuantas)).all()


def _suyos(quien: Quien) -> ColumnElement[bool]:
    return true() if quien.todos else EnvioMasivo.actor_id == quien.id
