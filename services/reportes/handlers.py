"""Entrance: something happened at casos, so there is something new to count."""

from sqlalchemy.orm import Session

from oficina.bus.inbox import Handlers, Sobre
from oficina.events import Evento
from reportes import actions
from reportes.queries import CASOS

handlers = Handlers("reportes")


@handlers.on_pattern("casos.#")
def pedir_lectura(session: Session, _hecho: Evento, _sobre: Sobre) -> None:
    """The fact itself is not read: its details are asked of casos, de-identified."""
    actions.pedir_lectura(session, CASOS)
