"""What can be done with relations: write one down, and that it ended or never was."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.personas.queries import persona_a_la_vista
from casos.vinculos.models import Vinculo
from casos.vinculos.queries import de_persona, vinculo_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.errors import Conflicto, DatosInvalidos


@dataclass(frozen=True, kw_only=True)
class NuevoVinculo:
    """What another one is to somebody: one with a record, or a name."""

    tipo: str
    otra_id: UUID | None = None
    nombre: str | None = None
    desde: date | None = None


@dataclass(frozen=True, kw_only=True)
class Termino:
    """Since when it is so no more; `por_error`: it never was."""

    hasta: date | None = None
    por_error: bool = False


def anotar(
    session: Session, persona_id: UUID, nuevo: NuevoVinculo, actor: Actor, ahora: datetime
) -> Vinculo:
    """Write a relation down. Raises NoEncontrado, DatosBloqueados, PersonaUnida unless both may be
    seen and used; DatosInvalidos, Conflicto when it is there already.
    """
    alcance = Alcance.de(actor)
    if nuevo.otra_id == persona_id:
        raise DatosInvalidos({"otra_id": [_("Elija a otra persona.")]})
    _no_futuro(nuevo.desde, "desde", ahora)
    for una in sorted({persona_id, *([nuevo.otra_id] if nuevo.otra_id else [])}):
        persona_a_la_vista(session, una, alcance)
        exigir_usable(session, una, retener=True)
    for visto in de_persona(session, persona_id, alcance) if nuevo.otra_id else ():
        misma = visto.otra is not None and visto.otra.id == nuevo.otra_id
        if misma and visto.tipo == nuevo.tipo and visto.vinculo.terminado_en is None:
            raise Conflicto(_("Ese vínculo ya está anotado."))
    uno = Vinculo(
        persona_id=persona_id,
        otra_id=nuevo.otra_id,
        nombre=None if nuevo.otra_id else nuevo.nombre,
        tipo=nuevo.tipo,
        desde=nuevo.desde,
        anotado_en=ahora,
        anotado_por=actor.nombre,
    )
    session.add(uno)
    session.flush()
    _auditar(session, uno, "casos.vinculo.anotar", actor)
    return uno


def terminar(
    session: Session, vinculo_id: UUID, termino: Termino, actor: Actor, ahora: datetime
) -> Vinculo:
    """It is so no more. Raises NoEncontrado, DatosBloqueados, DatosInvalidos, Conflicto."""
    uno = vinculo_por_id(session, vinculo_id, Alcance.de(actor))
    session.refresh(uno, with_for_update=True)
    exigir_usable(session, uno.persona_id)
    if uno.terminado_en is not None:
        raise Conflicto(_("Ese vínculo ya había terminado."))
    hasta = _no_futuro(termino.hasta, "hasta", ahora)
    if uno.desde is not None and hasta < uno.desde:
        raise DatosInvalidos({"hasta": [_("Es antes de que comenzara.")]})
    uno.terminar(hasta, actor, ahora, por_error=termino.por_error)
    session.flush()
    _auditar(session, uno, "casos.vinculo.terminar", actor)
    return uno


def _auditar(session: Session, uno: Vinculo, accion: str, actor: Actor) -> None:
    """In the history of each of the two."""
    for persona_id in filter(None, (uno.persona_id, uno.otra_id)):
        auditar(session, actor, accion, "persona", persona_id, motivo_codigo=uno.tipo)


def _no_futuro(dia: date | None, campo: str, ahora: datetime) -> date:
    hoy = clock.local(ahora).date()
    if dia is not None and dia > hoy:
        raise DatosInvalidos({campo: [_("Ese día todavía no llega.")]})
    return dia or hoy
