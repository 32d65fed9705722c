"""What can be asked of identidad."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from identidad.models import ClienteApi, Funcionario, Sesion
from oficina.errors import NoEncontrado


def funcionarios(
    session: Session, *, rol: str | None = None, todos: bool = False
) -> Sequence[Funcionario]:
    """The active staff, by name; of one role when asked, with `todos` also who has left."""
    query = select(Funcionario).order_by(Funcionario.nombre)
    if not todos:
        query = query.where(Funcionario.activo)
    return [one for one in session.scalars(query) if rol is None or rol in one.roles]


def cuentas(session: Session) -> Sequence[Funcionario]:
    """Every account, the active ones first."""
    query = select(Funcionario).order_by(Funcionario.activo.desc(), Funcionario.nombre)
    return session.scalars(query).all()


def funcionario_por_id(session: Session, funcionario_id: UUID) -> Funcionario:
    """One account; NoEncontrado when there is none."""
    funcionario = session.get(Funcionario, funcionario_id)
    if funcionario is None:
        raise NoEncontrado
    return funcionario


def funcionario_por_usuario(session: Session, usuario: str) -> Funcionario | None:
    """The account with that user name, however its case was typed."""
    return session.scalar(select(Funcionario).where(Funcionario.usuario == usuario.lower()))


def funcionario_por_correo(session: Session, correo: str) -> Funcionario | None:
    """The open account with that address, however its case was typed."""
    query = select(Funcionario).where(
        func.lower(Funcionario.correo) == correo.lower(), Funcionario.activo
    )
    return session.scalars(query.order_by(Funcionario.id).limit(1)).first()


def usuario_libre(session: Session, correo: str) -> str:
    """A user name that nobody has, made of an address."""
    local = unicodedata.normalize("NFKD", correo.partition("@")[0].lower())
    base = re.sub(r"[^a-z0-9._-]", "", local).lstrip("._-")[:36]
    base = base if len(base) >= 3 else f"cuenta.{base}".rstrip(".")
    name, number = base, 2
    while funcionario_por_usuario(session, name):
        name, number = f"{base}{number}", number + 1
    return name


def sesion_por_id(session: Session, sesion_id: UUID) -> Sesion | None:
    """A session with its person."""
    query = select(Sesion).where(Sesion.id == sesion_id).options(joinedload(Sesion.funcionario))
    return session.scalar(query)


def sesiones_abiertas(session: Session, funcionario_id: UUID, ahora: datetime) -> Sequence[Sesion]:
    """The sessions of an account that still stand, the newest first."""
    query = select(Sesion).where(
        Sesion.funcionario_id == funcionario_id, Sesion.terminada_en.is_(None)
    )
    found = session.scalars(query.order_by(Sesion.id.desc()))
    return [sesion for sesion in found if sesion.vigente(ahora)]


def cliente_por_client_id(session: Session, client_id: str) -> ClienteApi | None:
    """An active client of the API."""
    query = select(ClienteApi).where(ClienteApi.client_id == client_id, ClienteApi.activo)
    return session.scalar(query)
