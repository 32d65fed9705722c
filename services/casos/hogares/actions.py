"""What can be done with households: begin one, join it, change places in it, leave it.

People are held before their households, each in the order of their ids: of two who move one person
at once the second finds where the first has put them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.hogares.catalogo import OTRO_HOGAR, OTRO_ROL, catalogo
from casos.hogares.models import Hogar, Integrante
from casos.hogares.queries import conocidos, integrante_por_id, vigente_de
from casos.personas.models import Persona
from casos.personas.queries import persona_a_la_vista
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class Lugar:
    """Which place somebody has in a household, and since which day."""

    rol: str
    desde: date | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class NuevoIntegrante(Lugar):
    """Who joins; `mudarse`: from the household to which they belong now."""

    persona_id: UUID
    mudarse: bool = False


@dataclass(frozen=True, kw_only=True)
class Salida:
    """Why somebody belongs to it no more, and from which day on."""

    motivo: str
    hasta: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class _Leida:
    """The version of a household before this change."""

    version: int


class YaTieneHogar(Conflicto):
    """Nobody belongs to two at once: say that they move."""

    def __init__(self) -> None:
        super().__init__(
            _("Esa persona ya integra otro hogar. Si se mudó, diga que pasa a este."),
            mudarse=False,
        )


def formar(
    session: Session, persona_id: UUID, lugar: Lugar, actor: Actor, ahora: datetime
) -> Integrante:
    """Begin a household of one person.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida, Conflicto when they belong to one.
    """
    _retener(session, [persona_id], actor)
    if vigente_de(session, persona_id) is not None:
        raise Conflicto(_("La persona ya integra un hogar."))
    hogar = Hogar(
        definicion_version=catalogo().version,
        formado_en=ahora,
        formado_por=actor.nombre,
        cambiado_en=ahora,
    )
    session.add(hogar)
    session.flush()
    return _entrar(session, hogar.id, persona_id, lugar, actor, ahora)


def agregar(
    session: Session, persona_id: UUID, nuevo: NuevoIntegrante, actor: Actor, ahora: datetime
) -> Integrante:
    """Somebody joins the household of a person.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida; Conflicto when there is no household yet or
    they are in it; YaTieneHogar unless it is said that they move; VersionVencida.
    """
    _retener(session, {persona_id, nuevo.persona_id}, actor)
    suyo = vigente_de(session, persona_id)
    if suyo is None:
        raise Conflicto(_("La persona todavía no integra un hogar: fórmelo primero."))
    anterior = vigente_de(session, nuevo.persona_id)
    if anterior is not None and anterior.hogar_id == suyo.hogar_id:
        raise Conflicto(_("Esa persona ya integra este hogar."))
    if anterior is not None and not nuevo.mudarse:
        raise YaTieneHogar
    hogares = _tocar(session, {suyo.hogar_id, *([anterior.hogar_id] if anterior else [])}, ahora)
    check_version(hogares[suyo.hogar_id], nuevo.version)
    _exigir_una_jefatura(session, suyo.hogar_id, nuevo.rol, actor)
    if anterior is not None:
        _terminar(anterior, OTRO_HOGAR, nuevo.desde, actor, ahora)
        session.flush()
        auditar(session, actor, "casos.hogar.retirar", "persona", nuevo.persona_id)
    return _entrar(session, suyo.hogar_id, nuevo.persona_id, nuevo, actor, ahora)


def cambiar(
    session: Session, integrante_id: UUID, lugar: Lugar, actor: Actor, ahora: datetime
) -> Integrante:
    """Somebody has another place in the same household; the one before stays as it was.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida, Conflicto, VersionVencida.
    """
    una = _para_cambiar(session, integrante_id, lugar.version, actor, ahora)
    if una.rol == lugar.rol:
        raise Conflicto(_("Ya tiene ese lugar en el hogar."))
    _exigir_una_jefatura(session, una.hogar_id, lugar.rol, actor)
    _terminar(una, OTRO_ROL, lugar.desde, actor, ahora)
    session.flush()
    return _entrar(
        session, una.hogar_id, una.persona_id, lugar, actor, ahora, accion="casos.hogar.cambiar"
    )


def retirar(
    session: Session, integrante_id: UUID, salida: Salida, actor: Actor, ahora: datetime
) -> Integrante:
    """Somebody belongs to their household no more.

    Raises NoEncontrado, DatosBloqueados, PersonaUnida, Conflicto, VersionVencida.
    """
    una = _para_cambiar(session, integrante_id, salida.version, actor, ahora)
    _terminar(una, salida.motivo, salida.hasta, actor, ahora, campo="hasta")
    session.flush()
    auditar(
        session,
        actor,
        "casos.hogar.retirar",
        "persona",
        una.persona_id,
        motivo_codigo=salida.motivo,
    )
    return una


def _entrar(  # noqa: PLR0917  who joins what, how, by whom and when
    session: Session,
    hogar_id: UUID,
    persona_id: UUID,
    lugar: Lugar,
    actor: Actor,
    ahora: datetime,
    *,
    accion: str = "casos.hogar.agregar",
) -> Integrante:
    una = Integrante(
        hogar_id=hogar_id,
        persona_id=persona_id,
        rol=lugar.rol,
        desde=_no_futuro(lugar.desde, "desde", ahora),
        anotado_en=ahora,
        anotado_por=actor.nombre,
    )
    session.add(una)
    session.flush()
    auditar(session, actor, accion, "persona", persona_id, motivo_codigo=lugar.rol)
    return una


def _terminar(
    una: Integrante,
    motivo: str,
    hasta: date | None,
    actor: Actor,
    ahora: datetime,
    *,
    campo: str = "desde",
) -> None:
    dia = _no_futuro(hasta, campo, ahora)
    if dia < una.desde:
        raise DatosInvalidos({campo: [_("Integra su hogar desde un día posterior.")]})
    una.terminar(motivo, dia, actor, ahora)


def _no_futuro(dia: date | None, campo: str, ahora: datetime) -> date:
    hoy = clock.local(ahora).date()
    if dia is not None and dia > hoy:
        raise DatosInvalidos({campo: [_("Ese día todavía no llega.")]})
    return dia or hoy


def _retener(session: Session, ids: Iterable[UUID], actor: Actor) -> None:
    """Hold people whom the actor sees and whose data may be used."""
    alcance = Alcance.de(actor)
    ordenadas = sorted(ids)
    session.execute(
        select(Persona.id).where(Persona.id.in_(ordenadas)).order_by(Persona.id).with_for_update()
    )
    for persona_id in ordenadas:
        persona_a_la_vista(session, persona_id, alcance)
        exigir_usable(session, persona_id)


def _tocar(session: Session, ids: Iterable[UUID], ahora: datetime) -> dict[UUID, _Leida]:
    """Hold households, and let each have another version; those that they had."""
    hogares = session.scalars(
        select(Hogar)
        .where(Hogar.id.in_(list(ids)))
        .order_by(Hogar.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    leidas = {uno.id: _Leida(uno.version) for uno in hogares}
    for uno in hogares:
        uno.cambiado_en = ahora
    return leidas


def _para_cambiar(
    session: Session, integrante_id: UUID, version: int | None, actor: Actor, ahora: datetime
) -> Integrante:
    una = integrante_por_id(session, integrante_id, Alcance.de(actor))
    _retener(session, [una.persona_id], actor)
    hogares = _tocar(session, [una.hogar_id], ahora)
    check_version(hogares[una.hogar_id], version)
    session.refresh(una, ["hasta", "rol", "desde", "persona_id"])
    if una.hasta is not None:
        raise Conflicto(_("Ya no integra ese hogar."))
    return una


def _exigir_una_jefatura(session: Session, hogar_id: UUID, rol: str, actor: Actor) -> None:
    """One head at most, of those of whom the actor may know."""
    jefatura = catalogo().jefatura
    if rol != jefatura:
        return
    if any(uno.rol == jefatura for uno in conocidos(session, hogar_id, Alcance.de(actor))):
        raise Conflicto(_("El hogar ya tiene jefa o jefe: cambie antes su lugar."))
