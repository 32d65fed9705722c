"""What can be asked about people: read-only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from casos.consentimientos.queries import admite_recordatorios
from casos.personas import matching
from casos.personas.matching import Razon
from casos.personas.models import (
    Decision,
    Persona,
    PosibleDuplicado,
    SituacionMigratoria,
    TipoContacto,
    de_tipo,
)
from oficina.contacto import presentar_telefono
from oficina.errors import NoEncontrado
from oficina.privacy import mask


@dataclass(frozen=True)
class Duplicado:
    """A pair that waits for a decision, seen from one of the two."""

    id: UUID
    persona: Persona
    razones: Sequence[Razon]
    puntaje: int


def persona_por_id(session: Session, persona_id: UUID) -> Persona:
    """A person with documents and contacts. Raises NoEncontrado."""
    persona = session.scalar(
        select(Persona)
        .where(Persona.id == persona_id)
        .options(selectinload(Persona.documentos), selectinload(Persona.contactos))
    )
    if persona is None:
        raise NoEncontrado
    return persona


def personas_por_id(session: Session, ids: Sequence[UUID]) -> Sequence[Persona]:
    """Those that there are of several people, without documents and contacts."""
    return session.scalars(select(Persona).where(Persona.id.in_(ids))).all()


def duplicados_pendientes(session: Session, persona_id: UUID) -> Sequence[Duplicado]:
    """The records that look like this one and about which nobody decided, the surest first."""
    pares = session.scalars(
        select(PosibleDuplicado)
        .where(
            or_(
                PosibleDuplicado.persona_a_id == persona_id,
                PosibleDuplicado.persona_b_id == persona_id,
            ),
            PosibleDuplicado.decision == Decision.PENDIENTE,
        )
        .order_by(PosibleDuplicado.puntaje.desc(), PosibleDuplicado.id)
        .limit(matching.reglas().maximo)
    ).all()
    if not pares:
        return ()
    otras = {
        duplicado.id: duplicado.persona_b_id
        if duplicado.persona_a_id == persona_id
        else duplicado.persona_a_id
        for duplicado in pares
    }
    personas = session.scalars(select(Persona).where(Persona.id.in_(otras.values()))).all()
    por_id = {persona.id: persona for persona in personas}
    return [
        Duplicado(d.id, por_id[otras[d.id]], [Razon(codigo) for codigo in d.razones], d.puntaje)
        for d in pares
    ]


def situaciones(session: Session, persona_id: UUID) -> Sequence[SituacionMigratoria]:
    """What a person told of their migratory status, the newest first."""
    return session.scalars(
        select(SituacionMigratoria)
        .where(SituacionMigratoria.persona_id == persona_id)
        .order_by(SituacionMigratoria.id.desc())
    ).all()


def contacto_seguro(session: Session, persona_id: UUID, ahora: datetime) -> Mapping[str, Any]:
    """How, in which language and whether a person may be written to, and reminded of appointments.

    Raises NoEncontrado.
    """
    persona = persona_por_id(session, persona_id)
    return {
        "persona_id": persona.id,
        "nombre": persona.nombre_social or persona.nombres,
        "idioma": persona.idioma,
        "telefono": de_tipo(persona.contactos, TipoContacto.TELEFONO),
        "correo": de_tipo(persona.contactos, TipoContacto.CORREO),
        "canal_preferido": persona.canal_preferido,
        "no_contactar": persona.no_contactar,
        "admite_recordatorios": admite_recordatorios(session, persona_id, ahora),
    }


def documentos_vistos(persona: Persona, *, completos: bool) -> list[dict[str, Any]]:
    """The documents of a loaded person, numbers masked unless asked for."""
    return [
        {
            "id": documento.id,
            "tipo": documento.tipo,
            "numero": documento.numero if completos else mask(documento.numero),
            "pais_emisor": documento.pais_emisor,
            "vence_el": documento.vence_el,
            "nivel": documento.nivel,
        }
        for documento in persona.documentos
    ]


def contactos_vistos(persona: Persona, *, completos: bool) -> list[dict[str, Any]]:
    """The contacts of a loaded person, masked unless asked for."""
    return [
        {
            "id": contacto.id,
            "tipo": contacto.tipo,
            "valor": _presentado(contacto.tipo, contacto.valor)
            if completos
            else mask(contacto.valor),
        }
        for contacto in persona.contactos
    ]


def _presentado(tipo: TipoContacto, valor: str) -> str:
    return presentar_telefono(valor) if tipo is TipoContacto.TELEFONO else valor
