"""What can be asked of identidad."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from identidad.models import ClienteApi, Funcionario, SecretoDeCliente, Sesion, indice_run
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


def funcionario_por_run(session: Session, run: str) -> Funcionario | None:
    """The open account of a normalised RUN."""
    query = select(Funcionario).where(Funcionario.run_indice == indice_run(run), Funcionario.activo)
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
    """An active client of the API with its secrets."""
    query = (
        select(ClienteApi)
        .where(ClienteApi.client_id == client_id, ClienteApi.activo)
        .options(_con_secretos())
    )
    return session.scalar(query)


def clientes(session: Session) -> Sequence[ClienteApi]:
    """Every program, the active ones first, with its secrets."""
    query = select(ClienteApi).order_by(ClienteApi.activo.desc(), ClienteApi.nombre)
    return session.scalars(query.options(_con_secretos())).all()


def cliente_por_id(session: Session, cliente_id: UUID) -> ClienteApi:
    """One program with its secrets; NoEncontrado when there is none."""
    query = select(ClienteApi).where(ClienteApi.id == cliente_id).options(_con_secretos())
    cliente = session.scalar(query)
    if cliente is None:
        raise NoEncontrado
    return cliente


def secreto_por_id(session: Session, secreto_id: UUID) -> SecretoDeCliente | None:
    """A secret with its program."""
    query = select(SecretoDeCliente).where(SecretoDeCliente.id == secreto_id)
    return session.scalar(query.options(joinedload(SecretoDeCliente.cliente)))


def _con_secretos() -> ORMOption:
    return selectinload(ClienteApi.secretos).joinedload(SecretoDeCliente.cliente)
