"""The form of an account, as the pages that open and change one show it."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from identidad.schemas import PARA_QUE, ROLES
from identidad.unidades.queries import elegibles
from oficina.web.app import env
from oficina.web.forms import Form


def formulario_de_cuenta(
    plantilla: str, form: Form, *, unidad_actual: str = "", **vista: Any
) -> ResponseReturnValue:
    """The page of `form` with the roles and units to choose from; the present unit is one of them,
    also when it was closed.
    """
    with env().db.read() as session:
        unidades = elegibles(session, unidad_actual)
    page = render_template(
        plantilla, form=form, roles=ROLES, para_que=PARA_QUE, unidades=unidades, **vista
    )
    return page, 422 if form.sent else 200
