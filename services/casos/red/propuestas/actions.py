"""What can be done with what is not in the directory: use it at once, and decide what it is.

Until it is accepted it counts as a private body: data go there with the person's consent alone, and
by no link, because its address is only somebody's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from casos.derivaciones.models import Derivacion
from casos.red.actions import codigo_libre, exigir_sigla_libre
from casos.red.models import (
    Ambito,
    Capacidad,
    EstadoServicio,
    Institucion,
    Modo,
    ServicioRed,
    TipoInstitucion,
)
from casos.red.propuestas.models import PropuestaRed
from casos.red.propuestas.queries import propuesta_por_id
from casos.red.propuestas.states import MotivoDescarte, PasoPropuesta
from casos.red.queries import institucion_por_id, servicio_por_id
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.db import uuid7
from oficina.errors import DatosInvalidos
from oficina.events.casos import InstitucionActualizada
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class NuevaPropuesta:
    """What somebody knows: a service of a known institution, or of one by its name."""

    servicio: str
    temas: Sequence[str]
    modo: Modo
    institucion_id: UUID | None = None
    institucion: str = ""
    como_llegar: str = ""
    caso: UUID | None = None
    reemplaza_a: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Aceptacion:
    """What it is called in the directory. What is said of a known institution is left aside."""

    servicio: str
    institucion: str = ""
    sigla: str = ""
    tipo: TipoInstitucion = TipoInstitucion.PRIVADA_SIN_FINES
    ambito: Ambito = Ambito.EXTERNA
    version: int | None = None


def proponer(session: Session, datos: NuevaPropuesta, actor: Actor) -> PropuestaRed:
    """Write down a service that the directory does not have; it can be derived to from now on.

    Raises DatoNoEncontrado for an institution that is not there.
    """
    if datos.institucion_id is not None:
        institucion = institucion_por_id(session, datos.institucion_id, campo="institucion_id")
    else:
        institucion = Institucion(
            sigla=f"POR_REVISAR_{uuid7().hex[-8:].upper()}",
            nombre=datos.institucion,
            tipo=TipoInstitucion.PRIVADA_SIN_FINES,
            ambito=Ambito.EXTERNA,
            unidad="",
            catalogada=False,
        )
        session.add(institucion)
        session.flush()
    servicio = ServicioRed(
        institucion_id=institucion.id,
        codigo=codigo_libre(session, institucion.sigla, datos.servicio),
        nombre=datos.servicio,
        temas=list(datos.temas),
        estado=EstadoServicio.ACTIVO,
        capacidad=Capacidad.DESCONOCIDA,
        documentos_requeridos=[],
        modo=datos.modo,
        actualizado_en=clock.now(),
        catalogado=False,
    )
    session.add(servicio)
    session.flush()
    propuesta = PropuestaRed(
        servicio_id=servicio.id,
        como_llegar=datos.como_llegar,
        propuesta_por_id=actor.id,
        propuesta_por=actor.nombre,
        propuesta_en=clock.now(),
    )
    session.add(propuesta)
    session.flush()
    registrar(session, actor, "casos.red.proponer", "propuesta_red", propuesta.id)
    return propuesta


def aceptar(session: Session, propuesta_id: UUID, datos: Aceptacion, actor: Actor) -> PropuestaRed:
    """It is new: it joins the directory as the coordination calls it.

    Raises NoEncontrado, VersionVencida, TransicionInvalida when it was decided, and DatosInvalidos
    when another institution has the acronym, or a new one has no name.
    """
    propuesta = _decidir(session, propuesta_id, PasoPropuesta.ACEPTAR, datos.version, actor)
    servicio, institucion = propuesta.servicio, propuesta.servicio.institucion
    servicio.nombre, servicio.catalogado = datos.servicio, True
    if not institucion.catalogada:
        if faltan := [c for c in ("institucion", "sigla") if not getattr(datos, c)]:
            raise DatosInvalidos({campo: [_("Falta este dato.")] for campo in faltan})
        exigir_sigla_libre(session, datos.sigla, institucion.id)
        institucion.nombre, institucion.sigla = datos.institucion, datos.sigla
        institucion.tipo, institucion.ambito = datos.tipo, datos.ambito
        institucion.catalogada = True
        servicio.codigo = codigo_libre(session, institucion.sigla, servicio.nombre)
    emitir(session, InstitucionActualizada(institucion_id=institucion.id))
    session.flush()
    return propuesta


def unir(
    session: Session, propuesta_id: UUID, servicio_id: UUID, version: int | None, actor: Actor
) -> PropuestaRed:
    """It is one that was there: what was derived to it is derived to that one.

    Raises NoEncontrado, VersionVencida, TransicionInvalida, and DatosInvalidos for one that was not
    accepted itself.
    """
    propuesta = _decidir(session, propuesta_id, PasoPropuesta.UNIR, version, actor)
    destino = servicio_por_id(session, servicio_id)
    if not destino.catalogado or not destino.institucion.catalogada:
        raise DatosInvalidos({"servicio_id": [_("Elija un servicio del directorio.")]})
    propuesta.unida_a_id = destino.id
    _retirar(propuesta)
    session.execute(
        update(Derivacion)
        .where(Derivacion.servicio_id == propuesta.servicio_id)
        .values(servicio_id=destino.id, institucion_id=destino.institucion_id)
    )
    session.flush()
    return propuesta


def descartar(
    session: Session, propuesta_id: UUID, motivo: MotivoDescarte, version: int | None, actor: Actor
) -> PropuestaRed:
    """It does not stay; what was derived there already goes on.

    Raises NoEncontrado, VersionVencida, TransicionInvalida.
    """
    propuesta = _decidir(session, propuesta_id, PasoPropuesta.DESCARTAR, version, actor)
    propuesta.motivo = motivo
    _retirar(propuesta)
    session.flush()
    return propuesta


def _decidir(
    session: Session, propuesta_id: UUID, paso: PasoPropuesta, version: int | None, actor: Actor
) -> PropuestaRed:
    propuesta = propuesta_por_id(session, propuesta_id)
    check_version(propuesta, version)
    propuesta.pasar(paso, actor.nombre, clock.now())
    registrar(session, actor, f"casos.red.propuesta.{paso}", "propuesta_red", propuesta.id)
    return propuesta


def _retirar(propuesta: PropuestaRed) -> None:
    propuesta.servicio.estado = EstadoServicio.INACTIVO
    if not propuesta.servicio.institucion.catalogada:
        propuesta.servicio.institucion.activa = False
