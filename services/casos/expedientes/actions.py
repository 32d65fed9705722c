"""What people can do with a case. One function, one transaction, one fact, one line of the audit.

The first contact with the person stops the clock that runs since the opening; the second instance
starts the clock of the evaluation.
"""

import json
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.accesos import actions as accesos
from casos.accesos.actions import Responsable
from casos.alcance import Alcance, exigir_usable
from casos.cierres.models import dejar_sin_efecto
from casos.derivaciones.queries import activas_de_caso
from casos.expedientes.facts import contar
from casos.expedientes.models import (
    Caso,
    Evaluacion,
    Pendiente,
    Prioridad,
    TipoCaso,
    TipoHito,
    anotar,
)
from casos.expedientes.queries import caso_para_asignar, caso_por_id
from casos.expedientes.schemas import (
    NuevaElevacion,
    NuevaEvaluacion,
    NuevaOrientacion,
    NuevaReapertura,
    NuevoCaso,
    NuevoCierre,
)
from casos.folios import siguiente_folio
from casos.instrumentos.catalogo import instrumento_de
from casos.instrumentos.respuestas import comprobar
from casos.permissions import PERMISOS
from casos.personas.queries import persona_a_la_vista
from casos.plazos import actions as plazos
from casos.plazos.queries import corre
from casos.tareas.queries import abiertas_de_caso
from casos.taxonomia import tema
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.errors import NoPermitido
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
DENUNCIA = "denuncia"
ASIGNAR = "casos.caso.asignar"
DECIDIR_CIERRE = "casos.cierre.decidir"


