"""What can be asked of the messages: read-only, people through their own scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select, tuple_, union
from sqlalchemy.orm import Session

from notificaciones.entrantes.models import Respuesta
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.mensajes.costos import Suma, tarifas
from notificaciones.mensajes.models import SALIDA, Mensaje, PasoDeMensaje
from notificaciones.mensajes.states import EN_ESPERA, SALIERON, Estado, Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.models import IntentoDeEnvio
from notificaciones.proveedores.simulador import SIMULADOR
from notificaciones.reglas.calculo import en_la_pared
from oficina.accesos import UsoDeCuenta
from oficina.errors import NoEncontrado

LIMITE = 100

# A reminder never waits behind a thousand messages that were asked for together.
_TURNO = case({uno: turno for turno, uno in enumerate(Prioridad)}, value=Mensaje.prioridad)

# Written into the statement: few are in somebody's hands, of which a bound value says nothing.
_RESERVADA: ColumnElement[str] = literal_column(f"'{Estado.RESERVADA}'")


@dataclass(frozen=True, kw_only=True)
class Filtro:
    """What to look for; an empty field does not narrow.

    `visibles` is the reader's scope (`alcance`).
    """

    visibles: frozenset[str]
    plantilla: str | None = None
    estado: Estado | None = None
    caso_id: UUID | None = None
    cita_id: UUID | None = None
    derivacion_id: UUID | None = None
    persona_id: UUID | None = None
    motivo: Motivo | None = None
    canal: Canal | None = None
    dia: date | None = None


def mensaje_por_id(session: Session, mensaje_id: UUID, *, visibles: frozenset[str]) -> Mensaje:
    """The message; raises NoEncontrado, also when it is not the reader's to see."""
    mensaje = session.get(Mensaje, mensaje_id)
    if mensaje is None or mensaje.plantilla not in visibles:
        raise NoEncontrado
    return mensaje


def mensajes(
    session: Session, filtro: Filtro, *, antes_de: Mensaje | None = None
) -> Sequence[Mensaje]:
    """What leaves last first, at most `LIMITE`, before the scope that casos decides."""
    lugar = tuple_(Mensaje.sale_en, Mensaje.id)
    query = select(Mensaje).where(*_conditions(filtro))
    query = query.order_by(Mensaje.sale_en.desc(), Mensaje.id.desc())
    if antes_de is not None:
        query = query.where(lugar < (antes_de.sale_en, antes_de.id))
    return session.scalars(query.limit(LIMITE)).all()


def de_persona(session: Session, persona_id: UUID) -> Sequence[Mensaje]:
    """Every message to a person, the oldest first."""
    return session.scalars(
        select(Mensaje).where(Mensaje.persona_id == persona_id).order_by(Mensaje.id)
    ).all()


def historia(session: Session, mensaje: Mensaje) -> Sequence[PasoDeMensaje]:
    """What happened to a message, the first step first."""
    return session.scalars(
        select(PasoDeMensaje)
        .where(PasoDeMensaje.mensaje_id == mensaje.id)
        .order_by(PasoDeMensaje.id)
    ).all()


def intentos(session: Session, mensaje: Mensaje) -> Sequence[IntentoDeEnvio]:
    """Who was asked to carry it and what each answered, the first one first."""
    return session.scalars(
        select(IntentoDeEnvio)
        .where(IntentoDeEnvio.mensaje_id == mensaje.id)
        .order_by(IntentoDeEnvio.id)
    ).all()


def respaldo_de(session: Session, mensaje: Mensaje) -> UUID | None:
    """The message that was written by e-mail because this one did not arrive."""
    clave = f"{mensaje.clave_de_negocio}/{Canal.CORREO}"
    return session.scalar(select(Mensaje.id).where(Mensaje.clave_de_negocio == clave))


def sms_que_salieron(
    session: Session, desde: datetime, hasta: datetime, *, visibles: frozenset[str]
) -> Sequence[Suma]:
    """What the SMS of some days took, `hasta` excluded: by price, what nobody was charged apart."""
    en_la_salida = Mensaje.proveedor.in_((SALIDA, SIMULADOR))
    ahorrados = Mensaje.segmentos_con_tildes - Mensaje.segmentos
    query = (
        select(
            func.count(),
            func.sum(Mensaje.segmentos),
            func.sum(case((ahorrados > 0, ahorrados), else_=0)),
            Mensaje.tarifa,
            en_la_salida,
        )
        .where(
            Mensaje.sale_en >= desde,
            Mensaje.sale_en < hasta,
            Mensaje.canal == Canal.SMS,
            Mensaje.estado.in_(SALIERON),
            Mensaje.tarifa.is_not(None),
            Mensaje.plantilla.in_(visibles),
        )
        .group_by(Mensaje.tarifa, en_la_salida)
        .order_by(Mensaje.tarifa, en_la_salida)
    )
    return [
        Suma(mensajes, int(segmentos), int(ahorro), tarifas()[tarifa], bool(salida))
        for mensajes, segmentos, ahorro, tarifa, salida in session.execute(query)
    ]


