"""What can be done with an attention: record it, and open the case that it asks for."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.alcance import Alcance, exigir_usable
from casos.atenciones.models import Atencion, Resultado
from casos.atenciones.schemas import NuevaAtencion
from casos.expedientes.actions import PRIMER_CONTACTO, abrir
from casos.expedientes.facts import contar
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.expedientes.queries import caso_para_seguir
from casos.expedientes.schemas import NuevoCaso
from casos.expedientes.states import Estado
from casos.personas.edades import RangoEtario, rango_etario
from casos.personas.models import Persona
from casos.personas.queries import persona_a_la_vista
from casos.plazos import actions as plazos
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, NoEncontrado
from oficina.events.casos import AtencionRegistrada


def registrar(
    session: Session,
    datos: NuevaAtencion,
    responsable: Responsable | None,
    actor: Actor,
    ahora: datetime,
) -> Atencion:
    """Record an attention that took place now; with the result «abre_caso», open its case.

    `responsable` answers for the new case. Raises NoEncontrado when the person does not exist or
    the case is not theirs, Conflicto when the case is closed.
    """
    alcance = Alcance.de(actor)
    # The case before its person, as whoever erases somebody holds them.
    caso = _caso_abierto(session, datos, alcance)
    persona = _persona(session, datos, alcance)
    atencion = Atencion(
        persona_id=datos.persona_id,
        canal=datos.canal,
        tema=datos.tema,
        inicio=ahora,
        funcionario_id=actor.id,
        funcionario_nombre=actor.nombre,
        idioma=datos.idioma or (persona.idioma if persona and persona.idiomas else None),
        resultado=datos.resultado,
        nota=datos.nota,
        nacionalidad=persona.nacionalidad if persona else datos.nacionalidad,
        rango_etario=_rango(persona, datos, ahora),
        sexo=persona.sexo if persona else None,
    )
    session.add(atencion)
    session.flush()
    auditar(session, actor, "casos.atencion.registrar", "atencion", atencion.id)
    if persona and datos.resultado is Resultado.ABRE_CASO:
        nuevo = NuevoCaso(
            persona_id=persona.id, tema=datos.tema, tipo=datos.tipo, prioridad=datos.prioridad
        )
        caso = abrir(session, nuevo, responsable, actor, ahora)
    if caso:
        atencion.caso_id = caso.id
        hecho = "apertura" if datos.caso_id is None else "seguimiento"
        _contar_en_el_caso(session, atencion, caso, actor, hecho)
    _contar(session, atencion, caso)
    return atencion


def _contar(session: Session, atencion: Atencion, caso: Caso | None) -> None:
    """Tell it: of a case, no more widely than the case itself."""
    hecho = AtencionRegistrada(
        atencion_id=atencion.id,
        canal=atencion.canal.value,
        tema=atencion.tema,
        anonima=atencion.persona_id is None,
    )
    if caso:
        contar(session, caso, hecho)
    else:
        emitir(session, hecho)


def _contar_en_el_caso(
    session: Session, atencion: Atencion, caso: Caso, actor: Actor, hecho: str
) -> None:
    if hecho == "seguimiento":
        plazos.cumplir(session, caso.id, PRIMER_CONTACTO, atencion.inicio)
    anotar(
        session,
        caso,
        TipoHito.ATENCION,
        actor,
        datos={
            "hecho": hecho,
            "atencion_id": str(atencion.id),
            "canal": atencion.canal.value,
            "tema": atencion.tema,
        },
        texto=atencion.nota,
        ocurrido_en=atencion.inicio,
    )


def _persona(session: Session, datos: NuevaAtencion, alcance: Alcance) -> Persona | None:
    if datos.persona_id is None:
        return None
    persona_a_la_vista(session, datos.persona_id, alcance)
    exigir_usable(session, datos.persona_id, retener=True)
    return session.get_one(Persona, datos.persona_id)


def _caso_abierto(session: Session, datos: NuevaAtencion, alcance: Alcance) -> Caso | None:
    if datos.caso_id is None:
        return None
    caso = caso_para_seguir(session, datos.caso_id, alcance)
    if caso.persona_id != datos.persona_id:
        raise NoEncontrado
    if caso.estado is Estado.ANULADO:
        raise Conflicto(_("El caso se anuló: se había abierto por error."))
    if caso.terminado:
        raise Conflicto(_("El caso está cerrado: para seguirlo hay que reabrirlo."))
    return caso


def _rango(persona: Persona | None, datos: NuevaAtencion, ahora: datetime) -> RangoEtario:
    if persona is None or persona.fecha_nacimiento is None:
        return datos.rango_etario
    return rango_etario(persona.fecha_nacimiento, clock.local(ahora).date())
