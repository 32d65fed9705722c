"""What can be done with the letter of a derivation: print it, and say its number in DocDigital."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.derivaciones.facts import contar_oficio
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import con_respuestas, derivacion_por_id
from casos.enlaces.actions import crear_con_clave, espera_respuesta
from casos.folios import siguiente_folio
from casos.oficios.models import Oficio
from casos.oficios.queries import oficio_de
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import NoEncontrado, TransicionInvalida


@dataclass(frozen=True)
class Impresion:
    """A letter that is about to be printed: the only time that its link and its key are known."""

    oficio: Oficio
    derivacion: Derivacion
    url: str
    clave: str
    vence_en: datetime


def imprimir(
    session: Session, derivacion_id: UUID, base_url: str, actor: Actor, ahora: datetime
) -> Impresion:
    """Print the letter, once more if need be: same number, another link, another key. The link of
    an earlier print opens no more.

    Raises NoEncontrado, TransicionInvalida when the institution has nothing left to answer,
    Conflicto when the data may not be used.
    """
    alcance = Alcance.de(actor)
    derivacion_por_id(session, derivacion_id, alcance, bloquear=True)
    derivacion = con_respuestas(session, derivacion_id, alcance)
    if not espera_respuesta(session, derivacion):
        raise TransicionInvalida(derivacion.estado, derivacion.pasos)
    oficio = oficio_de(session, derivacion.id)
    if oficio is None:
        oficio = Oficio(
            numero=siguiente_folio(session, "OF", clock.local(ahora).year),
            derivacion_id=derivacion.id,
            impresiones=0,
            emitido_por=actor.nombre,
            emitido_en=ahora,
        )
        session.add(oficio)
        contar_oficio(session, derivacion, oficio.numero, actor, ahora)
    oficio.impresiones += 1
    oficio.impreso_en = ahora
    hecho = crear_con_clave(session, derivacion, base_url, actor)
    session.flush()
    registrar(session, actor, "casos.oficio.imprimir", "oficio", oficio.id)
    return Impresion(oficio, derivacion, hecho.url, hecho.clave, hecho.vence_en)


def anotar_docdigital(session: Session, derivacion_id: UUID, numero: str, actor: Actor) -> Oficio:
    """Say under which number the letter went by DocDigital; raises NoEncontrado without one."""
    derivacion = derivacion_por_id(session, derivacion_id, Alcance.de(actor), bloquear=True)
    oficio = oficio_de(session, derivacion.id)
    if oficio is None:
        raise NoEncontrado
    oficio.docdigital = numero
    registrar(session, actor, "casos.oficio.docdigital", "oficio", oficio.id)
    return oficio
