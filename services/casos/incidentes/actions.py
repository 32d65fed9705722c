"""What can be done with an incident. One function, one transaction.

An incident is locked before its clocks. Facts go to the reserved exchange, ids and codes alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.folios import siguiente_folio
from casos.incidentes.alcanzadas import Tocado, exigir_completo, personas_de
from casos.incidentes.catalogo import catalogo
from casos.incidentes.models import (
    AvisoDeIncidente,
    Clasificacion,
    IncidenteSeguridad,
    PasoDeIncidente,
    PersonaDeIncidente,
)
from casos.incidentes.queries import buscar_personas, incidente_por_id
from casos.incidentes.states import (
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    Estado,
    MedioDeAviso,
)
from casos.plazos import actions as plazos
from casos.plazos.models import Plazo
from oficina import clock
from oficina.accesos import UsoDeCuenta
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events import Clasificacion as Reserva
from oficina.events.casos import IncidenteAbierto, IncidenteReportado

PRIORIDAD = "normal"
"""The law knows one term: no breach waits longer than another."""


@dataclass(frozen=True, kw_only=True)
class Momento:
    """A day, and the hour in Chile if it is known."""

    dia: date
    hora: time | None = None

    def instante(self) -> datetime:
        """The moment; without an hour, when the day began."""
        return datetime.combine(self.dia, self.hora or time(), clock.ZONA)


@dataclass(frozen=True, kw_only=True)
class NuevoReporte:
    """What somebody noticed."""

    causa: Causa
    relato: str
    conocido: Momento


@dataclass(frozen=True, kw_only=True)
class Medida:
    """What was done about it."""

    clase: ClaseDeMedida
    texto: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether some are to be told, and why."""

    destinatarios: list[Destinatario]
    notificar: bool
    motivo: str


@dataclass(frozen=True, kw_only=True)
class Aviso:
    """That somebody was told, when and how."""

    destinatario: Destinatario
    avisado: Momento
    medio: MedioDeAviso
    constancia: str | None = None


@dataclass(frozen=True, kw_only=True)
class Periodo:
    """What an account did between two days, both included."""

    cuenta_id: UUID
    desde: date
    hasta: date

    def uso(self) -> UsoDeCuenta:
        """From the first moment to the one after the last."""
        return UsoDeCuenta(
            cuenta_id=self.cuenta_id,
            desde=datetime.combine(self.desde, time(), clock.ZONA),
            antes_de=datetime.combine(self.hasta + timedelta(days=1), time(), clock.ZONA),
        )


