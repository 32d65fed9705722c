"""What can be done with an obstacle. One function, one transaction, one line of the audit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.obstaculos.queries import es_recurrente, obstaculo_por_id, vivo
from casos.comunidad.obstaculos.reglas import reglas
from casos.comunidad.obstaculos.schemas import ConNota, NuevaAnotacion
from casos.comunidad.obstaculos.states import Accion, Estado, Origen
from casos.folios import siguiente_folio
from casos.red.queries import institucion_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.db import hold
from oficina.events.casos import (
    HechoDeObstaculo,
    ObstaculoAnotado,
    ObstaculoDescartado,
    ObstaculoElevado,
    ObstaculoResuelto,
    ObstaculoTrabajado,
)
from oficina.web.conditional import check_version

SISTEMA = Actor.sistema("casos")

_HECHOS: dict[Accion, type[HechoDeObstaculo]] = {
    Accion.ANOTAR: ObstaculoAnotado,
    Accion.ELEVAR: ObstaculoElevado,
    Accion.TRABAJAR: ObstaculoTrabajado,
    Accion.RESOLVER: ObstaculoResuelto,
    Accion.DESCARTAR: ObstaculoDescartado,
}


def anotar(session: Session, datos: NuevaAnotacion, actor: Actor, ahora: datetime) -> Obstaculo:
    """Somebody met it: once more, or for the first time since it ended. As often as the rules say,
    it rises by itself. Raises DatoNoEncontrado without the institution.
    """
    institucion = institucion_por_id(session, datos.institucion_id, campo="institucion_id")
    hold(session, f"obstaculo:{institucion.id}:{datos.tipo}")
    hoy = clock.local(ahora).date()
    uno = vivo(session, institucion.id, datos.tipo)
    if uno is None:
        uno = Obstaculo(
            folio=siguiente_folio(session, "OB", hoy.year),
            institucion_id=institucion.id,
            tipo=datos.tipo,
            estado=Estado.ANOTADO,
            veces=0,
            primera_el=hoy,
            ultima_el=hoy,
            reglas_version=reglas().version,
        )
        session.add(uno)
        session.flush()
    uno.anotar(hoy)
    _asentar(session, uno, Accion.ANOTAR, datos.nota, actor=actor, ahora=ahora, origen=datos.origen)
    if uno.estado is Estado.ANOTADO and es_recurrente(session, uno.id, hoy):
        uno.pasar(Accion.ELEVAR)
        _asentar(session, uno, Accion.ELEVAR, None, actor=SISTEMA, ahora=ahora)
    return uno


def dar(
    session: Session,
    obstaculo_id: UUID,
    accion: Accion,
    datos: ConNota,
    *,
    actor: Actor,
    ahora: datetime,
) -> Obstaculo:
    """Raise it, work on it with the institution, say what changed, or that it is none.

    Raises TransicionInvalida.
    """
    uno = obstaculo_por_id(session, obstaculo_id, bloquear=True)
    check_version(uno, datos.version)
    uno.pasar(accion)
    _asentar(session, uno, accion, datos.nota, actor=actor, ahora=ahora)
    return uno


def _asentar(
    session: Session,
    uno: Obstaculo,
    accion: Accion,
    nota: str | None,
    *,
    actor: Actor,
    ahora: datetime,
    origen: Origen | None = None,
) -> None:
    """Into its history, the audit and what the other services hear."""
    session.add(
        PasoDeObstaculo(
            obstaculo_id=uno.id,
            accion=accion,
            origen=origen,
            nota=nota,
            dia=clock.local(ahora).date(),
            por_id=actor.id,
            por=actor.nombre,
            ocurrido_en=ahora,
        )
    )
    auditar(session, actor, f"casos.obstaculo.{accion}", "obstaculo", uno.id)
    emitir(session, _HECHOS[accion](obstaculo_id=uno.id, institucion_id=uno.institucion_id))
    session.flush()
