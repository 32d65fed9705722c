"""What expires soon: of whom somebody is to be told, and what a reader may see of it.

Of a document that was retired, of who died, whose data are blocked, who was erased or whose record
was joined to another one, nobody is told and nothing is listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.defunciones.models import Defuncion
from casos.documentos.vencimientos.models import AvisoDeDocumento
from casos.documentos.vencimientos.reglas import reglas
from casos.documentos.vencimientos.schemas import Filtro
from casos.expedientes.models import Caso
from casos.expedientes.states import PASOS, Paso
from casos.personas.models import DocumentoIdentidad, EstadoPersona, Persona
from casos.tareas.models import Tarea
from casos.tareas.states import EstadoTarea

POR_HOJA = 25

_TRABAJADOS = [estado for estado, pasos in PASOS.items() if Paso.AGREGAR_TAREA in pasos]


@dataclass(frozen=True)
class PorAvisar:
    """A document, the case in which to tell it, and the stage."""

    documento_id: UUID
    caso_id: UUID
    dias: int


@dataclass(frozen=True)
class FilaDocumento:
    """A document that expires, and whose it is."""

    documento: DocumentoIdentidad
    persona: Persona
    faltan: int


@dataclass(frozen=True)
class HojaDocumentos:
    """Some of many."""

    filas: Sequence[FilaDocumento]
    total: int
    pagina: int
    paginas: int


def por_avisar(session: Session, hoy: date) -> Sequence[PorAvisar]:
    """What is to be told today and was not: once a stage, and not while the task of an earlier
    stage waits. One statement a stage, however many documents there are.
    """
    return [
        PorAvisar(documento_id, caso_id, etapa.dias)
        for etapa in reglas().etapas
        for documento_id, caso_id in session.execute(
            select(DocumentoIdentidad.id, Caso.id)
            .join(Persona, Persona.id == DocumentoIdentidad.persona_id)
            .join(Caso, Caso.persona_id == Persona.id)
            .where(
                DocumentoIdentidad.tipo.in_(etapa.tipos),
                DocumentoIdentidad.vence_el > hoy + timedelta(days=etapa.hasta),
                DocumentoIdentidad.vence_el <= hoy + timedelta(days=etapa.dias),
                _vigente(),
                se_avisa_en(),
                ~_ya_dicho(etapa.dias),
            )
            .order_by(Caso.id, DocumentoIdentidad.id)
        )
    ]


def documento_por_avisar(
    session: Session, que: PorAvisar
) -> tuple[DocumentoIdentidad, Caso] | None:
    """The same, held; None when it is not so any more."""
    caso = session.scalar(
        select(Caso)
        .where(Caso.id == que.caso_id, se_avisa_en())
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if caso is None:
        return None
    documento = session.scalar(
        select(DocumentoIdentidad)
        .join(Persona, Persona.id == DocumentoIdentidad.persona_id)
        .where(
            DocumentoIdentidad.id == que.documento_id,
            DocumentoIdentidad.persona_id == caso.persona_id,
            _vigente(),
            ~_ya_dicho(que.dias, caso.id),
        )
        .execution_options(populate_existing=True)
    )
    return None if documento is None else (documento, caso)


def por_vencer(session: Session, filtro: Filtro, alcance: Alcance, hoy: date) -> HojaDocumentos:
    """The documents of people whom the reader sees that expire within some days, with `vencidos`
    also those that did in the same time before; what expires first on top.
    """
    desde = hoy - timedelta(days=filtro.dias) if filtro.vencidos else hoy
    condiciones = [
        DocumentoIdentidad.vence_el >= desde,
        DocumentoIdentidad.vence_el <= hoy + timedelta(days=filtro.dias),
        _vigente(),
        alcance.personas(),
    ]
    if filtro.tipo is not None:
        condiciones.append(DocumentoIdentidad.tipo == filtro.tipo)
    if filtro.mios:
        suyos = and_(Caso.persona_id == Persona.id, alcance.casos(), alcance.nombrado())
        condiciones.append(select(Caso.id).where(suyos).correlate(Persona).exists())
    juntos = select(func.count(DocumentoIdentidad.id)).join(
        Persona, Persona.id == DocumentoIdentidad.persona_id
    )
    total = session.scalar(juntos.where(*condiciones)) or 0
    paginas = max(1, -(-total // POR_HOJA))
    pagina = min(filtro.pagina, paginas)
    filas = session.execute(
        select(DocumentoIdentidad, Persona)
        .join(Persona, Persona.id == DocumentoIdentidad.persona_id)
        .where(*condiciones)
        .order_by(DocumentoIdentidad.vence_el, DocumentoIdentidad.id)
        .limit(POR_HOJA)
        .offset((pagina - 1) * POR_HOJA)
    )
    hechas = [
        FilaDocumento(documento, persona, (documento.vence_el - hoy).days)
        for documento, persona in filas
        if documento.vence_el is not None
    ]
    return HojaDocumentos(hechas, total, pagina, paginas)


def se_avisa_en() -> ColumnElement[bool]:
    """Cases that somebody works on."""
    return and_(Caso.estado.in_(_TRABAJADOS), Caso.responsable_id.is_not(None))


def _vigente() -> ColumnElement[bool]:
    muerta = (
        select(Defuncion.id)
        .where(Defuncion.persona_id == Persona.id, Defuncion.anulada_en.is_(None))
        .correlate(Persona)
        .exists()
    )
    return and_(
        DocumentoIdentidad.retirado_en.is_(None),
        Persona.estado == EstadoPersona.ACTIVA,
        ~muerta,
    )


def _ya_dicho(dias: int, caso_id: UUID | None = None) -> ColumnElement[bool]:
    """The stage was told, or the task of an earlier one waits."""
    pendiente = (
        select(Tarea.id)
        .where(Tarea.id == AvisoDeDocumento.tarea_id, Tarea.estado == EstadoTarea.PENDIENTE)
        .correlate(AvisoDeDocumento)
        .exists()
    )
    return (
        select(AvisoDeDocumento.id)
        .where(
            AvisoDeDocumento.documento_id == DocumentoIdentidad.id,
            AvisoDeDocumento.caso_id == (Caso.id if caso_id is None else caso_id),
            AvisoDeDocumento.vence_el == DocumentoIdentidad.vence_el,
            (AvisoDeDocumento.dias == dias) | pendiente,
        )
        .correlate(DocumentoIdentidad, Caso)
        .exists()
    )
