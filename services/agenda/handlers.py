"""Entrance: of casos' facts, whose data may not be used or are erased: nothing is booked or changed
for them.
"""

from sqlalchemy.orm import Session

from agenda import supresion
from oficina import apartadas
from oficina.bus.inbox import Handlers, Sobre
from oficina.events.agenda import AgendaPurgada
from oficina.events.casos import PersonaAnonimizada, PersonaBloqueada, PersonaDesbloqueada

handlers = Handlers("agenda")


@handlers.on(PersonaBloqueada)
def bloquear(session: Session, hecho: PersonaBloqueada, sobre: Sobre) -> None:
    """Their appointments stay as they are."""
    apartadas.bloquear(session, hecho.persona_id, sobre.time)


@handlers.on(PersonaDesbloqueada)
def desbloquear(session: Session, hecho: PersonaDesbloqueada, _sobre: Sobre) -> None:
    """Their appointments are as they were."""
    apartadas.desbloquear(session, hecho.persona_id)


@handlers.on(PersonaAnonimizada)
def suprimir(session: Session, hecho: PersonaAnonimizada, _sobre: Sobre) -> None:
    """Erase what their appointments say, now and against whatever comes later, and confirm it."""
    fila = apartadas.suprimir(session, hecho.persona_id, hecho.supresion_id)
    borrado = supresion.borrar(session, hecho.persona_id)
    apartadas.confirmar(session, fila, "agenda", AgendaPurgada, borrado)
