"""What left the office, read from where it is decided: derivations and answers to people. No copy.

Of a register of the past it is not known which data went with a derivation: it is not in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casos.consentimientos.models import (
    BaseLicitud,
    Consentimiento,
    FormaConsentimiento,
    Otorgante,
    RetiroConsentimiento,
)
from casos.derechos.models import SolicitudDerecho
from casos.derechos.states import Derecho, Entrega
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.personas.models import Persona
from casos.red.models import Institucion, ServicioRed

MAXIMO = 2000
"""How many a page or a file holds at most; a narrower period shows the rest."""


class Tipo(StrEnum):
    """What was communicated."""

    DERIVACION = "derivacion"
    RESPUESTA_DERECHO = "respuesta_derecho"


@dataclass(frozen=True, kw_only=True)
class Comunicacion:
    """One time that data of a person reached somebody.

    `destinatario` is an institution, and empty for the person or whoever represents them
    (`quien`). `base` is empty when the person exercised a right. `retirada_en`: since when the
    recipient may not use it.
    """

    tipo: Tipo
    cosa_id: UUID
    folio: str
    cuando: datetime
    persona_id: UUID
    persona_folio: str
    destinatario: str = ""
    quien: Otorgante | None = None
    para_que: str = ""
    derecho: Derecho | None = None
    base: BaseLicitud | None = None
    forma: FormaConsentimiento | None = None
    categorias: Sequence[str] = ()
    entrega: Entrega | None = None
    retirada_en: datetime | None = None


@dataclass(frozen=True)
class Registro:
    """The communications of a period, the newest first."""

    filas: Sequence[Comunicacion]
    hay_mas: bool


def comunicaciones(
    session: Session,
    *,
    desde: datetime | None = None,
    antes_de: datetime | None = None,
    persona_id: UUID | None = None,
) -> Registro:
    """What left the office in a period, of everybody or of one person; at most `MAXIMO`."""
    todas: list[Comunicacion] = []
    for fuente in (_DERIVACIONES, _RESPUESTAS):
        consulta = fuente.consulta.where(*fuente.entre(desde, antes_de))
        if persona_id is not None:
            consulta = consulta.where(fuente.de_quien == persona_id)
        consulta = consulta.order_by(fuente.cuando.desc()).limit(MAXIMO + 1)
        filas = session.execute(consulta).mappings()
        todas.extend(Comunicacion(tipo=fuente.tipo, **fila) for fila in filas)
    todas.sort(key=lambda una: (una.cuando, una.cosa_id), reverse=True)
    return Registro(todas[:MAXIMO], hay_mas=len(todas) > MAXIMO)


@dataclass(frozen=True)
class _Fuente:
    """Where one kind of communication is decided; the columns are named as `Comunicacion` is."""

    tipo: Tipo
    consulta: Select[*tuple[Any, ...]]
    cuando: InstrumentedAttribute[datetime | None]
    de_quien: InstrumentedAttribute[UUID]

    def entre(self, desde: datetime | None, antes_de: datetime | None) -> list[ColumnElement[bool]]:
        """What happened at all, and in this period."""
        condiciones: list[ColumnElement[bool]] = [self.cuando.is_not(None)]
        if desde is not None:
            condiciones.append(self.cuando >= desde)
        if antes_de is not None:
            condiciones.append(self.cuando < antes_de)
        return condiciones


_DERIVACIONES = _Fuente(
    Tipo.DERIVACION,
    select(
        Derivacion.id.label("cosa_id"),
        Derivacion.folio,
        Derivacion.enviada_en.label("cuando"),
        Persona.id.label("persona_id"),
        Persona.folio.label("persona_folio"),
        Institucion.nombre.label("destinatario"),
        ServicioRed.nombre.label("para_que"),
        Consentimiento.base_licitud.label("base"),
        Consentimiento.forma,
        Consentimiento.categorias,
        RetiroConsentimiento.retirado_en.label("retirada_en"),
    )
    .join(Caso, Caso.id == Derivacion.caso_id)
    .join(Persona, Persona.id == Caso.persona_id)
    .join(Institucion, Institucion.id == Derivacion.institucion_id)
    .join(ServicioRed, ServicioRed.id == Derivacion.servicio_id)
    .join(Consentimiento, Consentimiento.id == Derivacion.consentimiento_id)
    .outerjoin(RetiroConsentimiento, RetiroConsentimiento.consentimiento_id == Consentimiento.id),
    Derivacion.enviada_en,
    Caso.persona_id,
)

_RESPUESTAS = _Fuente(
    Tipo.RESPUESTA_DERECHO,
    select(
        SolicitudDerecho.id.label("cosa_id"),
        SolicitudDerecho.folio,
        SolicitudDerecho.terminada_en.label("cuando"),
        SolicitudDerecho.persona_id,
        Persona.folio.label("persona_folio"),
        SolicitudDerecho.pedida_por.label("quien"),
        SolicitudDerecho.derecho,
        SolicitudDerecho.entrega,
    ).join(Persona, Persona.id == SolicitudDerecho.persona_id),
    SolicitudDerecho.terminada_en,
    SolicitudDerecho.persona_id,
)
