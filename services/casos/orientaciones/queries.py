"""What can be asked of the library, and of what was given."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.atenciones.models import Atencion
from casos.expedientes.models import Caso
from casos.orientaciones.models import FichaOrientacion, Orientacion, Vigencia
from casos.orientaciones.states import Estado
from oficina.errors import NoEncontrado


def fichas(session: Session, *, todas: bool = False) -> Sequence[FichaOrientacion]:
    """Sheets by code, the newest version first; with `todas`, the withdrawn too."""
    consulta = select(FichaOrientacion)
    if not todas:
        consulta = consulta.where(FichaOrientacion.estado != Estado.RETIRADA)
    orden = (FichaOrientacion.codigo, FichaOrientacion.numero.desc())
    return session.scalars(consulta.order_by(*orden)).all()


def ficha_por_id(session: Session, ficha_id: UUID, *, bloquear: bool = False) -> FichaOrientacion:
    """A version, locked if it is to change; raises NoEncontrado."""
    consulta = select(FichaOrientacion).where(FichaOrientacion.id == ficha_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    hallada = session.scalar(consulta)
    if hallada is None:
        raise NoEncontrado
    return hallada


def versiones(session: Session, codigo: str) -> Sequence[FichaOrientacion]:
    """Every version of a sheet, the newest first."""
    return session.scalars(
        select(FichaOrientacion)
        .where(FichaOrientacion.codigo == codigo)
        .order_by(FichaOrientacion.numero.desc())
    ).all()


def publicada(session: Session, codigo: str) -> FichaOrientacion | None:
    """The version that was published last and not withdrawn."""
    return session.scalar(
        select(FichaOrientacion).where(
            FichaOrientacion.codigo == codigo, FichaOrientacion.estado == Estado.PUBLICADA
        )
    )


def ofrecidas(session: Session, tema: str, hoy: date) -> Sequence[FichaOrientacion]:
    """The sheets that may be given on a day, those of a theme on top, then of its family."""
    consulta = select(FichaOrientacion).where(FichaOrientacion.estado == Estado.PUBLICADA)
    buenas = [una for una in session.scalars(consulta) if una.vigencia(hoy) is Vigencia.VIGENTE]
    return sorted(buenas, key=lambda una: (cercania(una, tema), una.titulo))


def cercania(ficha: FichaOrientacion, tema: str) -> int:
    """How far a sheet is from a theme: 0 about it or the one above, 1 of its family, 2 neither."""
    if any(f"{tema}.".startswith(f"{suyo}.") for suyo in ficha.temas):
        return 0
    familia = tema.split(".", maxsplit=1)[0]
    return 1 if any(suyo.split(".", maxsplit=1)[0] == familia for suyo in ficha.temas) else 2


def veces_dadas(session: Session, codigo: str) -> int:
    """How often any version of a sheet was given."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Orientacion)
            .join(FichaOrientacion)
            .where(FichaOrientacion.codigo == codigo)
        )
        or 0
    )


def atencion_a_la_vista(session: Session, atencion_id: UUID, alcance: Alcance) -> Atencion:
    """An attention that the reader may see, its person loaded; raises NoEncontrado."""
    hallada = session.scalar(
        select(Atencion)
        .where(Atencion.id == atencion_id, alcance.atenciones())
        .options(joinedload(Atencion.persona))
    )
    if hallada is None:
        raise NoEncontrado
    return hallada


def orientacion_por_id(session: Session, orientacion_id: UUID, alcance: Alcance) -> Orientacion:
    """What was given, seen by who sees its attention or reads its case; raises NoEncontrado."""
    hallada = session.scalar(
        select(Orientacion)
        .where(Orientacion.id == orientacion_id)
        .options(
            joinedload(Orientacion.ficha),
            joinedload(Orientacion.atencion).joinedload(Atencion.persona),
            joinedload(Orientacion.caso).joinedload(Caso.persona),
        )
    )
    if hallada is None:
        raise NoEncontrado
    if hallada.atencion_id:
        atencion_a_la_vista(session, hallada.atencion_id, alcance)
    else:
        suyo = select(Caso.id).where(Caso.id == hallada.caso_id, alcance.lectura())
        if session.scalar(suyo) is None:
            raise NoEncontrado
    return hallada
