"""What can be done with applications. One function, one transaction, one line of the audit.

Who brings one, who approves it and who hands over what was granted are different people. Money is
promised in the transaction that approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance, exigir_usable
from casos.folios import siguiente_folio
from casos.hogares.queries import vigente_de
from casos.personas.queries import persona_a_la_vista
from casos.programas.models import Programa, Reparto, RequisitosDePrograma, TipoMovimiento
from casos.programas.postulaciones.models import Comprobacion, PasoDePostulacion, Postulacion
from casos.programas.postulaciones.queries import (
    concedido,
    concedido_al_hogar,
    negativa,
    otra_en_curso,
)
from casos.programas.postulaciones.states import CON_RESERVA, Accion, Estado
from casos.programas.presupuesto import mover
from casos.programas.queries import requisitos_de
from casos.programas.reglas import reglas as reglas_de_programas
from casos.programas.states import Estado as EstadoPrograma
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.db import hold
from oficina.errors import Conflicto, DatoNoEncontrado, DatosInvalidos, VersionVencida
from oficina.events.casos import PostulacionAprobada, PostulacionIngresada, PostulacionRechazada
from oficina.web.conditional import check_version

SISTEMA = Actor.sistema("casos")


@dataclass(frozen=True, kw_only=True)
class NuevaPostulacion:
    """Who asks which programme for how much, and why."""

    persona_id: UUID
    programa_id: UUID
    monto_clp: int
    detalle: str


@dataclass(frozen=True, kw_only=True)
class EdicionPostulacion:
    """What may be corrected of a draft."""

    monto_clp: int
    detalle: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Comprobaciones:
    """What was found of the requirements."""

    comprobaciones: Sequence[Comprobacion]
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConTexto:
    """A step, and what there is to say of it."""

    texto: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rechazo:
    """Why an application is refused."""

    motivo: str
    texto: str
    version: int | None = None


def crear(session: Session, datos: NuevaPostulacion, actor: Actor, ahora: datetime) -> Postulacion:
    """Begin an application. Raises NoEncontrado without the person, DatoNoEncontrado unless the
    programme is open.
    """
    persona_a_la_vista(session, datos.persona_id, Alcance.de(actor))
    exigir_usable(session, datos.persona_id, retener=True)
    programa = session.get(Programa, datos.programa_id)
    requisitos = programa and requisitos_de(session, programa.id)
    if programa is None or requisitos is None or programa.estado is not EstadoPrograma.ABIERTO:
        raise DatoNoEncontrado({"programa_id": [_("Ese programa no está abierto.")]})
    _exigir_tope(programa, datos.monto_clp)
    postulacion = Postulacion(
        folio=siguiente_folio(session, "PO", clock.local(ahora).year),
        persona_id=datos.persona_id,
        programa_id=programa.id,
        requisitos_id=requisitos.id,
        estado=Estado.BORRADOR,
        monto_clp=datos.monto_clp,
        detalle=datos.detalle,
        creada_en=ahora,
        creada_por_id=actor.id,
        creada_por=actor.nombre,
    )
    session.add(postulacion)
    session.flush()
    _anotar(session, postulacion, None, actor, ahora)
    auditar(session, actor, "casos.postulacion.crear", "postulacion", postulacion.id)
    return postulacion


def editar(
    session: Session,
    postulacion_id: UUID,
    datos: EdicionPostulacion,
    actor: Actor,
    ahora: datetime,
) -> Postulacion:
    """Correct a draft."""
    postulacion, programa = para_cambiar(session, postulacion_id, datos.version, actor)
    postulacion.pasar(Accion.EDITAR, _dia(ahora))
    _exigir_tope(programa, datos.monto_clp)
    postulacion.monto_clp, postulacion.detalle = datos.monto_clp, datos.detalle
    return anotar_paso(session, postulacion, Accion.EDITAR, actor, ahora)


def ingresar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """Hand it in: by the requirements of this day, whatever is asked for later."""
    postulacion, programa = para_cambiar(session, postulacion_id, datos.version, actor)
    postulacion.pasar(Accion.INGRESAR, _dia(ahora))
    if programa.estado is not EstadoPrograma.ABIERTO:
        raise Conflicto(_("El programa no recibe postulaciones ahora."))
    hold(session, _turno(postulacion))
    if otra := otra_en_curso(session, postulacion.persona_id, programa.id, postulacion.id):
        raise Conflicto(
            _("La persona ya tiene la postulación %(folio)s en este programa.", folio=otra),
            folio=otra,
        )
    requisitos = requisitos_de(session, programa.id)
    if requisitos is not None:
        postulacion.requisitos_id = requisitos.id
    periodo = reglas_de_programas().periodos[programa.periodo]
    postulacion.periodo_desde = periodo.comienzo(_dia(ahora))
    emitir(session, PostulacionIngresada(postulacion_id=postulacion.id, programa_id=programa.id))
    return anotar_paso(session, postulacion, Accion.INGRESAR, actor, ahora, datos.texto)


def revisar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """Begin to look at it."""
    return _pasar(session, postulacion_id, Accion.REVISAR, datos, actor, ahora)


def comprobar(
    session: Session, postulacion_id: UUID, datos: Comprobaciones, actor: Actor, ahora: datetime
) -> Postulacion:
    """Write down what was found of each requirement. Raises DatosInvalidos for one that is none."""
    postulacion, _programa = para_cambiar(session, postulacion_id, datos.version, actor)
    exigidos = {uno["codigo"] for uno in _requisitos(session, postulacion)}
    if {una.codigo for una in datos.comprobaciones} - exigidos:
        raise DatosInvalidos({"comprobaciones": [_("Ese requisito no es de esta postulación.")]})
    postulacion.comprobar(datos.comprobaciones, _dia(ahora))
    return anotar_paso(session, postulacion, Accion.COMPROBAR, actor, ahora)


def observar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """Ask for what is missing; it expires when nobody brings it."""
    return _pasar(session, postulacion_id, Accion.OBSERVAR, datos, actor, ahora)


def responder(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """What was missing came."""
    return _pasar(session, postulacion_id, Accion.RESPONDER, datos, actor, ahora)


def esperar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """Put it on the waiting list: all is there but the money. The first that waits stays first."""
    postulacion, _programa = para_cambiar(session, postulacion_id, datos.version, actor)
    postulacion.pasar(Accion.ESPERAR, _dia(ahora))
    postulacion.exigir_cumplida(_requisitos(session, postulacion), _dia(ahora))
    postulacion.en_espera_desde = postulacion.en_espera_desde or ahora
    return anotar_paso(session, postulacion, Accion.ESPERAR, actor, ahora, datos.texto)


def aprobar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """Grant it, and promise its money.

    Raises NoPermitido to whoever brought it; Conflicto while a requirement is not met, or when the
    person or their household would get more than the programme allows in a period; SinPresupuesto.
    """
    postulacion, programa = para_cambiar(session, postulacion_id, datos.version, actor)
    hoy = _dia(ahora)
    # Her person is held: nobody moves her to another household before the end.
    suyo = vigente_de(session, postulacion.persona_id)
    hogar_id = suyo.hogar_id if suyo else None
    postulacion.aprobar(actor.id, actor.nombre, hoy, hogar_id)
    postulacion.exigir_cumplida(_requisitos(session, postulacion), hoy)
    hold(session, _turno(postulacion))
    _exigir_sin_repetir(session, postulacion, programa)
    if hogar_id is not None and programa.reparto is Reparto.POR_HOGAR:
        hold(session, _turno_de_hogar(postulacion, hogar_id))
        _exigir_sin_repetir_en(session, hogar_id, postulacion, programa, Alcance.de(actor))
    mover(
        session,
        programa.id,
        TipoMovimiento.RESERVA,
        postulacion.monto_clp,
        actor.nombre,
        ahora,
        respaldo=postulacion.folio,
    )
    emitir(session, PostulacionAprobada(postulacion_id=postulacion.id, programa_id=programa.id))
    return anotar_paso(session, postulacion, Accion.APROBAR, actor, ahora, datos.texto)


def rechazar(
    session: Session, postulacion_id: UUID, datos: Rechazo, actor: Actor, ahora: datetime
) -> Postulacion:
    """Refuse it, with a reason; what the person can do against it is told with it."""
    postulacion, programa = para_cambiar(session, postulacion_id, datos.version, actor)
    postulacion.rechazar(datos.motivo, _dia(ahora))
    emitir(
        session,
        PostulacionRechazada(
            postulacion_id=postulacion.id, programa_id=programa.id, motivo_codigo=datos.motivo
        ),
    )
    return anotar_paso(session, postulacion, Accion.RECHAZAR, actor, ahora, datos.texto)


def renunciar(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """The person does not want it any more; what was promised is free again."""
    return _pasar(session, postulacion_id, Accion.RENUNCIAR, datos, actor, ahora)


def anular(
    session: Session, postulacion_id: UUID, datos: ConTexto, actor: Actor, ahora: datetime
) -> Postulacion:
    """It was made by mistake; what was promised is free again."""
    return _pasar(session, postulacion_id, Accion.ANULAR, datos, actor, ahora)


def caducar(session: Session, postulacion_id: UUID, ahora: datetime) -> None:
    """Its time has passed; nothing when somebody did something with it meanwhile."""
    postulacion = session.scalar(
        select(Postulacion).where(Postulacion.id == postulacion_id).with_for_update()
    )
    if postulacion is None or postulacion.caduca_el is None:
        return
    if postulacion.caduca_el >= _dia(ahora):
        return
    _terminar(session, postulacion, Accion.CADUCAR, SISTEMA, ahora)


def terminar_por_supresion(session: Session, postulacion: Postulacion, ahora: datetime) -> None:
    """End one of somebody who is being erased; what was promised is free again."""
    if Accion.ANULAR in postulacion.acciones:
        _terminar(session, postulacion, Accion.ANULAR, SISTEMA, ahora)
    postulacion.vaciar()


def _pasar(  # noqa: PLR0917  a step has as many parts
    session: Session,
    postulacion_id: UUID,
    accion: Accion,
    datos: ConTexto,
    actor: Actor,
    ahora: datetime,
) -> Postulacion:
    postulacion, _programa = para_cambiar(session, postulacion_id, datos.version, actor)
    return _terminar(session, postulacion, accion, actor, ahora, datos.texto)


def _terminar(  # noqa: PLR0917  a step has as many parts
    session: Session,
    postulacion: Postulacion,
    accion: Accion,
    actor: Actor,
    ahora: datetime,
    texto: str = "",
) -> Postulacion:
    """Take a step; if money was promised and is not any more, it is free again."""
    tenia = postulacion.estado in CON_RESERVA
    postulacion.pasar(accion, _dia(ahora))
    if tenia and postulacion.estado not in CON_RESERVA:
        mover(
            session,
            postulacion.programa_id,
            TipoMovimiento.LIBERACION,
            postulacion.monto_clp,
            actor.nombre,
            ahora,
            respaldo=postulacion.folio,
        )
    return anotar_paso(session, postulacion, accion, actor, ahora, texto)


def anotar_paso(  # noqa: PLR0917  a step has as many parts
    session: Session,
    postulacion: Postulacion,
    accion: Accion,
    actor: Actor,
    ahora: datetime,
    texto: str = "",
) -> Postulacion:
    """Leave the line and the audit of a step that was taken."""
    _anotar(session, postulacion, accion, actor, ahora, texto)
    auditar(session, actor, f"casos.postulacion.{accion}", "postulacion", postulacion.id)
    return postulacion


def _anotar(  # noqa: PLR0917  a step has as many parts
    session: Session,
    postulacion: Postulacion,
    accion: Accion | None,
    actor: Actor,
    ahora: datetime,
    texto: str = "",
) -> None:
    session.add(
        PasoDePostulacion(
            postulacion_id=postulacion.id,
            accion=accion,
            estado=postulacion.estado,
            texto=texto or None,
            actor_nombre=actor.nombre,
            ocurrido_en=ahora,
        )
    )


def _requisitos(session: Session, postulacion: Postulacion) -> Sequence[dict[str, object]]:
    return session.get_one(RequisitosDePrograma, postulacion.requisitos_id).requisitos


def _exigir_tope(programa: Programa, monto_clp: int) -> None:
    tope = programa.tope_persona_clp
    if tope is not None and monto_clp > tope:
        raise DatosInvalidos({"monto_clp": [_("Es más que el tope por persona del programa.")]})


def _exigir_sin_repetir(session: Session, postulacion: Postulacion, programa: Programa) -> None:
    """Once a period; of a programme with a cap, as often as it is not passed."""
    antes = concedido(session, postulacion)
    tope = programa.tope_persona_clp
    pasa = antes.monto_clp + postulacion.monto_clp > tope if tope is not None else antes.folios
    if antes.folios and pasa:
        raise Conflicto(
            _(
                "La persona ya recibió lo que este programa permite en el período: %(folios)s.",
                folios=", ".join(antes.folios),
            ),
            folios=list(antes.folios),
        )


def _exigir_sin_repetir_en(
    session: Session,
    hogar_id: UUID,
    postulacion: Postulacion,
    programa: Programa,
    alcance: Alcance,
) -> None:
    """Once a household in a period; of a programme with a cap for households, as often as it is
    not passed. Of somebody sealed to whoever approves nothing counts, or the answer would tell.
    """
    antes = concedido_al_hogar(session, hogar_id, postulacion, alcance)
    tope = programa.tope_hogar_clp
    pasa = antes.monto_clp + postulacion.monto_clp > tope if tope is not None else antes.de_otras
    if not (antes.hay and pasa):
        return
    dicho = _("El hogar ya recibió lo que este programa permite en el período.")
    if antes.folios:
        dicho = f"{dicho} {', '.join(antes.folios)}."
    raise Conflicto(dicho, folios=list(antes.folios))


def _turno_de_hogar(postulacion: Postulacion, hogar_id: UUID) -> str:
    """One at a time of a household's applications to a programme is decided; a person's first."""
    return f"beneficio/{postulacion.programa_id}/hogar/{hogar_id}"


def _turno(postulacion: Postulacion) -> str:
    """One at a time of a person's applications to a programme is decided."""
    return f"beneficio/{postulacion.programa_id}/{postulacion.persona_id}"


def _dia(ahora: datetime) -> date:
    return clock.local(ahora).date()


def para_cambiar(
    session: Session, postulacion_id: UUID, version: int | None, actor: Actor
) -> tuple[Postulacion, Programa]:
    """An application that the actor may change, held; its person first, as everywhere."""
    alcance = Alcance.de(actor)
    suya = select(Postulacion.persona_id).where(
        Postulacion.id == postulacion_id, alcance.postulaciones()
    )
    persona_id = session.scalar(suya)
    if persona_id is None:
        raise negativa(session, postulacion_id, alcance)
    exigir_usable(session, persona_id, retener=True)
    postulacion = session.scalar(
        select(Postulacion)
        .where(Postulacion.id == postulacion_id, Postulacion.persona_id == persona_id)
        .options(joinedload(Postulacion.programa))
        .with_for_update(of=Postulacion)
        .execution_options(populate_existing=True)
    )
    if postulacion is None:
        # Her record was joined to another one at this moment.
        raise VersionVencida
    check_version(postulacion, version)
    return postulacion, postulacion.programa