def reportar(
    session: Session, datos: NuevoReporte, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Tell of a suspicion: the delegate is told, and the clock of the Agency runs.

    Raises DatosInvalidos for what will only happen.
    """
    incidente = IncidenteSeguridad(
        folio=siguiente_folio(session, "IS", clock.local(ahora).year),
        estado=Estado.REPORTADO,
        causa=datos.causa,
        relato=datos.relato,
        conocido_en=_pasado(datos.conocido, "conocido_el", ahora),
        reportado_en=ahora,
        reportado_por_id=actor.id,
        reportado_por=actor.nombre,
        catalogo_version=catalogo().version,
        actualizado_en=ahora,
        pasos=[],
        avisos=[],
    )
    session.add(incidente)
    session.flush()
    vence_en = _correr_los_del_reporte(session, incidente)
    _anotar(session, incidente, None, actor, ahora, codigo=datos.causa)
    auditar(session, actor, "casos.incidente.reportar", "incidente", incidente.id)
    emitir(
        session,
        IncidenteReportado(
            incidente_id=incidente.id, causa=incidente.causa.value, vence_en=vence_en
        ),
        clasificacion=Reserva.RESERVADO,
    )
    return incidente


def abrir(
    session: Session, incidente_id: UUID, que: Clasificacion, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """It is a breach. Raises NoEncontrado, TransicionInvalida."""
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.abrir(que, catalogo().version, actor, ahora)
    vence_en = _correr_los_que_obligan(session, incidente)
    _asentar(session, incidente, Accion.ABRIR, actor, ahora, codigo=que.riesgo, texto=que.efectos)
    emitir(
        session,
        IncidenteAbierto(
            incidente_id=incidente.id, naturalezas=incidente.naturalezas, vence_en=vence_en
        ),
        clasificacion=Reserva.RESERVADO,
    )
    return incidente


def clasificar(
    session: Session, incidente_id: UUID, que: Clasificacion, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """More is known of it, and the law may ask for more. As `abrir`."""
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.clasificar(que, catalogo().version, ahora)
    _correr_los_que_obligan(session, incidente)
    _asentar(
        session, incidente, Accion.CLASIFICAR, actor, ahora, codigo=que.riesgo, texto=que.efectos
    )
    return incidente


def tomar_medida(
    session: Session, incidente_id: UUID, medida: Medida, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Write down what was done. Raises NoEncontrado, TransicionInvalida."""
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.pasar(Accion.MEDIDA, ahora)
    _asentar(
        session, incidente, Accion.MEDIDA, actor, ahora, codigo=medida.clase, texto=medida.texto
    )
    return incidente


def vincular(
    session: Session, incidente_id: UUID, escritas: Iterable[str], actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Name people, by folio or id, whose data it reached; who is named already stays.

    Raises NoEncontrado, TransicionInvalida, DatosInvalidos when something names nobody.
    """
    ids = _personas(session, escritas, actor)
    return _vincular(session, incidente_id, ids, actor, ahora)


def vincular_alcanzadas(
    session: Session, incidente_id: UUID, tocado: Tocado, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Name everybody whose data an account read or changed. As `vincular`, and
    ServicioNoDisponible when it is not known of whom.
    """
    exigir_completo(tocado)
    halladas = personas_de(session, tocado, Alcance.de(actor))
    return _vincular(session, incidente_id, {una.id for una in halladas.personas}, actor, ahora)


def desvincular(
    session: Session, incidente_id: UUID, escritas: Iterable[str], actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """They were named by mistake; the log keeps how many. As `vincular`."""
    ids = _personas(session, escritas, actor)
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.pasar(Accion.DESVINCULAR, ahora)
    quitadas = session.scalars(
        delete(PersonaDeIncidente)
        .where(
            PersonaDeIncidente.incidente_id == incidente.id, PersonaDeIncidente.persona_id.in_(ids)
        )
        .returning(PersonaDeIncidente.persona_id)
    ).all()
    _asentar(session, incidente, Accion.DESVINCULAR, actor, ahora, cantidad=len(quitadas))
    _auditar_personas(session, quitadas, "casos.incidente.desvincular_persona", actor)
    return incidente


def decidir(
    session: Session, incidente_id: UUID, decision: Decision, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Decide whether some are told. Raises NoEncontrado, TransicionInvalida, and Conflicto for
    whoever was told already.
    """
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.pasar(Accion.DECIDIR, ahora)
    for destinatario in sorted(set(decision.destinatarios)):
        aviso = incidente.aviso(destinatario)
        if aviso is None:
            aviso = AvisoDeIncidente(incidente_id=incidente.id, destinatario=destinatario)
            incidente.avisos.append(aviso)
        elif aviso.avisado_en is not None:
            raise Conflicto(_("Ya se le comunicó: esa decisión no cambia."))
        aviso.notificar, aviso.motivo = decision.notificar, decision.motivo
        aviso.decidido_por, aviso.decidido_en = actor.nombre, ahora
        if decision.notificar:
            _correr(session, incidente, destinatario)
        else:
            plazos.cancelar(session, None, _reloj(destinatario), ahora, incidente_id=incidente.id)
        _anotar(
            session,
            incidente,
            Accion.DECIDIR,
            actor,
            ahora,
            codigo=f"{destinatario}:{'si' if decision.notificar else 'no'}",
            texto=decision.motivo,
        )
    auditar(session, actor, "casos.incidente.decidir", "incidente", incidente.id)
    session.flush()
    return incidente


def avisar(
    session: Session, incidente_id: UUID, hecho: Aviso, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Write down that somebody was told: the first time stops their clock, what follows is added.

    Raises NoEncontrado, TransicionInvalida, Conflicto unless it was decided to tell them,
    DatosInvalidos for a moment that has not come, or before the office knew.
    """
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.pasar(Accion.AVISAR, ahora)
    aviso = incidente.aviso(hecho.destinatario)
    if aviso is None or not aviso.notificar:
        raise Conflicto(_("Primero decida que se le comunica, y por qué."))
    cuando = _pasado(hecho.avisado, "avisado_el", ahora)
    if cuando < incidente.conocido_en:
        raise DatosInvalidos({"avisado_el": [_("Es antes de que la oficina lo supiera.")]})
    if aviso.avisado_en is None:
        aviso.avisado_en, aviso.medio = cuando, hecho.medio
        aviso.constancia = hecho.constancia
        plazos.cumplir(session, None, _reloj(hecho.destinatario), cuando, incidente_id=incidente.id)
    codigo = f"{hecho.destinatario}:{hecho.medio}"
    _asentar(session, incidente, Accion.AVISAR, actor, ahora, codigo=codigo, texto=hecho.constancia)
    return incidente


def cerrar(
    session: Session, incidente_id: UUID, texto: str, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """Everything that it asked for was done; what was learnt. Raises NoEncontrado,
    TransicionInvalida, and Conflicto while something is missing.
    """
    return _terminar(session, incidente_id, Accion.CERRAR, texto, actor, ahora)


def descartar(
    session: Session, incidente_id: UUID, texto: str, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """It was no breach, and why. Raises NoEncontrado, TransicionInvalida."""
    return _terminar(session, incidente_id, Accion.DESCARTAR, texto, actor, ahora)


def reabrir(
    session: Session, incidente_id: UUID, texto: str, actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    """More came to light: its clocks run as if they had never stopped. As `descartar`."""
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.reabrir(ahora)
    if incidente.estado is Estado.REPORTADO:
        _correr_los_del_reporte(session, incidente)
    _asentar(session, incidente, Accion.REABRIR, actor, ahora, texto=texto)
    return incidente


def _terminar(  # noqa: PLR0917  the end of an incident has as many parts
    session: Session,
    incidente_id: UUID,
    accion: Accion,
    texto: str,
    actor: Actor,
    ahora: datetime,
) -> IncidenteSeguridad:
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.terminar(accion, ahora)
    for destinatario in Destinatario:
        plazos.cancelar(session, None, _reloj(destinatario), ahora, incidente_id=incidente.id)
    _asentar(session, incidente, accion, actor, ahora, texto=texto)
    return incidente


def _vincular(
    session: Session, incidente_id: UUID, ids: Iterable[UUID], actor: Actor, ahora: datetime
) -> IncidenteSeguridad:
    incidente = incidente_por_id(session, incidente_id, bloquear=True)
    incidente.pasar(Accion.VINCULAR, ahora)
    ya = session.scalars(
        select(PersonaDeIncidente.persona_id).where(PersonaDeIncidente.incidente_id == incidente.id)
    ).all()
    nuevas = sorted(set(ids) - set(ya))
    session.add_all(
        PersonaDeIncidente(
            incidente_id=incidente.id,
            persona_id=persona_id,
            vinculada_por=actor.nombre,
            vinculada_en=ahora,
        )
        for persona_id in nuevas
    )
    _asentar(session, incidente, Accion.VINCULAR, actor, ahora, cantidad=len(nuevas))
    _auditar_personas(session, nuevas, "casos.incidente.vincular_persona", actor)
    return incidente


def _personas(session: Session, escritas: Iterable[str], actor: Actor) -> set[UUID]:
    busqueda = buscar_personas(session, escritas, Alcance.de(actor))
    if busqueda.desconocidas:
        raise DatosInvalidos(
            {"personas": [_("Nadie tiene este folio: %(cual)s.", cual=busqueda.desconocidas[0])]}
        )
    return {una.id for una in busqueda.personas}


def _auditar_personas(session: Session, ids: Iterable[UUID], accion: str, actor: Actor) -> None:
    for persona_id in ids:
        auditar(session, actor, accion, "persona", persona_id)


def _correr_los_del_reporte(session: Session, incidente: IncidenteSeguridad) -> datetime:
    """The clocks that run for a suspicion; when the first of them ends."""
    return min(
        _correr(session, incidente, quien).vence_en
        for quien, obligacion in catalogo().destinatarios.items()
        if obligacion.desde_el_reporte
    )


def _correr_los_que_obligan(session: Session, incidente: IncidenteSeguridad) -> datetime:
    """The clocks of those whom the law asks to tell of a breach like this, unless it was decided
    about them; when the first of them ends. What runs since the report goes on until then.
    """
    fines = [_correr_los_del_reporte(session, incidente)] if not incidente.avisos else []
    for quien in Destinatario:
        if incidente.aviso(quien) is None and catalogo().obliga(
            quien, incidente.riesgo, incidente.categorias
        ):
            fines.append(_correr(session, incidente, quien).vence_en)
    return min(fines, default=incidente.actualizado_en)


def _correr(session: Session, incidente: IncidenteSeguridad, quien: Destinatario) -> Plazo:
    return plazos.iniciar(
        session,
        None,
        _reloj(quien),
        PRIORIDAD,
        incidente.conocido_en,
        incidente_id=incidente.id,
    )


def _reloj(destinatario: Destinatario) -> str:
    return catalogo().destinatarios[destinatario].reloj


def _pasado(momento: Momento, campo: str, ahora: datetime) -> datetime:
    cuando = momento.instante()
    if cuando > ahora:
        raise DatosInvalidos({campo: [_("Ese momento todavía no llega.")]})
    return cuando


def _asentar(
    session: Session,
    incidente: IncidenteSeguridad,
    accion: Accion,
    actor: Actor,
    ahora: datetime,
    *,
    codigo: str | None = None,
    cantidad: int | None = None,
    texto: str | None = None,
) -> None:
    _anotar(session, incidente, accion, actor, ahora, codigo=codigo, cantidad=cantidad, texto=texto)
    auditar(session, actor, f"casos.incidente.{accion}", "incidente", incidente.id)
    session.flush()


def _anotar(
    session: Session,
    incidente: IncidenteSeguridad,
    accion: Accion | None,
    actor: Actor,
    ahora: datetime,
    *,
    codigo: str | None = None,
    cantidad: int | None = None,
    texto: str | None = None,
) -> None:
    incidente.pasos.append(
        PasoDeIncidente(
            incidente_id=incidente.id,
            accion=accion,
            estado=incidente.estado,
            codigo=codigo,
            cantidad=cantidad,
            texto=texto,
            quien=actor.nombre,
            ocurrido_en=ahora,
        )
    )
