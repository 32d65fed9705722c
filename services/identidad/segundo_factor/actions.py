"""What can be done with second factors. One function a use case, inside the entrance's transaction.

A wrong code is counted, so `comprobar` answers instead of raising: what it wrote must be kept.
"""

import base64
import re
import secrets
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from identidad.actions import terminar_sesiones
from identidad.models import Sesion
from identidad.secretos import hash_secreto
from identidad.segundo_factor.models import CodigoDeRecuperacion, SegundoFactor
from identidad.segundo_factor.queries import factor_de
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.errors import Conflicto, NoEncontrado

CODIGOS = 10


def preparar(session: Session, funcionario_id: UUID, ahora: datetime) -> SegundoFactor:
    """The secret that a person is about to put in their telephone; the same until it counts."""
    factor = factor_de(session, funcionario_id, bloquear=True)
    if factor is None:
        factor = SegundoFactor.nuevo(funcionario_id, ahora)
        session.add(factor)
        session.flush()
    return factor


def espera(session: Session, funcionario_id: UUID, ahora: datetime) -> int:
    """Seconds until another code may be tried."""
    factor = factor_de(session, funcionario_id)
    return factor.espera(ahora) if factor else 0


def activar(session: Session, actor: Actor, codigo: str, ahora: datetime) -> list[str] | None:
    """The factor counts from here on; its recovery codes, shown this once. None: a wrong code."""
    factor = preparar(session, actor.id, ahora)
    if factor.activo:
        raise Conflicto(_("Su segundo factor ya está activo."))
    if not _acertar(factor, codigo, ahora):
        return None
    factor.activado_en = ahora
    registrar(session, actor, "identidad.segundo_factor.activar", "funcionario", actor.id)
    return _codigos(session, actor.id)


def comprobar(session: Session, actor: Actor, codigo: str, ahora: datetime) -> bool:
    """Whether what somebody typed is a code of now, or one of their recovery codes. It is spent."""
    factor = factor_de(session, actor.id, bloquear=True)
    if factor is None or not factor.activo or factor.espera(ahora):
        return False
    escrito = _limpio(codigo)
    if escrito.isdigit() and len(escrito) < len(_nuevo_codigo()):
        right = _acertar(factor, escrito, ahora)
    else:
        right = _gastar(session, actor, escrito, ahora)
        if not right:
            factor.contar_fallo(ahora)
    if not right:
        registrar(session, actor, "identidad.segundo_factor.fallar", "funcionario", actor.id)
    return right


def otros_codigos(session: Session, actor: Actor) -> list[str]:
    """Ten fresh recovery codes; the old ones no longer open."""
    registrar(session, actor, "identidad.segundo_factor.otros_codigos", "funcionario", actor.id)
    return _codigos(session, actor.id)


def quitar(session: Session, actor: Actor) -> None:
    """Sign in with the password alone again."""
    _borrar(session, actor.id)
    registrar(session, actor, "identidad.segundo_factor.quitar", "funcionario", actor.id)


def restablecer(session: Session, funcionario_id: UUID, actor: Actor, ahora: datetime) -> None:
    """Take away the factor of who lost telephone and codes, and end their sessions.

    Raises NoEncontrado when there is none.
    """
    if factor_de(session, funcionario_id) is None:
        raise NoEncontrado
    _borrar(session, funcionario_id)
    terminar_sesiones(session, funcionario_id, ahora)
    registrar(session, actor, "identidad.segundo_factor.restablecer", "funcionario", funcionario_id)


def marcar_sesion(session: Session, sesion_id: UUID) -> None:
    """This session has shown the second factor."""
    if sesion := session.get(Sesion, sesion_id):
        sesion.con_factor = True


def _acertar(factor: SegundoFactor, codigo: str, ahora: datetime) -> bool:
    if factor.espera(ahora):
        return False
    if factor.aceptar(_limpio(codigo), ahora):
        factor.fallos, factor.espera_hasta = 0, None
        return True
    factor.contar_fallo(ahora)
    return False


def _gastar(session: Session, actor: Actor, escrito: str, ahora: datetime) -> bool:
    query = select(CodigoDeRecuperacion).where(
        CodigoDeRecuperacion.funcionario_id == actor.id,
        CodigoDeRecuperacion.codigo_hash == hash_secreto(escrito),
        CodigoDeRecuperacion.usado_en.is_(None),
    )
    codigo = session.scalar(query.with_for_update())
    if codigo is None:
        return False
    codigo.usado_en = ahora
    registrar(session, actor, "identidad.segundo_factor.usar_codigo", "funcionario", actor.id)
    return True


def _codigos(session: Session, funcionario_id: UUID) -> list[str]:
    session.execute(
        delete(CodigoDeRecuperacion).where(CodigoDeRecuperacion.funcionario_id == funcionario_id)
    )
    drawn = [_nuevo_codigo() for _number in range(CODIGOS)]
    session.add_all(
        CodigoDeRecuperacion(
            funcionario_id=funcionario_id, codigo_hash=hash_secreto(codigo), usado_en=None
        )
        for codigo in drawn
    )
    return ["-".join(re.findall("....", codigo)) for codigo in drawn]


def _nuevo_codigo() -> str:
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def _limpio(codigo: str) -> str:
    return re.sub(r"[^a-z0-9]", "", codigo.lower())


def _borrar(session: Session, funcionario_id: UUID) -> None:
    for kind in (CodigoDeRecuperacion, SegundoFactor):
        session.execute(delete(kind).where(kind.funcionario_id == funcionario_id))
