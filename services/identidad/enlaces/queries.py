"""What can be asked of links."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from identidad.enlaces.models import EnlaceDeCuenta, FichaDeEnlace, Proposito
from identidad.secretos import hash_secreto
from oficina.errors import NoEncontrado


def enlace_por_id(session: Session, enlace_id: UUID) -> EnlaceDeCuenta:
    """A link with its account; raises NoEncontrado."""
    query = select(EnlaceDeCuenta).where(EnlaceDeCuenta.id == enlace_id)
    enlace = session.scalar(query.options(joinedload(EnlaceDeCuenta.funcionario)))
    if enlace is None:
        raise NoEncontrado
    return enlace


def ficha_por_token(session: Session, token: str) -> FichaDeEnlace:
    """The token that was minted, with its link and account; raises NoEncontrado."""
    query = select(FichaDeEnlace).where(FichaDeEnlace.token_hash == hash_secreto(token))
    ficha = session.scalar(
        query.options(joinedload(FichaDeEnlace.enlace).joinedload(EnlaceDeCuenta.funcionario))
    )
    if ficha is None:
        raise NoEncontrado
    return ficha


def invitacion(session: Session, funcionario_id: UUID) -> EnlaceDeCuenta | None:
    """The newest invitation of an account."""
    query = (
        select(EnlaceDeCuenta)
        .where(
            EnlaceDeCuenta.funcionario_id == funcionario_id,
            EnlaceDeCuenta.proposito == Proposito.INVITACION,
        )
        .options(joinedload(EnlaceDeCuenta.funcionario))
        .order_by(EnlaceDeCuenta.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def vence(session: Session, enlace: EnlaceDeCuenta) -> FichaDeEnlace | None:
    """The newest token of a link; None while its mail is not written."""
    query = select(FichaDeEnlace).where(FichaDeEnlace.enlace_id == enlace.id)
    return session.scalars(query.order_by(FichaDeEnlace.id.desc()).limit(1)).first()
