"""Putting rows of a register into the tables of the office, a few bulk inserts for many rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from casos.atenciones.models import Atencion, Canal
from casos.folios import siguientes_folios
from casos.importacion import ficha as fichas
from casos.importacion.lectura import SIN_NACIONALIDAD, Fila
from casos.importacion.models import FilaImportada
from casos.importacion.parecidos import parecidos_en_la_oficina
from casos.importacion.personas import Ficha, comparten_nombre
from casos.importacion.resumen import Registro
from casos.personas import filas as filas_de_persona
from casos.personas.edades import rango_etario
from casos.personas.matching import Razon, reglas
from casos.personas.models import (
    Decision,
    DocumentoIdentidad,
    EstadoPersona,
    Origen,
    Persona,
    PosibleDuplicado,
    PrecisionFecha,
    TipoContacto,
    indice_documento,
    par,
)
from casos.personas.schemas import DatosContacto, DatosDocumento, NuevaPersona
from oficina.clock import ZONA, local
from oficina.db import uuid7

Conocidas = Mapping[int, UUID]
"""The person's id of each record of the register that has one, by the record's place."""

_Filas = list[dict[str, Any]]
_MEDIODIA = time(12)


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
    halladas = _por_documento(session, registro, faltan)
    nuevas = {f: uuid7() for f in faltan if f not in halladas}
    personas = {f: conocidas[f] for f in usadas if f in conocidas} | halladas | nuevas
    _personas(session, {f: (i, registro.agrupacion.fichas[f]) for f, i in nuevas.items()}, ahora)
    _atenciones(session, registro, lugares, personas, importacion_id)
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
    halladas = _por_documento(session, registro, [f for f in usadas if f not in conocidas])
    personas = {f: conocidas[f] for f in usadas if f in conocidas} | halladas
    estados = session.execute(
        select(Persona.id, Persona.estado)
        .where(Persona.id.in_(set(personas.values())))
        .order_by(Persona.id)
        .with_for_update(key_share=True, read=True)
    )
    apartadas = {i for i, estado in estados if estado is not EstadoPersona.ACTIVA}
    return {n for n in lugares if (f := de_fila[n]) is not None and personas.get(f) in apartadas}


def _por_documento(session: Session, registro: Registro, lugares: Iterable[int]) -> dict[int, UUID]:
    indices = {
        f: indice_documento(documento)
        for f in lugares
        if (documento := registro.agrupacion.fichas[f].documento)
    }
    if not indices:
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
        .where(DocumentoIdentidad.indice.in_(indices.values()))
        .order_by(Persona.id)
    ).all()
    candidatas: defaultdict[str, list[tuple[UUID, str]]] = defaultdict(list)
    for indice, persona_id, *partes in filas:
        candidatas[indice].append((persona_id, " ".join(partes)))
    halladas = {}
    for f, indice in indices.items():
        nombre = registro.agrupacion.fichas[f].filas[0].nombre
        for persona_id, otro in candidatas[indice]:
            if comparten_nombre(nombre, otro):
                halladas[f] = persona_id
                break
    return halladas


def _personas(session: Session, nuevas: Mapping[int, tuple[UUID, Ficha]], ahora: datetime) -> None:
    if not nuevas:
        return
    folios = siguientes_folios(session, "P", local(ahora).year, len(nuevas))
    nuevas_fichas = {}
    for folio, (persona_id, ficha) in zip(folios, nuevas.values(), strict=True):
        datos = _como_nueva(fichas.datos(ficha))
        nuevas_fichas[persona_id] = filas_de_persona.ficha(
            datos, folio, "", ahora, origen=Origen.REGISTRO
        )
    filas_de_persona.escribir(session, nuevas_fichas)


def _como_nueva(datos: fichas.DatosFicha) -> NuevaPersona:
    nacimiento, documento = datos.nacimiento, datos.documento
    return NuevaPersona(
        nombres=datos.nombres,
        primer_apellido=datos.primer_apellido,
        segundo_apellido=datos.segundo_apellido,
        fecha_nacimiento=nacimiento.fecha if nacimiento else None,
        precision_fecha=nacimiento.precision if nacimiento else PrecisionFecha.DESCONOCIDA,
        sexo=datos.sexo,
        nacionalidades=[datos.nacionalidad] if datos.nacionalidad else [],
        idiomas=list(datos.idiomas),
        requiere_interprete=bool(datos.idiomas),
        direccion=datos.direccion,
        no_contactar=datos.no_contactar,
        documento=DatosDocumento(documento=documento) if documento else None,
        contactos=tuple(
            DatosContacto(tipo=TipoContacto.TELEFONO, valor=telefono)
            for telefono in datos.telefonos
        ),
    )


def _atenciones(
    session: Session,
    registro: Registro,
    lugares: Sequence[int],
    personas: Conocidas,
    importacion_id: UUID,
) -> None:
    atenciones: _Filas = []
    importadas: _Filas = []
    for n in lugares:
        fila, lugar = registro.lectura.filas[n], registro.agrupacion.de_fila[n]
        persona_id = None if lugar is None else personas[lugar]
        nacida = fila.nacimiento
        if lugar is not None:
            nacida = fichas.nacimiento(registro.agrupacion.fichas[lugar])
        atencion = _atencion(fila, persona_id)
        atencion["rango_etario"] = rango_etario(nacida.fecha if nacida else None, fila.fecha)
        atenciones.append(atencion)
        importadas.append(
            {
                "clave": registro.claves[n],
                "importacion_id": importacion_id,
                "atencion_id": atencion["id"],
                "persona_id": persona_id,
                "hoja": fila.hoja[:40],
                "fila": fila.numero,
            }
        )
    _insertar_muchas(session, Atencion, atenciones)
    _insertar_muchas(session, FilaImportada, importadas)


def _atencion(fila: Fila, persona_id: UUID | None) -> dict[str, Any]:
    # The register knows the day and not the hour: noon is that day in every zone of Chile.
    return {
        "id": uuid7(),
        "persona_id": persona_id,
        "canal": Canal(fila.canal),
        "tema": fila.motivo,
        "inicio": datetime.combine(fila.fecha, _MEDIODIA, ZONA),
        "funcionario_nombre": fila.funcionario[:120],
        "nota": fila.nota or None,
        "nacionalidad": None if fila.nacionalidad == SIN_NACIONALIDAD else fila.nacionalidad,
        "sexo": fila.sexo,
        "origen": Origen.REGISTRO,
        "derivada_a": fila.derivada_a,
        "derivada_el": fila.derivada_el,
        "derivada_resultado": fila.resultado,
    }


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
    _insertar_muchas(
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


def _insertar_muchas(session: Session, tabla: type[Any], filas: _Filas) -> None:
    if filas:
        session.execute(insert(tabla), filas)
