"""What can be done about who represents somebody: write it down, and that it is over."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.personas.models import Persona
from casos.personas.queries import persona_a_la_vista, persona_por_id
from casos.representantes.catalogo import menor
from casos.representantes.models import Representante
from casos.representantes.queries import representante_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events.casos import PersonaActualizada


@dataclass(frozen=True, kw_only=True)
class NuevoRepresentante:
    """Who represents somebody: one with a record, or a name and how to reach them."""

    tipo: str
    otra_id: UUID | None = None
    nombre: str | None = None
    telefono: str | None = None
    correo: str | None = None
    documento: str | None = None
    desde: date | None = None
    hasta: date | None = None
    recibe_mensajes: bool = False


def anotar(
    session: Session, persona_id: UUID, nuevo: NuevoRepresentante, actor: Actor, ahora: datetime
) -> Representante:
    """Write down who represents somebody. Raises NoEncontrado, DatosBloqueados, PersonaUnida unless
    both may be seen and used; DatosInvalidos for a minor, for nobody to write to, and for days that
    cannot be.
    """
    hoy = clock.local(ahora).date()
    if nuevo.otra_id == persona_id:
        raise DatosInvalidos({"otra_id": [_("Elija a otra persona.")]})
    for una in sorted({persona_id, *([nuevo.otra_id] if nuevo.otra_id else [])}):
        persona_a_la_vista(session, una, Alcance.de(actor))
        exigir_usable(session, una, retener=True)
    desde = nuevo.desde or hoy
    _exigir_posible(session, nuevo, desde, hoy, actor)
    uno = Representante(
        persona_id=persona_id,
        otra_id=nuevo.otra_id,
        nombre=None if nuevo.otra_id else nuevo.nombre,
        telefono=None if nuevo.otra_id else nuevo.telefono,
        correo=None if nuevo.otra_id else nuevo.correo,
        tipo=nuevo.tipo,
        documento=nuevo.documento,
        recibe_mensajes=nuevo.recibe_mensajes,
        desde=desde,
        hasta=nuevo.hasta,
        anotado_en=ahora,
        anotado_por=actor.nombre,
    )
    session.add(uno)
    session.flush()
    _contar(session, uno, "casos.representante.anotar", actor)
    return uno


def terminar(
    session: Session, representante_id: UUID, actor: Actor, ahora: datetime
) -> Representante:
    """They represent them no more. Raises NoEncontrado, DatosBloqueados, Conflicto."""
    uno = representante_por_id(session, representante_id, Alcance.de(actor))
    session.refresh(uno, with_for_update=True)
    exigir_usable(session, uno.persona_id)
    if uno.terminado_en is not None:
        raise Conflicto(_("Ya no la representaba."))
    uno.terminar(actor, ahora)
    session.flush()
    _contar(session, uno, "casos.representante.terminar", actor)
    return uno


def _exigir_posible(
    session: Session, nuevo: NuevoRepresentante, desde: date, hoy: date, actor: Actor
) -> None:
    faltas: dict[str, list[str]] = {}
    if desde > hoy:
        faltas["desde"] = [_("Ese día todavía no llega.")]
    if nuevo.hasta is not None and nuevo.hasta < max(desde, hoy):
        faltas["hasta"] = [_("Ese día ya pasó.")]
    quien: Persona | None = None
    if nuevo.otra_id is not None:
        quien = persona_por_id(session, nuevo.otra_id, Alcance.de(actor))
        if menor(quien.fecha_nacimiento, hoy):
            faltas["otra_id"] = [_("Es menor de edad: no representa a nadie.")]
    contacto = quien.contactos if quien else nuevo.telefono or nuevo.correo
    if nuevo.recibe_mensajes and not contacto:
        faltas["recibe_mensajes"] = [_("No hay teléfono ni correo al cual escribirle.")]
    if faltas:
        raise DatosInvalidos(faltas)


def _contar(session: Session, uno: Representante, accion: str, actor: Actor) -> None:
    """In the history of each of the two; where messages go may be another place now."""
    for persona_id in filter(None, (uno.persona_id, uno.otra_id)):
        auditar(session, actor, accion, "persona", persona_id, motivo_codigo=uno.tipo)
    if uno.recibe_mensajes:
        emitir(
            session, PersonaActualizada(persona_id=uno.persona_id, campos_cambiados=["contactos"])
        )
