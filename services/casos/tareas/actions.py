"""What can be done with a task. One function, one transaction; the case is held before its task."""

from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.alcance import Alcance
from casos.expedientes.facts import contar
from casos.expedientes.models import Caso, MiembroDeCaso, TipoHito, anotar
from casos.expedientes.queries import caso_por_id
from casos.expedientes.states import Paso
from casos.plazos import actions as plazos
from casos.plazos.calendario import calendario
from casos.tareas.models import Tarea
from casos.tareas.queries import tarea_por_id
from casos.tareas.schemas import CambioDeTarea, FinDeTarea, NuevaTarea
from casos.tareas.states import EstadoTarea
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.calendar_cl import es_habil, fin_de_plazo, siguiente_habil
from oficina.errors import DatosInvalidos
from oficina.events.casos import TareaAgregada, TareaTerminada
from oficina.web.conditional import check_version

RELOJ = "tarea"


def agregar(
    session: Session,
    caso_id: UUID,
    datos: NuevaTarea,
    responsable: Responsable,
    *,
    actor: Actor,
    ahora: datetime,
) -> Tarea:
    """Add a task to a case; its clock runs until the end of its day.

    Raises TransicionInvalida while the case is not worked on, DatosInvalidos for a day that is no
    working day or too far away, and for somebody who is not in the case.
    """
    caso = caso_por_id(session, caso_id, Alcance.de(actor), bloquear=True)
    caso.exigir(Paso.AGREGAR_TAREA)
    _exigir_en_el_caso(session, caso, responsable, actor)
    hasta = _fin(session, caso, datos.vence_el, ahora)
    tarea = Tarea(
        caso_id=caso.id,
        que=datos.que,
        responsable_id=responsable.id,
        responsable_nombre=responsable.nombre,
        creada_por_id=actor.id,
        creada_por=actor.nombre,
        creada_en=ahora,
    )
    session.add(tarea)
    session.flush()
    plazos.iniciar(
        session, caso, RELOJ, caso.prioridad.value, ahora, tarea_id=tarea.id, hasta=hasta
    )
    _contar(session, tarea, "agregada", datos.que, actor=actor, ahora=ahora)
    contar(
        session,
        caso,
        TareaAgregada(tarea_id=tarea.id, caso_id=caso.id, responsable_id=responsable.id),
    )
    return tarea


def cambiar(
    session: Session,
    tarea_id: UUID,
    datos: CambioDeTarea,
    responsable: Responsable,
    *,
    actor: Actor,
    ahora: datetime,
) -> Tarea:
    """Give a task to somebody else, or move its day. Raises as `agregar`."""
    tarea, caso = _para_cambiar(session, tarea_id, actor, datos.version)
    tarea.exigir_pendiente()
    _exigir_en_el_caso(session, caso, responsable, actor)
    hasta = _fin(session, caso, datos.vence_el, ahora)
    tarea.responsable_id, tarea.responsable_nombre = responsable.id, responsable.nombre
    plazos.cancelar(session, caso.id, RELOJ, ahora, tarea_id=tarea.id)
    plazos.iniciar(
        session, caso, RELOJ, caso.prioridad.value, ahora, tarea_id=tarea.id, hasta=hasta
    )
    _contar(session, tarea, "cambiada", None, actor=actor, ahora=ahora)
    return tarea


def hacer(
    session: Session, tarea_id: UUID, datos: FinDeTarea, actor: Actor, ahora: datetime
) -> Tarea:
    """Say that a task was done, and what came of it. Raises TransicionInvalida."""
    tarea, caso = _para_cambiar(session, tarea_id, actor, datos.version)
    tarea.terminar(EstadoTarea.HECHA, ahora)
    plazos.cumplir(session, caso.id, RELOJ, ahora, tarea_id=tarea.id)
    _contar(session, tarea, "hecha", datos.texto, actor=actor, ahora=ahora)
    contar(session, caso, TareaTerminada(tarea_id=tarea.id, caso_id=caso.id, hecha=True))
    return tarea


def cancelar(
    session: Session, tarea_id: UUID, datos: FinDeTarea, actor: Actor, ahora: datetime
) -> Tarea:
    """Say that nobody does a task any more, and why. Raises TransicionInvalida."""
    tarea, caso = _para_cambiar(session, tarea_id, actor, datos.version)
    tarea.terminar(EstadoTarea.CANCELADA, ahora)
    plazos.cancelar(session, caso.id, RELOJ, ahora, tarea_id=tarea.id)
    _contar(session, tarea, "cancelada", datos.texto, actor=actor, ahora=ahora)
    contar(session, caso, TareaTerminada(tarea_id=tarea.id, caso_id=caso.id, hecha=False))
    return tarea


def _para_cambiar(
    session: Session, tarea_id: UUID, actor: Actor, version: int | None
) -> tuple[Tarea, Caso]:
    tarea, caso = tarea_por_id(session, tarea_id, Alcance.de(actor), bloquear=True)
    check_version(tarea, version)
    return tarea, caso


def _exigir_en_el_caso(
    session: Session, caso: Caso, responsable: Responsable, actor: Actor
) -> None:
    """Whoever does a task can open its case: who asks, who answers for it, or who is named."""
    if responsable.id in {actor.id, caso.responsable_id}:
        return
    nombrado = select(MiembroDeCaso.id).where(
        MiembroDeCaso.caso_id == caso.id, MiembroDeCaso.funcionario_id == responsable.id
    )
    if session.scalar(nombrado) is None:
        raise DatosInvalidos(
            {"responsable_id": [_("No puede ver este caso: nómbrela primero en él.")]}
        )


def _fin(session: Session, caso: Caso, dia: date, ahora: datetime) -> datetime:
    """The end of the chosen day, unless the rules do not allow it."""
    hoy = clock.local(ahora).date()
    ultimo = plazos.ultimo_dia(session, RELOJ, caso.prioridad.value, ahora)
    if not hoy <= dia <= ultimo:
        raise DatosInvalidos(
            {"vence_el": [_("Elija un día desde hoy hasta el %(dia)s.", dia=f"{ultimo:%d-%m-%Y}")]}
        )
    cierres = calendario(session).dias
    if not es_habil(dia, cierres):
        habil = siguiente_habil(dia, cierres)
        raise DatosInvalidos(
            {
                "vence_el": [
                    _("No es día hábil: el siguiente es el %(dia)s.", dia=f"{habil:%d-%m-%Y}")
                ]
            }
        )
    return fin_de_plazo(ahora, dias_corridos=(dia - hoy).days)


def _contar(
    session: Session,
    tarea: Tarea,
    hecho: str,
    texto: str | None,
    *,
    actor: Actor,
    ahora: datetime,
) -> None:
    """Into the case's story and the audit."""
    anotar(
        session,
        tarea.caso_id,
        TipoHito.TAREA,
        actor,
        datos={
            "hecho": hecho,
            "tarea_id": str(tarea.id),
            "responsable": tarea.responsable_nombre,
        },
        texto=texto,
        ocurrido_en=ahora,
    )
    auditar(session, actor, f"casos.tarea.{hecho}", "caso", tarea.caso_id)
