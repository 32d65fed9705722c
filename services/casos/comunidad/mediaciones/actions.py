"""What can be done in a mediation. One function, one transaction; the case is held before it.

Facts go to the reserved exchange, ids alone: that two neighbours are in a mediation is theirs.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.alcance import Alcance, exigir_usable
from casos.comunidad.mediaciones.models import (
    CompromisoDeMediacion,
    Mediacion,
    ParteDeMediacion,
    SeguimientoDeMediacion,
    SesionDeMediacion,
)
from casos.comunidad.mediaciones.queries import hay_viva, mediacion_por_id
from casos.comunidad.mediaciones.reglas import reglas
from casos.comunidad.mediaciones.schemas import (
    Acuerdo,
    Calificacion,
    ConNota,
    DeParte,
    NuevaMediacion,
    NuevaParte,
    NuevaSesion,
    NuevoCompromiso,
    NuevoSeguimiento,
    Respuesta,
    SinDatos,
)
from casos.comunidad.mediaciones.states import (
    FINALES,
    Accion,
    ClaseDeParte,
    EstadoCompromiso,
    Participa,
)
from casos.comunidad.organizaciones.models import Organizacion
from casos.expedientes.models import TipoCaso, TipoHito, anotar
from casos.expedientes.queries import caso_por_id
from casos.expedientes.states import Paso
from casos.folios import siguiente_folio
from casos.frases import SEGUIMIENTO, escrita
from casos.personas.models import Persona
from casos.red.queries import institucion_por_id
from casos.tareas import actions as tareas
from casos.tareas.models import Tarea
from casos.tareas.schemas import FinDeTarea, NuevaTarea
from casos.tareas.states import EstadoTarea
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.calendar_cl import es_habil, siguiente_habil
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion as Reserva
from oficina.events.casos import (
    CompromisoDeMediacionAnotado,
    CompromisoDeMediacionCalificado,
    HechoDeMediacion,
    MediacionAbierta,
    MediacionConAcuerdo,
    MediacionDesistida,
    MediacionIniciada,
    MediacionSeguida,
    MediacionSinAcuerdo,
    MediacionTerminada,
    PartesDeMediacionCambiadas,
    SesionDeMediacionRealizada,
)
from oficina.web.conditional import check_version


def abrir(session: Session, datos: NuevaMediacion, actor: Actor, ahora: datetime) -> Mediacion:
    """Open a mediation of a case between neighbours; its person is the first party.

    Raises what `caso_por_id` raises, TransicionInvalida while nobody works on the case, Conflicto
    when it is of another kind, or has one that goes on.
    """
    caso = caso_por_id(session, datos.caso_id, Alcance.de(actor), bloquear=True)
    caso.exigir(Paso.AGREGAR_TAREA)
    if caso.tipo is not TipoCaso.CONVIVENCIA_VECINAL:
        raise Conflicto(_("Solo los casos de convivencia vecinal tienen mediación."))
    if hay_viva(session, caso.id):
        raise Conflicto(_("Este caso ya tiene una mediación en marcha."))
    una = Mediacion(
        folio=siguiente_folio(session, "MD", clock.local(ahora).year),
        caso_id=caso.id,
        asunto=datos.asunto,
        mediador_id=actor.id,
        mediador_nombre=actor.nombre,
        creada_en=ahora,
    )
    session.add(una)
    session.flush()
    session.add(
        ParteDeMediacion(
            mediacion_id=una.id,
            clase=ClaseDeParte.PERSONA,
            persona_id=caso.persona_id,
            participa=Participa.PENDIENTE,
        )
    )
    _contar(session, una, "abrir", MediacionAbierta, actor=actor, ahora=ahora)
    return una


def agregar_parte(
    session: Session, mediacion_id: UUID, datos: NuevaParte, actor: Actor, ahora: datetime
) -> Mediacion:
    """Invite somebody. Raises DatosInvalidos for whom the reader cannot find, or is there."""
    una = _para_cambiar(session, mediacion_id, Accion.AGREGAR_PARTE, datos.version, actor)
    una.pasar(Accion.AGREGAR_PARTE)
    parte = ParteDeMediacion(mediacion_id=una.id, clase=datos.clase)
    match datos.clase:
        case ClaseDeParte.PERSONA:
            parte.persona_id = _persona(session, una, datos.folio or "", actor)
        case ClaseDeParte.SIN_FICHA:
            parte.nombre = datos.nombre
        case ClaseDeParte.ORGANIZACION:
            parte.organizacion_id = _organizacion(session, datos.organizacion_id)
        case ClaseDeParte.INSTITUCION if datos.institucion_id is not None:
            cual = institucion_por_id(session, datos.institucion_id, campo="institucion_id")
            parte.institucion_id = cual.id
    session.add(parte)
    _contar(
        session, una, Accion.AGREGAR_PARTE, PartesDeMediacionCambiadas, actor=actor, ahora=ahora
    )
    return una


def responder(
    session: Session, mediacion_id: UUID, datos: Respuesta, actor: Actor, ahora: datetime
) -> Mediacion:
    """A party takes part, or does not want to."""
    una = _para_cambiar(session, mediacion_id, Accion.RESPONDER, datos.version, actor)
    una.pasar(Accion.RESPONDER)
    _parte(una, datos.parte_id).participa = datos.participa
    _contar(session, una, Accion.RESPONDER, PartesDeMediacionCambiadas, actor=actor, ahora=ahora)
    return una


def quitar_parte(
    session: Session, mediacion_id: UUID, datos: DeParte, actor: Actor, ahora: datetime
) -> Mediacion:
    """A party does not take part; nothing of it stays."""
    una = _para_cambiar(session, mediacion_id, Accion.QUITAR_PARTE, datos.version, actor)
    una.pasar(Accion.QUITAR_PARTE)
    parte = _parte(una, datos.parte_id)
    session.execute(delete(ParteDeMediacion).where(ParteDeMediacion.id == parte.id))
    _contar(session, una, Accion.QUITAR_PARTE, PartesDeMediacionCambiadas, actor=actor, ahora=ahora)
    return una


def iniciar(
    session: Session, mediacion_id: UUID, datos: SinDatos, actor: Actor, ahora: datetime
) -> Mediacion:
    """Everybody agreed to take part. Raises Conflicto."""
    una = _para_cambiar(session, mediacion_id, Accion.INICIAR, datos.version, actor)
    una.iniciar(una.partes)
    _contar(session, una, Accion.INICIAR, MediacionIniciada, actor=actor, ahora=ahora)
    return una


def realizar_sesion(
    session: Session, mediacion_id: UUID, datos: NuevaSesion, actor: Actor, ahora: datetime
) -> Mediacion:
    """They met, or were to. Raises DatosInvalidos for a day to come and for who is no party."""
    una = _para_cambiar(session, mediacion_id, Accion.SESION, datos.version, actor)
    una.pasar(Accion.SESION)
    _exigir_pasado(datos.dia, ahora)
    suyas = {parte.id for parte in una.partes}
    if not set(datos.asistieron) <= suyas:
        raise DatosInvalidos({"asistieron": [_("No es parte de esta mediación.")]})
    session.add(
        SesionDeMediacion(
            mediacion_id=una.id,
            dia=datos.dia,
            lugar=datos.lugar,
            mediador_id=actor.id,
            mediador_nombre=actor.nombre,
            asistieron=[str(cual) for cual in datos.asistieron],
            resultado=datos.resultado,
            notas=datos.notas,
        )
    )
    _contar(session, una, Accion.SESION, SesionDeMediacionRealizada, actor=actor, ahora=ahora)
    return una


def comprometer(
    session: Session, mediacion_id: UUID, datos: NuevoCompromiso, actor: Actor, ahora: datetime
) -> Mediacion:
    """A party promises something."""
    una = _para_cambiar(session, mediacion_id, Accion.COMPROMISO, datos.version, actor)
    una.pasar(Accion.COMPROMISO)
    session.add(
        CompromisoDeMediacion(
            mediacion_id=una.id,
            parte_id=_parte(una, datos.parte_id).id,
            que=datos.que,
            vence_el=datos.vence_el,
        )
    )
    _contar(session, una, Accion.COMPROMISO, CompromisoDeMediacionAnotado, actor=actor, ahora=ahora)
    return una


def acordar(
    session: Session, mediacion_id: UUID, datos: Acuerdo, actor: Actor, ahora: datetime
) -> Mediacion:
    """They agreed: each follow-up is a task of the case with its own clock.

    Raises Conflicto when nobody promised anything, DatosInvalidos for a day to come.
    """
    una = _para_cambiar(session, mediacion_id, Accion.ACORDAR, datos.version, actor)
    una.acordar(una.compromisos, datos.dia)
    _exigir_pasado(datos.dia, ahora)
    hoy = clock.local(ahora).date()
    for dias in reglas().seguimientos_dias:
        vence_el = max(datos.dia + timedelta(days=dias), hoy)
        vence_el = vence_el if es_habil(vence_el) else siguiente_habil(vence_el)
        que = escrita(SEGUIMIENTO, dias=dias, folio=una.folio)
        tarea = tareas.agregar(
            session,
            una.caso_id,
            NuevaTarea(que=que, vence_el=vence_el),
            Responsable(actor.id, actor.nombre),
            actor=actor,
            ahora=ahora,
        )
        session.add(
            SeguimientoDeMediacion(
                mediacion_id=una.id, dias=dias, vence_el=vence_el, tarea_id=tarea.id
            )
        )
    _contar(session, una, Accion.ACORDAR, MediacionConAcuerdo, actor=actor, ahora=ahora)
    return una


def calificar(
    session: Session, mediacion_id: UUID, datos: Calificacion, actor: Actor, ahora: datetime
) -> Mediacion:
    """Whether a party kept its word."""
    una = _para_cambiar(session, mediacion_id, Accion.CALIFICAR, datos.version, actor)
    una.pasar(Accion.CALIFICAR)
    suyos = {compromiso.id: compromiso for compromiso in una.compromisos}
    if datos.compromiso_id not in suyos:
        raise DatosInvalidos({"compromiso_id": [_("No es un compromiso de esta mediación.")]})
    suyos[datos.compromiso_id].estado = EstadoCompromiso(datos.estado)
    hecho = CompromisoDeMediacionCalificado
    _contar(session, una, Accion.CALIFICAR, hecho, actor=actor, ahora=ahora)
    return una


def seguir(
    session: Session, mediacion_id: UUID, datos: NuevoSeguimiento, actor: Actor, ahora: datetime
) -> Mediacion:
    """How the agreement holds; the task of that day is done.

    Raises DatosInvalidos for a day that is no follow-up's, Conflicto for one that was made.
    """
    una = _para_cambiar(session, mediacion_id, Accion.SEGUIR, datos.version, actor)
    una.pasar(Accion.SEGUIR)
    suyos = {seguimiento.dias: seguimiento for seguimiento in una.seguimientos}
    if datos.dias not in suyos:
        raise DatosInvalidos({"dias": [_("Esta mediación no tiene ese seguimiento.")]})
    seguimiento = suyos[datos.dias]
    if seguimiento.hecho_en is not None:
        raise Conflicto(_("Ese seguimiento ya se hizo."))
    seguimiento.resultado, seguimiento.nota = datos.resultado, datos.nota
    seguimiento.hecho_en = ahora
    tarea = session.get_one(Tarea, seguimiento.tarea_id)
    if tarea.estado is EstadoTarea.PENDIENTE:
        fin = FinDeTarea(texto=una.folio, version=tarea.version)
        tareas.hacer(session, tarea.id, fin, actor, ahora)
    _contar(session, una, Accion.SEGUIR, MediacionSeguida, actor=actor, ahora=ahora)
    return una


def no_acordar(
    session: Session, mediacion_id: UUID, datos: ConNota, actor: Actor, ahora: datetime
) -> Mediacion:
    """They did not agree."""
    return _terminar(session, mediacion_id, Accion.NO_ACORDAR, datos, actor=actor, ahora=ahora)


def desistir(
    session: Session, mediacion_id: UUID, datos: ConNota, actor: Actor, ahora: datetime
) -> Mediacion:
    """Somebody does not want to go on."""
    return _terminar(session, mediacion_id, Accion.DESISTIR, datos, actor=actor, ahora=ahora)


def terminar(
    session: Session, mediacion_id: UUID, datos: ConNota, actor: Actor, ahora: datetime
) -> Mediacion:
    """The agreement was followed up; what still waited is not done any more. Raises Conflicto."""
    return _terminar(session, mediacion_id, Accion.TERMINAR, datos, actor=actor, ahora=ahora)


_HECHO_DEL_FIN: dict[Accion, type[HechoDeMediacion]] = {
    Accion.NO_ACORDAR: MediacionSinAcuerdo,
    Accion.DESISTIR: MediacionDesistida,
    Accion.TERMINAR: MediacionTerminada,
}


def _terminar(
    session: Session,
    mediacion_id: UUID,
    accion: Accion,
    datos: ConNota,
    *,
    actor: Actor,
    ahora: datetime,
) -> Mediacion:
    una = _para_cambiar(session, mediacion_id, accion, datos.version, actor)
    una.terminar(accion, datos.nota, una.compromisos, ahora)
    por_hacer = [s.tarea_id for s in una.seguimientos if s.hecho_en is None]
    pendientes = select(Tarea).where(Tarea.id.in_(por_hacer), Tarea.estado == EstadoTarea.PENDIENTE)
    for tarea in session.scalars(pendientes.order_by(Tarea.id)).all():
        fin = FinDeTarea(texto=una.folio, version=tarea.version)
        tareas.cancelar(session, tarea.id, fin, actor, ahora)
    _contar(session, una, accion, _HECHO_DEL_FIN[accion], actor=actor, ahora=ahora)
    return una


def _para_cambiar(
    session: Session, mediacion_id: UUID, accion: Accion, version: int | None, actor: Actor
) -> Mediacion:
    una, caso = mediacion_por_id(session, mediacion_id, Alcance.de(actor), bloquear=True)
    check_version(una, version)
    una.exigir(accion)
    if accion not in FINALES:
        caso.exigir(Paso.AGREGAR_TAREA)
    # Whoever reads it sees that it changed, also when only a part of it did.
    una.movimientos += 1
    return una


def _parte(una: Mediacion, parte_id: UUID) -> ParteDeMediacion:
    for parte in una.partes:
        if parte.id == parte_id:
            return parte
    raise DatosInvalidos({"parte_id": [_("No es parte de esta mediación.")]})


def _persona(session: Session, una: Mediacion, folio: str, actor: Actor) -> UUID:
    suya = select(Persona.id).where(
        Persona.folio == folio.strip().upper(), Alcance.de(actor).personas()
    )
    persona_id = session.scalar(suya)
    if persona_id is None:
        raise DatosInvalidos({"folio": [_("Nadie tiene este folio: %(cual)s.", cual=folio)]})
    if any(parte.persona_id == persona_id for parte in una.partes):
        raise DatosInvalidos({"folio": [_("Ya es parte de esta mediación.")]})
    exigir_usable(session, persona_id, retener=True)
    return persona_id


def _organizacion(session: Session, organizacion_id: UUID | None) -> UUID:
    suya = select(Organizacion.id).where(Organizacion.id == organizacion_id)
    if (cual := session.scalar(suya)) is None:
        raise DatosInvalidos({"organizacion_id": [_("No conocemos esa organización.")]})
    return cual


def _exigir_pasado(dia: date, ahora: datetime) -> None:
    if dia > clock.local(ahora).date():
        raise DatosInvalidos({"dia": [_("Ese día todavía no llega.")]})


def _contar(
    session: Session,
    una: Mediacion,
    que: str,
    hecho: type[HechoDeMediacion],
    *,
    actor: Actor,
    ahora: datetime,
) -> None:
    """Into the case's story, the audit and, ids alone, what our own services hear."""
    datos = {"hecho": str(que), "mediacion_id": str(una.id), "folio": una.folio}
    anotar(session, una.caso_id, TipoHito.MEDIACION, actor, datos=datos, ocurrido_en=ahora)
    auditar(session, actor, f"casos.mediacion.{que}", "mediacion", una.id)
    dicho = hecho(mediacion_id=una.id, caso_id=una.caso_id)
    emitir(session, dicho, clasificacion=Reserva.RESERVADO)
    session.flush()
