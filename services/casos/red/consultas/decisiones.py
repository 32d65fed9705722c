"""What the coordination decides of what an institution corrects."""

from uuid import UUID

from sqlalchemy.orm import Session

from casos.red.consultas.correccion import escribir, guardados
from casos.red.consultas.models import PreguntaRed
from casos.red.consultas.queries import pregunta_por_id
from casos.red.consultas.states import MotivoDeNoCorregir, PasoPregunta
from casos.red.models import FuenteDato
from casos.red.quien import actor_de
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import local, now
from oficina.events.casos import InstitucionActualizada
from oficina.web.conditional import check_version


def aceptar(session: Session, pregunta_id: UUID, version: int | None, actor: Actor) -> PreguntaRed:
    """Write it into the directory; the service is verified by its institution on the day on which
    it answered.

    Raises NoEncontrado, VersionVencida, TransicionInvalida when somebody decided it, and Conflicto
    when a place of it is not there any more.
    """
    una = pregunta_por_id(session, pregunta_id)
    check_version(una, version)
    una.decidir(PasoPregunta.ACEPTAR, actor.nombre, now())
    escribir(session, una.servicio, guardados(una.propone), actor)
    if una.contestada_en is not None:
        quien = actor_de(una.servicio.institucion)
        dia = local(una.contestada_en).date()
        una.servicio.dar_por_verificado(dia, quien.nombre, FuenteDato.INSTITUCION)
    registrar(session, actor, "casos.red.correccion.aceptar", "servicio_red", una.servicio_id)
    emitir(session, InstitucionActualizada(institucion_id=una.servicio.institucion_id))
    session.flush()
    return una


def descartar(
    session: Session,
    pregunta_id: UUID,
    motivo: MotivoDeNoCorregir,
    version: int | None,
    actor: Actor,
) -> PreguntaRed:
    """Leave the directory as it is, and say why. Raises NoEncontrado, VersionVencida,
    TransicionInvalida.
    """
    una = pregunta_por_id(session, pregunta_id)
    check_version(una, version)
    una.decidir(PasoPregunta.DESCARTAR, actor.nombre, now())
    una.motivo = motivo
    registrar(
        session,
        actor,
        "casos.red.correccion.descartar",
        "servicio_red",
        una.servicio_id,
        motivo_codigo=motivo.value,
    )
    session.flush()
    return una
