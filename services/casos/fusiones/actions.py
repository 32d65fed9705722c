"""What can be done with two records of one person: join them, and undo it. One function, one
transaction.

Locks go from the requests to the cases, their derivations and the people, as in an erasure; the two
people in the order of their ids.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casos.alcance import Alcance
from casos.derechos.models import SolicitudDerecho
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.fusiones import queries, traslado
from casos.fusiones.models import Fusion
from casos.fusiones.reglas import reglas
from casos.fusiones.states import Obstaculo, Paso
from casos.personas.models import EstadoPersona, Persona
from casos.personas.queries import persona_a_la_vista
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion
from oficina.events.casos import PersonaFusionada, PersonaSeparada
from oficina.web.conditional import check_version


class Impedida(Conflicto):
    """Something stands against joining two records, or against undoing it."""

    def __init__(self, obstaculos: Sequence[Obstaculo]) -> None:
        super().__init__(
            _("Hay algo que lo impide ahora."), obstaculos=[uno.value for uno in obstaculos]
        )
        self.obstaculos = obstaculos


def fusionar(  # noqa: PLR0917  which two, as they were seen, why, by whom and when
    session: Session,
    vigente_id: UUID,
    absorbida_id: UUID,
    versiones: tuple[int, int],
    motivo: str,
    actor: Actor,
    ahora: datetime,
) -> Fusion:
    """Join a record to the one that stays. `versiones` are those that the writer compared.

    Raises NoEncontrado unless they may see both, DatosBloqueados, PersonaUnida, VersionVencida,
    DatosInvalidos for one record alone, Impedida.
    """
    if vigente_id == absorbida_id:
        raise DatosInvalidos({"absorbida_id": [_("Elija dos fichas distintas.")]})
    alcance = Alcance.de(actor)
    personas = _retener(session, vigente_id, absorbida_id)
    for una in (vigente_id, absorbida_id):
        persona_a_la_vista(session, una, alcance)
    vigente, absorbida = personas[vigente_id], personas[absorbida_id]
    for persona, vista in zip((vigente, absorbida), versiones, strict=True):
        check_version(persona, vista)
    if impedimentos := queries.impedimentos(session, vigente_id, absorbida_id):
        raise Impedida(impedimentos)
    mapa = traslado.llevar(session, vigente, absorbida)
    absorbida.estado, absorbida.fusionada_en_id = EstadoPersona.FUSIONADA, vigente.id
    session.expire(absorbida, ["tokens"])
    traslado.indexar(session, vigente)
    fusion = Fusion(
        vigente_id=vigente.id,
        absorbida_id=absorbida.id,
        motivo=motivo,
        mapa=mapa,
        reglas_version=reglas().version,
        hecha_en=ahora,
        hecha_por_id=actor.id,
        hecha_por=actor.nombre,
        reversible_hasta=ahora + reglas().plazo,
    )
    session.add(fusion)
    session.flush()
    for persona in (vigente, absorbida):
        _anotar(session, actor, "casos.persona.fusionar", persona, fusion)
    emitir(
        session,
        PersonaFusionada(
            persona_id=vigente.id,
            absorbida_id=absorbida.id,
            caso_ids=mapa["movidas"].get(Caso.__tablename__, []),
        ),
        clasificacion=Clasificacion.RESERVADO,
    )
    return fusion


def deshacer(
    session: Session, fusion_id: UUID, motivo: str, actor: Actor, ahora: datetime
) -> Fusion:
    """Take back exactly what had gone over; what was added since stays with the record that stayed,
    or goes with the case to which it was added.

    Raises NoEncontrado, TransicionInvalida, DatosBloqueados, PersonaUnida, Impedida.
    """
    alcance = Alcance.de(actor)
    fusion = queries.fusion_por_id(session, fusion_id, alcance)
    personas = _retener(session, fusion.vigente_id, fusion.absorbida_id)
    session.refresh(fusion, ["estado", "mapa", "version"], with_for_update=True)
    fusion.exigir(Paso.DESHACER)
    persona_a_la_vista(session, fusion.vigente_id, alcance)
    if impedimentos := impedimentos_de_deshacer(session, fusion, ahora):
        raise Impedida(impedimentos)
    vigente, absorbida = personas[fusion.vigente_id], personas[fusion.absorbida_id]
    casos = traslado.devolver(session, vigente, absorbida, fusion.mapa)
    absorbida.estado, absorbida.fusionada_en_id = EstadoPersona.ACTIVA, None
    for persona in (vigente, absorbida):
        traslado.indexar(session, persona)
    fusion.deshacer(actor, motivo, ahora)
    session.flush()
    for persona in (vigente, absorbida):
        _anotar(session, actor, "casos.persona.separar", persona, fusion)
    emitir(
        session,
        PersonaSeparada(
            persona_id=vigente.id,
            absorbida_id=absorbida.id,
            caso_ids=[str(caso_id) for caso_id in casos],
        ),
        clasificacion=Clasificacion.RESERVADO,
    )
    return fusion


def impedimentos_de_deshacer(session: Session, fusion: Fusion, ahora: datetime) -> list[Obstaculo]:
    """What stands against undoing a union that holds."""
    hallados = []
    if ahora > fusion.reversible_hasta:
        hallados.append(Obstaculo.FUERA_DE_PLAZO)
    if queries.ultima(session, fusion.vigente_id) != fusion.id:
        hallados.append(Obstaculo.OTRA_UNION_DESPUES)
    abiertas = queries.impedimentos(session, fusion.vigente_id, fusion.absorbida_id)
    if Obstaculo.SUPRESION_PEDIDA in abiertas:
        hallados.append(Obstaculo.SUPRESION_PEDIDA)
    estado = session.scalar(select(Persona.estado).where(Persona.id == fusion.absorbida_id))
    if estado is not EstadoPersona.FUSIONADA:
        hallados.append(Obstaculo.DATOS_NO_DISPONIBLES)
    return hallados


def _anotar(session: Session, actor: Actor, accion: str, persona: Persona, fusion: Fusion) -> None:
    """In the history of each of the two, with the union, which says why and can be erased."""
    codigo = f"fusion:{fusion.id}"
    registrar(session, actor, accion, "persona", persona.id, motivo_codigo=codigo)


def _retener(session: Session, *ids: UUID) -> dict[UUID, Persona]:
    """Both people; nobody changes them, their requests, cases or derivations before the end."""
    session.execute(
        select(SolicitudDerecho.id)
        .where(SolicitudDerecho.persona_id.in_(ids))
        .order_by(SolicitudDerecho.id)
        .with_for_update()
    )
    casos = session.scalars(
        select(Caso.id).where(Caso.persona_id.in_(ids)).order_by(Caso.id).with_for_update()
    ).all()
    session.execute(
        select(Derivacion.id)
        .where(Derivacion.caso_id.in_(casos))
        .order_by(Derivacion.id)
        .with_for_update()
    )
    personas = session.scalars(
        select(Persona)
        .where(Persona.id.in_(ids))
        .order_by(Persona.id)
        .options(selectinload(Persona.tokens))
        .with_for_update(of=Persona)
        .execution_options(populate_existing=True)
    )
    return {persona.id: persona for persona in personas}
