"""What can be done with the course of a case: give it another priority, only follow it, work on it
again, suspend it, go on, and annul one that was opened by mistake. One function, one transaction,
as in `actions`.

While a case is suspended its own clocks are held, and another one runs until it must be looked at.
"""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.cierres.models import dejar_sin_efecto
from casos.derivaciones.queries import sin_respuesta_de_caso
from casos.expedientes.actions import (
    DENUNCIA,
    exigir_otra_mirada,
    para_cambiar,
    para_terminar,
)
from casos.expedientes.facts import contar
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.expedientes.schemas import (
    NuevaAnulacion,
    NuevaPrioridad,
    NuevaReanudacion,
    NuevaSuspension,
    NuevaVuelta,
    NuevoSeguimiento,
)
from casos.plazos import actions as plazos
from casos.plazos.queries import corre
from casos.tareas.models import cancelar_de_caso
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.calendar_cl import fin_de_plazo
from oficina.errors import DatosInvalidos
from oficina.events.casos import (
    CasoAnulado,
    CasoEnSeguimiento,
    CasoReanudado,
    CasoRepriorizado,
    CasoSuspendido,
    CasoVueltoAGestion,
)

REVISION = "revision"


def priorizar(
    session: Session, caso_id: UUID, datos: NuevaPrioridad, actor: Actor, ahora: datetime
) -> Caso:
    """Give a case another priority, for a reason: its own clocks are reckoned anew. Those of its
    derivations stay, as the institutions were told them, and so do ends that somebody chose.

    Raises Conflicto when it is the same.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    antes = caso.priorizar(datos.prioridad)
    movidos = plazos.repriorizar(session, caso.id, datos.prioridad.value, ahora)
    anotar(
        session,
        caso,
        TipoHito.PRIORIDAD,
        actor,
        datos={"antes": antes.value, "ahora": datos.prioridad.value, "plazos": movidos},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(
        session, actor, "casos.caso.priorizar", "caso", caso.id, motivo_codigo=datos.prioridad.value
    )
    hecho = CasoRepriorizado(caso_id=caso.id, prioridad=datos.prioridad.value, antes=antes.value)
    contar(session, caso, hecho)
    return caso


def seguir(
    session: Session, caso_id: UUID, datos: NuevoSeguimiento, actor: Actor, ahora: datetime
) -> Caso:
    """Only follow what others do. Raises Conflicto while a derivation was not answered."""
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.seguir(sin_respuesta=sin_respuesta_de_caso(session, caso.id))
    anotar(
        session,
        caso,
        TipoHito.SEGUIMIENTO,
        actor,
        datos={"hecho": "iniciado"},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.caso.seguir", "caso", caso.id)
    contar(session, caso, CasoEnSeguimiento(caso_id=caso.id))
    return caso


def volver(
    session: Session, caso_id: UUID, datos: NuevaVuelta, actor: Actor, ahora: datetime
) -> Caso:
    """Work again on a case that was only followed, for a reason."""
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.volver()
    anotar(
        session,
        caso,
        TipoHito.SEGUIMIENTO,
        actor,
        datos={"hecho": "vuelta", "motivo": datos.motivo.value},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.caso.volver", "caso", caso.id, motivo_codigo=datos.motivo.value)
    contar(session, caso, CasoVueltoAGestion(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def suspender(
    session: Session, caso_id: UUID, datos: NuevaSuspension, actor: Actor, ahora: datetime
) -> Caso:
    """Work on a case no more until it is looked at again, at the latest on a day.

    Raises DatosInvalidos for a day that the rules do not allow, Conflicto while a report to the
    justice is due.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.suspender(datos.motivo, denuncia_pendiente=corre(session, caso.id, DENUNCIA))
    dejar_sin_efecto(session, caso.id, ahora)
    hasta = _fin_de_la_suspension(session, caso, datos, ahora)
    plazos.pausar_de_caso(session, caso.id, ahora)
    plazos.iniciar(session, caso, REVISION, caso.prioridad.value, ahora, hasta=hasta)
    anotar(
        session,
        caso,
        TipoHito.SUSPENSION,
        actor,
        datos={
            "hecho": "suspendido",
            "motivo": datos.motivo.value,
            "revision_el": datos.revision_el.isoformat(),
        },
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(
        session, actor, "casos.caso.suspender", "caso", caso.id, motivo_codigo=datos.motivo.value
    )
    contar(session, caso, CasoSuspendido(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def reanudar(
    session: Session, caso_id: UUID, datos: NuevaReanudacion, actor: Actor, ahora: datetime
) -> Caso:
    """Go on with a suspended case where it was; its clocks have as many days left as they had."""
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.reanudar()
    plazos.cumplir(session, caso.id, REVISION, ahora)
    plazos.reanudar_de_caso(session, caso.id, ahora)
    anotar(
        session,
        caso,
        TipoHito.SUSPENSION,
        actor,
        datos={"hecho": "reanudado", "motivo": datos.motivo.value},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    auditar(
        session, actor, "casos.caso.reanudar", "caso", caso.id, motivo_codigo=datos.motivo.value
    )
    contar(session, caso, CasoReanudado(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def anular(
    session: Session, caso_id: UUID, datos: NuevaAnulacion, actor: Actor, ahora: datetime
) -> Caso:
    """Say that a case was opened by mistake: it counts nowhere, and its story stays.

    Raises NoPermitido as `cerrar`, Conflicto with a derivation that waits, or a report due.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    exigir_otra_mirada(caso, actor)
    caso.anular(ahora, para_terminar(session, caso))
    cancelar_de_caso(session, caso.id, ahora)
    dejar_sin_efecto(session, caso.id, ahora)
    anotar(session, caso, TipoHito.ANULADO, actor, texto=datos.texto, ocurrido_en=ahora)
    plazos.cancelar_todos(session, caso.id, ahora)
    auditar(session, actor, "casos.caso.anular", "caso", caso.id)
    contar(session, caso, CasoAnulado(caso_id=caso.id))
    return caso


def _fin_de_la_suspension(
    session: Session, caso: Caso, datos: NuevaSuspension, ahora: datetime
) -> datetime:
    """The end of the chosen day, unless the rules do not allow it."""
    hoy = clock.local(ahora).date()
    ultimo = plazos.ultimo_dia(session, REVISION, caso.prioridad.value, ahora)
    if not hoy < datos.revision_el <= ultimo:
        raise DatosInvalidos(
            {
                "revision_el": [
                    _("Elija un día desde mañana hasta el %(dia)s.", dia=f"{ultimo:%d-%m-%Y}")
                ]
            }
        )
    return fin_de_plazo(ahora, dias_corridos=(datos.revision_el - hoy).days)
