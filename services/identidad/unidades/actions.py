"""What can be done with units. One function a use case, inside the entrance's transaction."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identidad.unidades.models import MIGRACION, Unidad
from identidad.unidades.queries import unidad_por_id
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class NuevaUnidad:
    """What is needed to add a unit."""

    codigo: str
    nombre: str


@dataclass(frozen=True, kw_only=True)
class EdicionUnidad:
    """What may change of a unit: never its code."""

    nombre: str
    version: int | None = None


def crear_unidad(session: Session, datos: NuevaUnidad, actor: Actor) -> Unidad:
    """Add a unit; DatosInvalidos when its code is taken."""
    una = Unidad(codigo=datos.codigo, nombre=datos.nombre)
    session.add(una)
    try:
        session.flush()
    except IntegrityError as error:
        raise DatosInvalidos({"codigo": [_("Ya hay una unidad con ese código.")]}) from error
    registrar(session, actor, "identidad.unidad.crear", "unidad", una.id)
    return una


def editar_unidad(session: Session, unidad_id: UUID, datos: EdicionUnidad, actor: Actor) -> Unidad:
    """Give a unit another name; VersionVencida when somebody changed it meanwhile."""
    una = unidad_por_id(session, unidad_id)
    check_version(una, datos.version)
    una.nombre = datos.nombre
    registrar(session, actor, "identidad.unidad.editar", "unidad", unidad_id)
    return una


def cerrar_unidad(
    session: Session, unidad_id: UUID, actor: Actor, version: int | None = None
) -> Unidad:
    """Nobody new may be put in it; whoever is in it stays until somebody moves them."""
    una = unidad_por_id(session, unidad_id)
    check_version(una, version)
    if una.codigo == MIGRACION:
        raise Conflicto(_("La unidad de la propia oficina no se puede cerrar."))
    una.activa = False
    registrar(session, actor, "identidad.unidad.cerrar", "unidad", unidad_id)
    return una


def abrir_unidad(
    session: Session, unidad_id: UUID, actor: Actor, version: int | None = None
) -> Unidad:
    """A closed unit is in use again."""
    una = unidad_por_id(session, unidad_id)
    check_version(una, version)
    una.activa = True
    registrar(session, actor, "identidad.unidad.abrir", "unidad", unidad_id)
    return una
