"""What can be done with a derivation: prepare it, send it, answer it, take it back, reroute it.

Every step is looked up in `states.PASOS`; it writes the answer into the ledger, a line into the
case's story, the audit row and the fact, and moves the clocks, all in the caller's transaction.
Rows are locked in one order, the case before its derivations and those before their clocks.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE, Alcance
from casos.consentimientos.actions import Fundamento, registrar_fundamento
from casos.derivaciones import relojes
from casos.derivaciones.facts import contar, contar_retiro
from casos.derivaciones.guardas import (
    exigir_activo,
    exigir_adoptable,
    exigir_caso_abierto,
    exigir_contacto,
    exigir_fundamento,
    exigir_palabra,
    exigir_primera,
    exigir_que_pueda_volver,
    exigir_usable,
)
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.paquete import armar
from casos.derivaciones.queries import datos_de_persona, derivacion_por_id, rige
from casos.derivaciones.relevo import exigir_reencaminable
from casos.derivaciones.respuestas import Procedencia, Respuesta
from casos.derivaciones.states import (
    ADOPTABLES,
    CON_DATOS,
    PASOS,
    Accion,
    Estado,
    Grado,
    MotivoAnulacion,
)
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id
from casos.expedientes.states import Paso
from casos.folios import siguiente_folio
from casos.red.models import Modo
from casos.red.queries import servicio_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, TransicionInvalida

SIN_NADA = _l("Elija al menos un dato: sin él nadie puede atender a la persona.")
_SIN_DATOS = _l("Si la persona va por su cuenta, no se comparte ningún dato.")

TERMINALES = frozenset(estado for estado, pasos in PASOS.items() if not pasos)


@dataclass(frozen=True, kw_only=True)
class NuevaDerivacion:
    """What an officer asks for. `datos` are the codes of the data chosen one by one, `modo` how it
    travels, unless it is the service's own way.
    """

    servicio_id: UUID
    proposito: str
    datos: tuple[str, ...]
    fundamento: Fundamento
    reemplaza_a: UUID | None = None
    modo: Modo | None = None


def preparar(
    session: Session, caso_id: UUID, pedido: NuevaDerivacion, actor: Actor, ahora: datetime
) -> Derivacion:
    """Write a draft with the snapshot of what would be shared; nothing leaves the office yet.

    A draft that the same officer left for the same service is discarded.

    Raises NoEncontrado, TransicionInvalida when the case does not admit a derivation, Conflicto
    when the service is not active, DatosInvalidos for data or a legal basis that cannot be used.
    """
    alcance = Alcance.de(actor)
    caso = _caso(session, caso_id, alcance)
    if pedido.reemplaza_a is not None:
        exigir_reencaminable(session, caso.id, pedido.reemplaza_a, alcance)
    caso.exigir(Paso.DERIVAR)
    _descartar_borradores(session, caso.id, pedido.servicio_id, actor, ahora)
    servicio = servicio_por_id(session, pedido.servicio_id)
    exigir_activo(servicio, servicio.institucion)
    modo = pedido.modo or servicio.modo
    persona, pauta, disponibles = datos_de_persona(session, caso.persona_id, alcance)
    if (modo is Modo.AUTOGESTIONADA) == bool(pedido.datos):
        raise DatosInvalidos({"datos": [_SIN_DATOS if pedido.datos else SIN_NADA]})
    try:
        paquete = armar(persona, pauta, disponibles, pedido.datos, pedido.proposito).para(
            servicio.institucion.nombre, servicio.nombre
        )
    except KeyError as error:
        raise DatosInvalidos({"datos": [_("Hay un dato que la persona no tiene.")]}) from error
    consentimiento_id = None
    if paquete.datos:
        entrada = registrar_fundamento(
            session,
            persona.id,
            servicio.institucion,
            paquete.categorias,
            pedido.fundamento,
            actor=actor,
            ahora=ahora,
        )
        consentimiento_id = entrada.id
    derivacion = Derivacion(
        folio=siguiente_folio(session, "D", clock.local(ahora).year),
        caso_id=caso.id,
        servicio_id=servicio.id,
        institucion_id=servicio.institucion_id,
        servicio=servicio,
        institucion=servicio.institucion,
        estado=Estado.BORRADOR,
        modo=modo,
        prioridad=caso.prioridad.value,
        base_licitud=pedido.fundamento.base,
        consentimiento_id=consentimiento_id,
        paquete=paquete.to_json(),
        reemplaza_a_id=pedido.reemplaza_a,
        creada_por_id=actor.id,
        creada_en=ahora,
    )
    session.add(derivacion)
    session.flush()
    registrar(session, actor, "casos.derivacion.preparar", "derivacion", derivacion.id)
    return derivacion


def reencaminar(
    session: Session,
    derivacion_id: UUID,
    pedido: NuevaDerivacion,
    actor: Actor,
    ahora: datetime,
) -> Derivacion:
    """Prepare another derivation in the place of one that did not work out.

    Raises what `preparar` raises, and TransicionInvalida while that one may still work out.
    """
    anterior = derivacion_por_id(session, derivacion_id, Alcance.de(actor))
    nueva = replace(pedido, reemplaza_a=anterior.id)
    return preparar(session, anterior.caso_id, nueva, actor, ahora)


def enviar(
    session: Session,
    derivacion_id: UUID,
    actor: Actor,
    ahora: datetime,
    *,
    vista: str | None = None,
) -> Derivacion:
    """Send a draft that an officer has seen: the institution gets its link, the clocks start.

    `vista` is the mark of what they saw; None from a program that asked for all of it in one go.
    Raises NoEncontrado, TransicionInvalida, and Conflicto when something else was seen, the service
    stopped being active, the person asked meanwhile not to be contacted or took the consent back,
    or the derivation that this one replaces goes on elsewhere.
    """
    alcance = Alcance.de(actor)
    derivacion = derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    siguiente = _paso(derivacion, Accion.ENVIAR)
    if vista is not None and vista != derivacion.huella:
        raise Conflicto(_("Lo que se mostró no es lo que se enviaría: véalo de nuevo y confirme."))
    if derivacion.reemplaza_a_id is not None:
        exigir_reencaminable(session, derivacion.caso_id, derivacion.reemplaza_a_id, alcance)
    caso = _caso(session, derivacion.caso_id, alcance)
    caso.exigir(Paso.DERIVAR)
    exigir_activo(derivacion.servicio, derivacion.institucion)
    exigir_contacto(session, caso, derivacion)
    exigir_fundamento(session, derivacion, ahora)
    derivacion.estado = siguiente
    derivacion.enviada_en = ahora
    derivacion.huella_confirmada = derivacion.huella
    relojes.mover(session, derivacion, Accion.ENVIAR, ahora)
    registrar(session, actor, "casos.derivacion.enviar", "derivacion", derivacion.id)
    contar(session, derivacion, Accion.ENVIAR, actor, ahora)
    return derivacion


def responder(
    session: Session,
    derivacion_id: UUID,
    respuesta: Respuesta,
    actor: Actor,
    ahora: datetime,
    *,
    procedencia: Procedencia,
    alcance: Alcance | None = None,
) -> RespuestaDerivacion:
    """Take an answer: into the ledger, and into the state if the table admits it.

    An answer of the institution to an expired derivation is kept as late and changes nothing until
    an officer adopts it; one that nobody could adopt any more is not taken. A dispute of what rests
    on a consent that was taken back is written down, and ends the derivation. `alcance` is the
    actor's own, unless they hold a link or are of the unit.

    Raises NoEncontrado, TransicionInvalida, Conflicto for the same late answer twice, for one that
    cannot matter, and for a dispute in a closed case, DatosInvalidos without the reason or the
    result that the step needs.
    """
    alcance = alcance or Alcance.de(actor)
    derivacion = derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    exigir_usable(session, derivacion)
    if faltan := respuesta.faltas():
        raise DatosInvalidos(faltan)
    exigir_palabra(derivacion, procedencia)
    if respuesta.accion is Accion.DISPUTAR:
        exigir_caso_abierto(session, derivacion.caso_id)
    tardia = derivacion.estado is Estado.VENCIDA and respuesta.accion in ADOPTABLES
    if tardia:
        exigir_adoptable(session, derivacion, procedencia, ahora)
        exigir_primera(session, derivacion, respuesta.accion)
        siguiente = ADOPTABLES[respuesta.accion]
    else:
        siguiente = _paso(derivacion, respuesta.accion)
    entrada = RespuestaDerivacion(
        derivacion_id=derivacion.id,
        accion=respuesta.accion,
        estado_resultante=siguiente,
        grado=procedencia.grado,
        canal=procedencia.canal,
        motivo_codigo=respuesta.motivo,
        texto=respuesta.texto,
        tardia=tardia,
        dicha_por=procedencia.quien,
        dicha_el=procedencia.cuando,
        registrada_por=actor.nombre,
        registrada_en=ahora,
    )
    session.add(entrada)
    registrar(session, actor, f"casos.derivacion.{respuesta.accion}", "derivacion", derivacion.id)
    if not tardia:
        _aplicar(session, derivacion, entrada, ahora)
    contar(session, derivacion, respuesta.accion, actor, ahora, entrada=entrada)
    session.flush()
    if respuesta.accion is Accion.DISPUTAR and not rige(session, derivacion, ahora):
        # It would live again, without the basis on which its data were shared.
        anular(session, derivacion.id, MotivoAnulacion.CONSENTIMIENTO_RETIRADO, actor, ahora)
    return entrada


def adoptar(
    session: Session, derivacion_id: UUID, respuesta_id: UUID, actor: Actor, ahora: datetime
) -> RespuestaDerivacion:
    """Give a late answer the effect that it would have had in time.

    The grade stays the answer's own. Raises NoEncontrado, TransicionInvalida when the derivation
    has not expired, Conflicto when another one took over, the case was closed or the person took
    the consent back.
    """
    derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor), bloquear=True)
    tardia = session.scalar(
        select(RespuestaDerivacion).where(
            RespuestaDerivacion.id == respuesta_id,
            RespuestaDerivacion.derivacion_id == derivacion.id,
            RespuestaDerivacion.tardia.is_(True),
        )
    )
    if tardia is None:
        raise NoEncontrado
    if derivacion.estado is not Estado.VENCIDA:
        raise TransicionInvalida(derivacion.estado, derivacion.pasos)
    exigir_que_pueda_volver(session, derivacion, ahora)
    entrada = RespuestaDerivacion(
        derivacion_id=derivacion.id,
        accion=tardia.accion,
        estado_resultante=tardia.estado_resultante,
        grado=tardia.grado,
        canal=tardia.canal,
        motivo_codigo=tardia.motivo_codigo,
        texto=tardia.texto,
        adopta_a_id=tardia.id,
        dicha_por=tardia.dicha_por,
        dicha_el=tardia.dicha_el,
        registrada_por=actor.nombre,
        registrada_en=ahora,
    )
    session.add(entrada)
    registrar(session, actor, "casos.derivacion.adoptar", "derivacion", derivacion.id)
    _aplicar(session, derivacion, entrada, ahora)
    if entrada.accion is Accion.RECIBIR:
        relojes.esperar_respuesta(session, derivacion, ahora)
    contar(session, derivacion, entrada.accion, actor, ahora, entrada=entrada)
    session.flush()
    return entrada


def anular(
    session: Session, derivacion_id: UUID, motivo: MotivoAnulacion, actor: Actor, ahora: datetime
) -> Derivacion:
    """Take a derivation back; its links show nothing any more.

    Raises NoEncontrado, and TransicionInvalida once the service was given or refused.
    """
    derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor), bloquear=True)
    registrar(
        session,
        actor,
        "casos.derivacion.anular",
        "derivacion",
        derivacion.id,
        motivo_codigo=motivo.value,
    )
    _terminar(session, derivacion, Accion.ANULAR, ahora, motivo=motivo.value)
    contar(session, derivacion, Accion.ANULAR, actor, ahora)
    return derivacion


def retirar(session: Session, derivacion_id: UUID, actor: Actor, ahora: datetime) -> None:
    """The consent on which a derivation rests was taken back: it ends, if it can still be ended,
    and an institution that has the data is told not to use it.
    """
    derivacion = derivacion_por_id(session, derivacion_id, SIN_LIMITE, bloquear=True)
    if derivacion.estado in CON_DATOS:
        contar_retiro(
            session, derivacion, MotivoAnulacion.CONSENTIMIENTO_RETIRADO.value, actor, ahora
        )
    if Accion.ANULAR in derivacion.pasos:
        anular(session, derivacion_id, MotivoAnulacion.CONSENTIMIENTO_RETIRADO, actor, ahora)


def vencer(session: Session, derivacion: Derivacion, ahora: datetime) -> bool:
    """Expire a derivation that nobody answered; False when an answer came before.

    Whoever expires many holds them and their cases, and tells and audits them together
    (`facts.de_vencida`). The service must be loaded.
    """
    if Accion.VENCER not in derivacion.pasos:
        return False
    _terminar(session, derivacion, Accion.VENCER, ahora, grado=Grado.D)
    return True


def _terminar(
    session: Session,
    derivacion: Derivacion,
    accion: Accion,
    ahora: datetime,
    *,
    motivo: str | None = None,
    grado: Grado | None = None,
) -> None:
    """End a derivation without an answer: whatever was answered before does not vouch for it."""
    derivacion.estado = _paso(derivacion, accion)
    derivacion.motivo_codigo = motivo
    derivacion.grado_evidencia = grado
    derivacion.terminada_en = ahora
    relojes.mover(session, derivacion, accion, ahora)


def _aplicar(
    session: Session, derivacion: Derivacion, entrada: RespuestaDerivacion, ahora: datetime
) -> None:
    derivacion.estado = entrada.estado_resultante
    derivacion.motivo_codigo = entrada.motivo_codigo
    derivacion.grado_evidencia = entrada.grado
    derivacion.terminada_en = ahora if derivacion.estado in TERMINALES else None
    relojes.mover(session, derivacion, entrada.accion, ahora)


def _paso(derivacion: Derivacion, accion: Accion) -> Estado:
    pasos = derivacion.pasos
    if accion not in pasos:
        raise TransicionInvalida(derivacion.estado, pasos)
    return pasos[accion]


def _caso(session: Session, caso_id: UUID, alcance: Alcance) -> Caso:
    # Locked: a case that somebody is closing takes no new derivation meanwhile.
    return caso_por_id(session, caso_id, alcance, bloquear=True)


def _descartar_borradores(
    session: Session, caso_id: UUID, servicio_id: UUID, actor: Actor, ahora: datetime
) -> None:
    borradores = session.scalars(
        select(Derivacion.id).where(
            Derivacion.caso_id == caso_id,
            Derivacion.servicio_id == servicio_id,
            Derivacion.creada_por_id == actor.id,
            Derivacion.estado == Estado.BORRADOR,
        )
    ).all()
    for borrador_id in borradores:
        anular(session, borrador_id, MotivoAnulacion.ERROR, actor, ahora)
