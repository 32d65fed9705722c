"""People whom their owner set apart: blocked for a while, joined to another record, or erased for
good.

The owner of the people tells it as a fact; each service keeps a row here in the transaction of its
handler, so that what reaches it late (a fact of another aggregate, a request that was under way)
finds out that nothing may be done with this person any more. Of somebody erased the row says what
was erased and when it was confirmed: handling the fact again confirms the same.

Whoever writes something of a person asks `apartada` in the transaction that writes. It is the one
lock that they share with whoever sets the person apart: one waits for the other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields
from sqlalchemy import JSON, String, Uuid
from sqlalchemy.orm import Mapped, Session, mapped_column

from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import real_now
from oficina.db import OficinaBase, hold, text_enum
from oficina.events import Clasificacion
from oficina.events.base import HechoDePurga
from oficina.retencion import certificar, periodos


class VistaPreviaSchema(Schema):
    """How much a service would erase of somebody: how many of each class."""

    borrado = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Situacion(StrEnum):
    """Why nothing is done with somebody's data."""

    BLOQUEADA = "bloqueada"
    UNIDA = "unida"
    SUPRIMIDA = "suprimida"


class PersonaApartada(OficinaBase):
    """Somebody of whom this service uses nothing, since when (the machine's time), and why."""

    __tablename__ = "personas_apartadas"

    persona_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    situacion: Mapped[Situacion] = mapped_column(text_enum(Situacion))
    desde: Mapped[datetime] = mapped_column(default=real_now)
    # Of who was erased: the erasure that its owner asked for, and what it came to here.
    supresion_id: Mapped[UUID | None] = mapped_column()
    confirmada_en: Mapped[datetime | None] = mapped_column()
    cantidades: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    certificado_id: Mapped[UUID | None] = mapped_column()
    certificado_huella: Mapped[str | None] = mapped_column(String(64))
    # Of a record that was joined to another: to which, and the ids of what went over here.
    vigente_id: Mapped[UUID | None] = mapped_column()
    movidas: Mapped[list[str] | None] = mapped_column(JSON)


def apartada(session: Session, persona_id: UUID) -> PersonaApartada | None:
    """The row of a person, when there is one; nobody changes it before this transaction ends."""
    hold(session, f"persona/{persona_id}")
    return session.get(PersonaApartada, persona_id, populate_existing=True)


def bloquear(session: Session, persona_id: UUID, desde: datetime) -> None:
    """Use nothing of this person until `desbloquear`. `desde`: when their owner blocked them."""
    if apartada(session, persona_id) is None:
        fila = PersonaApartada(
            persona_id=persona_id, situacion=Situacion.BLOQUEADA, desde=desde, cantidades={}
        )
        session.add(fila)
        session.flush()


def desbloquear(session: Session, persona_id: UUID) -> datetime | None:
    """Use the person's data again; since when they were blocked, None when they were not."""
    fila = apartada(session, persona_id)
    if fila is None or fila.situacion is not Situacion.BLOQUEADA:
        return None
    session.delete(fila)
    session.flush()
    return fila.desde


def vigente(session: Session, persona_id: UUID) -> UUID:
    """Who answers for a person here: they themselves, or the record that theirs was joined to.
    Nobody joins it to another one, nor undoes it, before this transaction ends.
    """
    fila = apartada(session, persona_id)
    while fila is not None and fila.vigente_id is not None:
        persona_id = fila.vigente_id
        fila = apartada(session, persona_id)
    return persona_id


def unir(session: Session, absorbida_id: UUID, vigente_id: UUID, movidas: Iterable[UUID]) -> None:
    """What comes late of a record is of the one it was joined to. `movidas`: what went over."""
    fila = apartada(session, absorbida_id)
    if fila is None:
        fila = PersonaApartada(persona_id=absorbida_id, cantidades={})
        session.add(fila)
    fila.situacion, fila.desde, fila.vigente_id = Situacion.UNIDA, real_now(), vigente_id
    fila.movidas = [str(una) for una in movidas]
    session.flush()


def separar(session: Session, absorbida_id: UUID) -> list[UUID]:
    """It is a record of its own again; the ids of what had gone over."""
    fila = apartada(session, absorbida_id)
    if fila is None or fila.situacion is not Situacion.UNIDA:
        return []
    movidas = [UUID(una) for una in fila.movidas or ()]
    session.delete(fila)
    session.flush()
    return movidas


def confirmar(
    session: Session,
    fila: PersonaApartada,
    servicio: str,
    kind: type[HechoDePurga],
    borrado: Mapping[str, int],
) -> None:
    """Certify what was erased of this person, and tell it; a second time, tell the same."""
    if fila.supresion_id is None:
        raise ValueError("nobody asked for this erasure")
    if fila.certificado_id is None:
        certificado = certificar(
            session, servicio, f"supresion/{fila.supresion_id}", borrado, periodos().version
        )
        fila.confirmada_en, fila.cantidades = real_now(), dict(borrado)
        fila.certificado_id, fila.certificado_huella = certificado.id, certificado.huella
        registrar(
            session,
            Actor.sistema(servicio),
            f"{servicio}.persona.suprimir",
            "persona",
            fila.persona_id,
            cantidad=sum(borrado.values()),
        )
    emitir(
        session,
        kind(
            supresion_id=fila.supresion_id,
            persona_id=fila.persona_id,
            borrado=[f"{clase}:{cuantos}" for clase, cuantos in sorted(fila.cantidades.items())],
            certificado_id=fila.certificado_id,
            certificado_huella=fila.certificado_huella or "",
        ),
        clasificacion=Clasificacion.RESERVADO,
    )


def suprimir(session: Session, persona_id: UUID, supresion_id: UUID) -> PersonaApartada:
    """Remember that this person is erased, also against whatever comes later."""
    fila = apartada(session, persona_id)
    if fila is None:
        fila = PersonaApartada(persona_id=persona_id)
        session.add(fila)
    if fila.situacion is not Situacion.SUPRIMIDA:
        fila.situacion, fila.desde = Situacion.SUPRIMIDA, real_now()
        fila.supresion_id, fila.cantidades = supresion_id, {}
    session.flush()
    return fila
