"""What can be asked of agreements."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from casos.convenios.models import Convenio
from casos.convenios.reglas import reglas
from casos.convenios.states import Estado
from oficina.errors import NoEncontrado


def convenio_por_id(session: Session, convenio_id: UUID, *, bloquear: bool = False) -> Convenio:
    """An agreement with its institution, locked if it is to change; raises NoEncontrado."""
    consulta = (
        select(Convenio).where(Convenio.id == convenio_id).options(joinedload(Convenio.institucion))
    )
    if bloquear:
        consulta = consulta.with_for_update(of=Convenio).execution_options(populate_existing=True)
    convenio = session.scalar(consulta)
    if convenio is None:
        raise NoEncontrado
    return convenio


def convenio_por_codigo(session: Session, codigo: str) -> Convenio | None:
    """The agreement that the municipality calls so, or has that folio."""
    return session.scalar(
        select(Convenio)
        .where(or_(Convenio.codigo == codigo, Convenio.folio == codigo))
        .order_by(Convenio.folio == codigo)
        .limit(1)
    )


def convenios(session: Session, *, todos: bool = False) -> Sequence[Convenio]:
    """Agreements in force, the first to end on top; with `todos`, the others too."""
    consulta = select(Convenio).options(joinedload(Convenio.institucion))
    if not todos:
        consulta = consulta.where(Convenio.estado == Estado.VIGENTE)
    return session.scalars(
        consulta.order_by(Convenio.estado != Estado.VIGENTE, Convenio.hasta.is_(None)).order_by(
            Convenio.hasta, Convenio.id
        )
    ).all()


def permiten_comunicar(session: Session, institucion_id: UUID) -> int:
    """How many agreements in force with an institution allow data to be communicated."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Convenio)
            .where(
                Convenio.institucion_id == institucion_id,
                Convenio.estado == Estado.VIGENTE,
                Convenio.permite_comunicar_datos.is_(True),
            )
        )
        or 0
    )


def por_avisar(session: Session, hoy: date) -> Sequence[UUID]:
    """Agreements of which something is to be told today, the first to end on top."""
    limite = hoy + timedelta(days=reglas().avisos_dias[0])
    filas = session.scalars(
        select(Convenio)
        .where(Convenio.estado == Estado.VIGENTE, Convenio.hasta <= limite)
        .order_by(Convenio.hasta, Convenio.id)
    )
    return [uno.id for uno in filas if debe_avisar(uno, hoy)]


def debe_avisar(convenio: Convenio, hoy: date) -> bool:
    """Whether the end has passed, or a notice before it was not told yet."""
    faltan = convenio.faltan(hoy)
    if faltan is None or convenio.estado is not Estado.VIGENTE:
        return False
    aviso = reglas().aviso(faltan)
    if faltan < 0:
        return True
    return aviso is not None and (convenio.aviso_dias is None or aviso < convenio.aviso_dias)
