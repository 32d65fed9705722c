"""Entrance: something happened at casos, so there is something new to count; and who was erased."""

from sqlalchemy.orm import Session

from oficina.bus.inbox import Handlers, Sobre
from oficina.events import Evento
from oficina.events.casos import PersonaAnonimizada
from reportes import actions, supresion
from reportes.queries import CASOS

handlers = Handlers("reportes")


@handlers.on_pattern("casos.#")
def pedir_lectura(session: Session, _hecho: Evento, _sobre: Sobre) -> None:
    """The fact itself is not read: its details are asked of casos, de-identified."""
    actions.pedir_lectura(session, CASOS)


@handlers.on(PersonaAnonimizada)
def suprimir(session: Session, hecho: PersonaAnonimizada, _sobre: Sobre) -> None:
    """Their facts are read again, under another code; that is confirmed when it was done."""
    actions.pedir_lectura(session, CASOS)
    supresion.esperar(session, hecho)
