"""Pages of who may know of a case: its people, its confidentiality, and exceptional accesses."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos import etiquetas
from casos.accesos import actions, queries
from casos.accesos.models import MotivoAcceso
from casos.accesos.reglas import reglas
from casos.accesos.schemas import (
    NombramientoSchema,
    NuevaConfidencialidadSchema,
    NuevoAccesoSchema,
)
from casos.alcance import Alcance, CasoReservado
from casos.equipo import equipo
from casos.expedientes.models import Confidencialidad
from casos.expedientes.queries import (
    caso_por_id,
    equipo_de,
    exigir_propio,
    reservados_por_asignar,
)
from oficina import clock
from oficina.audit import registrar_lectura
from oficina.errors import DomainError, NoEncontrado, NoPermitido
from oficina.web.app import env
from oficina.web.auth import actor, puede, requires
from oficina.web.forms import Form
from oficina.web.problems import handle_domain_error, shows_nothing, wants_json

bp = Blueprint("accesos", __name__, url_prefix="/casos")


@bp.app_errorhandler(CasoReservado)
def reservado(error: CasoReservado) -> ResponseReturnValue:
    """What is known of a reserved case by who is not named in it, and what they can do."""
    if wants_json():
        return handle_domain_error(error)
    shows_nothing()
    form = Form(NuevoAccesoSchema(), sent=False) if puede("casos.acceso.abrir") else None
    return _pagina_de_reservado(error, form), error.status


def _pagina_de_reservado(caso: CasoReservado, form: Form | None) -> str:
    asignable = False
    if puede("casos.caso.asignar"):
        with env().db.read() as session:
            esperan = reservados_por_asignar(session, Alcance.de(actor()))
        asignable = caso.caso_id in {uno.id for uno in esperan}
    return render_template(
        "casos/accesos/reservado.html",
        folio=caso.folio,
        caso_id=caso.caso_id,
        form=form,
        asignacion=Form(Schema(), sent=False) if asignable else None,
        profesionales=[(uno.id, uno.nombre) for uno in equipo().profesionales()],
        motivos=etiquetas.opciones(MotivoAcceso),
        minutos=reglas().minutos,
        minimo=reglas().motivo_minimo,
    )


@bp.post("/expedientes/<uuid:caso_id>/acceso-excepcional")
@requires("casos.acceso.abrir")
def abrir(caso_id: UUID) -> ResponseReturnValue:
    """Break the glass."""
    form = Form(NuevoAccesoSchema())
    if not form.valid:
        with env().db.read() as session:
            negativa = Alcance.de(actor()).negativa(session, caso_id)
        if not isinstance(negativa, CasoReservado):
            raise negativa
        return _pagina_de_reservado(negativa, form), 422
    with env().db.begin() as session:
        actions.abrir_acceso(session, caso_id, form.data, actor(), clock.now())
    flash(_("Puede leer el caso. La jefatura ya fue avisada."), "warning")
    return redirect(url_for("expedientes.ver", caso_id=caso_id), 303)


@bp.get("/accesos-excepcionales")
@requires("casos.acceso.listar")
def lista() -> str:
    """Who broke the glass, for the head of the office and the auditor."""
    with env().db.read() as session:
        accesos = queries.accesos(session, Alcance.de(actor()), con_texto=puede("casos.nota.ver"))
    registrar_lectura(
        env().db,
        actor(),
        "casos.acceso_excepcional.listar",
        "acceso_excepcional",
        None,
        cantidad=len(accesos),
    )
    return render_template("casos/accesos/lista.html", accesos=accesos)


@bp.post("/accesos-excepcionales/<uuid:acceso_id>/terminar")
@requires("casos.acceso.abrir")
def terminar(acceso_id: UUID) -> ResponseReturnValue:
    """End an access before its time."""
    with env().db.begin() as session:
        actions.terminar_acceso(session, acceso_id, actor(), clock.now())
    flash(_("El acceso excepcional terminó."), "success")
    destino = ".lista" if puede("casos.acceso.listar") else "expedientes.bandeja"
    return redirect(url_for(destino), 303)


@bp.get("/expedientes/<uuid:caso_id>/equipo")
@requires("casos.caso.equipo")
def equipo_del_caso(caso_id: UUID) -> str:
    """Who may know of a case."""
    return _equipo(caso_id)


@bp.post("/expedientes/<uuid:caso_id>/equipo")
@requires("casos.caso.equipo")
def nombrar(caso_id: UUID) -> ResponseReturnValue:
    """Name somebody in a case."""

    def hacer(session: Session, datos: Any) -> None:
        quien = equipo().nombrable(datos.funcionario_id)
        actions.nombrar(session, caso_id, quien, datos.motivo, actor=actor(), ahora=clock.now())

    return _hacer(caso_id, "agregar", hacer)


@bp.post("/expedientes/<uuid:caso_id>/equipo/retiros")
@requires("casos.caso.equipo")
def retirar(caso_id: UUID) -> ResponseReturnValue:
    """Take somebody's name out of a case."""

    def hacer(session: Session, datos: Any) -> None:
        actions.retirar(
            session,
            caso_id,
            datos.funcionario_id,
            datos.motivo,
            actor=actor(),
            ahora=clock.now(),
        )

    return _hacer(caso_id, "retirar", hacer)


