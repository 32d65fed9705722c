"""What can be done with who somebody is elsewhere. Inside the entrance's transaction."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from identidad.actions import CuentaNueva, abrir_cuenta
from identidad.federacion.models import VinculoFederado
from identidad.federacion.perfiles import Acuerdo
from identidad.federacion.proveedor import Identidad
from identidad.federacion.queries import vinculo_de, vinculos
from identidad.models import Funcionario
from identidad.queries import funcionario_por_correo, funcionario_por_run, usuario_libre
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto, NoEncontrado, NoIdentificado
from oficina.texts import N_

ACTOR = Actor.sistema("identidad")


class SinCuenta(NoIdentificado):
    """The provider knows them, and nobody here has given them an account."""

    title = N_("No hay una cuenta de la oficina para usted")


def reconocer(
    session: Session, acuerdo: Acuerdo, identidad: Identidad, ahora: datetime
) -> Funcionario:
    """Whose account it is: by the provider's subject, else by verified mail or RUN, once.

    Raises SinCuenta; a new account only when the environment says with which roles.
    """
    if vinculo := vinculo_de(session, identidad):
        cuenta = session.get(Funcionario, vinculo.funcionario_id)
        if cuenta is None or not cuenta.activo:
            raise SinCuenta
        vinculo.usado_en = ahora
        return cuenta
    cuenta = _conocida(session, identidad) or _nueva(session, acuerdo, identidad)
    _anotar(session, cuenta, identidad, cuenta.actor(), ahora)
    return cuenta


def vincular(session: Session, identidad: Identidad, actor: Actor, ahora: datetime) -> None:
    """Link one's own account with who one is there. Conflicto when that is somebody else's."""
    if vinculo := vinculo_de(session, identidad):
        if vinculo.funcionario_id != actor.id:
            raise Conflicto(_("Esa identidad ya está vinculada con otra cuenta."))
        return
    cuenta = session.get_one(Funcionario, actor.id)
    _anotar(session, cuenta, identidad, actor, ahora)


def desvincular(session: Session, vinculo_id: UUID, actor: Actor) -> None:
    """Take away one of one's own links. Raises NoEncontrado."""
    mine = {uno.id: uno for uno in vinculos(session, actor.id)}
    if vinculo_id not in mine:
        raise NoEncontrado
    session.delete(mine[vinculo_id])
    registrar(session, actor, "identidad.vinculo.quitar", "funcionario", actor.id)


def _conocida(session: Session, identidad: Identidad) -> Funcionario | None:
    por_correo = funcionario_por_correo(session, identidad.correo) if identidad.correo else None
    por_run = funcionario_por_run(session, identidad.run) if identidad.run else None
    if por_correo and por_run and por_correo.id != por_run.id:
        raise SinCuenta
    return por_run or por_correo


def _nueva(session: Session, acuerdo: Acuerdo, identidad: Identidad) -> Funcionario:
    if not (acuerdo.roles and identidad.correo):
        raise SinCuenta
    datos = CuentaNueva(
        usuario=usuario_libre(session, identidad.correo),
        nombre=(identidad.nombre or identidad.correo)[:120],
        correo=identidad.correo,
        roles=acuerdo.roles,
    )
    return abrir_cuenta(session, datos, ACTOR)


def _anotar(
    session: Session, cuenta: Funcionario, identidad: Identidad, actor: Actor, ahora: datetime
) -> None:
    session.add(
        VinculoFederado(
            funcionario_id=cuenta.id,
            emisor=identidad.emisor,
            sujeto=identidad.sujeto,
            creado_en=ahora,
            usado_en=ahora,
        )
    )
    session.flush()
    registrar(session, actor, "identidad.vinculo.crear", "funcionario", cuenta.id)
