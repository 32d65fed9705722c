"""What can be done with an attention: record it, and open the case that it asks for."""

from datetime import datetime

from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion, Resultado
from casos.atenciones.schemas import NuevaAtencion
from casos.expedientes.actions import Responsable, abrir
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.expedientes.schemas import NuevoCaso
from casos.personas.edades import RangoEtario, rango_etario
from casos.personas.models import Persona
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import NoEncontrado
from oficina.events.casos import AtencionRegistrada


def registrar(
    session: Session,
    datos: NuevaAtencion,
    responsable: Responsable | None,
    actor: Actor,
    ahora: datetime,
) -> Atencion:
    """Record an attention that took place now; with the result «abre_caso», open its case.

    Raises NoEncontrado when the person does not exist. `responsable` answers for the new case.
    """
    persona = _persona(session, datos)
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
    emitir(
        session,
        AtencionRegistrada(
            atencion_id=atencion.id,
            canal=datos.canal.value,
            tema=datos.tema,
            anonima=persona is None,
        ),
    )
    if persona and datos.resultado is Resultado.ABRE_CASO:
        nuevo = NuevoCaso(
            persona_id=persona.id, tema=datos.tema, tipo=datos.tipo, prioridad=datos.prioridad
        )
        caso = abrir(session, nuevo, responsable, actor, ahora)
        atencion.caso_id = caso.id
        _contar_en_el_caso(session, atencion, caso, actor)
    return atencion


def _contar_en_el_caso(session: Session, atencion: Atencion, caso: Caso, actor: Actor) -> None:
    anotar(
        session,
        caso,
        TipoHito.ATENCION,
        actor,
        datos={"atencion_id": str(atencion.id), "canal": atencion.canal.value},
        texto=atencion.nota,
        ocurrido_en=atencion.inicio,
    )


def _persona(session: Session, datos: NuevaAtencion) -> Persona | None:
    if datos.persona_id is None:
        return None
    persona = session.get(Persona, datos.persona_id)
    if persona is None:
        raise NoEncontrado
    return persona


def _rango(persona: Persona | None, datos: NuevaAtencion, ahora: datetime) -> RangoEtario:
    if persona is None or persona.fecha_nacimiento is None:
        return datos.rango_etario
    return rango_etario(persona.fecha_nacimiento, clock.local(ahora).date())
