"""What can be done with a deadline: start, pause, extend, meet, take back, pass a stage.

Callers hold the transaction. A clock is locked after its derivation, which is locked after its
case (see `derivaciones.actions`). The follow-up takes them in the same order and waits for nobody.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.expedientes.models import Caso
from casos.plazos.calendario import Calendario, calendario, poner_al_dia
from casos.plazos.models import VIVOS, EstadoPlazo, Plazo
from casos.plazos.reglas import Etapa, Regla, reglas
from casos.plazos.versiones import conocidas, vigentes
from oficina.clock import local, real_now
from oficina.errors import Conflicto, NoEncontrado


def iniciar(
    session: Session,
    caso: Caso | UUID | None,
    reloj: str,
    prioridad: str,
    ahora: datetime,
    *,
    derivacion_id: UUID | None = None,
    solicitud_id: UUID | None = None,
    incidente_id: UUID | None = None,
    tarea_id: UUID | None = None,
    hasta: datetime | None = None,
    acuerdo: int | None = None,
) -> Plazo:
    """Start a clock of a case, of one of its derivations or tasks, of a request about somebody's
    data, or of a breach; the one that runs already, if any. `hasta`: the end that somebody chose,
    for a clock that allows it. `acuerdo`: the working days that the service promises today; they
    take the place of the rule's where its clock allows it and no law sets it.

    Raises KeyError for a clock or a priority that the rules do not know, ValueError for an end
    that they do not allow (whoever lets somebody choose looks at `ultimo_dia` first).
    """
    caso_id = caso.id if isinstance(caso, Caso) else caso
    if corre := _vivo(session, caso_id, reloj, derivacion_id, solicitud_id, incidente_id, tarea_id):
        return corre
    plazo = prever(session, reloj, prioridad, ahora, acuerdo=acuerdo)
    if hasta is not None:
        if not (reglas().relojes[reloj].elegible and ahora <= hasta <= plazo.vence_en):
            raise ValueError(f"nobody may choose that end of the clock {reloj}")
        plazo.vence_en = hasta
    plazo.caso_id, plazo.derivacion_id = caso_id, derivacion_id
    plazo.solicitud_id, plazo.incidente_id = solicitud_id, incidente_id
    plazo.tarea_id = tarea_id
    plazo.fijar_siguiente()
    session.add(plazo)
    session.flush()
    return plazo


def prever(
    session: Session, reloj: str, prioridad: str, ahora: datetime, *, acuerdo: int | None = None
) -> Plazo:
    """The clock as it would start now, of nobody and not kept. Raises KeyError, as `iniciar`."""
    en_vigor = vigentes(session, ahora)
    regla = en_vigor.relojes[reloj]
    dias = regla.admite(acuerdo)
    hoy = calendario(session)
    return Plazo(
        reloj=reloj,
        prioridad=prioridad,
        reglas_version=en_vigor.version,
        acuerdo_dias=dias,
        estado=EstadoPlazo.CORRIENDO,
        inicia_en=ahora,
        vence_en=regla.con_acuerdo(dias).fin(prioridad, ahora, hoy.dias),
        nivel=0,
        calendario=hoy.version,
        cierres=_cierres(regla, hoy, ahora),
    )


def cumplir(
    session: Session,
    caso_id: UUID | None,
    reloj: str,
    ahora: datetime,
    *,
    derivacion_id: UUID | None = None,
    solicitud_id: UUID | None = None,
    incidente_id: UUID | None = None,
    tarea_id: UUID | None = None,
) -> None:
    """Stop a clock because what it waited for was done; nothing when it does not run."""
    if plazo := _vivo(session, caso_id, reloj, derivacion_id, solicitud_id, incidente_id, tarea_id):
        _terminar(plazo, EstadoPlazo.CUMPLIDO, ahora)


def cancelar(
    session: Session,
    caso_id: UUID | None,
    reloj: str,
    ahora: datetime,
    *,
    derivacion_id: UUID | None = None,
    incidente_id: UUID | None = None,
    tarea_id: UUID | None = None,
) -> None:
    """Stop a clock because nobody waits any more; nothing when it does not run."""
    if plazo := _vivo(
        session, caso_id, reloj, derivacion_id, incidente_id=incidente_id, tarea_id=tarea_id
    ):
        _terminar(plazo, EstadoPlazo.CANCELADO, ahora)


def cancelar_todos(
    session: Session,
    caso_id: UUID,
    ahora: datetime,
    *,
    derivacion_id: UUID | None = None,
    relojes: Collection[str] | None = None,
) -> None:
    """Stop every clock of a case, or only those of one of its derivations, or of these names."""
    consulta = select(Plazo).where(Plazo.caso_id == caso_id, Plazo.estado.in_(VIVOS))
    if derivacion_id is not None:
        consulta = consulta.where(Plazo.derivacion_id == derivacion_id)
    if relojes is not None:
        consulta = consulta.where(Plazo.reloj.in_(relojes))
    for plazo in session.scalars(consulta.with_for_update()):
        _terminar(plazo, EstadoPlazo.CANCELADO, ahora)


def pausar(
    session: Session,
    caso_id: UUID,
    reloj: str,
    ahora: datetime,
    *,
    derivacion_id: UUID | None = None,
) -> None:
    """Hold a clock while somebody else makes us wait; nothing when it does not run.

    Raises ValueError for a clock that the rules do not let pause.
    """
    if not reglas().relojes[reloj].pausable:
        raise ValueError(f"the clock {reloj} never pauses")
    plazo = _vivo(session, caso_id, reloj, derivacion_id)
    if plazo and plazo.estado is EstadoPlazo.CORRIENDO:
        plazo.estado, plazo.pausado_en = EstadoPlazo.PAUSADO, ahora
        plazo.siguiente_en = None


def pausar_de_caso(session: Session, caso_id: UUID, ahora: datetime) -> None:
    """Hold the clocks of a case that its rules let pause; those of its derivations wait for
    somebody else and go on.
    """
    for plazo in _propios(session, caso_id, EstadoPlazo.CORRIENDO):
        if reglas().relojes[plazo.reloj].pausable:
            plazo.estado, plazo.pausado_en = EstadoPlazo.PAUSADO, ahora
            plazo.siguiente_en = None


def reanudar_de_caso(session: Session, caso_id: UUID, ahora: datetime) -> None:
    """Let the clocks of a case go on that were held: each has as many days left as it had."""
    hoy, versiones = calendario(session), conocidas(session)
    for plazo in _propios(session, caso_id, EstadoPlazo.PAUSADO):
        if plazo.pausado_en is None:
            raise AssertionError("a clock that is held says since when")
        # What is left is counted by the days off of today.
        poner_al_dia(plazo, hoy, versiones)
        regla = reglas().relojes[plazo.reloj]
        desde, fin = regla.reanudado(
            plazo.desde,
            plazo.vence_en,
            pausa=plazo.pausado_en,
            reanuda=ahora,
            cierres=hoy.dias,
        )
        plazo.vence_en_original = plazo.vence_en_original or plazo.vence_en
        plazo.corre_desde, plazo.vence_en = desde, fin
        plazo.cierres = _cierres(regla, hoy, desde)
        plazo.estado, plazo.pausado_en = EstadoPlazo.CORRIENDO, None
        plazo.fijar_siguiente()


def repriorizar(
    session: Session, caso_id: UUID, prioridad: str, ahora: datetime
) -> list[dict[str, str]]:
    """Reckon the clocks of a case itself by another priority; which ones moved: `reloj`, `antes`
    and `vence_en` (ISO moments).

    One that gets longer ends when it would have, had it begun so; one that gets shorter counts its
    new time from now, and never ends later than it did. One whose end has passed, or was chosen by
    somebody, keeps it. What was told of a stage is not told again.
    """
    hoy, versiones = calendario(session), conocidas(session)
    movidos = []
    for plazo in [
        uno for estado in VIVOS for uno in _propios(session, caso_id, estado) if not uno.tarea_id
    ]:
        poner_al_dia(plazo, hoy, versiones)
        suyas = versiones.get(plazo.reglas_version) or reglas()
        regla = suyas.relojes[plazo.reloj]
        momento, antes = plazo.pausado_en or ahora, plazo.vence_en
        largo, corto = regla.plazo[prioridad], regla.plazo[plazo.prioridad]
        plazo.prioridad = prioridad
        if regla.elegible or antes < momento or largo == corto:
            continue
        if largo > corto:
            plazo.vence_en = max(antes, regla.fin(prioridad, plazo.desde, hoy.dias))
        else:
            plazo.vence_en = min(antes, regla.fin(prioridad, momento, hoy.dias))
        plazo.fijar_siguiente()
        if plazo.vence_en != antes:
            movidos.append(
                {
                    "reloj": plazo.reloj,
                    "antes": antes.isoformat(),
                    "vence_en": plazo.vence_en.isoformat(),
                }
            )
    return movidos


def ultimo_dia(session: Session, reloj: str, prioridad: str, ahora: datetime) -> date:
    """The last day that somebody may choose for a clock."""
    regla = vigentes(session, ahora).relojes[reloj]
    return local(regla.fin(prioridad, ahora, calendario(session).dias)).date()


def _cierres(regla: Regla, vigente: Calendario, desde: datetime) -> list[str]:
    """The days off that a clock meets that counts from a moment, as it keeps them."""
    dias = vigente.desde(local(desde).date()) if regla.habil else ()
    return sorted(dia.isoformat() for dia in dias)


def _propios(session: Session, caso_id: UUID, estado: EstadoPlazo) -> Sequence[Plazo]:
    """The clocks of a case itself in one state, locked."""
    return session.scalars(
        select(Plazo)
        .where(Plazo.caso_id == caso_id, Plazo.derivacion_id.is_(None), Plazo.estado == estado)
        .order_by(Plazo.id)
        .with_for_update()
    ).all()


def prorrogar(session: Session, solicitud_id: UUID, reloj: str, ahora: datetime) -> Plazo:
    """Extend the clock of a request by what its rule says; its stages are counted anew.

    Raises NoEncontrado when it does not run, Conflicto once it has ended or was extended.
    """
    plazo = _vivo(session, None, reloj, None, solicitud_id)
    if plazo is None:
        raise NoEncontrado
    if plazo.prorrogado_en is not None:
        raise Conflicto(_("El plazo ya se prorrogó una vez."))
    if plazo.vence_en < ahora:
        raise Conflicto(_("El plazo ya venció: no se puede prorrogar."))
    plazo.vence_en_original, plazo.prorrogado_en = plazo.vence_en, ahora
    plazo.vence_en = reglas().relojes[reloj].fin_prorrogado(plazo.vence_en)
    plazo.nivel = 0
    plazo.fijar_siguiente()
    return plazo


def pasar_etapa(plazo: Plazo, ahora: datetime) -> Etapa | None:
    """Pass the one next stage of a clock, if it is due; None when none is.

    The row must be locked by the caller, who tells of the stage and writes it, together with that
    it was passed (`plazos.seguimiento`).
    """
    if plazo.estado is not EstadoPlazo.CORRIENDO or plazo.siguiente_nivel is None:
        return None
    if plazo.siguiente_en is None or plazo.siguiente_en > ahora:
        return None
    etapa = reglas().etapa(plazo.siguiente_nivel)
    plazo.nivel = etapa.nivel
    plazo.fijar_siguiente()
    return etapa


def postergar(session: Session, plazo_id: UUID) -> None:
    """The stage of a clock could not be passed: try later and later, at most an hour apart."""
    plazo = session.get_one(Plazo, plazo_id, with_for_update=True)
    plazo.intentos += 1
    plazo.visible = real_now() + timedelta(seconds=min(5 * 2**plazo.intentos, 3600))


def _vivo(  # noqa: PLR0917  a clock is of one of as many things
    session: Session,
    caso_id: UUID | None,
    reloj: str,
    derivacion_id: UUID | None,
    solicitud_id: UUID | None = None,
    incidente_id: UUID | None = None,
    tarea_id: UUID | None = None,
) -> Plazo | None:
    return session.scalar(
        select(Plazo)
        .where(
            Plazo.caso_id == caso_id,
            Plazo.reloj == reloj,
            Plazo.derivacion_id == derivacion_id,
            Plazo.solicitud_id == solicitud_id,
            Plazo.incidente_id == incidente_id,
            Plazo.tarea_id == tarea_id,
            Plazo.estado.in_(VIVOS),
        )
        .with_for_update()
    )


def _terminar(plazo: Plazo, estado: EstadoPlazo, ahora: datetime) -> None:
    plazo.estado, plazo.terminado_en = estado, ahora
    plazo.siguiente_nivel = plazo.siguiente_en = None
