"""What the forms of the network repeat: one transaction, and what is there when one comes late."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy.orm import Session

from casos.etiquetas import opciones
from casos.personas.catalogos import idiomas
from casos.red.models import EstadoServicio, Modo
from casos.red.propuestas.states import PasoPropuesta
from casos.subtemas.presentes import temas_ofrecidos
from oficina.errors import DatosInvalidos, VersionVencida
from oficina.web.app import env
from oficina.web.forms import Form
from oficina.web.i18n import language
from oficina.web.stale import Present, came_back

SIN_DECIR = (
    "casos.red.carga.cargar",
    *(f"casos.red.propuesta.{paso}" for paso in PasoPropuesta),
)
"""A file of another directory and what is decided of a proposal change things that no row names."""


def formulario(
    schema: Schema,
    inicial: dict[str, Any],
    acciones: tuple[Callable[[Session, Any], UUID], Callable[[Session], Present] | None],
    despues: Callable[[UUID], str],
    plantilla: str,
    **datos: Any,
) -> ResponseReturnValue:
    """Show a form, or do what it says in one transaction and go where it leads. `acciones` are to
    do it, and to read what is there now when somebody was faster: nobody is at what is new.
    """
    hacer, ahora = acciones
    form = Form(schema, inicial)
    status = 422 if form.sent else 200
    if form.valid:
        try:
            with env().db.begin() as session:
                hecho = hacer(session, form.data)
        except DatosInvalidos as error:
            form.add_errors(error)
        except VersionVencida as error:
            if ahora is None:
                raise
            with env().db.read() as session:
                came_back(form, ahora(session))
            status = error.status
        else:
            flash(_("Guardamos los cambios en el directorio."), "success")
            return redirect(despues(hecho), 303)
    page = render_template(
        plantilla,
        form=form,
        opciones=opciones,
        temas=list(temas_ofrecidos(language()).items()),
        lenguas=idiomas(language()),
        modos=opciones(Modo),
        estados=opciones(EstadoServicio),
        **datos,
    )
    return page, status
