"""What can be done with sub-themes. One function, one transaction, one line of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.subtemas.models import Subtema
from casos.subtemas.queries import en_uso, subtema_por_id
from casos.taxonomia import taxonomia
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.errors import Conflicto, DatosInvalidos
from oficina.web.conditional import check_version


@dataclass(frozen=True, kw_only=True)
class NuevoSubtema:
    """A theme, the word that its code gains, and how it is called."""

    padre: str
    palabra: str
    etiquetas: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EdicionSubtema:
    """How it is called from now on."""

    etiquetas: Mapping[str, str]
    version: int | None = None


def crear(session: Session, datos: NuevoSubtema, actor: Actor, ahora: datetime) -> Subtema:
    """Add a code. Raises DatosInvalidos when it exists already, here or in any version."""
    codigo = f"{datos.padre}.{datos.palabra}"
    repetido = session.scalar(select(Subtema.id).where(Subtema.codigo == codigo))
    if repetido or taxonomia().conocido(codigo):
        raise DatosInvalidos({"palabra": [_("El código %(codigo)s ya existe.", codigo=codigo)]})
    subtema = Subtema(
        codigo=codigo,
        padre=datos.padre,
        etiquetas=dict(datos.etiquetas),
        creado_en=ahora,
        creado_por=actor.nombre,
    )
    session.add(subtema)
    session.flush()
    auditar(session, actor, "casos.subtema.crear", "subtema", subtema.id)
    return subtema


def editar(session: Session, subtema_id: UUID, datos: EdicionSubtema, actor: Actor) -> Subtema:
    """Call it otherwise; its code stays."""
    subtema = _para_cambiar(session, subtema_id, datos.version)
    subtema.etiquetas = dict(datos.etiquetas)
    auditar(session, actor, "casos.subtema.editar", "subtema", subtema.id)
    return subtema


def retirar(
    session: Session, subtema_id: UUID, version: int | None, actor: Actor, ahora: datetime
) -> Subtema:
    """Offer it no more. Raises Conflicto when it is not offered."""
    subtema = _para_cambiar(session, subtema_id, version)
    subtema.retirar(ahora)
    auditar(session, actor, "casos.subtema.retirar", "subtema", subtema.id)
    return subtema


def reponer(session: Session, subtema_id: UUID, version: int | None, actor: Actor) -> Subtema:
    """Offer it again. Raises Conflicto when it is offered."""
    subtema = _para_cambiar(session, subtema_id, version)
    subtema.reponer()
    auditar(session, actor, "casos.subtema.reponer", "subtema", subtema.id)
    return subtema


def eliminar(session: Session, subtema_id: UUID, version: int | None, actor: Actor) -> None:
    """Take away one that was never used. Raises Conflicto when it was: it can be retired."""
    subtema = _para_cambiar(session, subtema_id, version)
    if en_uso(session, subtema.codigo):
        raise Conflicto(_("Ya hay registros con este subtema: retírelo, y seguirán leyéndose."))
    session.delete(subtema)
    auditar(session, actor, "casos.subtema.eliminar", "subtema", subtema.id)


def _para_cambiar(session: Session, subtema_id: UUID, version: int | None) -> Subtema:
    subtema = subtema_por_id(session, subtema_id, bloquear=True)
    check_version(subtema, version)
    return subtema
