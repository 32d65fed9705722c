"""What can be done with links. One function a use case, inside the entrance's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from identidad.actions import CuentaNueva, abrir_cuenta, fijar_clave
from identidad.enlaces.models import VIDA, EnlaceDeCuenta, FichaDeEnlace, Proposito
from identidad.enlaces.queries import enlace_por_id, ficha_por_token
from identidad.models import Funcionario
from identidad.queries import (
    funcionario_por_correo,
    funcionario_por_id,
    funcionario_por_usuario,
    usuario_libre,
)
from identidad.secretos import hash_secreto, nuevo_secreto
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import Conflicto, DomainError
from oficina.events.identidad import EnlaceDeCuentaPedido
from oficina.texts import N_

RUTA = "/identidad/enlace/"
SE_OLVIDA = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Invitacion:
    """Whom to invite; without a user name, one is made of the address."""

    nombre: str
    correo: str
    roles: Sequence[str]
    usuario: str = ""
    unidad: str = ""
    idioma: str = "es"


@dataclass(frozen=True)
class EnlaceAcunado:
    """A link that was just minted: the only time that its address is known."""

    url: str
    vence_en: datetime
    funcionario: Funcionario
    proposito: Proposito


class EnlaceGastado(DomainError):
    """The link was good once: it was used, was withdrawn or has expired."""

    status = 410
    title = N_("Este enlace ya no sirve")


def invitar(session: Session, datos: Invitacion, actor: Actor, ahora: datetime) -> Funcionario:
    """Open an account without a password and have its person invited to set one."""
    usuario = datos.usuario or usuario_libre(session, datos.correo)
    funcionario = abrir_cuenta(
        session,
        CuentaNueva(
            usuario=usuario,
            nombre=datos.nombre,
            correo=datos.correo,
            roles=datos.roles,
            unidad=datos.unidad,
            idioma=datos.idioma,
        ),
        actor,
    )
    _pedir(session, funcionario, Proposito.INVITACION, actor, ahora)
    return funcionario


def invitar_otra_vez(session: Session, funcionario_id: UUID, actor: Actor, ahora: datetime) -> None:
    """Send another invitation; what was sent before no longer opens."""
    funcionario = funcionario_por_id(session, funcionario_id)
    if funcionario.tiene_clave:
        raise Conflicto(_("Esta persona ya eligió su clave."))
    if not funcionario.activo:
        raise Conflicto(_("La cuenta está cerrada."))
    _pedir(session, funcionario, Proposito.INVITACION, actor, ahora)


def revocar_invitacion(
    session: Session, funcionario_id: UUID, actor: Actor, ahora: datetime
) -> None:
    """Withdraw the invitation of an account; nobody enters with it."""
    _revocar(session, funcionario_id, Proposito.INVITACION, ahora)
    registrar(session, actor, "identidad.invitacion.revocar", "funcionario", funcionario_id)


def olvidar_clave(session: Session, quien: str, actor: Actor, ahora: datetime) -> None:
    """Have a link sent to the account of this user name or address, when there is one.

    Both ways write: whoever waits for the answer does not learn which it was.
    """
    funcionario = funcionario_por_usuario(session, quien) or funcionario_por_correo(session, quien)
    if funcionario is None or not (funcionario.activo and funcionario.tiene_clave):
        registrar(session, actor, "identidad.clave.olvidar_desconocida", "funcionario", None)
        return
    _pedir(session, funcionario, Proposito.CLAVE, actor, ahora)


def acunar(
    session: Session, enlace_id: UUID, base_url: str, actor: Actor, ahora: datetime
) -> EnlaceAcunado:
    """Make the token of a link whose mail is being written.

    Raises NoEncontrado, and Conflicto when the link was used or withdrawn meanwhile.
    """
    enlace = enlace_por_id(session, enlace_id)
    if not enlace.pendiente:
        raise Conflicto(_("Ese enlace ya no hace falta."))
    token = nuevo_secreto()
    ficha = FichaDeEnlace(
        enlace_id=enlace.id,
        token_hash=hash_secreto(token),
        acunada_en=ahora,
        vence_en=ahora + VIDA[enlace.proposito],
    )
    session.add(ficha)
    session.flush()
    registrar(session, actor, "identidad.enlace.acunar", "enlace_de_cuenta", enlace.id)
    return EnlaceAcunado(
        f"{base_url}{RUTA}{token}", ficha.vence_en, enlace.funcionario, enlace.proposito
    )


def abrir(session: Session, token: str, ahora: datetime) -> EnlaceDeCuenta:
    """The link that a token opens; changes nothing. Raises NoEncontrado, EnlaceGastado."""
    ficha = ficha_por_token(session, token)
    if not ficha.enlace.pendiente or ficha.vence_en <= ahora:
        raise EnlaceGastado
    return ficha.enlace


def usar(session: Session, token: str, clave: str, ahora: datetime) -> Funcionario:
    """Set the password that the person chose; the link is spent and other sessions end."""
    enlace = abrir(session, token, ahora)
    # Of two who use it at once, the second waits here and finds it spent.
    session.refresh(enlace, with_for_update={"of": EnlaceDeCuenta})
    if not enlace.pendiente:
        raise EnlaceGastado
    funcionario = funcionario_por_id(session, enlace.funcionario_id)
    fijar_clave(session, funcionario, clave, funcionario.actor(), ahora)
    enlace.usado_en = ahora
    for otro in Proposito:
        _revocar(session, funcionario.id, otro, ahora)
    registrar(session, funcionario.actor(), "identidad.enlace.usar", "enlace_de_cuenta", enlace.id)
    return funcionario


def borrar_viejos(session: Session, ahora: datetime) -> int:
    """Forget links of long ago, and their tokens; the newest invitation of who waits stays."""
    limite = ahora - SE_OLVIDA
    viejos = select(EnlaceDeCuenta.id).where(
        EnlaceDeCuenta.pedido_en < limite,
        or_(
            EnlaceDeCuenta.usado_en < limite,
            EnlaceDeCuenta.revocado_en < limite,
            EnlaceDeCuenta.proposito == Proposito.CLAVE,
        ),
    )
    ids = session.scalars(viejos).all()
    session.execute(delete(FichaDeEnlace).where(FichaDeEnlace.enlace_id.in_(ids)))
    session.execute(delete(EnlaceDeCuenta).where(EnlaceDeCuenta.id.in_(ids)))
    return len(ids)


def _pedir(
    session: Session, funcionario: Funcionario, proposito: Proposito, actor: Actor, ahora: datetime
) -> None:
    _revocar(session, funcionario.id, proposito, ahora)
    enlace = EnlaceDeCuenta(
        funcionario_id=funcionario.id,
        proposito=proposito,
        pedido_en=ahora,
        usado_en=None,
        revocado_en=None,
    )
    session.add(enlace)
    session.flush()
    emitir(
        session,
        EnlaceDeCuentaPedido(
            enlace_id=enlace.id, funcionario_id=funcionario.id, proposito=proposito.value
        ),
    )
    registrar(
        session, actor, f"identidad.{proposito.value}.pedir_enlace", "funcionario", funcionario.id
    )


def _revocar(session: Session, funcionario_id: UUID, proposito: Proposito, ahora: datetime) -> None:
    query = select(EnlaceDeCuenta).where(
        EnlaceDeCuenta.funcionario_id == funcionario_id,
        EnlaceDeCuenta.proposito == proposito,
        EnlaceDeCuenta.usado_en.is_(None),
        EnlaceDeCuenta.revocado_en.is_(None),
    )
    for enlace in session.scalars(query):
        enlace.revocado_en = ahora
