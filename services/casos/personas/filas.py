"""What a new person's record is in the tables: made here for whoever writes one, or a million.

`actions.registrar` makes objects of it; who brings many at once writes its rows as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    NivelDocumento,
    Origen,
    Persona,
    TokenNombre,
    indexado,
    indice_contacto,
    indice_documento,
    suyos,
)
from casos.personas.schemas import DatosContacto, DatosDocumento, NuevaPersona
from oficina.db import uuid7
from oficina.rows import write_many

Fila = dict[str, Any]


@dataclass(frozen=True)
class Ficha:
    """The rows of one record, by the names of the models; those that hang from it have no
    `persona_id` yet.
    """

    persona: Fila
    documentos: Sequence[Fila]
    contactos: Sequence[Fila]
    tokens: Sequence[str]

    def objeto(self) -> Persona:
        """The same as an object, for a session to write."""
        return Persona(
            **self.persona,
            documentos=[DocumentoIdentidad(**fila) for fila in self.documentos],
            contactos=[Contacto(**fila) for fila in self.contactos],
            tokens=[TokenNombre(token=token) for token in self.tokens],
        )


def ficha(
    datos: NuevaPersona,
    folio: str,
    quien: str,
    ahora: datetime,
    *,
    origen: Origen = Origen.OFICINA,
) -> Ficha:
    """The record that is made of what was said of somebody, with what they are found by."""
    clave, tokens = indexado(
        *suyos(datos.nombres, datos.primer_apellido, datos.segundo_apellido, datos.nombre_social)
    )
    persona = {
        "folio": folio,
        "nombres": datos.nombres,
        "primer_apellido": datos.primer_apellido,
        "segundo_apellido": datos.segundo_apellido,
        "nombre_social": datos.nombre_social,
        "clave_nombre": clave,
        "fecha_nacimiento": datos.fecha_nacimiento,
        "precision_fecha": datos.precision_fecha,
        "sexo": datos.sexo,
        "genero": datos.genero,
        "nacionalidades": sin_repetir(datos.nacionalidades),
        "idiomas": sin_repetir(datos.idiomas),
        "nivel_espanol": datos.nivel_espanol,
        "requiere_interprete": datos.requiere_interprete,
        "direccion": datos.direccion,
        "no_contactar": datos.no_contactar,
        "canal_preferido": datos.canal_preferido,
        "origen": origen,
        "registrada_en": ahora,
    }
    return Ficha(
        persona,
        [documento(datos.documento, quien, ahora)] if datos.documento else [],
        [contacto(uno, ahora) for uno in datos.contactos],
        sorted(tokens),
    )


def documento(datos: DatosDocumento, quien: str, ahora: datetime) -> Fila:
    """A document that somebody told of, or that `quien` vouches for."""
    responde = datos.nivel is not NivelDocumento.DECLARADO
    return {
        "tipo": datos.documento.tipo,
        "numero": datos.documento.presentacion,
        "indice": indice_documento(datos.documento.numero),
        "pais_emisor": datos.documento.pais,
        "vence_el": datos.vence_el,
        "nivel": datos.nivel,
        "nivel_por": quien if responde else "",
        "nivel_en": ahora if responde else None,
        "registrado_en": ahora,
    }


def contacto(datos: DatosContacto, ahora: datetime) -> Fila:
    """A telephone or an address of mail."""
    return {
        "tipo": datos.tipo,
        "valor": datos.valor,
        "indice": indice_contacto(datos.tipo, datos.valor),
        "registrado_en": ahora,
    }


def escribir(session: Session, fichas: Mapping[UUID, Ficha]) -> None:
    """Write many records, by the ids that they get: a few bulk inserts for all of them."""
    write_many(
        session, Persona, ({**una.persona, "id": i, "version": 1} for i, una in fichas.items())
    )
    for modelo, parte in ((DocumentoIdentidad, "documentos"), (Contacto, "contactos")):
        filas = (
            {**fila, "persona_id": i, "id": uuid7()}
            for i, una in fichas.items()
            for fila in getattr(una, parte)
        )
        write_many(session, modelo, filas)
    tokens = (
        {"token": token, "persona_id": i} for i, una in fichas.items() for token in una.tokens
    )
    write_many(session, TokenNombre, tokens)


def sin_repetir(codigos: Sequence[str]) -> list[str]:
    """Codes in their order, each once."""
    return list(dict.fromkeys(codigos))
