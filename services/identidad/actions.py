"""What can be done at identidad. One function a use case, one transaction.

Comparing a password is the exception: it is slow on purpose and must not hold the write lock, so
`identificar` and `cambiar_mi_clave` take the database and open their short transactions themselves.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from identidad.claves import revisar
from identidad.models import DURACION, INACTIVIDAD, Funcionario, Rol, Sesion
from identidad.queries import (
    cliente_por_client_id,
    funcionario_por_correo,
    funcionario_por_id,
    funcionario_por_run,
    funcionario_por_usuario,
    secreto_por_id,
    sesion_por_id,
)
from identidad.secretos import clave_correcta, hash_clave, hash_secreto
from identidad.unidades.queries import unidad_por_codigo
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.db import Database
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, NoIdentificado
from oficina.settings import SERVICES, Settings
from oficina.texts import N_
from oficina.web.client import service_secret
from oficina.web.conditional import check_version
from oficina.web.tokens import Credencial

SERVICE_PREFIX = "servicio-"
# The composition root calls services too, in its own name.
SERVICE_NAMES = frozenset({*SERVICES, "acogida"})


@dataclass(frozen=True, kw_only=True)
class CuentaNueva:
    """What is needed to open an account whose person will set their own password."""

    usuario: str
    nombre: str
    correo: str
    roles: Sequence[str]
    unidad: str = ""
    idioma: str = "es"


@dataclass(frozen=True, kw_only=True)
class NuevoFuncionario(CuentaNueva):
    """The same with a password, to be handed over in person."""

    clave: str


@dataclass(frozen=True, kw_only=True)
class EdicionFuncionario:
    """What an account is to be. `run`, normalised, is for who signs in with ClaveÚnica."""

    nombre: str
    correo: str
    roles: Sequence[str]
    unidad: str = ""
    run: str = ""
    idioma: str = "es"
    version: int | None = None


@dataclass(frozen=True)
class Origen:
    """From where somebody signs in: their address, and what their browser says of itself."""

    direccion: str
    navegador: str


class CredencialesInvalidas(NoIdentificado):
    """Wrong password, unknown user or deactivated account: the answer does not tell which."""

    title = N_("El usuario o la clave no son correctos")


def crear_funcionario(session: Session, datos: NuevoFuncionario, actor: Actor) -> Funcionario:
    """Open an account with a password.

    Raises DatosInvalidos when its name or mail is taken, its unit is none, or anybody would guess
    the password.
    """
    revisar(datos.clave, (datos.usuario, datos.nombre, datos.correo))
    funcionario = abrir_cuenta(session, datos, actor)
    funcionario.clave_hash = hash_clave(datos.clave)
    session.flush()
    return funcionario


def abrir_cuenta(session: Session, datos: CuentaNueva, actor: Actor) -> Funcionario:
    """Open an account that nobody can enter yet; DatosInvalidos as in `crear_funcionario`."""
    _revisar_cuenta(session, datos.correo, datos.unidad, usuario=datos.usuario.lower())
    funcionario = Funcionario(
        usuario=datos.usuario.lower(),
        nombre=datos.nombre,
        correo=datos.correo,
        clave_hash="",
        roles=sorted(datos.roles),
        unidad=datos.unidad,
        idioma=datos.idioma,
    )
    session.add(funcionario)
    session.flush()
    registrar(session, actor, "identidad.cuenta.crear", "funcionario", funcionario.id)
    return funcionario


def editar_funcionario(
    session: Session,
    funcionario_id: UUID,
    datos: EdicionFuncionario,
    actor: Actor,
    ahora: datetime,
) -> Funcionario:
    """Change an account. Other roles or another unit end its sessions: its tokens say the old ones.

    Raises VersionVencida when somebody changed it meanwhile, and Conflicto when nobody would be
    left to administer the system.
    """
    funcionario = funcionario_por_id(session, funcionario_id)
    check_version(funcionario, datos.version)
    _revisar_cuenta(session, datos.correo, datos.unidad, run=datos.run, de=funcionario)
    roles = sorted(datos.roles)
    if Rol.ADMINISTRADOR not in roles:
        _queda_quien_administre(session, funcionario)
    cambian = (roles, datos.unidad) != (sorted(funcionario.roles), funcionario.unidad)
    funcionario.nombre, funcionario.correo = datos.nombre, datos.correo
    funcionario.roles, funcionario.unidad = roles, datos.unidad
    funcionario.idioma = datos.idioma
    funcionario.fijar_run(datos.run)
    registrar(session, actor, "identidad.cuenta.editar", "funcionario", funcionario_id)
    if cambian:
        terminar_sesiones(session, funcionario_id, ahora)
        registrar(session, actor, "identidad.cuenta.cambiar_roles", "funcionario", funcionario_id)
    return funcionario


def desactivar(
    session: Session, funcionario_id: UUID, actor: Actor, ahora: datetime
) -> Funcionario:
    """Close an account and end its sessions; nobody closes their own."""
    if funcionario_id == actor.id:
        raise Conflicto(_("Nadie puede desactivar su propia cuenta."))
    funcionario = funcionario_por_id(session, funcionario_id)
    _queda_quien_administre(session, funcionario)
    funcionario.activo = False
    terminar_sesiones(session, funcionario_id, ahora)
    registrar(session, actor, "identidad.cuenta.desactivar", "funcionario", funcionario_id)
    return funcionario


def reactivar(session: Session, funcionario_id: UUID, actor: Actor) -> Funcionario:
    """Open a closed account again, with the password that it had."""
    funcionario = funcionario_por_id(session, funcionario_id)
    _revisar_cuenta(session, funcionario.correo, "", run=funcionario.run or "", de=funcionario)
    funcionario.activo = True
    registrar(session, actor, "identidad.cuenta.reactivar", "funcionario", funcionario_id)
    return funcionario


def cambiar_clave(
    session: Session, funcionario_id: UUID, clave: str, actor: Actor, ahora: datetime
) -> Funcionario:
    """Give an account a password from the server or in person, and end its sessions."""
    funcionario = funcionario_por_id(session, funcionario_id)
    fijar_clave(session, funcionario, clave, actor, ahora)
    return funcionario


def cambiar_mi_clave(
    db: Database, credencial: Credencial, actual: str, nueva: str, ahora: datetime
) -> None:
    """Change one's own password; this session goes on and the others end.

    Raises DatosInvalidos when the present one is another, or anybody would guess the new one. As
    in `identificar`, comparing does not hold the write lock.
    """
    with db.read() as session:
        known = funcionario_por_id(session, credencial.actor.id)
    if not clave_correcta(known.clave_hash or None, actual):
        raise DatosInvalidos({"actual": [_("Esa no es su clave de ahora.")]})
    with db.begin() as session:
        funcionario = funcionario_por_id(session, credencial.actor.id)
        fijar_clave(
            session, funcionario, nueva, credencial.actor, ahora, menos=credencial.sesion_id
        )


def fijar_clave(
    session: Session,
    funcionario: Funcionario,
    clave: str,
    actor: Actor,
    ahora: datetime,
    *,
    menos: UUID | None = None,
) -> None:
    """Set a password and end the sessions that the old one opened, `menos` this one.

    Raises DatosInvalidos for a password that anybody would guess.
    """
    revisar(clave, (funcionario.usuario, funcionario.nombre, funcionario.correo))
    funcionario.clave_hash = hash_clave(clave)
    terminar_sesiones(session, funcionario.id, ahora, menos=menos)
    registrar(session, actor, "identidad.cuenta.cambiar_clave", "funcionario", funcionario.id)


def identificar(db: Database, usuario: str, clave: str) -> Funcionario:
    """Whose password it is; CredencialesInvalidas, after the same work, whatever was wrong."""
    with db.read() as session:
        known = funcionario_por_usuario(session, usuario)
    given = known.clave_hash or None if known and known.activo else None
    if not clave_correcta(given, clave) or known is None:
        raise CredencialesInvalidas
    return known


def abrir_sesion(
    session: Session,
    funcionario_id: UUID,
    origen: Origen,
    ahora: datetime,
    *,
    con_factor: bool = False,
    en_vez_de: UUID | None = None,
) -> Sesion:
    """Open a session for who has shown who they are; the one that their browser had ends.

    Raises CredencialesInvalidas when the account was closed meanwhile.
    """
    funcionario = session.get(Funcionario, funcionario_id)
    if funcionario is None or not funcionario.activo:
        raise CredencialesInvalidas
    if en_vez_de is not None and (antes := session.get(Sesion, en_vez_de)):
        antes.terminar(ahora)
    sesion = Sesion(
        funcionario_id=funcionario.id,
        funcionario=funcionario,
        creada_en=ahora,
        vista_en=ahora,
        terminada_en=None,
        con_factor=con_factor,
        direccion=origen.direccion[:45],
        navegador=origen.navegador[:200],
    )
    session.add(sesion)
    session.flush()
    registrar(session, funcionario.actor(), "identidad.sesion.abrir", "sesion", sesion.id)
    return sesion


def salir(session: Session, sesion_id: UUID, actor: Actor, ahora: datetime) -> None:
    """End a session; the tokens that it gave stop working within a minute."""
    if sesion := sesion_por_id(session, sesion_id):
        sesion.terminar(ahora)
        registrar(session, actor, "identidad.sesion.terminar", "sesion", sesion_id)


def terminar_sesion(session: Session, sesion_id: UUID, actor: Actor, ahora: datetime) -> None:
    """End one of one's own sessions; NoEncontrado when it is somebody else's."""
    sesion = sesion_por_id(session, sesion_id)
    if sesion is None or sesion.funcionario_id != actor.id:
        raise NoEncontrado
    salir(session, sesion_id, actor, ahora)


def terminar_las_de(session: Session, funcionario_id: UUID, actor: Actor, ahora: datetime) -> None:
    """End every session of an account, as who administers."""
    funcionario = funcionario_por_id(session, funcionario_id)
    terminar_sesiones(session, funcionario.id, ahora)
    registrar(session, actor, "identidad.sesion.terminar_todas", "funcionario", funcionario_id)


def renovar(
    db: Database, sesion_id: UUID, ahora: datetime, exigen_factor: frozenset[str] = frozenset()
) -> Actor | None:
    """Whose a standing session, or a program's secret, is as of now; None when it has ended.

    One without a second factor does not stand for a role that must have it.
    """
    with db.read() as session:
        sesion = sesion_por_id(session, sesion_id)
        secreto = secreto_por_id(session, sesion_id) if sesion is None else None
    if secreto is not None:
        return secreto.cliente.actor() if secreto.vigente else None
    if sesion is None or not sesion.vigente(ahora) or not sesion.funcionario.activo:
        return None
    if not sesion.con_factor and exigen_factor.intersection(sesion.funcionario.roles):
        return None
    if sesion.requiere_marca(ahora):
        with db.begin() as session:
            seen = session.get(Sesion, sesion_id)
            if seen is not None:
                seen.vista_en = ahora
    return sesion.funcionario.actor()


def borrar_sesiones_viejas(session: Session, ahora: datetime) -> int:
    """Forget the sessions that no token can come from any more; how many they were."""
    done = session.execute(
        delete(Sesion).where(
            or_(
                Sesion.terminada_en < ahora - DURACION,
                Sesion.vista_en < ahora - INACTIVIDAD - DURACION,
                Sesion.creada_en < ahora - DURACION - DURACION,
            )
        )
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # a delete's result counts rows


def autenticar_cliente(
    session: Session, settings: Settings, client_id: str, secreto: str
) -> tuple[Actor, UUID | None] | None:
    """The program, and the secret of it, or the service of ours that this secret is of; or None."""
    servicio = client_id.removeprefix(SERVICE_PREFIX)
    if client_id.startswith(SERVICE_PREFIX) and servicio in SERVICE_NAMES:
        expected = service_secret(settings, servicio)
        return (Actor.sistema(servicio), None) if _same(expected, secreto) else None
    # A NUL is in no name, and PostgreSQL would not even compare it.
    cliente = cliente_por_client_id(session, client_id) if client_id.isprintable() else None
    given = hash_secreto(secreto)
    for kept in cliente.secretos if cliente else ():
        if _same(kept.secreto_hash, given) and kept.vigente:
            return kept.cliente.actor(), kept.id
    return None


def _revisar_cuenta(
    session: Session,
    correo: str,
    unidad: str,
    *,
    usuario: str = "",
    run: str = "",
    de: Funcionario | None = None,
) -> None:
    """Raise DatosInvalidos for a name, mail or RUN of somebody else, or a unit that is none."""
    errores: dict[str, list[str]] = {}
    if usuario and funcionario_por_usuario(session, usuario):
        errores["usuario"] = [_("Ese nombre de usuario ya existe.")]
    otro = funcionario_por_correo(session, correo)
    if otro is not None and (de is None or otro.id != de.id):
        errores["correo"] = [_("Otra cuenta ya tiene ese correo.")]
    con_run = funcionario_por_run(session, run) if run else None
    if con_run is not None and (de is None or con_run.id != de.id):
        errores["run"] = [_("Otra cuenta ya tiene ese RUN.")]
    conocida = unidad_por_codigo(session, unidad) if unidad else None
    if unidad and (conocida is None or not (conocida.activa or (de and de.unidad == unidad))):
        errores["unidad"] = [_("Esa unidad no existe o está cerrada.")]
    if errores:
        raise DatosInvalidos(errores)


def _queda_quien_administre(session: Session, sin: Funcionario) -> None:
    """Raise Conflicto when `sin` is the last who administers; holds the others until the end."""
    if not sin.activo or Rol.ADMINISTRADOR not in sin.roles:
        return
    query = select(Funcionario).where(Funcionario.activo).order_by(Funcionario.id)
    abiertas = session.scalars(query.with_for_update()).all()
    if not any(Rol.ADMINISTRADOR in una.roles for una in abiertas if una.id != sin.id):
        raise Conflicto(
            _("Es la última cuenta que administra el sistema: antes, dé ese rol a otra.")
        )


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())


def terminar_sesiones(
    session: Session, funcionario_id: UUID, ahora: datetime, *, menos: UUID | None = None
) -> None:
    """End every session of an account, `menos` this one."""
    query = select(Sesion).where(
        Sesion.funcionario_id == funcionario_id, Sesion.terminada_en.is_(None)
    )
    for sesion in session.scalars(query):
        if sesion.id != menos:
            sesion.terminar(ahora)
