"""What left the office, read from where it is decided: derivations and answers to people. No copy.

Of a register of the past it is not known which data went with a derivation: it is not in here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select
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
    categorias: tuple[str, ...] = ()
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
    todas = [
        *_derivaciones(session, _entre(Derivacion.enviada_en, desde, antes_de), persona_id),
        *_respuestas(session, _entre(SolicitudDerecho.terminada_en, desde, antes_de), persona_id),
    ]
    todas.sort(key=lambda una: (una.cuando, una.cosa_id), reverse=True)
    return Registro(todas[:MAXIMO], hay_mas=len(todas) > MAXIMO)


def _entre(
    columna: InstrumentedAttribute[datetime | None],
    desde: datetime | None,
    antes_de: datetime | None,
) -> list[ColumnElement[bool]]:
    condiciones: list[ColumnElement[bool]] = [columna.is_not(None)]
    if desde is not None:
        condiciones.append(columna >= desde)
    if antes_de is not None:
        condiciones.append(columna < antes_de)
    return condiciones


def _derivaciones(
    session: Session, periodo: list[ColumnElement[bool]], persona_id: UUID | None
) -> Iterable[Comunicacion]:
    consulta = (
        select(
            Derivacion.id,
            Derivacion.folio,
            Derivacion.enviada_en,
            Persona.id.label("persona_id"),
            Persona.folio.label("persona_folio"),
            Institucion.nombre.label("destinatario"),
            ServicioRed.nombre.label("para_que"),
            Consentimiento.base_licitud,
            Consentimiento.forma,
            Consentimiento.categorias,
            RetiroConsentimiento.retirado_en,
        )
        .join(Caso, Caso.id == Derivacion.caso_id)
        .join(Persona, Persona.id == Caso.persona_id)
        .join(Institucion, Institucion.id == Derivacion.institucion_id)
        .join(ServicioRed, ServicioRed.id == Derivacion.servicio_id)
        .join(Consentimiento, Consentimiento.id == Derivacion.consentimiento_id)
        .outerjoin(
            RetiroConsentimiento, RetiroConsentimiento.consentimiento_id == Consentimiento.id
        )
        .where(*periodo)
        .order_by(Derivacion.enviada_en.desc())
        .limit(MAXIMO + 1)
    )
    if persona_id is not None:
        consulta = consulta.where(Caso.persona_id == persona_id)
    for fila in session.execute(consulta):
        yield Comunicacion(
            tipo=Tipo.DERIVACION,
            cosa_id=fila.id,
            folio=fila.folio,
            cuando=fila.enviada_en,
            persona_id=fila.persona_id,
            persona_folio=fila.persona_folio,
            destinatario=fila.destinatario,
            para_que=fila.para_que,
            base=fila.base_licitud,
            forma=fila.forma,
            categorias=tuple(fila.categorias),
            retirada_en=fila.retirado_en,
        )


def _respuestas(
    session: Session, periodo: list[ColumnElement[bool]], persona_id: UUID | None
) -> Iterable[Comunicacion]:
    consulta = (
        select(
            SolicitudDerecho.id,
            SolicitudDerecho.folio,
            SolicitudDerecho.terminada_en,
            SolicitudDerecho.persona_id,
            Persona.folio.label("persona_folio"),
            SolicitudDerecho.pedida_por,
            SolicitudDerecho.derecho,
            SolicitudDerecho.entrega,
        )
        .join(Persona, Persona.id == SolicitudDerecho.persona_id)
        .where(*periodo)
        .order_by(SolicitudDerecho.terminada_en.desc())
        .limit(MAXIMO + 1)
    )
    if persona_id is not None:
        consulta = consulta.where(SolicitudDerecho.persona_id == persona_id)
    for fila in session.execute(consulta):
        yield Comunicacion(
            tipo=Tipo.RESPUESTA_DERECHO,
            cosa_id=fila.id,
            folio=fila.folio,
            cuando=fila.terminada_en,
            persona_id=fila.persona_id,
            persona_folio=fila.persona_folio,
            quien=fila.pedida_por,
            derecho=fila.derecho,
            entrega=fila.entrega,
        )
