"""Whom a new record of a register resembles among the people that the office knew before."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from datetime import date
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from casos.importacion.agrupacion import Ficha, comparar_nacimientos
from casos.importacion.fechas import Nacimiento
from casos.personas.matching import Razon, reglas
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    Persona,
    PrecisionFecha,
    TipoContacto,
    indice_contacto,
)

_Tocayo = Row[UUID, str, date | None, PrecisionFecha]


def parecidos_en_la_oficina(
    session: Session, nuevas: Mapping[UUID, Ficha], propias: Set[UUID]
) -> Iterator[tuple[UUID, UUID, tuple[Razon, ...]]]:
    """For each new person, the one of the same name that it resembles most, and why.

    Births that contradict each other, or two documents with nothing but the name in common, are
    namesakes. `propias` are people of this register, whose likeness its reading settles.
    """
    por_nombre = _tocayos(session, {f.clave_nombre for f in nuevas.values()} - {""}, propias)
    candidatos = {fila.id for filas in por_nombre.values() for fila in filas}
    if not candidatos:
        return
    telefonos = _telefonos(session, candidatos)
    con_documento = set(
        session.scalars(
            select(DocumentoIdentidad.persona_id).where(
                DocumentoIdentidad.persona_id.in_(candidatos)
            )
        )
    )
    pesos = reglas().pesos
    for nueva, ficha in nuevas.items():
        suyos = {
            indice_contacto(TipoContacto.TELEFONO, fila.telefono)
            for fila in ficha.filas
            if fila.telefono
        }
        halladas = [
            (antigua.id, razones)
            for antigua in por_nombre[ficha.clave_nombre]
            if (
                razones := _razones(
                    ficha,
                    antigua,
                    mismo_telefono=bool(suyos & telefonos[antigua.id]),
                    con_documento=antigua.id in con_documento,
                )
            )
        ]
        if halladas:
            mejor = max(halladas, key=lambda hallada: sum(pesos[razon] for razon in hallada[1]))
            yield nueva, *mejor


def _razones(
    ficha: Ficha, antigua: _Tocayo, *, mismo_telefono: bool, con_documento: bool
) -> tuple[Razon, ...]:
    conocido = antigua.fecha_nacimiento
    nacimiento = comparar_nacimientos(
        [fila.nacimiento for fila in ficha.filas if fila.nacimiento],
        [Nacimiento(conocido, antigua.precision_fecha)] if conocido else [],
    )
    if nacimiento is False:
        return ()
    razones = [Razon.MISMO_NOMBRE]
    if nacimiento:
        razones.append(Razon.MISMA_FECHA_NACIMIENTO)
    if mismo_telefono:
        razones.append(Razon.MISMO_TELEFONO)
    if len(razones) == 1 and con_documento and ficha.documento:
        return ()
    return tuple(razones)


def _tocayos(session: Session, claves: Set[str], propias: Set[UUID]) -> Mapping[str, list[_Tocayo]]:
    por_nombre: defaultdict[str, list[_Tocayo]] = defaultdict(list)
    if not claves:
        return por_nombre
    filas = session.execute(
        select(
            func.coalesce(Persona.fusionada_en_id, Persona.id).label("id"),
            Persona.clave_nombre,
            Persona.fecha_nacimiento,
            Persona.precision_fecha,
        )
        .where(Persona.clave_nombre.in_(claves))
        .order_by(Persona.id)
    )
    for fila in filas:
        if fila.id not in propias:
            por_nombre[fila.clave_nombre].append(fila)
    return por_nombre


def _telefonos(session: Session, personas: Set[UUID]) -> Mapping[UUID, set[str]]:
    telefonos: defaultdict[UUID, set[str]] = defaultdict(set)
    filas = session.execute(
        select(Contacto.persona_id, Contacto.indice).where(Contacto.persona_id.in_(personas))
    )
    for persona_id, indice in filas:
        telefonos[persona_id].add(indice)
    return telefonos
