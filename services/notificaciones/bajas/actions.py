"""Opting out and in again: one function a use case, inside the entrance's transaction."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.bajas.enlaces import Enlace
from notificaciones.bajas.models import Baja
from notificaciones.bajas.queries import direccion_de, vigentes_de
from notificaciones.bajas.states import Origen
from notificaciones.plantillas.catalogo import Canal, Tema
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import now
from oficina.db import hold, uuid7

_ACTOR = Actor.sistema("notificaciones")


@dataclass(frozen=True, kw_only=True)
class NuevaBaja:
    """An address that wants no more of a topic, or of anything that may be stopped."""

    direccion: str
    tema: Tema | None = None
    motivo: str = ""


def dar_de_baja(session: Session, nueva: NuevaBaja, origen: Origen, actor: Actor) -> Baja:
    """Write it down; what was written down before stays as it is."""
    direccion = direcciones.normal(nueva.direccion)
    baja = Baja(
        indice=direcciones.indice(direccion),
        canal=direcciones.canal_de(direccion),
        direccion=direccion,
        tema=nueva.tema,
        origen=origen,
        motivo=nueva.motivo or None,
        anotada_por=actor.id if origen is Origen.OFICINA else None,
    )
    return _anotar(session, baja, actor)


def dar_de_baja_por_enlace(session: Session, enlace: Enlace, *, todo: bool) -> Baja:
    """Whoever reads the mailbox stops it by the link of a mail: its topic, or all there is."""
    baja = Baja(
        indice=enlace.indice,
        canal=Canal.CORREO,
        direccion=direccion_de(session, enlace.indice),
        tema=None if todo else enlace.tema,
        origen=Origen.ENLACE,
    )
    return _anotar(session, baja, _ACTOR)


def levantar(session: Session, baja: Baja, motivo: str, actor: Actor) -> None:
    """Somebody of the staff lifts one, with a reason."""
    baja.levantar(Origen.OFICINA, actor.id, motivo, now())
    _record(session, actor, "levantar", baja)


def dar_de_alta(
    session: Session, direccion: str, actor: Actor, *, solo: Tema | None = None
) -> None:
    """The address itself asks to be written to again: about everything, or about one topic."""
    indice = direcciones.indice(direccion)
    hold(session, f"notificaciones/baja/{indice}")
    for vigente in vigentes_de(session, indice):
        if solo is not None and vigente.tema is not solo:
            continue
        vigente.levantar(Origen.PALABRA, None, None, now())
        _record(session, actor, "levantar", vigente)


def dar_de_baja_por_rebote(session: Session, indice: str, direccion: str | None) -> Baja:
    """What is sent there comes back."""
    baja = Baja(indice=indice, canal=Canal.CORREO, direccion=direccion, origen=Origen.REBOTE)
    return _anotar(session, baja, _ACTOR)


def _anotar(session: Session, baja: Baja, actor: Actor) -> Baja:
    hold(session, f"notificaciones/baja/{baja.indice}")
    for vigente in vigentes_de(session, baja.indice):
        if vigente.tema in {None, baja.tema}:
            _record(session, actor, "anotar", vigente, motivo_codigo="repetida")
            return vigente
    baja.id, baja.desde = uuid7(), now()
    session.add(baja)
    _record(session, actor, "anotar", baja)
    return baja


def _record(
    session: Session, actor: Actor, que: str, baja: Baja, *, motivo_codigo: str = ""
) -> None:
    """The reason stays with the opt-out, where it can be erased."""
    accion = f"notificaciones.baja.{que}"
    registrar(session, actor, accion, "baja", baja.id, motivo_codigo=motivo_codigo)