@bp.post("/expedientes/<uuid:caso_id>/confidencialidad")
@requires("casos.caso.confidencialidad")
def cambiar_confidencialidad(caso_id: UUID) -> ResponseReturnValue:
    """Say how confidential a case is."""

    def hacer(session: Session, datos: Any) -> None:
        actions.cambiar_confidencialidad(session, caso_id, datos, actor(), clock.now())

    return _hacer(caso_id, "cambiar", hacer)


_SCHEMAS: dict[str, type[Schema]] = {
    "agregar": NombramientoSchema,
    "retirar": NombramientoSchema,
    "cambiar": NuevaConfidencialidadSchema,
}


def _hacer(
    caso_id: UUID, nombre: str, accion: Callable[[Session, Any], None]
) -> ResponseReturnValue:
    """Do one change; when something is wrong, the page comes back with what was written."""
    form = _form(nombre)
    if not form.valid:
        return _equipo(caso_id, (nombre, form)), 422
    try:
        with env().db.begin() as session:
            accion(session, form.data[nombre])
    except (NoEncontrado, NoPermitido):
        raise
    except DomainError as error:
        form.add_error("", error.detail or _(error.title))
        return _equipo(caso_id, (nombre, form)), error.status
    flash(_("Quedó anotado, con su motivo, en la historia del caso."), "success")
    return redirect(url_for("expedientes.ver", caso_id=caso_id), 303)


def _form(nombre: str, inicial: dict[str, Any] | None = None, *, sent: bool = True) -> Form:
    return Form.named(nombre, _SCHEMAS[nombre], inicial, sent=sent)


def _equipo(caso_id: UUID, enviado: tuple[str, Form] | None = None) -> str:
    alcance = Alcance.de(actor())
    with env().db.read() as session:
        caso = caso_por_id(session, caso_id, alcance)
        exigir_propio(session, caso, alcance)
        miembros = equipo_de(session, caso)
    if not gestiona(caso.responsable_id):
        raise NoPermitido(_("Lo decide quien responde por el caso, o la coordinación."))
    registrar_lectura(env().db, actor(), "casos.caso.ver", "caso", caso_id)
    forms = {
        nombre: enviado[1]
        if enviado and nombre == enviado[0]
        else _form(nombre, {"version": caso.version} if nombre == "cambiar" else None, sent=False)
        for nombre in _SCHEMAS
    }
    ya = {caso.responsable_id, *(uno.funcionario_id for uno in miembros)}
    orden = list(Confidencialidad)
    desde = 0 if puede("casos.caso.confidencialidad.bajar") else orden.index(caso.confidencialidad)
    otras = [*orden[:desde], caso.confidencialidad]
    return render_template(
        "casos/accesos/equipo.html",
        caso=caso,
        miembros=miembros,
        nombrables=[(u.id, u.nombre) for u in equipo().nombrables() if u.id not in ya],
        retirables=[(u.funcionario_id, u.nombre) for u in miembros],
        confidencialidades=etiquetas.opciones(Confidencialidad, *otras),
        **forms,
    )


def gestiona(responsable_id: UUID | None) -> bool:
    """Whether the reader says who may know of a case that is their work."""
    return responsable_id == actor().id or puede("casos.caso.confidencialidad.bajar")
