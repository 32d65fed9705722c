"""What can be asked of erasures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from casos.atenciones.models import Atencion
from casos.conservacion.models import Conservacion
from casos.derechos.models import SolicitudDerecho
from casos.derechos.states import PENDIENTES
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import ACTIVAS
from casos.expedientes.models import Caso, Confidencialidad
from casos.expedientes.states import TERMINADOS
from casos.importacion.models import DE_PERSONAS, Importacion
from casos.importacion.models import Estado as EstadoImportacion
from casos.personas.models import Persona
from casos.red.models import Institucion, Modo, ServicioRed
from casos.supresion.borrado import contar, suyo
from casos.supresion.models import Purga, Supresion
from casos.supresion.reglas import reglas
from casos.supresion.states import Estado, Obstaculo
from oficina.clock import real_now
from oficina.errors import Conflicto, NoEncontrado

MAXIMO = 200


@dataclass(frozen=True)
class Impedimento:
    """Something that stands against erasing somebody now; `folio` of what, when it may be said."""

    obstaculo: Obstaculo
    folio: str = ""


@dataclass(frozen=True)
class Destinatario:
    """An institution that received data, and whether it is told by e-mail to erase them."""

    folio: str
    institucion: str
    servicio: str
    enviada_en: datetime | None
    por_correo: bool


@dataclass(frozen=True)
class VistaPrevia:
    """What would go of somebody here, what stands against it, and who must be told."""

    borrado: Mapping[str, int]
    impedimentos: Sequence[Impedimento]
    destinatarios: Sequence[Destinatario]


def supresion_por_id(session: Session, supresion_id: UUID, *, bloquear: bool = False) -> Supresion:
    """An erasure with its request and what each service said; raises NoEncontrado."""
    consulta = (
        select(Supresion)
        .where(Supresion.id == supresion_id)
        .options(joinedload(Supresion.solicitud), selectinload(Supresion.purgas))
    )
    if bloquear:
        consulta = consulta.with_for_update(of=Supresion).execution_options(populate_existing=True)
    hallada = session.scalar(consulta)
    if hallada is None:
        raise NoEncontrado
    return hallada


def de_solicitud(session: Session, solicitud_id: UUID) -> Supresion | None:
    """The last erasure that was proposed for a request, with what each service said."""
    return session.scalars(
        select(Supresion)
        .where(Supresion.solicitud_id == solicitud_id)
        .options(selectinload(Supresion.purgas))
        .order_by(Supresion.id.desc())
        .limit(1)
    ).first()


def todas(session: Session) -> Sequence[Supresion]:
    """Those that wait for a decision first, then those that wait for a service, then the others,
    the newest first; at most `MAXIMO`.
    """
    orden = case(
        (Supresion.estado == Estado.PROPUESTA, 0),
        (Supresion.estado == Estado.EJECUTADA, 1),
        else_=2,
    )
    return session.scalars(
        select(Supresion)
        .options(joinedload(Supresion.solicitud), selectinload(Supresion.purgas))
        .order_by(orden, Supresion.id.desc())
        .limit(MAXIMO)
    ).all()


def vista_previa(session: Session, persona_id: UUID, solicitud_id: UUID) -> VistaPrevia:
    """What erasing somebody for a request would do here. Raises NoEncontrado."""
    persona = session.get(Persona, persona_id)
    if persona is None:
        raise NoEncontrado
    return VistaPrevia(
        contar(session, suyo(session, persona)),
        impedimentos(session, persona_id, solicitud_id),
        destinatarios(session, persona_id),
    )


def impedimentos(session: Session, persona_id: UUID, solicitud_id: UUID) -> list[Impedimento]:
    """What stands against erasing somebody now. Of a sealed case no folio is told."""
    casos = session.execute(
        select(Caso.folio, Caso.confidencialidad, Caso.estado)
        .where(Caso.persona_id == persona_id)
        .order_by(Caso.id)
    ).all()
    hallados = [
        Impedimento(Obstaculo.CASO_ABIERTO, _decible(folio, cual))
        for folio, cual, estado in casos
        if estado not in TERMINADOS
    ]
    en_curso = session.execute(
        select(Derivacion.folio, Caso.confidencialidad)
        .join(Caso, Caso.id == Derivacion.caso_id)
        .where(Caso.persona_id == persona_id, Derivacion.estado.in_(ACTIVAS))
        .order_by(Derivacion.id)
    )
    hallados += [Impedimento(Obstaculo.DERIVACION_EN_CURSO, _decible(*una)) for una in en_curso]
    conservados = session.execute(
        select(Caso.folio, Caso.confidencialidad)
        .join(Conservacion, Conservacion.caso_id == Caso.id)
        .where(Caso.persona_id == persona_id, Conservacion.hasta > real_now())
    )
    hallados += [Impedimento(Obstaculo.CASO_CONSERVADO, _decible(*uno)) for uno in conservados]
    otras = session.scalars(
        select(SolicitudDerecho.folio).where(
            SolicitudDerecho.persona_id == persona_id,
            SolicitudDerecho.id != solicitud_id,
            SolicitudDerecho.estado.in_(PENDIENTES),
        )
    )
    hallados += [Impedimento(Obstaculo.OTRA_SOLICITUD, folio) for folio in otras]
    por_cargar = select(Importacion.id).where(
        Importacion.tipo.in_(DE_PERSONAS),
        Importacion.estado.in_((EstadoImportacion.EN_REVISION, EstadoImportacion.CARGANDO)),
    )
    if session.scalar(por_cargar.limit(1)) is not None:
        hallados.append(Impedimento(Obstaculo.REGISTRO_SIN_CARGAR))
    return hallados


def destinatarios(session: Session, persona_id: UUID) -> list[Destinatario]:
    """The institutions that received data of somebody, the newest first."""
    filas = session.execute(
        select(
            Derivacion.folio,
            Institucion.nombre,
            ServicioRed.nombre,
            Derivacion.enviada_en,
            Institucion.correo.is_not(None),
        )
        .join(Caso, Caso.id == Derivacion.caso_id)
        .join(Institucion, Institucion.id == Derivacion.institucion_id)
        .join(ServicioRed, ServicioRed.id == Derivacion.servicio_id)
        .where(Caso.persona_id == persona_id, Derivacion.enviada_en.is_not(None))
        .order_by(Derivacion.enviada_en.desc())
    )
    return [Destinatario(*fila) for fila in filas]


def con_datos(session: Session, persona_id: UUID) -> Sequence[Derivacion]:
    """The derivations with which data of somebody left, with their institution."""
    return session.scalars(
        select(Derivacion)
        .join(Caso, Caso.id == Derivacion.caso_id)
        .where(
            Caso.persona_id == persona_id,
            Derivacion.enviada_en.is_not(None),
            Derivacion.modo != Modo.AUTOGESTIONADA,
        )
        .options(joinedload(Derivacion.institucion))
        .order_by(Derivacion.id)
    ).all()


def exigir_terminada(session: Session, solicitud_id: UUID) -> None:
    """Raise Conflicto unless the erasure that a request asks for was done everywhere."""
    supresion = de_solicitud(session, solicitud_id)
    if supresion is None or supresion.estado is not Estado.TERMINADA:
        raise Conflicto(
            _("Responda que se hizo cuando la supresión haya terminado en todos los servicios.")
        )


def contados(session: Session, persona_id: UUID) -> int:
    """How many things of somebody the figures count."""
    suyos = select(Caso.id).where(Caso.persona_id == persona_id)
    return sum(
        session.scalar(select(func.count()).select_from(tabla).where(condicion)) or 0
        for tabla, condicion in (
            (Atencion, Atencion.persona_id == persona_id),
            (Caso, Caso.persona_id == persona_id),
            (Derivacion, Derivacion.caso_id.in_(suyos)),
        )
    )


def atrasadas(session: Session, real: datetime) -> Sequence[UUID]:
    """Confirmations that take longer than the rules say and of which nobody was told."""
    return session.scalars(
        select(Purga.id).where(
            Purga.confirmada_en.is_(None),
            Purga.avisada_en.is_(None),
            Purga.pedida_en < real - reglas().espera,
        )
    ).all()


def _decible(folio: str, cual: Confidencialidad) -> str:
    return "" if cual is Confidencialidad.SELLADO else folio
