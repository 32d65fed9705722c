"""Putting the people of a register into the tables of the office, a few bulk inserts for many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from casos.folios import siguientes_folios
from casos.importacion import ficha as fichas
from casos.importacion.agrupacion import comparten_nombre
from casos.importacion.parecidos import parecidos_en_la_oficina
from casos.importacion.registro import Registro
from casos.personas import filas as filas_de_persona
from casos.personas.matching import Razon, reglas
from casos.personas.models import (
    Decision,
    DocumentoIdentidad,
    EstadoPersona,
    Origen,
    Persona,
    PosibleDuplicado,
    indice_documento,
    par,
)
from oficina.clock import local
from oficina.db import uuid7

Conocidas = Mapping[int, UUID]
"""The person's id of each record of the register that has one, by the record's place."""

_Filas = list[dict[str, Any]]


def insertar(
    session: Session,
    registro: Registro,
    lugares: Sequence[int],
    *,
    conocidas: Conocidas,
    importacion_id: UUID,
    ahora: datetime,
) -> dict[int, UUID]:
    """Write the rows at `lugares`, which are not in yet; returns the persons of their records.

    A record whose document somebody of the office has, with a word of the name in common, is that
    person; any other new record is a new person, and whom it resembles is suggested.
    """
    de_fila = registro.agrupacion.de_fila
    usadas = dict.fromkeys(f for n in lugares if (f := de_fila[n]) is not None)
    faltan = [f for f in usadas if f not in conocidas]
    halladas = por_documento(session, registro, faltan)
    nuevas = {f: uuid7() for f in faltan if f not in halladas}
    personas = {f: conocidas[f] for f in usadas if f in conocidas} | halladas | nuevas
    _personas(session, registro, nuevas, ahora)
    registro.escribir(session, lugares, personas, importacion_id)
    _respetar(session, registro, lugares, personas, set(nuevas.values()))
    todas = {**conocidas, **personas}
    _sugerir(session, registro, halladas | nuevas, conocidas=todas, nuevas=nuevas, ahora=ahora)
    return personas


def de_apartadas(
    session: Session, registro: Registro, lugares: Sequence[int], conocidas: Conocidas
) -> set[int]:
    """Of the rows at `lugares`, those of somebody whose data are blocked or were erased: nothing is
    added to them. Their people are held until the transaction ends.
    """
    de_fila = registro.agrupacion.de_fila
    usadas = dict.fromkeys(f for n in lugares if (f := de_fila[n]) is not None)
    halladas = por_documento(session, registro, [f for f in usadas if f not in conocidas])
    personas = {f: conocidas[f] for f in usadas if f in conocidas} | halladas
    estados = session.execute(
        select(Persona.id, Persona.estado)
        .where(Persona.id.in_(set(personas.values())))
        .order_by(Persona.id)
        .with_for_update(key_share=True, read=True)
    )
    apartadas = {i for i, estado in estados if estado is not EstadoPersona.ACTIVA}
    return {n for n in lugares if (f := de_fila[n]) is not None and personas.get(f) in apartadas}


def por_documento(session: Session, registro: Registro, lugares: Iterable[int]) -> dict[int, UUID]:
    """Of the records at `lugares`, the people of the office who have one of their documents, and a
    word of the name in common.
    """
    indices = {
        f: [indice_documento(uno) for uno in registro.agrupacion.fichas[f].documentos]
        for f in lugares
    }
    buscados = {indice for suyos in indices.values() for indice in suyos}
    if not buscados:
        return {}
    filas = session.execute(
        select(
            DocumentoIdentidad.indice,
            # The record that stays, of one that was joined to it.
            func.coalesce(Persona.fusionada_en_id, Persona.id),
            Persona.nombres,
            Persona.primer_apellido,
            Persona.segundo_apellido,
        )
        .join(Persona, Persona.id == DocumentoIdentidad.persona_id)
        .where(DocumentoIdentidad.indice.in_(buscados))
        .order_by(Persona.id)
    ).all()
    candidatas: defaultdict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for indice, persona_id, *partes in filas:
        candidatas[indice].append((persona_id, " ".join(partes)))
    halladas = {}
    for f, suyos in indices.items():
        nombre = registro.agrupacion.fichas[f].filas[0].nombre
        con_ese = ((i, otro) for indice in suyos for i, otro in candidatas[indice])
        suya = next((i for i, otro in con_ese if comparten_nombre(nombre, otro)), None)
        if suya is not None:
            halladas[f] = suya
    return halladas


def _personas(session: Session, registro: Registro, nuevas: Conocidas, ahora: datetime) -> None:
    if not nuevas:
        return
    folios = siguientes_folios(session, "P", local(ahora).year, len(nuevas))
    nuevas_fichas = {}
    for folio, (lugar, persona_id) in zip(folios, nuevas.items(), strict=True):
        ficha = registro.agrupacion.fichas[lugar]
        una = filas_de_persona.ficha(
            registro.nueva(ficha), folio, "", ahora, origen=Origen.REGISTRO
        )
        mas = [filas_de_persona.documento(d, "", ahora) for d in registro.mas_documentos(ficha)]
        nuevas_fichas[persona_id] = replace(una, documentos=[*una.documentos, *mas])
    filas_de_persona.escribir(session, nuevas_fichas)


def _respetar(
    session: Session,
    registro: Registro,
    lugares: Sequence[int],
    personas: Conocidas,
    nuevas: set[UUID],
) -> None:
    """Somebody that the office knew already and who, the register says, must not be contacted."""
    piden = {
        personas[lugar]
        for n in lugares
        if (lugar := registro.agrupacion.de_fila[n]) is not None
        and fichas.pide_no_contactar([registro.lectura.filas[n].nota])
    } - nuevas
    if piden:
        session.execute(
            update(Persona)
            .where(Persona.id.in_(piden), Persona.no_contactar.is_(False))
            .values(no_contactar=True, version=Persona.version + 1)
            .execution_options(synchronize_session=False)
        )


def _sugerir(
    session: Session,
    registro: Registro,
    resueltas: Conocidas,
    *,
    conocidas: Conocidas,
    nuevas: Conocidas,
    ahora: datetime,
) -> None:
    razones: dict[tuple[UUID, UUID], Sequence[Razon]] = {}
    for parecido in registro.parecidos_de(resueltas):
        una, otra = conocidas.get(parecido.una), conocidas.get(parecido.otra)
        if una is not None and otra is not None and una != otra:
            razones[par(una, otra)] = parecido.razones
    propias = set(conocidas.values())
    con_ficha = {persona_id: registro.agrupacion.fichas[f] for f, persona_id in nuevas.items()}
    for nueva, antigua, halladas in parecidos_en_la_oficina(session, con_ficha, propias):
        razones.setdefault(par(nueva, antigua), halladas)
    if not razones:
        return
    pesos = reglas().pesos
    escritas = _pares_escritos(session, {a for a, _ in razones} | {b for _, b in razones})
    insertar_muchas(
        session,
        PosibleDuplicado,
        [
            {
                "id": uuid7(),
                "persona_a_id": a,
                "persona_b_id": b,
                "razones": [razon.value for razon in halladas],
                "puntaje": sum(pesos[razon] for razon in halladas),
                "decision": Decision.PENDIENTE,
                "detectado_en": ahora,
            }
            for (a, b), halladas in razones.items()
            if (a, b) not in escritas
        ],
    )


def _pares_escritos(session: Session, personas: set[UUID]) -> set[tuple[UUID, UUID]]:
    filas = session.execute(
        select(PosibleDuplicado.persona_a_id, PosibleDuplicado.persona_b_id).where(
            or_(
                PosibleDuplicado.persona_a_id.in_(personas),
                PosibleDuplicado.persona_b_id.in_(personas),
            )
        )
    )
    return {(a, b) for a, b in filas}


def insertar_muchas(session: Session, tabla: type[Any], filas: _Filas) -> None:
    """One insert for all of them, none for none."""
    if filas:
        session.execute(insert(tabla), filas)
