"""The steps of a case as forms on its page: who may, what is sent, what is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.cierres import actions as cierres
from casos.cierres.schemas import NuevaDecisionSchema
from casos.denuncias import actions as denuncias
from casos.denuncias.schemas import NuevaDenunciaSchema, NuevaExigenciaSchema
from casos.equipo import equipo
from casos.expedientes import actions, curso
from casos.expedientes.models import Caso
from casos.expedientes.schemas import (
    NuevaAnulacionSchema,
    NuevaAsignacion,
    NuevaAsignacionSchema,
    NuevaElevacionSchema,
    NuevaEvaluacionSchema,
    NuevaOrientacionSchema,
    NuevaPrioridadSchema,
    NuevaReanudacionSchema,
    NuevaReaperturaSchema,
    NuevaSuspensionSchema,
    NuevaVueltaSchema,
    NuevoCierreSchema,
    NuevoSeguimientoSchema,
)
from casos.expedientes.states import Paso
from casos.tareas import actions as tareas
from casos.tareas.models import Tarea
from casos.tareas.schemas import NuevaTarea, NuevaTareaSchema
from casos.tareas.vistas import quien_la_hace
from oficina.actor import Actor

Accion = Callable[[Session, UUID, Any, Actor, datetime], Caso | Tarea]


@dataclass(frozen=True)
class Formulario:
    """One step of a case as a form on its page; `etiqueta` is how the page calls it."""

    etiqueta: LazyString
    paso: Paso
    permiso: str
    schema: type[Schema]
    accion: Accion
    hecho: LazyString


def _asignar(
    session: Session, caso_id: UUID, datos: NuevaAsignacion, quien: Actor, ahora: datetime
) -> Caso:
    responsable = equipo().responsable(datos.responsable_id) or Responsable(quien.id, quien.nombre)
    return actions.asignar(
        session, caso_id, responsable, version=datos.version, actor=quien, ahora=ahora
    )


def _agregar_tarea(
    session: Session, caso_id: UUID, datos: NuevaTarea, quien: Actor, ahora: datetime
) -> Tarea:
    la_hace = quien_la_hace(datos.responsable_id, quien)
    return tareas.agregar(session, caso_id, datos, la_hace, actor=quien, ahora=ahora)


FORMULARIOS: Mapping[str, Formulario] = {
    "orientaciones": Formulario(
        _l("Dar orientación"),
        Paso.ORIENTAR,
        "casos.caso.orientar",
        NuevaOrientacionSchema,
        actions.orientar,
        _l("Se registró la orientación."),
    ),
    "segunda-instancia": Formulario(
        _l("Elevar a segunda instancia"),
        Paso.ELEVAR,
        "casos.caso.elevar",
        NuevaElevacionSchema,
        actions.elevar,
        _l("El caso pasó a segunda instancia."),
    ),
    "evaluacion": Formulario(
        _l("Evaluar"),
        Paso.EVALUAR,
        "casos.caso.evaluar",
        NuevaEvaluacionSchema,
        actions.evaluar,
        _l("Se guardó la evaluación."),
    ),
    "asignacion": Formulario(
        _l("Asignar el caso"),
        Paso.ASIGNAR,
        "casos.caso.tomar",
        NuevaAsignacionSchema,
        _asignar,
        _l("El caso quedó asignado."),
    ),
    "prioridad": Formulario(
        _l("Cambiar la prioridad"),
        Paso.PRIORIZAR,
        "casos.caso.priorizar",
        NuevaPrioridadSchema,
        curso.priorizar,
        _l("La prioridad del caso cambió, y sus plazos con ella."),
    ),
    "tareas": Formulario(
        _l("Agregar una tarea"),
        Paso.AGREGAR_TAREA,
        "casos.tarea.gestionar",
        NuevaTareaSchema,
        _agregar_tarea,
        _l("La tarea quedó agregada."),
    ),
    "seguimiento": Formulario(
        _l("Pasar a seguimiento"),
        Paso.SEGUIR,
        "casos.caso.seguir",
        NuevoSeguimientoSchema,
        curso.seguir,
        _l("El caso pasó a seguimiento."),
    ),
    "vuelta-a-gestion": Formulario(
        _l("Volver a gestión"),
        Paso.VOLVER,
        "casos.caso.seguir",
        NuevaVueltaSchema,
        curso.volver,
        _l("El caso volvió a gestión."),
    ),
    "suspension": Formulario(
        _l("Suspender el caso"),
        Paso.SUSPENDER,
        "casos.caso.suspender",
        NuevaSuspensionSchema,
        curso.suspender,
        _l("El caso quedó suspendido."),
    ),
    "reanudacion": Formulario(
        _l("Reanudar el caso"),
        Paso.REANUDAR,
        "casos.caso.suspender",
        NuevaReanudacionSchema,
        curso.reanudar,
        _l("El caso se reanudó."),
    ),
    "denuncia-obligatoria": Formulario(
        _l("Marcar que hay que denunciar"),
        Paso.EXIGIR_DENUNCIA,
        "casos.denuncia.registrar",
        NuevaExigenciaSchema,
        denuncias.exigir,
        _l("Quedó marcado que hay que denunciar."),
    ),
    "denuncia": Formulario(
        _l("Registrar la denuncia"),
        Paso.RESOLVER_DENUNCIA,
        "casos.denuncia.registrar",
        NuevaDenunciaSchema,
        denuncias.resolver,
        _l("La denuncia quedó registrada."),
    ),
    "cierre": Formulario(
        _l("Cerrar el caso"),
        Paso.CERRAR,
        "casos.caso.cerrar",
        NuevoCierreSchema,
        actions.cerrar,
        _l("El caso se cerró."),
    ),
    "propuesta-de-cierre": Formulario(
        _l("Proponer el cierre"),
        Paso.PROPONER_CIERRE,
        "casos.caso.cerrar",
        NuevoCierreSchema,
        cierres.proponer,
        _l("El cierre quedó propuesto: otra persona decide."),
    ),
    "decision-de-cierre": Formulario(
        _l("Decidir el cierre propuesto"),
        Paso.DECIDIR_CIERRE,
        "casos.cierre.decidir",
        NuevaDecisionSchema,
        cierres.decidir,
        _l("Su decisión quedó registrada."),
    ),
    "reapertura": Formulario(
        _l("Reabrir el caso"),
        Paso.REABRIR,
        "casos.caso.reabrir",
        NuevaReaperturaSchema,
        actions.reabrir,
        _l("El caso se reabrió."),
    ),
    "anulacion": Formulario(
        _l("Anular: se abrió por error"),
        Paso.ANULAR,
        "casos.caso.anular",
        NuevaAnulacionSchema,
        curso.anular,
        _l("El caso se anuló."),
    ),
}
"""The steps that a page offers, by the last part of their address and in the order shown."""
