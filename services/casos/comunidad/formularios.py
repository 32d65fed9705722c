"""What the forms of the community's work repeat: a step is taken, or the page says why not."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida, VersionVencida
from oficina.web.app import env
from oficina.web.forms import Form


@dataclass(frozen=True)
class Intento:
    """What became of a form: done, or to be shown again with a status.

    `vencida`: somebody was faster, and what was written is still there.
    """

    hecho: bool
    status: int = 200
    vencida: bool = False


def intentar(form: Form, hacer: Callable[[Session], object]) -> Intento:
    """Do what a valid form asks for, in one transaction."""
    if not form.valid:
        return Intento(hecho=False, status=422 if form.sent else 200)
    try:
        with env().db.begin() as session:
            hacer(session)
    except DatosInvalidos as error:
        form.add_errors(error)
        return Intento(hecho=False, status=422)
    except (TransicionInvalida, VersionVencida, Conflicto) as error:
        form.add_error("", error.detail or _(error.title))
        return Intento(hecho=False, status=error.status, vencida=isinstance(error, VersionVencida))
    return Intento(hecho=True)
