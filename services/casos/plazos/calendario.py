"""The days on which the municipality does not work, and what they do to deadlines that run.

Whatever changes draws a new version of the calendar. A deadline keeps the version under which it
was reckoned and the days that it passed over, so that the follow-up finds those that are behind,
however often it is interrupted, and anybody can say later why an end was moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from casos.expedientes.models import Caso, Hito, TipoHito, fila_de_hito
from casos.personas.models import EstadoPersona, Persona
from casos.plazos.models import VIVOS, DiaCerrado, Plazo
from casos.plazos.reglas import Reglas, reglas
from casos.plazos.versiones import conocidas
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.calendar_cl import es_habil
from oficina.clock import local
from oficina.db import hold
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado
from oficina.rows import write_many
from oficina.web.i18n import feriado

_ACTOR = Actor.sistema("casos")


@dataclass(frozen=True)
class Calendario:
    """The days off of the municipality at one moment, with why."""

    version: int
    motivos: Mapping[date, str]
    dichos: Mapping[date, str]
    """Of every day that was ever said, taken back or not."""

    @property
    def dias(self) -> frozenset[date]:
        """The days off."""
        return frozenset(self.motivos)

    def desde(self, dia: date) -> frozenset[date]:
        """Those that a deadline meets that starts on a day."""
        return frozenset(uno for uno in self.motivos if uno >= dia)


@dataclass(frozen=True, kw_only=True)
class NuevoDiaCerrado:
    """A day on which the municipality will not work, why, and who says so."""

    dia: date
    motivo: str
    fuente: str


_DIAS = select(
    DiaCerrado.dia, DiaCerrado.motivo, DiaCerrado.version, DiaCerrado.retirado_en
).order_by(DiaCerrado.version)


def calendario(session: Session) -> Calendario:
    """The calendar that holds now."""
    filas = session.execute(_DIAS).all()
    return Calendario(
        max((fila.version for fila in filas), default=0),
        {fila.dia: fila.motivo for fila in filas if fila.retirado_en is None},
        {fila.dia: fila.motivo for fila in filas},
    )


def dias_cerrados(session: Session) -> Sequence[DiaCerrado]:
    """Every day that was ever said, the latest first."""
    return session.scalars(
        select(DiaCerrado).order_by(DiaCerrado.dia.desc(), DiaCerrado.id.desc())
    ).all()


def cerrar(session: Session, datos: NuevoDiaCerrado, actor: Actor, ahora: datetime) -> DiaCerrado:
    """Add a day off; deadlines that run over it are moved by the follow-up.

    Raises DatosInvalidos for a day that is none of work, or that is closed already.
    """
    hold(session, _TURNO)
    vigente = calendario(session)
    if datos.dia in vigente.motivos:
        raise DatosInvalidos({"dia": [_("Ese día ya está cerrado.")]})
    if not es_habil(datos.dia):
        motivo = feriado(datos.dia) or _("fin de semana")
        raise DatosInvalidos(
            {"dia": [_("Ese día no se trabaja de todos modos: %(motivo)s.", motivo=motivo)]}
        )
    dia = DiaCerrado(
        dia=datos.dia,
        motivo=datos.motivo,
        fuente=datos.fuente,
        version=vigente.version + 1,
        anotado_por=actor.nombre,
        anotado_en=ahora,
    )
    session.add(dia)
    session.flush()
    registrar(session, actor, "casos.calendario.cerrar", "dia_cerrado", dia.id)
    return dia


def retirar(session: Session, dia_id: UUID, actor: Actor, ahora: datetime) -> DiaCerrado:
    """Take a day off back: it is one of work again. Raises NoEncontrado, Conflicto."""
    hold(session, _TURNO)
    dia = session.get(DiaCerrado, dia_id, populate_existing=True)
    if dia is None:
        raise NoEncontrado
    if dia.retirado_en is not None:
        raise Conflicto(_("Ese día ya se había retirado."))
    dia.version = calendario(session).version + 1
    dia.retirado_por, dia.retirado_en = actor.nombre, ahora
    registrar(session, actor, "casos.calendario.retirar", "dia_cerrado", dia.id)
    return dia


_TURNO = "casos.calendario"


def poner_al_dia(plazo: Plazo, vigente: Calendario, versiones: Mapping[str, Reglas]) -> bool:
    """Reckon a clock by the present calendar, and by the rules with which it began if they are
    among `versiones`, and what its service had promised then; whether its end moved. The first end
    is kept.
    """
    plazo.calendario = vigente.version
    regla = reglas().relojes[plazo.reloj]
    antes = plazo.dias_cerrados
    dias = vigente.desde(local(plazo.desde).date()) if regla.habil else frozenset()
    if dias == antes:
        return False
    plazo.cierres = sorted(dia.isoformat() for dia in dias)
    suyas = versiones.get(plazo.reglas_version) if plazo.corre_desde is None else None
    if suyas and not regla.elegible:
        suya = suyas.relojes[plazo.reloj].con_acuerdo(plazo.acuerdo_dias)
        fin = suya.fin(plazo.prioridad, plazo.inicia_en, dias)
    else:
        elegido = plazo.vence_en_original if plazo.corre_desde is None else None
        fin = regla.movido(plazo.desde, plazo.vence_en, antes=antes, cierres=dias, elegido=elegido)
    movido = fin != plazo.vence_en
    if movido:
        plazo.vence_en_original = plazo.vence_en_original or plazo.vence_en
        plazo.vence_en = fin
        if plazo.corre_desde is None and fin == plazo.vence_en_original:
            plazo.vence_en_original = None
    plazo.fijar_siguiente()
    return movido


@dataclass(frozen=True)
class PorMover:
    """A clock that is behind the calendar, and its case."""

    id: UUID
    caso_id: UUID | None

    @property
    def puesto(self) -> UUID:
        """Its place among them."""
        return self.id


def por_mover(
    session: Session, version: int, real: datetime, *, despues: UUID | None, cuantos: int
) -> Sequence[PorMover]:
    """Clocks that live and were reckoned under an older calendar, after one of them; none of those
    left alone, nor of somebody whose data are blocked.
    """
    apartado = (
        select(Caso.id)
        .join(Persona, Persona.id == Caso.persona_id)
        .where(Caso.id == Plazo.caso_id, Persona.estado != EstadoPersona.ACTIVA)
        .correlate(Plazo)
        .exists()
    )
    consulta = select(Plazo.id, Plazo.caso_id).where(
        Plazo.estado.in_(VIVOS),
        Plazo.calendario < version,
        or_(Plazo.visible.is_(None), Plazo.visible <= real),
        ~apartado,
    )
    if despues is not None:
        consulta = consulta.where(Plazo.id > despues)
    filas = session.execute(consulta.order_by(Plazo.id).limit(cuantos))
    return [PorMover(plazo_id, caso_id) for plazo_id, caso_id in filas]


def version_vigente(session: Session) -> int:
    """How often the calendar changed."""
    return session.scalar(select(func.max(DiaCerrado.version))) or 0


def mover(session: Session, cuales: Sequence[PorMover], ahora: datetime) -> None:
    """Bring these clocks up to the calendar, and tell in the story of its case of each that moved.
    Those that somebody holds are left for the next time.
    """
    vigente, versiones = calendario(session), conocidas(session)
    casos = {uno.caso_id for uno in cuales if uno.caso_id}
    # The keys of a case stay free, as for whoever passes stages.
    libres: set[UUID | None] = {None}
    libres |= set(
        session.scalars(
            select(Caso.id)
            .where(Caso.id.in_(casos))
            .order_by(Caso.id)
            .with_for_update(skip_locked=True, key_share=True)
        )
    )
    plazos = session.scalars(
        select(Plazo)
        .where(
            Plazo.id.in_([uno.id for uno in cuales if uno.caso_id in libres]),
            Plazo.estado.in_(VIVOS),
            Plazo.calendario < vigente.version,
        )
        .order_by(Plazo.id)
        .with_for_update(skip_locked=True)
    )
    hitos: list[dict[str, Any]] = []
    for plazo in plazos:
        fin, cierres = plazo.vence_en, plazo.dias_cerrados
        plazo.intentos, plazo.visible = 0, None
        if poner_al_dia(plazo, vigente, versiones) and plazo.caso_id is not None:
            dias = sorted(cierres ^ plazo.dias_cerrados)
            porque = "; ".join(f"{dia:%d-%m-%Y}: {vigente.dichos[dia]}" for dia in dias)
            hitos.append(_hito(plazo, plazo.caso_id, fin, ahora) | {"texto": porque})
    write_many(session, Hito, hitos)


def _hito(plazo: Plazo, caso_id: UUID, antes: datetime, ahora: datetime) -> dict[str, Any]:
    datos = {
        "hecho": "movido",
        "reloj": plazo.reloj,
        "nivel": plazo.nivel,
        "vence_en": plazo.vence_en.isoformat(),
        "antes": antes.isoformat(),
        "derivacion_id": str(plazo.derivacion_id) if plazo.derivacion_id else None,
        "tarea_id": str(plazo.tarea_id) if plazo.tarea_id else None,
    }
    return fila_de_hito(caso_id, TipoHito.PLAZO, _ACTOR, datos, ahora)
