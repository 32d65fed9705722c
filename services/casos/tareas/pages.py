"""Pages of tasks: what waits for the reader, and one task with what can be done with it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.accesos.lectura import registrar_lectura_de_caso
from casos.alcance import Alcance, CasoReservado
from casos.etiquetas import etiqueta
from casos.expedientes.models import Hito
from casos.expedientes.queries import equipo_de, es_propio
from casos.listas.presentacion import mostrar
from casos.listas.tareas import TAREAS
from casos.tareas import actions, queries
from casos.tareas.models import Tarea
from casos.tareas.schemas import (
    CambioDeTarea,
    CambioDeTareaSchema,
    FinDeTareaSchema,
)
from casos.tareas.states import EstadoTarea
from casos.tareas.vistas import quien_la_hace
from oficina import clock
from oficina.audit import Cambio
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.stale import Present, not_taken

bp = Blueprint("tareas", __name__, url_prefix="/casos/tareas")


def _cambiar(session: Session, tarea_id: UUID, datos: CambioDeTarea) -> Tarea:
    quien = quien_la_hace(datos.responsable_id, actor())
    return actions.cambiar(session, tarea_id, datos, quien, actor=actor(), ahora=clock.now())


Accion = Callable[[Session, UUID, Any], Tarea]

PASOS: Mapping[str, tuple[type[Schema], Accion, LazyString]] = {
    "hecha": (
        FinDeTareaSchema,
        lambda session, cual, datos: actions.hacer(session, cual, datos, actor(), clock.now()),
        _l("La tarea quedó hecha."),
    ),
    "cambio": (CambioDeTareaSchema, _cambiar, _l("La tarea cambió.")),
    "cancelacion": (
        FinDeTareaSchema,
        lambda session, cual, datos: actions.cancelar(session, cual, datos, actor(), clock.now()),
        _l("La tarea se canceló."),
    ),
}
"""What can be done with a task, by the last part of the address."""

NOMBRES: Mapping[str, LazyString] = {
    "hecha": _l("Marcar como hecha"),
    "cambio": _l("Cambiar quién la hace o hasta cuándo"),
    "cancelacion": _l("Cancelar la tarea"),
}


@bp.get("")
@requires("casos.tarea.ver")
def lista() -> ResponseReturnValue:
    """What waits for the reader, late ones first, unless others are asked for."""
    return mostrar(TAREAS, "casos/tareas/lista.html")


@bp.get("/<uuid:tarea_id>")
@requires("casos.tarea.ver")
def ver(tarea_id: UUID) -> ResponseReturnValue:
    """One task."""
    return _pagina(tarea_id)


@bp.post("/<uuid:tarea_id>/<any(hecha, cambio, cancelacion):paso>")
@requires("casos.tarea.gestionar")
def hacer(tarea_id: UUID, paso: str) -> ResponseReturnValue:
    """Do one thing with a task; when something is wrong, the page comes back as it was sent."""
    _schema, accion, hecho = PASOS[paso]
    form = _form(paso)
    if not form.valid:
        return _pagina(tarea_id, enviado=(paso, form)), 422
    try:
        with env().db.begin() as session:
            tarea = accion(session, tarea_id, form.data[paso])
    except (NoEncontrado, CasoReservado):
        raise
    except DatosInvalidos as error:
        form.add_errors(DatosInvalidos({paso: error.errores}, error.detail))
        return _pagina(tarea_id, enviado=(paso, form)), error.status
    except DomainError as error:
        return _pagina(tarea_id, enviado=(paso, form), error=error), error.status
    flash(str(hecho), "success")
    return redirect(url_for("expedientes.ver", caso_id=tarea.caso_id), 303)


def _como_esta(
    tarea: Tarea, forms: Mapping[str, Form], ultimo: Hito | None, values: Mapping[str, Any]
) -> Present:
    """How a task stands, who left it so, and what the reader can do with it now."""
    return Present(
        values=values,
        change=Cambio(ultimo.ocurrido_en, quien=ultimo.actor_nombre) if ultimo else None,
        state=etiqueta(tarea.estado),
        allowed=[(str(NOMBRES[paso]), f"#{paso}") for paso in forms],
    )


def _form(paso: str, inicial: Mapping[str, Any] | None = None, *, sent: bool = True) -> Form:
    return Form.named(paso, PASOS[paso][0], inicial, sent=sent)


def _pagina(
    tarea_id: UUID,
    *,
    enviado: tuple[str, Form] | None = None,
    error: DomainError | None = None,
) -> str:
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        tarea, caso = queries.tarea_por_id(session, tarea_id, alcance)
        fila = queries.fila(session, tarea_id, clock.now())
        propio = es_propio(session, caso, alcance)
        miembros = equipo_de(session, caso)
        ultimo = queries.ultimo_hito(session, tarea) if error else None
    registrar_lectura_de_caso(
        env().db, actor(), "casos.tarea.ver", "caso", caso.id, caso_id=caso.id
    )
    forms: dict[str, Form] = {}
    cambio: dict[str, str] = {}
    if propio and tarea.estado is EstadoTarea.PENDIENTE and puede("casos.tarea.gestionar"):
        vence = clock.local(fila.vence_en).date().isoformat() if fila.vence_en else ""
        cambio = {"responsable_id": str(tarea.responsable_id), "vence_el": vence}
        forms = {
            paso: _form(paso, cambio if paso == "cambio" else None, sent=False) for paso in PASOS
        }
    if enviado:
        if error:
            values = {"cambio": cambio} if enviado[0] == "cambio" and cambio else {}
            not_taken(enviado[1], error, _como_esta(tarea, forms, ultimo, values))
        forms[enviado[0]] = enviado[1]
    personas = {actor().id: actor().nombre, tarea.responsable_id: tarea.responsable_nombre}
    if caso.responsable_id:
        personas[caso.responsable_id] = caso.responsable_nombre
    personas |= {uno.funcionario_id: uno.nombre for uno in miembros}
    return render_template(
        "casos/tareas/ver.html",
        tarea=tarea,
        caso=caso,
        fila=fila,
        formularios=forms,
        enviado=enviado[0] if enviado else "",
        personas=[(str(quien), nombre) for quien, nombre in personas.items()],
    )
