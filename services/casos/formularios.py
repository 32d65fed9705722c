"""What the forms of a step repeat: it is taken, or the page comes back and says why not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import CasoReservado, DatosBloqueados
from casos.etiquetas import etiqueta
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado
from oficina.web.app import env
from oficina.web.forms import Form
from oficina.web.stale import Present, not_taken

A = TypeVar("A", bound=StrEnum)
R = TypeVar("R")

AQUI = "#formulario"
"""The form that came back: the `id` that it has on its page."""


@dataclass(frozen=True)
class Intento(Generic[R]):
    """What became of a form: done, with what came of it, or to be shown again with a status."""

    hecho: bool
    status: int = 200
    resultado: R | None = None


def intentar(
    form: Form,
    hacer: Callable[[Session], R],
    como_esta: Callable[[Session], Present] | None = None,
) -> Intento[R]:
    """Do what a valid form asks for, in one transaction.

    When somebody was faster, or the state of now does not admit it, the form also says what
    `como_esta` reads; what is new has no state. What hides the thing from who asks is raised.
    """
    if not form.valid:
        return Intento(hecho=False, status=422 if form.sent else 200)
    try:
        with env().db.begin() as session:
            resultado = hacer(session)
    except DatosInvalidos as error:
        form.add_errors(error)
        return Intento(hecho=False, status=error.status)
    except (NoEncontrado, CasoReservado, DatosBloqueados):
        raise
    except DomainError as error:
        if como_esta is None:
            form.add_error("", error.detail or _(error.title))
        else:
            with env().db.read() as session:
                not_taken(form, error, como_esta(session))
        return Intento(hecho=False, status=error.status)
    return Intento(hecho=True, resultado=resultado)


def posibles(acciones: Iterable[A], pedida: A, donde: Callable[[A], str]) -> list[tuple[str, str]]:
    """What can be done now, in words, and where: what was asked for, in the form that came back."""
    return [(etiqueta(una), AQUI if una == pedida else donde(una)) for una in acciones]
