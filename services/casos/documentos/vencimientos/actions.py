"""What is done of a document that is about to expire: a task for who answers for the case."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.documentos.vencimientos.models import AvisoDeDocumento
from casos.documentos.vencimientos.queries import PorAvisar, documento_por_avisar
from casos.etiquetas import etiqueta
from casos.expedientes.models import Caso
from casos.frases import DOCUMENTO_POR_VENCER, escrita
from casos.personas.models import DocumentoIdentidad
from casos.plazos.actions import ultimo_dia
from casos.plazos.calendario import calendario
from casos.tareas import actions as tareas
from casos.tareas.actions import RELOJ
from casos.tareas.schemas import NuevaTarea
from oficina.actor import Actor
from oficina.calendar_cl import es_habil, siguiente_habil
from oficina.clock import local

SISTEMA = Actor.sistema("casos")


def avisar(session: Session, que: PorAvisar, ahora: datetime) -> bool:
    """Add the task, once; whether it was added. Of two sweeps at once the second finds it there.

    It says which document and until when, never its number.
    """
    hallado = documento_por_avisar(session, que)
    if hallado is None:
        return False
    documento, caso = hallado
    if caso.responsable_id is None or documento.vence_el is None:
        return False
    tarea = tareas.agregar(
        session,
        caso.id,
        NuevaTarea(
            que=_que_hacer(documento, documento.vence_el),
            vence_el=_hasta(session, caso, documento.vence_el, ahora),
        ),
        Responsable(caso.responsable_id, caso.responsable_nombre),
        actor=SISTEMA,
        ahora=ahora,
    )
    session.add(
        AvisoDeDocumento(
            documento_id=documento.id,
            caso_id=caso.id,
            vence_el=documento.vence_el,
            dias=que.dias,
            tarea_id=tarea.id,
            avisado_en=ahora,
        )
    )
    session.flush()
    return True


def _que_hacer(documento: DocumentoIdentidad, vence_el: date) -> str:
    # A sweep reads nothing in anybody's language: what the document is called is Spanish.
    return escrita(DOCUMENTO_POR_VENCER, cual=etiqueta(documento.tipo), dia=f"{vence_el:%d-%m-%Y}")


def _hasta(session: Session, caso: Caso, vence_el: date, ahora: datetime) -> date:
    """The last working day before it expires, as far away as a task may be; never before today."""
    hoy, cierres = local(ahora).date(), calendario(session).dias
    dia = min(vence_el, ultimo_dia(session, RELOJ, caso.prioridad.value, ahora))
    while dia > hoy and not es_habil(dia, cierres):
        dia -= timedelta(days=1)
    return siguiente_habil(max(dia, hoy), cierres)
