"""What is found out about a message before it is written, and what more than one kind of it asks.

Nothing here writes. An owner that does not answer raises ServicioNoDisponible, and an owner that
has not caught up yet AunNo: both mean that the question is asked again later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.states import Motivo, Paso
from notificaciones.plantillas.catalogo import Canal, Valor
from notificaciones.reglas.calculo import Ventana
from oficina.env import Env
from oficina.errors import DomainError, NoEncontrado


class AunNo(Exception):
    """The owner's data and the fact that was heard differ: another fact is on its way."""


SIN_RESPUESTA = (DomainError, AunNo)
"""What asking raises when the question must be put again later."""


@dataclass(frozen=True)
class Descarte:
    """The message is not to be sent, and why."""

    paso: Literal[Paso.CANCELAR, Paso.SUPRIMIR]
    motivo: Motivo


@dataclass(frozen=True)
class Juntos:
    """What one mail says for several messages: of which it speaks, and of which not any more."""

    van: frozenset[UUID]
    fuera: Mapping[UUID, Descarte]


@dataclass(frozen=True, kw_only=True)
class Reunido:
    """All that a message needs to be written. `tildes` is the office's choice for an SMS; `horario`
    when whoever it is for may be reached, if they said so; `juntos` of one that speaks for others.
    """

    canal: Canal
    destino: str
    idioma: str
    valores: Mapping[str, Valor]
    enlace: str | None = None
    tildes: Tildes = Tildes.CONSERVAR
    horario: Ventana | None = None
    juntos: Juntos | None = None


PLAZO_TERMINADO = Descarte(Paso.CANCELAR, Motivo.PLAZO_TERMINADO)


@dataclass(frozen=True)
class Reparto:
    """An internal notice is for these of the staff, at least one: a message for each."""

    funcionarios: tuple[UUID, ...]


@dataclass(frozen=True)
class ConOtros:
    """It leaves in one mail with the others to that institution, at the latest at that moment."""

    institucion_id: UUID
    sale_en: datetime


def plazo_de(env: Env, mensaje: Mensaje) -> Mapping[str, Any]:
    """How the deadline stands and who answers for its case; empty when nobody knows it."""
    try:
        plazo: Mapping[str, Any] = env.client.get(
            "casos", f"/casos/api/v1/plazos/{mensaje.datos['plazo_id']}"
        )
    except NoEncontrado:
        return {}
    return plazo


def derivacion_de(env: Env, mensaje: Mensaje) -> Mapping[str, Any]:
    """How a derivation stands and where its institution reads; empty when nobody knows it."""
    path = f"/casos/api/v1/derivaciones/{mensaje.derivacion_id}/seguimiento"
    try:
        derivacion: Mapping[str, Any] = env.client.get("casos", path)
    except NoEncontrado:
        return {}
    return derivacion


def corre(plazo: Mapping[str, Any]) -> bool:
    return plazo.get("estado") == "corriendo"
