"""Entrance: of casos' facts, whose data may not be used or are erased: nothing is booked or changed
for them; and which two records are of one person, who keeps the appointments of both. Of
notificaciones', what people answered to a reminder.
"""

from sqlalchemy.orm import Session

from agenda import actions, supresion, uniones
from agenda.states import Respuesta
from oficina import apartadas
from oficina.bus.inbox import Handlers, Sobre
from oficina.events.agenda import AgendaPurgada
from oficina.events.casos import (
    PersonaAnonimizada,
    PersonaBloqueada,
    PersonaDesbloqueada,
    PersonaFusionada,
    PersonaSeparada,
)
from oficina.events.notificaciones import RespuestaRecibida

handlers = Handlers("agenda")


@handlers.on(PersonaBloqueada)
def bloquear(session: Session, hecho: PersonaBloqueada, sobre: Sobre) -> None:
    """Their appointments stay as they are."""
    apartadas.bloquear(session, hecho.persona_id, sobre.time)


@handlers.on(PersonaDesbloqueada)
def desbloquear(session: Session, hecho: PersonaDesbloqueada, _sobre: Sobre) -> None:
    """Their appointments are as they were."""
    apartadas.desbloquear(session, hecho.persona_id)


@handlers.on(PersonaFusionada)
def unir(session: Session, hecho: PersonaFusionada, _sobre: Sobre) -> None:
    """The appointments of both are of the record that stays."""
    movidas = uniones.llevar(session, hecho.absorbida_id, hecho.persona_id)
    apartadas.unir(session, hecho.absorbida_id, hecho.persona_id, movidas)


@handlers.on(PersonaSeparada)
def separar(session: Session, hecho: PersonaSeparada, _sobre: Sobre) -> None:
    """What had gone over, and what was booked since about the cases that go back, goes back."""
    movidas = apartadas.separar(session, hecho.absorbida_id)
    uniones.devolver(session, hecho.persona_id, hecho.absorbida_id, movidas, hecho.caso_ids)


@handlers.on(RespuestaRecibida)
def anotar_respuesta(session: Session, hecho: RespuestaRecibida, _sobre: Sobre) -> None:
    """The appointment shows what its person answered."""
    actions.anotar_respuesta(
        session,
        hecho.cita_id,
        Respuesta(hecho.respuesta),
        hecho.canal,
        inicia_en=hecho.inicia_en,
        recibida_en=hecho.recibida_en,
    )


@handlers.on(PersonaAnonimizada)
def suprimir(session: Session, hecho: PersonaAnonimizada, _sobre: Sobre) -> None:
    """Erase what their appointments say, now and against whatever comes later, and confirm it."""
    fila = apartadas.suprimir(session, hecho.persona_id, hecho.supresion_id)
    borrado = supresion.borrar(session, hecho.persona_id)
    apartadas.confirmar(session, fila, "agenda", AgendaPurgada, borrado)
