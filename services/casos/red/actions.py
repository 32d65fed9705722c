"""What can be done with the directory of the network. One function, one transaction."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from casos.personas.nombres import palabras
from casos.red.datos import (
    DatosContacto,
    DatosCupo,
    DatosInstitucion,
    DatosLugar,
    DatosSede,
    DatosServicio,
)
from casos.red.horarios import de_la_semana, es_de_la_semana
from casos.red.models import (
    Ambito,
    Capacidad,
    ContactoRed,
    CupoInformado,
    EstadoServicio,
    FuenteDato,
    Institucion,
    Lugar,
    Modo,
    Sede,
    ServicioRed,
    TipoInstitucion,
)
from casos.red.queries import (
    contacto_por_id,
    institucion_entera,
    institucion_por_sigla,
    lugar_por_id,
    sede_por_id,
    servicio_por_codigo,
    servicio_por_id,
)
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import DatosInvalidos
from oficina.events.casos import InstitucionActualizada, ServicioCapacidadCambiada
from oficina.web.conditional import check_version


def sembrar(session: Session, *, demo: bool = False) -> int:
    """Add the institutions and services of `datos.json` that are not there; tells how many.

    What people changed since stays as they left it. With `demo`, an institution without an
    address gets a synthetic one of the reserved domain example.
    """
    datos = json.loads((files("casos.red") / "datos.json").read_text(encoding="utf-8"))
    conocidas = {i.sigla: i for i in session.scalars(select(Institucion))}
    codigos = set(session.scalars(select(ServicioRed.codigo)))
    nuevos = 0
    for dato in datos["instituciones"]:
        institucion = conocidas.get(dato["sigla"])
        if institucion is None:
            institucion = _institucion(dato)
            session.add(institucion)
            session.flush()
            nuevos += 1
        if institucion.unidad is None:
            # Until somebody says which unit it is; an empty one says that it is none.
            institucion.unidad = dato.get("unidad")
        if demo and institucion.correo is None:
            institucion.correo = f"{institucion.sigla.lower()}@red.example"
        for servicio in dato["servicios"]:
            if servicio["codigo"] not in codigos:
                session.add(_servicio(institucion.id, servicio))
                nuevos += 1
    session.flush()
    return nuevos


def crear_institucion(session: Session, datos: DatosInstitucion, actor: Actor) -> Institucion:
    """Add an institution. Raises DatosInvalidos when another one has its acronym."""
    exigir_sigla_libre(session, datos.sigla, None)
    institucion = Institucion()
    _escribir(institucion, datos)
    session.add(institucion)
    session.flush()
    registrar(session, actor, "casos.red.institucion.crear", "institucion", institucion.id)
    emitir(session, InstitucionActualizada(institucion_id=institucion.id))
    return institucion


def editar_institucion(
    session: Session, institucion_id: UUID, datos: DatosInstitucion, actor: Actor
) -> Institucion:
    """Correct an institution. Raises NoEncontrado, VersionVencida, and DatosInvalidos when another
    one has its acronym.
    """
    institucion = institucion_entera(session, institucion_id)
    check_version(institucion, datos.version)
    exigir_sigla_libre(session, datos.sigla, institucion.id)
    _escribir(institucion, datos)
    registrar(session, actor, "casos.red.institucion.editar", "institucion", institucion.id)
    emitir(session, InstitucionActualizada(institucion_id=institucion.id))
    session.flush()
    return institucion


def crear_servicio(
    session: Session,
    institucion_id: UUID,
    datos: DatosServicio,
    actor: Actor,
    *,
    codigo: str | None = None,
) -> ServicioRed:
    """Add a service of an institution, under `codigo` or else one that nobody has.

    Raises NoEncontrado, and DatosInvalidos when another service has that code.
    """
    institucion = institucion_entera(session, institucion_id)
    if codigo is not None and servicio_por_codigo(session, codigo) is not None:
        raise DatosInvalidos({"codigo": [_("Ya hay un servicio con ese código.")]})
    servicio = ServicioRed(
        institucion_id=institucion.id,
        codigo=codigo or codigo_libre(session, institucion.sigla, datos.nombre),
        capacidad=Capacidad.DESCONOCIDA,
    )
    _escribir(servicio, datos)
    servicio.actualizado_en = clock.now()
    session.add(servicio)
    session.flush()
    registrar(session, actor, "casos.red.servicio.crear", "servicio_red", servicio.id)
    emitir(session, InstitucionActualizada(institucion_id=institucion.id))
    return servicio


def editar_servicio(
    session: Session, servicio_id: UUID, datos: DatosServicio, actor: Actor
) -> ServicioRed:
    """Correct a service. Raises NoEncontrado, and VersionVencida when somebody was faster."""
    servicio = servicio_por_id(session, servicio_id)
    check_version(servicio, datos.version)
    _escribir(servicio, datos)
    tocado(session, servicio, "casos.red.editar", actor)
    return servicio


def informar_cupo(
    session: Session,
    servicio_id: UUID,
    datos: DatosCupo,
    actor: Actor,
    *,
    fuente: FuenteDato = FuenteDato.OFICINA,
) -> ServicioRed:
    """Write down what a service says of its places; what it said before stays.

    Raises NoEncontrado, VersionVencida.
    """
    servicio = servicio_por_id(session, servicio_id)
    check_version(servicio, datos.version)
    ahora = clock.now()
    cambia = servicio.capacidad is not datos.capacidad
    session.add(
        CupoInformado(
            servicio_id=servicio.id,
            capacidad=datos.capacidad,
            nota=datos.nota,
            fuente=fuente,
            informado_por=actor.nombre,
            informado_en=ahora,
        )
    )
    servicio.capacidad, servicio.capacidad_el = datos.capacidad, clock.local(ahora).date()
    servicio.actualizado_en = ahora
    registrar(session, actor, "casos.red.cupo", "servicio_red", servicio.id)
    if cambia:
        emitir(
            session,
            ServicioCapacidadCambiada(
                servicio_id=servicio.id,
                institucion_id=servicio.institucion_id,
                capacidad=datos.capacidad.value,
            ),
        )
    session.flush()
    return servicio


def verificar(
    session: Session,
    servicio_id: UUID,
    actor: Actor,
    version: int | None,
    *,
    fuente: FuenteDato = FuenteDato.OFICINA,
) -> None:
    """Say that what is written of a service was asked about today, and is so. `fuente`: whether
    somebody of the office asked, or the institution says so by itself.

    Raises NoEncontrado, VersionVencida.
    """
    servicio = servicio_por_id(session, servicio_id)
    check_version(servicio, version)
    servicio.dar_por_verificado(clock.today(), actor.nombre, fuente)
    registrar(session, actor, "casos.red.verificar", "servicio_red", servicio.id)


def verificar_contacto(
    session: Session, servicio_id: UUID, actor: Actor, version: int | None
) -> None:
    """Say that its hours and whom to ask were asked about today, and are so; the rest was not.

    Raises NoEncontrado, VersionVencida.
    """
    servicio = servicio_por_id(session, servicio_id)
    check_version(servicio, version)
    servicio.contacto_verificado_el = clock.today()
    servicio.contacto_verificado_por = actor.nombre
    registrar(session, actor, "casos.red.verificar_contacto", "servicio_red", servicio.id)


def crear_sede(session: Session, institucion_id: UUID, datos: DatosSede, actor: Actor) -> Sede:
    """Add a place of an institution. Raises NoEncontrado."""
    institucion = institucion_entera(session, institucion_id)
    sede = Sede(institucion_id=institucion.id)
    _escribir(sede, datos)
    session.add(sede)
    session.flush()
    registrar(session, actor, "casos.red.sede.guardar", "institucion", institucion.id)
    return sede


def editar_sede(session: Session, sede_id: UUID, datos: DatosSede, actor: Actor) -> Sede:
    """Correct a place. Raises NoEncontrado, VersionVencida."""
    sede = sede_por_id(session, sede_id)
    check_version(sede, datos.version)
    _escribir(sede, datos)
    registrar(session, actor, "casos.red.sede.guardar", "institucion", sede.institucion_id)
    session.flush()
    return sede


def crear_lugar(session: Session, servicio_id: UUID, datos: DatosLugar, actor: Actor) -> Lugar:
    """Say where and when a service is given. Raises NoEncontrado, and DatosInvalidos when the place
    is not of its institution.
    """
    servicio = servicio_por_id(session, servicio_id)
    _exigir_sede(session, servicio, datos.sede_id)
    lugar = Lugar(
        servicio_id=servicio.id,
        sede_id=datos.sede_id,
        papel=datos.papel,
        nota=datos.nota,
        horarios=de_la_semana(datos.semana),
    )
    session.add(lugar)
    tocado(session, servicio, "casos.red.lugar.guardar", actor)
    return lugar


def editar_lugar(session: Session, lugar_id: UUID, datos: DatosLugar, actor: Actor) -> Lugar:
    """Correct where and when. Hours that do not repeat by week stay as they are.

    Raises NoEncontrado, VersionVencida, DatosInvalidos.
    """
    lugar = lugar_por_id(session, lugar_id)
    check_version(lugar, datos.version)
    _exigir_sede(session, lugar.servicio, datos.sede_id)
    lugar.sede_id, lugar.papel, lugar.nota = datos.sede_id, datos.papel, datos.nota
    otros = [uno for uno in lugar.horarios if not es_de_la_semana(uno)]
    lugar.horarios = [*de_la_semana(datos.semana), *otros]
    # Hours are rows of their own: who reads the place now reads something else all the same.
    flag_modified(lugar, "papel")
    tocado(session, lugar.servicio, "casos.red.lugar.guardar", actor)
    return lugar


def quitar_lugar(session: Session, lugar_id: UUID, actor: Actor) -> ServicioRed:
    """A service is not given there any more. Raises NoEncontrado."""
    lugar = lugar_por_id(session, lugar_id)
    servicio = lugar.servicio
    session.delete(lugar)
    tocado(session, servicio, "casos.red.lugar.quitar", actor)
    return servicio


def crear_contacto(
    session: Session, institucion_id: UUID, datos: DatosContacto, actor: Actor
) -> ContactoRed:
    """Add whom to ask. Raises NoEncontrado, DatosInvalidos for a service of somebody else."""
    institucion = institucion_entera(session, institucion_id)
    _exigir_servicio(institucion, datos.servicio_id)
    contacto = ContactoRed(institucion_id=institucion.id)
    _escribir(contacto, datos)
    session.add(contacto)
    session.flush()
    registrar(session, actor, "casos.red.contacto.guardar", "institucion", institucion.id)
    return contacto


def editar_contacto(
    session: Session, contacto_id: UUID, datos: DatosContacto, actor: Actor
) -> ContactoRed:
    """Correct whom to ask. Raises NoEncontrado, VersionVencida, DatosInvalidos."""
    contacto = contacto_por_id(session, contacto_id)
    check_version(contacto, datos.version)
    institucion = institucion_entera(session, contacto.institucion_id)
    _exigir_servicio(institucion, datos.servicio_id)
    _escribir(contacto, datos)
    registrar(session, actor, "casos.red.contacto.guardar", "institucion", institucion.id)
    session.flush()
    return contacto


def quitar_contacto(session: Session, contacto_id: UUID, actor: Actor) -> Institucion:
    """Somebody is not to be asked any more. Raises NoEncontrado."""
    contacto = contacto_por_id(session, contacto_id)
    institucion = contacto.institucion
    session.delete(contacto)
    registrar(session, actor, "casos.red.contacto.quitar", "institucion", institucion.id)
    session.flush()
    return institucion


def tocado(session: Session, servicio: ServicioRed, accion: str, actor: Actor) -> None:
    """Audit a change of what is told of a service, and tell that there was one."""
    servicio.actualizado_en = clock.now()
    registrar(session, actor, accion, "servicio_red", servicio.id)
    emitir(session, InstitucionActualizada(institucion_id=servicio.institucion_id))
    session.flush()


def codigo_libre(session: Session, sigla: str, nombre: str) -> str:
    """A code for a service that no other one has: the acronym and a word of its name."""
    largas = [p.upper() for p in palabras(nombre) if len(p) > 3] or ["SERVICIO"]
    base = f"{sigla}.{re.sub('[^A-Z0-9]', '', largas[0]) or 'SERVICIO'}"[:52]
    usados = set(
        session.scalars(select(ServicioRed.codigo).where(ServicioRed.codigo.startswith(base)))
    )
    libres = (base if n == 1 else f"{base}.{n}" for n in range(1, len(usados) + 2))
    return next(codigo for codigo in libres if codigo not in usados)


def exigir_sigla_libre(session: Session, sigla: str, propia: UUID | None) -> None:
    """Raise DatosInvalidos when another institution has that acronym."""
    otra = institucion_por_sigla(session, sigla)
    if otra is not None and otra.id != propia:
        raise DatosInvalidos({"sigla": [_("Ya hay una institución con esa sigla.")]})


def _exigir_sede(session: Session, servicio: ServicioRed, sede_id: UUID) -> None:
    sede = session.get(Sede, sede_id)
    if sede is None or sede.institucion_id != servicio.institucion_id:
        raise DatosInvalidos({"sede_id": [_("Elija un lugar de la institución.")]})


def _exigir_servicio(institucion: Institucion, servicio_id: UUID | None) -> None:
    if servicio_id is not None and servicio_id not in {s.id for s in institucion.servicios}:
        raise DatosInvalidos({"servicio_id": [_("Elija un servicio de la institución.")]})


def _escribir(fila: Any, datos: Any) -> None:
    campos: Mapping[str, Any] = asdict(datos)
    for campo, valor in campos.items():
        if campo != "version":
            setattr(fila, campo, list(valor) if isinstance(valor, tuple) else valor)


def _institucion(dato: Mapping[str, Any]) -> Institucion:
    return Institucion(
        sigla=dato["sigla"],
        nombre=dato["nombre"],
        tipo=TipoInstitucion(dato["tipo"]),
        ambito=Ambito(dato["ambito"]),
        permite_comunicar_datos=dato["permite_comunicar_datos"],
    )


def _servicio(institucion_id: UUID, dato: Mapping[str, Any]) -> ServicioRed:
    return ServicioRed(
        institucion_id=institucion_id,
        codigo=dato["codigo"],
        nombre=dato["nombre"],
        temas=dato["temas"],
        estado=EstadoServicio.ACTIVO,
        capacidad=Capacidad.DESCONOCIDA,
        documentos_requeridos=dato["documentos_requeridos"],
        modo=Modo(dato["modo"]),
        actualizado_en=clock.now(),
    )