def vencidos(session: Session, ahora: datetime) -> Sequence[UUID]:
    """Messages that wait and are too late."""
    return _ids(session, Mensaje.estado.in_(EN_ESPERA), Mensaje.caduca_en <= ahora)


def por_preparar(session: Session, real: datetime) -> Sequence[UUID]:
    """Messages to be written; another speaks for those that leave in it."""
    return _ids(
        session,
        Mensaje.estado == Estado.PROGRAMADA,
        Mensaje.visible <= real,
        Mensaje.en_resumen.is_(False),
    )


@dataclass(frozen=True, kw_only=True)
class Debido:
    """A message that may leave: its lane, and what is known of its way without opening it."""

    mensaje_id: UUID
    prioridad: Prioridad
    plantilla: str
    persona_id: UUID | None
    canal: Canal | None
    destino_indice: str | None


def debidos(session: Session, ahora: datetime, real: datetime) -> Sequence[Debido]:
    """Messages to be sent, who may wait least first."""
    query = select(
        Mensaje.id.label("mensaje_id"),
        Mensaje.prioridad,
        Mensaje.plantilla,
        Mensaje.persona_id,
        Mensaje.canal,
        Mensaje.destino_indice,
    ).where(
        Mensaje.estado == Estado.LISTA,
        Mensaje.enviar_en <= ahora,
        Mensaje.visible <= real,
        or_(Mensaje.caduca_en.is_(None), Mensaje.caduca_en > ahora),
    )
    query = query.order_by(_TURNO, Mensaje.enviar_en, Mensaje.id).limit(LIMITE)
    return [Debido(**row) for row in session.execute(query).mappings()]


def abandonados(session: Session, real: datetime) -> Sequence[Mensaje]:
    """Messages whose worker vanished."""
    return session.scalars(
        select(Mensaje)
        .where(Mensaje.estado == _RESERVADA, Mensaje.reservada_hasta <= real)
        .limit(LIMITE)
    ).all()


def _ids(session: Session, *conditions: ColumnElement[bool]) -> Sequence[UUID]:
    query = select(Mensaje.id).where(*conditions)
    query = query.order_by(_TURNO, Mensaje.enviar_en, Mensaje.id)
    return session.scalars(query.limit(LIMITE)).all()


def _conditions(filtro: Filtro) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Mensaje.plantilla.in_(filtro.visibles)]
    for columna in (
        Mensaje.plantilla,
        Mensaje.estado,
        Mensaje.caso_id,
        Mensaje.cita_id,
        Mensaje.derivacion_id,
        Mensaje.persona_id,
        Mensaje.motivo,
        Mensaje.canal,
    ):
        valor = getattr(filtro, columna.key)
        if valor is not None:
            conditions.append(columna == valor)
    if filtro.dia is not None:
        siguiente = filtro.dia + timedelta(days=1)
        conditions.append(Mensaje.sale_en >= en_la_pared(filtro.dia, time()))
        conditions.append(Mensaje.sale_en < en_la_pared(siguiente, time()))
    return conditions


def alcanzadas(session: Session, uso: UsoDeCuenta) -> Sequence[UUID]:
    """Whom the messages and answers that an account touched are of, and what else it touched."""
    cosas = uso.cosas()
    suyos = (
        # Each by the index of its own.
        *(
            select(columna).where(tocado.in_(cosas))
            for columna in (Mensaje.persona_id, Mensaje.caso_id, Mensaje.derivacion_id)
            for tocado in (Mensaje.id, Mensaje.resumen_id)
        ),
        *(
            select(columna).where(Respuesta.id.in_(cosas))
            for columna in (Respuesta.persona_id, Respuesta.caso_id)
        ),
        # Of a bulk, everybody in it.
        select(FilaDeEnvio.persona_id).where(FilaDeEnvio.envio_id.in_(cosas)),
    )
    return [uno for uno in session.scalars(union(cosas, *suyos)) if uno is not None]
