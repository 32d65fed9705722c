"""Where what is written to a minor goes, if whoever represents them is to be written to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casos.contactos.pauta import Pauta, juntas, pauta_de
from casos.personas.models import (
    CanalPreferido,
    EstadoPersona,
    Persona,
    TipoContacto,
    de_tipo,
)
from casos.representantes.catalogo import menor
from casos.representantes.models import Representante
from casos.representantes.queries import vigentes


@dataclass(frozen=True)
class Destino:
    """Where and how to write, and what holds there: the precautions of both."""

    idioma: str
    telefono: str | None
    correo: str | None
    canal_preferido: CanalPreferido | None
    pauta: Pauta


def destino(session: Session, persona: Persona, hoy: date) -> Destino:
    """Where to write to somebody whose record was read with contacts: to themselves, unless they
    are a minor and it was chosen to write to who represents them.
    """
    pauta = pauta_de(session, persona)
    if menor(persona.fecha_nacimiento, hoy):
        for uno in vigentes(session, persona.id, hoy):
            if uno.recibe_mensajes and (hallado := _de(session, uno, persona, pauta)):
                return hallado
    return _a(persona, pauta)


def _a(persona: Persona, pauta: Pauta) -> Destino:
    return Destino(
        idioma=persona.idioma,
        telefono=de_tipo(persona.contactos, TipoContacto.TELEFONO),
        correo=de_tipo(persona.contactos, TipoContacto.CORREO),
        canal_preferido=persona.canal_preferido,
        pauta=pauta,
    )


def _de(session: Session, uno: Representante, persona: Persona, pauta: Pauta) -> Destino | None:
    """None of somebody to whom nobody writes: who died, or whose data are blocked."""
    if uno.otra_id is None:
        return Destino(persona.idioma, uno.telefono, uno.correo, None, pauta)
    otra = session.scalar(
        select(Persona)
        .where(Persona.id == uno.otra_id, Persona.estado == EstadoPersona.ACTIVA)
        .options(selectinload(Persona.contactos))
    )
    if otra is None:
        return None
    suya = pauta_de(session, otra)
    return None if suya.fallecida else _a(otra, juntas(pauta, suya))
