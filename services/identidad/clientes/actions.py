"""What can be done with programs. One function a use case, inside the entrance's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from identidad.actions import SERVICE_PREFIX
from identidad.models import MARCA_DE_USO, ClienteApi, SecretoDeCliente
from identidad.queries import cliente_por_id
from identidad.secretos import hash_secreto
from identidad.unidades.queries import unidad_por_codigo
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado
from oficina.web.conditional import check_version

SECRETOS = 2
"""How many may stand at once: the present one, and the one that is to replace it."""


@dataclass(frozen=True, kw_only=True)
class NuevoCliente:
    """A program that will call the API, with a secret from `secretos.nuevo_secreto`.

    Without `alcances` it may do all that its roles allow.
    """

    client_id: str
    nombre: str
    secreto: str
    roles: Sequence[str]
    alcances: Sequence[str] | None = None
    unidad: str = ""


@dataclass(frozen=True, kw_only=True)
class EdicionCliente:
    """What a program is to be."""

    nombre: str
    roles: Sequence[str]
    alcances: Sequence[str] | None = None
    unidad: str = ""
    version: int | None = None


def crear_cliente(session: Session, datos: NuevoCliente, actor: Actor) -> ClienteApi:
    """Register a program; only a hash of its secret is kept.

    Raises DatosInvalidos when its name is taken or a service's, or its unit is none.
    """
    _revisar(session, datos.unidad, datos.client_id)
    cliente = ClienteApi(
        client_id=datos.client_id,
        nombre=datos.nombre,
        roles=sorted(datos.roles),
        alcances=None if datos.alcances is None else sorted(datos.alcances),
        unidad=datos.unidad,
        activo=True,
        secretos=[_secreto(datos.secreto)],
    )
    session.add(cliente)
    session.flush()
    registrar(session, actor, "identidad.cliente.crear", "cliente_api", cliente.id)
    return cliente


def editar_cliente(
    session: Session, cliente_id: UUID, datos: EdicionCliente, actor: Actor
) -> ClienteApi:
    """Change what a program may do; its tokens may no more within a minute."""
    cliente = cliente_por_id(session, cliente_id)
    check_version(cliente, datos.version)
    _revisar(session, datos.unidad if datos.unidad != cliente.unidad else "")
    cliente.nombre, cliente.unidad = datos.nombre, datos.unidad
    cliente.roles = sorted(datos.roles)
    cliente.alcances = None if datos.alcances is None else sorted(datos.alcances)
    registrar(session, actor, "identidad.cliente.editar", "cliente_api", cliente_id)
    return cliente


def agregar_secreto(
    session: Session, cliente_id: UUID, secreto: str, actor: Actor
) -> SecretoDeCliente:
    """Give a program another secret, beside the one that it has; Conflicto when it has two."""
    cliente = _bloqueado(session, cliente_id)
    if not cliente.activo:
        raise Conflicto(_("Este sistema está revocado."))
    if sum(uno.vigente for uno in cliente.secretos) >= SECRETOS:
        raise Conflicto(_("Ya tiene dos secretos: revoque uno antes."))
    nuevo = _secreto(secreto)
    cliente.secretos.append(nuevo)
    session.flush()
    registrar(session, actor, "identidad.cliente.agregar_secreto", "cliente_api", cliente_id)
    return nuevo


def revocar_secreto(
    session: Session, cliente_id: UUID, secreto_id: UUID, actor: Actor, ahora: datetime
) -> None:
    """A secret opens nothing any more, nor its tokens within a minute. Raises NoEncontrado."""
    cliente = cliente_por_id(session, cliente_id)
    secreto = next((uno for uno in cliente.secretos if uno.id == secreto_id), None)
    if secreto is None:
        raise NoEncontrado
    secreto.revocado_en = secreto.revocado_en or ahora
    # What a version before this one looks at.
    if cliente.secreto_hash == secreto.secreto_hash:
        cliente.secreto_hash = ""
    registrar(session, actor, "identidad.cliente.revocar_secreto", "cliente_api", cliente_id)


def revocar_cliente(session: Session, cliente_id: UUID, actor: Actor) -> ClienteApi:
    """The program may call no more; its tokens stop within a minute. There is no way back."""
    cliente = cliente_por_id(session, cliente_id)
    cliente.activo = False
    registrar(session, actor, "identidad.cliente.revocar", "cliente_api", cliente_id)
    return cliente


def marcar_uso(db: Database, secreto_id: UUID, ahora: datetime) -> None:
    """Write down that a secret was used; seldom, as sessions do."""
    with db.read() as session:
        secreto = session.get(SecretoDeCliente, secreto_id)
    if secreto is None:
        return
    if secreto.usado_en is None or ahora - secreto.usado_en >= MARCA_DE_USO:
        with db.begin() as session:
            if marked := session.get(SecretoDeCliente, secreto_id):
                marked.usado_en = ahora


def _secreto(secreto: str) -> SecretoDeCliente:
    return SecretoDeCliente(
        secreto_hash=hash_secreto(secreto),
        creado_en=real_now(),
        usado_en=None,
        revocado_en=None,
    )


def _bloqueado(session: Session, cliente_id: UUID) -> ClienteApi:
    """The program, held until the end: of two who add a secret, the second sees the first's."""
    session.execute(select(ClienteApi.id).where(ClienteApi.id == cliente_id).with_for_update())
    return cliente_por_id(session, cliente_id)


def _revisar(session: Session, unidad: str, client_id: str = "") -> None:
    errores: dict[str, list[str]] = {}
    taken = select(ClienteApi.id).where(ClienteApi.client_id == client_id)
    if client_id and session.scalar(taken):
        errores["client_id"] = [_("Ya hay un sistema con ese identificador.")]
    if client_id.startswith(SERVICE_PREFIX):
        errores["client_id"] = [_("Así se llaman los servicios de la oficina; elija otro.")]
    conocida = unidad_por_codigo(session, unidad) if unidad else None
    if unidad and (conocida is None or not conocida.activa):
        errores["unidad"] = [_("Esa unidad no existe o está cerrada.")]
    if errores:
        raise DatosInvalidos(errores)
