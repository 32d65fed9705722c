"""What each step does to the clocks of a derivation: a table, and the hand that applies it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from sqlalchemy.orm import Session

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Accion
from casos.plazos import actions as plazos
from casos.plazos.models import Plazo

RECEPCION, RESPUESTA = "recepcion", "respuesta"
PRIMERA_ATENCION, VERIFICACION = "primera_atencion", "verificacion"

Hand = Callable[[Session, Derivacion, Sequence[str], datetime], None]
"""What is done to some clocks of a derivation."""


def _inicia(
    session: Session, derivacion: Derivacion, relojes: Sequence[str], ahora: datetime
) -> None:
    for reloj in relojes:
        plazos.iniciar(
            session,
            derivacion.caso_id,
            reloj,
            derivacion.prioridad,
            ahora,
            derivacion_id=derivacion.id,
            acuerdo=derivacion.servicio.plazo_dias,
        )


def _cumple(
    session: Session, derivacion: Derivacion, relojes: Sequence[str], ahora: datetime
) -> None:
    for reloj in relojes:
        plazos.cumplir(session, derivacion.caso_id, reloj, ahora, derivacion_id=derivacion.id)


def _pausa(
    session: Session, derivacion: Derivacion, relojes: Sequence[str], ahora: datetime
) -> None:
    for reloj in relojes:
        plazos.pausar(session, derivacion.caso_id, reloj, ahora, derivacion_id=derivacion.id)


def _cancela(
    session: Session, derivacion: Derivacion, relojes: Sequence[str], ahora: datetime
) -> None:
    # In one statement: a sweep expires very many derivations.
    plazos.cancelar_todos(
        session, derivacion.caso_id, ahora, derivacion_id=derivacion.id, relojes=relojes
    )


EFECTOS: Mapping[Accion, tuple[tuple[Hand, str], ...]] = {
    Accion.ENVIAR: ((_inicia, RECEPCION), (_inicia, RESPUESTA)),
    Accion.RECIBIR: ((_cumple, RECEPCION),),
    Accion.ACEPTAR: ((_cumple, RECEPCION), (_cumple, RESPUESTA), (_inicia, PRIMERA_ATENCION)),
    Accion.RECHAZAR: ((_cumple, RECEPCION), (_cumple, RESPUESTA)),
    Accion.ESPERA: ((_pausa, PRIMERA_ATENCION),),
    Accion.CURSO: ((_cumple, PRIMERA_ATENCION),),
    Accion.CUMPLIR: ((_cumple, PRIMERA_ATENCION), (_inicia, VERIFICACION)),
    Accion.NO_LOGRADA: ((_cumple, PRIMERA_ATENCION),),
    Accion.VERIFICAR: ((_cumple, VERIFICACION),),
    Accion.DISPUTAR: ((_cancela, VERIFICACION),),
    Accion.ANULAR: (
        (_cancela, RECEPCION),
        (_cancela, RESPUESTA),
        (_cancela, PRIMERA_ATENCION),
    ),
    Accion.VENCER: ((_cancela, RECEPCION), (_cancela, RESPUESTA)),
}


# Nobody but the person is waited for.
EFECTOS_CON_LA_PERSONA: Mapping[Accion, tuple[tuple[Hand, str], ...]] = {
    Accion.ENVIAR: ((_inicia, VERIFICACION),),
    Accion.VERIFICAR: ((_cumple, VERIFICACION),),
    Accion.NO_LOGRADA: ((_cumple, VERIFICACION),),
    Accion.ANULAR: ((_cancela, VERIFICACION),),
}


def mover(session: Session, derivacion: Derivacion, accion: Accion, ahora: datetime) -> None:
    """Start, pause and stop the clocks as the step says. The service must be loaded."""
    for hand, suyos in groupby(_efectos(derivacion, accion), key=itemgetter(0)):
        hand(session, derivacion, [reloj for _hand, reloj in suyos], ahora)


def por_empezar(session: Session, borrador: Derivacion, ahora: datetime) -> Sequence[Plazo]:
    """The clocks that would start if a draft were sent now, in the order in which they would end:
    a service may promise its answer before the office's term to confirm receipt. The service must
    be loaded.
    """
    previstos = [
        plazos.prever(
            session, reloj, borrador.prioridad, ahora, acuerdo=borrador.servicio.plazo_dias
        )
        for hand, reloj in _efectos(borrador, Accion.ENVIAR)
        if hand is _inicia
    ]
    return sorted(previstos, key=attrgetter("vence_en"))


def _efectos(derivacion: Derivacion, accion: Accion) -> tuple[tuple[Hand, str], ...]:
    return (EFECTOS_CON_LA_PERSONA if derivacion.autogestionada else EFECTOS)[accion]


def esperar_respuesta(session: Session, derivacion: Derivacion, ahora: datetime) -> None:
    """Wait for an acceptance anew, after a late receipt was adopted."""
    _inicia(session, derivacion, [RESPUESTA], ahora)
