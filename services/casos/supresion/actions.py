"""What can be done with an erasure: propose it, confirm or deny it, and take the confirmations of
the other services. One function, one transaction.

Locks go from the request to the erasure, to the cases and their derivations, to the person: whoever
writes something of a case holds it before its person, so nobody waits in a ring.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.bloqueos import actions as bloqueos
from casos.derechos.models import SolicitudDerecho
from casos.derechos.queries import solicitud_por_id
from casos.derechos.states import EN_MANOS, Derecho
from casos.derivaciones.facts import contar_supresion
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.personas.models import EstadoPersona, Persona
from casos.supresion import queries
from casos.supresion.borrado import borrar, suyo
from casos.supresion.models import Purga, Supresion
from casos.supresion.queries import Impedimento
from casos.supresion.reglas import reglas
from casos.supresion.states import PASOS, Estado, Paso
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import real_now
from oficina.errors import Conflicto, NoPermitido, TransicionInvalida
from oficina.events import Clasificacion
from oficina.events.base import HechoDePurga
from oficina.events.casos import (
    ConfirmacionAtrasada,
    PersonaAnonimizada,
    SupresionPropuesta,
)
from oficina.retencion import certificar


class Impedida(Conflicto):
    """Something stands against erasing somebody now; each with the folio of what it is about."""

    def __init__(self, impedimentos: Sequence[Impedimento]) -> None:
        super().__init__(
            _("Hay algo que impide suprimir los datos ahora."),
            obstaculos=[
                {"obstaculo": uno.obstaculo.value, "folio": uno.folio} for uno in impedimentos
            ],
        )


def proponer(session: Session, solicitud_id: UUID, actor: Actor, ahora: datetime) -> Supresion:
    """Accept a request of erasure; somebody else confirms it, if the rules say so.

    Raises NoEncontrado, Conflicto when the request is of another right, nobody has taken it, it was
    proposed already, or something stands against it (Impedida).
    """
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    _exigir_en_manos(solicitud)
    anterior = queries.de_solicitud(session, solicitud_id)
    if anterior is not None and anterior.estado is not Estado.NEGADA:
        raise Conflicto(_("Esta supresión ya se propuso."))
    _exigir_libre(session, solicitud)
    supresion = Supresion(
        solicitud_id=solicitud.id,
        persona_id=solicitud.persona_id,
        estado=Estado.PROPUESTA,
        reglas_version=reglas().version,
        propuesta_en=ahora,
        propuesta_por_id=actor.id,
        propuesta_por=actor.nombre,
        purgas=[],
    )
    session.add(supresion)
    session.flush()
    registrar(session, actor, "casos.supresion.proponer", "supresion", supresion.id)
    if reglas().segunda_persona:
        emitir(
            session,
            SupresionPropuesta(supresion_id=supresion.id, solicitud_id=solicitud.id),
            clasificacion=Clasificacion.RESERVADO,
        )
    else:
        _ejecutar(session, supresion, solicitud, actor, ahora)
    return supresion


def confirmar(session: Session, supresion_id: UUID, actor: Actor, ahora: datetime) -> Supresion:
    """Erase: here at once, in the other services by the fact, each in its own time.

    Raises NoEncontrado, TransicionInvalida, NoPermitido for who proposed it, Conflicto when the
    request was answered meanwhile or something stands against it (Impedida).
    """
    solicitud_id = queries.supresion_por_id(session, supresion_id).solicitud_id
    solicitud = solicitud_por_id(session, solicitud_id, bloquear=True)
    supresion = queries.supresion_por_id(session, supresion_id, bloquear=True)
    _exigir_paso(supresion, Paso.CONFIRMAR)
    if supresion.propuesta_por_id == actor.id:
        raise NoPermitido(_("La confirma otra persona que quien la propuso."))
    _exigir_en_manos(solicitud)
    _ejecutar(session, supresion, solicitud, actor, ahora)
    return supresion


def negar(
    session: Session, supresion_id: UUID, motivo: str, actor: Actor, ahora: datetime
) -> Supresion:
    """Do not agree, and say why: the delegate proposes it again, or answers the request otherwise.

    Raises NoEncontrado, TransicionInvalida.
    """
    supresion = queries.supresion_por_id(session, supresion_id, bloquear=True)
    supresion.negar(actor, motivo, ahora)
    registrar(session, actor, "casos.supresion.negar", "supresion", supresion.id)
    session.flush()
    return supresion


def retirar_propuesta(session: Session, solicitud_id: UUID, actor: Actor, ahora: datetime) -> None:
    """The request is refused: nobody has to confirm anything any more. Raises Conflicto when it was
    erased already. Callers hold the request.
    """
    supresion = queries.de_solicitud(session, solicitud_id)
    if supresion is None or supresion.estado is Estado.NEGADA:
        return
    if supresion.estado is not Estado.PROPUESTA:
        raise Conflicto(_("Los datos de esta persona ya se suprimieron."))
    supresion.negar(actor, None, ahora)
    registrar(session, actor, "casos.supresion.negar", "supresion", supresion.id)


def anotar_purga(session: Session, servicio: str, hecho: HechoDePurga, ahora: datetime) -> None:
    """A service confirmed. A second time changes nothing; the last of them closes the erasure.

    Raises NoEncontrado for an erasure that nobody asked for.
    """
    supresion = queries.supresion_por_id(session, hecho.supresion_id, bloquear=True)
    purga = next((una for una in supresion.purgas if una.servicio == servicio), None)
    if purga is None or purga.confirmada_en is not None:
        return
    purga.confirmada_en = real_now()
    purga.borrado = {
        clase: int(cuantos)
        for clase, _dos_puntos, cuantos in (una.rpartition(":") for una in hecho.borrado)
    }
    purga.certificado_id = hecho.certificado_id
    purga.certificado_huella = hecho.certificado_huella
    registrar(session, Actor.sistema(servicio), "casos.supresion.anotar", "supresion", supresion.id)
    if all(una.confirmada_en for una in supresion.purgas):
        _terminar(session, supresion, ahora)


def avisar_atraso(session: Session, purga_id: UUID) -> None:
    """Have the delegate told that a service takes too long to confirm; once."""
    purga = session.get_one(Purga, purga_id, with_for_update=True)
    if purga.confirmada_en is not None or purga.avisada_en is not None:
        return
    purga.avisada_en = real_now()
    supresion = session.get_one(Supresion, purga.supresion_id)
    emitir(
        session,
        ConfirmacionAtrasada(
            supresion_id=supresion.id,
            solicitud_id=supresion.solicitud_id,
            servicio=purga.servicio,
        ),
        clasificacion=Clasificacion.RESERVADO,
    )


def _ejecutar(
    session: Session,
    supresion: Supresion,
    solicitud: SolicitudDerecho,
    actor: Actor,
    ahora: datetime,
) -> None:
    persona = _retener(session, supresion.persona_id)
    _exigir_libre(session, solicitud)
    supresion.confirmar(actor, ahora)
    suyos = suyo(session, persona)
    for derivacion in queries.con_datos(session, persona.id):
        contar_supresion(session, derivacion)
    hechos = queries.contados(session, persona.id)
    bloqueos.cerrar(session, persona.id, actor, ahora)
    supresion.borrado = borrar(session, suyos, ahora)
    certificado = certificar(
        session, "casos", f"supresion/{supresion.id}", supresion.borrado, supresion.reglas_version
    )
    supresion.certificado_id, supresion.certificado_huella = certificado.id, certificado.huella
    supresion.purgas.extend(
        Purga(servicio=servicio, pedida_en=real_now(), borrado={})
        for servicio in reglas().servicios
    )
    session.flush()
    registrar(
        session,
        actor,
        "casos.supresion.confirmar",
        "supresion",
        supresion.id,
        cantidad=certificado.total,
    )
    registrar(session, actor, "casos.persona.suprimir", "persona", persona.id)
    emitir(
        session,
        PersonaAnonimizada(
            persona_id=persona.id,
            supresion_id=supresion.id,
            caso_ids=[str(caso_id) for caso_id in suyos.casos],
            hechos=hechos,
        ),
        clasificacion=Clasificacion.RESERVADO,
    )


def _terminar(session: Session, supresion: Supresion, ahora: datetime) -> None:
    """The certificate over all of them: what went where, in the chain of casos."""
    supresion.terminar(ahora)
    de_todos: dict[str, int] = {**supresion.borrado}
    for purga in supresion.purgas:
        de_todos |= purga.borrado
    cierre = certificar(
        session, "casos", f"supresion/{supresion.id}/cierre", de_todos, supresion.reglas_version
    )
    supresion.cierre_id, supresion.cierre_huella = cierre.id, cierre.huella
    sistema = Actor.sistema("casos")
    registrar(session, sistema, "casos.supresion.terminar", "supresion", supresion.id)


def _retener(session: Session, persona_id: UUID) -> Persona:
    """The person, whose cases and derivations nobody changes before this transaction ends."""
    casos = session.scalars(
        select(Caso.id).where(Caso.persona_id == persona_id).order_by(Caso.id).with_for_update()
    ).all()
    session.execute(
        select(Derivacion.id)
        .where(Derivacion.caso_id.in_(casos))
        .order_by(Derivacion.id)
        .with_for_update()
    )
    return session.get_one(Persona, persona_id, with_for_update=True, populate_existing=True)


def _exigir_en_manos(solicitud: SolicitudDerecho) -> None:
    if solicitud.derecho is not Derecho.SUPRESION:
        raise Conflicto(_("Esta solicitud no pide suprimir datos."))
    if solicitud.estado not in EN_MANOS:
        raise Conflicto(_("Se suprime mientras la solicitud está en trámite."))


def _exigir_libre(session: Session, solicitud: SolicitudDerecho) -> None:
    estado = session.scalar(select(Persona.estado).where(Persona.id == solicitud.persona_id))
    if estado is EstadoPersona.ANONIMIZADA:
        raise Conflicto(_("Los datos de esta persona ya se suprimieron."))
    if impedimentos := queries.impedimentos(session, solicitud.persona_id, solicitud.id):
        raise Impedida(impedimentos)


def _exigir_paso(supresion: Supresion, paso: Paso) -> None:
    pasos = PASOS[supresion.estado]
    if paso not in pasos:
        raise TransicionInvalida(supresion.estado, supresion.acciones, version=supresion.version)
