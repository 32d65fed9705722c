"""What people can do with a case. One function, one transaction, one fact, one line of the audit.

The first contact with the person stops the clock that runs since the opening; the second instance
starts the clock of the evaluation.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.derivaciones.queries import activas_de_caso
from casos.expedientes.models import (
    Caso,
    Evaluacion,
    Prioridad,
    Riesgo,
    TipoCaso,
    TipoHito,
    anotar,
)
from casos.expedientes.queries import caso_por_id
from casos.expedientes.schemas import (
    NuevaElevacion,
    NuevaEvaluacion,
    NuevaOrientacion,
    NuevaReapertura,
    NuevoCaso,
    NuevoCierre,
)
from casos.folios import siguiente_folio
from casos.permissions import PERMISOS
from casos.personas.models import Persona
from casos.plazos import actions as plazos
from casos.taxonomia import tema
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import NoEncontrado, NoPermitido
from oficina.events.casos import (
    CasoAbierto,
    CasoAsignado,
    CasoCerrado,
    CasoElevado,
    CasoEvaluado,
    CasoOrientado,
    CasoReabierto,
)
from oficina.web.conditional import check_version

PRIMER_CONTACTO = "primer_contacto"
EVALUACION = "evaluacion"
ASIGNAR = "casos.caso.asignar"
CERRAR_RIESGO_ALTO = "casos.caso.cerrar.riesgo_alto"


@dataclass(frozen=True)
class Responsable:
    """A professional who answers for a case: the id and the name of that day."""

    id: UUID
    nombre: str


def abrir(
    session: Session,
    datos: NuevoCaso,
    responsable: Responsable | None,
    actor: Actor,
    ahora: datetime,
) -> Caso:
    """Open a case of a person; its first contact is due. Raises NoEncontrado without the person."""
    if session.get(Persona, datos.persona_id) is None:
        raise NoEncontrado
    sugerido = tema(datos.tema)
    caso = Caso(
        folio=siguiente_folio(session, "OM", clock.local(ahora).year),
        persona_id=datos.persona_id,
        tema=datos.tema,
        tipo=datos.tipo or TipoCaso(sugerido.tipo_caso),
        prioridad=datos.prioridad or Prioridad(sugerido.prioridad),
        unidad=actor.unidad,
        abierto_en=ahora,
    )
    if responsable:
        caso.responsable_id, caso.responsable_nombre = responsable.id, responsable.nombre
    session.add(caso)
    session.flush()
    anotar(session, caso, TipoHito.ABIERTO, actor, datos={"tema": caso.tema}, ocurrido_en=ahora)
    plazos.iniciar(session, caso, PRIMER_CONTACTO, caso.prioridad.value, ahora)
    auditar(session, actor, "casos.caso.abrir", "caso", caso.id)
    emitir(
        session,
        CasoAbierto(
            caso_id=caso.id,
            tipo_caso=caso.tipo.value,
            instancia=caso.instancia.value,
            prioridad=caso.prioridad.value,
            unidad=caso.unidad,
        ),
    )
    if responsable:
        _contar_asignacion(session, caso, responsable, actor, ahora)
    return caso


def orientar(
    session: Session, caso_id: UUID, datos: NuevaOrientacion, actor: Actor, ahora: datetime
) -> Caso:
    """Give orientation. Raises TransicionInvalida outside the first instance."""
    caso = _para_cambiar(session, caso_id, datos.version)
    caso.orientar()
    anotar(
        session,
        caso,
        TipoHito.ORIENTACION,
        actor,
        datos={"tema": datos.tema},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    plazos.cumplir(session, caso.id, PRIMER_CONTACTO, ahora)
    auditar(session, actor, "casos.caso.orientar", "caso", caso.id)
    emitir(session, CasoOrientado(caso_id=caso.id, tema=datos.tema))
    return caso


def elevar(
    session: Session, caso_id: UUID, datos: NuevaElevacion, actor: Actor, ahora: datetime
) -> Caso:
    """Take a case to the second instance, where an evaluation is due."""
    caso = _para_cambiar(session, caso_id, datos.version)
    caso.elevar()
    anotar(
        session,
        caso,
        TipoHito.ELEVADO,
        actor,
        datos={"motivo": datos.motivo.value},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    plazos.cumplir(session, caso.id, PRIMER_CONTACTO, ahora)
    plazos.iniciar(session, caso, EVALUACION, caso.prioridad.value, ahora)
    auditar(session, actor, "casos.caso.elevar", "caso", caso.id)
    emitir(session, CasoElevado(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def evaluar(
    session: Session, caso_id: UUID, datos: NuevaEvaluacion, actor: Actor, ahora: datetime
) -> Caso:
    """Write down what was found: risk, whether a derivation is called for, and why."""
    caso = _para_cambiar(session, caso_id, datos.version)
    caso.evaluar(datos.riesgo)
    session.add(
        Evaluacion(
            caso_id=caso.id,
            riesgo=datos.riesgo,
            amerita_derivacion=datos.amerita_derivacion,
            fundamento=datos.fundamento,
            funcionario_id=actor.id,
            funcionario_nombre=actor.nombre,
            realizada_en=ahora,
        )
    )
    anotar(
        session,
        caso,
        TipoHito.EVALUADO,
        actor,
        datos={"amerita_derivacion": datos.amerita_derivacion},
        ocurrido_en=ahora,
    )
    plazos.cumplir(session, caso.id, EVALUACION, ahora)
    auditar(session, actor, "casos.caso.evaluar", "caso", caso.id)
    emitir(session, CasoEvaluado(caso_id=caso.id, amerita_derivacion=datos.amerita_derivacion))
    return caso


def asignar(
    session: Session,
    caso_id: UUID,
    responsable: Responsable,
    *,
    version: int | None,
    actor: Actor,
    ahora: datetime,
) -> Caso:
    """Give the case to somebody, or take it.

    Raises NoPermitido when somebody without the coordination's permission gives it to another
    person or takes it from one.
    """
    caso = _para_cambiar(session, caso_id, version)
    es_para_si = responsable.id == actor.id and caso.responsable_id in {None, actor.id}
    if not es_para_si and not actor.tiene(ASIGNAR, PERMISOS[ASIGNAR]):
        raise NoPermitido(_("Solo la coordinación cambia a quien responde por un caso."))
    caso.asignar(responsable.id, responsable.nombre)
    _contar_asignacion(session, caso, responsable, actor, ahora)
    return caso


def cerrar(
    session: Session, caso_id: UUID, datos: NuevoCierre, actor: Actor, ahora: datetime
) -> Caso:
    """End a case and stop its clocks.

    Raises NoPermitido when a case of high risk is not closed by the coordination, or is by whoever
    answers for it; else what `Caso.cerrar` raises.
    """
    caso = _para_cambiar(session, caso_id, datos.version)
    _exigir_otra_mirada(caso, actor)
    caso.cerrar(
        datos.motivo,
        datos.resultado,
        ahora,
        derivaciones_activas=activas_de_caso(session, caso.id),
    )
    anotar(
        session,
        caso,
        TipoHito.CERRADO,
        actor,
        datos={"motivo": datos.motivo.value, "resultado": datos.resultado.value},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    plazos.cancelar_todos(session, caso.id, ahora)
    auditar(session, actor, "casos.caso.cerrar", "caso", caso.id)
    emitir(
        session,
        CasoCerrado(
            caso_id=caso.id,
            motivo_codigo=datos.motivo.value,
            resultado_codigo=datos.resultado.value,
        ),
    )
    return caso


def reabrir(
    session: Session, caso_id: UUID, datos: NuevaReapertura, actor: Actor, ahora: datetime
) -> Caso:
    """Go on with a closed case: it is evaluated again."""
    caso = _para_cambiar(session, caso_id, datos.version)
    caso.reabrir()
    anotar(
        session,
        caso,
        TipoHito.REABIERTO,
        actor,
        datos={"motivo": datos.motivo.value},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    plazos.iniciar(session, caso, EVALUACION, caso.prioridad.value, ahora)
    auditar(session, actor, "casos.caso.reabrir", "caso", caso.id)
    emitir(session, CasoReabierto(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def _para_cambiar(session: Session, caso_id: UUID, version: int | None) -> Caso:
    caso = caso_por_id(session, caso_id, bloquear=True)
    check_version(caso, version)
    return caso


def _exigir_otra_mirada(caso: Caso, actor: Actor) -> None:
    if caso.riesgo is not Riesgo.ALTO:
        return
    if not actor.tiene(CERRAR_RIESGO_ALTO, PERMISOS[CERRAR_RIESGO_ALTO]):
        raise NoPermitido(_("Un caso de riesgo alto lo cierra la coordinación."))
    if caso.responsable_id == actor.id:
        raise NoPermitido(
            _("Un caso de riesgo alto lo cierra otra persona que quien responde por él.")
        )


def _contar_asignacion(
    session: Session, caso: Caso, responsable: Responsable, actor: Actor, ahora: datetime
) -> None:
    anotar(
        session,
        caso,
        TipoHito.ASIGNADO,
        actor,
        datos={"responsable_id": str(responsable.id), "responsable": responsable.nombre},
        ocurrido_en=ahora,
    )
    auditar(session, actor, "casos.caso.asignar", "caso", caso.id)
    emitir(session, CasoAsignado(caso_id=caso.id, responsable_id=responsable.id))