def abrir(
    session: Session,
    datos: NuevoCaso,
    responsable: Responsable | None,
    actor: Actor,
    ahora: datetime,
) -> Caso:
    """Open a case of a person; its first contact is due. Who opens a reserved or sealed one is
    named in it, when they work on cases.

    Raises NoEncontrado without the person, NoPermitido when it would be less confidential than its
    theme asks for or sealed to whoever opens it.
    """
    persona_a_la_vista(session, datos.persona_id, Alcance.de(actor))
    exigir_usable(session, datos.persona_id, retener=True)
    sugerido = tema(datos.tema)
    caso = Caso(
        folio=siguiente_folio(session, "OM", clock.local(ahora).year),
        persona_id=datos.persona_id,
        tema=datos.tema,
        tipo=datos.tipo or TipoCaso(sugerido.tipo_caso),
        prioridad=datos.prioridad or Prioridad(sugerido.prioridad),
        confidencialidad=accesos.al_abrir(datos.confidencialidad, sugerido, actor),
        unidad=actor.unidad,
        abierto_en=ahora,
    )
    if responsable:
        caso.responsable_id, caso.responsable_nombre = responsable.id, responsable.nombre
    session.add(caso)
    session.flush()
    if caso.por_lista:
        accesos.nombrar_a_quien_abre(session, caso, actor, ahora)
    anotar(session, caso, TipoHito.ABIERTO, actor, datos={"tema": caso.tema}, ocurrido_en=ahora)
    plazos.iniciar(session, caso, PRIMER_CONTACTO, caso.prioridad.value, ahora)
    auditar(session, actor, "casos.caso.abrir", "caso", caso.id)
    contar(
        session,
        caso,
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
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.orientar()
    anotar(
        session,
        caso,
        TipoHito.ORIENTACION,
        actor,
        datos={"tema": datos.tema, **datos.ficha},
        texto=datos.texto,
        ocurrido_en=ahora,
    )
    plazos.cumplir(session, caso.id, PRIMER_CONTACTO, ahora)
    auditar(session, actor, "casos.caso.orientar", "caso", caso.id)
    contar(session, caso, CasoOrientado(caso_id=caso.id, tema=datos.tema))
    return caso


def elevar(
    session: Session, caso_id: UUID, datos: NuevaElevacion, actor: Actor, ahora: datetime
) -> Caso:
    """Take a case to the second instance, where an evaluation is due."""
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.elevar()
    dejar_sin_efecto(session, caso.id, ahora)
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
    contar(session, caso, CasoElevado(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def evaluar(
    session: Session, caso_id: UUID, datos: NuevaEvaluacion, actor: Actor, ahora: datetime
) -> Caso:
    """Write down what was found: risk, whether a derivation is called for, and why; with an
    instrument, what was answered to it.

    Raises DatosInvalidos for answers that the instrument refuses, one that is not in force, or none
    where the kind of case asks for one.
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    caso.evaluar(datos.riesgo)
    instrumento = instrumento_de(caso.tipo, datos, clock.local(ahora).date())
    respuestas = comprobar(instrumento, datos.respuestas) if instrumento else None
    dejar_sin_efecto(session, caso.id, ahora)
    session.add(
        Evaluacion(
            caso_id=caso.id,
            riesgo=datos.riesgo,
            amerita_derivacion=datos.amerita_derivacion,
            fundamento=datos.fundamento,
            instrumento=instrumento and instrumento.codigo,
            instrumento_version=instrumento and instrumento.version,
            respuestas_selladas=respuestas and json.dumps(respuestas, ensure_ascii=False),
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
        datos={
            "amerita_derivacion": datos.amerita_derivacion,
            "instrumento": instrumento and instrumento.codigo,
            "instrumento_version": instrumento and instrumento.version,
        },
        ocurrido_en=ahora,
    )
    plazos.cumplir(session, caso.id, EVALUACION, ahora)
    auditar(session, actor, "casos.caso.evaluar", "caso", caso.id)
    contar(
        session, caso, CasoEvaluado(caso_id=caso.id, amerita_derivacion=datos.amerita_derivacion)
    )
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
    caso = caso_para_asignar(session, caso_id, Alcance.de(actor))
    check_version(caso, version)
    es_para_si = responsable.id == actor.id and caso.responsable_id in {None, actor.id}
    if not es_para_si and not actor.tiene(ASIGNAR, PERMISOS[ASIGNAR]):
        raise NoPermitido(_("Solo la coordinación cambia a quien responde por un caso."))
    caso.asignar(responsable.id, responsable.nombre)
    _contar_asignacion(session, caso, responsable, actor, ahora)
    return caso


def cerrar(
    session: Session, caso_id: UUID, datos: NuevoCierre, actor: Actor, ahora: datetime
) -> Caso:
    """End a case and stop its clocks. Raises what `Caso.cerrar` raises: one of high risk, reserved
    or sealed is ended by two people (`cierres`).
    """
    caso = para_cambiar(session, caso_id, actor, datos.version)
    terminar(session, caso, datos, actor, ahora)
    return caso


def terminar(
    session: Session,
    caso: Caso,
    datos: NuevoCierre,
    actor: Actor,
    ahora: datetime,
    *,
    aprobado: bool = False,
) -> None:
    """End a case that is held. Raises what `Caso.cerrar` raises."""
    caso.cerrar(
        datos.motivo, datos.resultado, ahora, para_terminar(session, caso), aprobado=aprobado
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
    contar(
        session,
        caso,
        CasoCerrado(
            caso_id=caso.id,
            motivo_codigo=datos.motivo.value,
            resultado_codigo=datos.resultado.value,
        ),
    )


def reabrir(
    session: Session, caso_id: UUID, datos: NuevaReapertura, actor: Actor, ahora: datetime
) -> Caso:
    """Go on with a closed case: it is evaluated again."""
    caso = para_cambiar(session, caso_id, actor, datos.version)
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
    contar(session, caso, CasoReabierto(caso_id=caso.id, motivo_codigo=datos.motivo.value))
    return caso


def para_cambiar(session: Session, caso_id: UUID, actor: Actor, version: int | None) -> Caso:
    """A case that is the actor's work, held, as they saw it last."""
    caso = caso_por_id(session, caso_id, Alcance.de(actor), bloquear=True)
    check_version(caso, version)
    return caso


def para_terminar(session: Session, caso: Caso) -> Pendiente:
    """What of a case waits for somebody."""
    return Pendiente(
        derivaciones=activas_de_caso(session, caso.id),
        tareas=abiertas_de_caso(session, caso.id),
        denuncia=corre(session, caso.id, DENUNCIA),
    )


def exigir_otra_mirada(caso: Caso, actor: Actor) -> None:
    """Raise NoPermitido when a case of high risk, reserved or sealed would be annulled by somebody
    who does not coordinate, or answers for it.
    """
    if not caso.cierran_dos:
        return
    if not actor.tiene(DECIDIR_CIERRE, PERMISOS[DECIDIR_CIERRE]):
        raise NoPermitido(_("Un caso de riesgo alto, reservado o sellado lo anula coordinación."))
    if caso.responsable_id == actor.id:
        raise NoPermitido(_("Este caso lo anula otra persona que quien responde por él."))


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
    contar(session, caso, CasoAsignado(caso_id=caso.id, responsable_id=responsable.id))
