"""What can be asked of organisations."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from casos.comunidad.organizaciones.models import Directiva, Organizacion, PasoDeOrganizacion
from casos.comunidad.organizaciones.reglas import reglas
from casos.comunidad.organizaciones.schemas import Directivas, Filtro
from casos.comunidad.organizaciones.states import Estado
from casos.personas.nombres import palabras
from oficina.errors import NoEncontrado


def organizacion_por_id(
    session: Session, organizacion_id: UUID, *, bloquear: bool = False
) -> Organizacion:
    """An organisation, locked if it is to change; raises NoEncontrado."""
    consulta = select(Organizacion).where(Organizacion.id == organizacion_id)
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    una = session.scalar(consulta)
    if una is None:
        raise NoEncontrado
    return una


def organizaciones(session: Session, filtro: Filtro, hoy: date) -> Sequence[Organizacion]:
    """Those that a filter lets through, by name; the dissolved ones only when asked for."""
    consulta = select(Organizacion).order_by(Organizacion.nombre, Organizacion.id)
    if filtro.estado is None:
        consulta = consulta.where(Organizacion.estado != Estado.DISUELTA)
    else:
        consulta = consulta.where(Organizacion.estado == filtro.estado)
    if filtro.directiva is not None:
        consulta = consulta.where(_con_directiva(filtro.directiva, hoy))
    buscadas = palabras(filtro.texto)
    return [
        una
        for una in session.scalars(consulta)
        if (filtro.nacionalidad is None or filtro.nacionalidad in una.nacionalidades)
        and (filtro.tema is None or filtro.tema in una.temas)
        and _dice(una, buscadas)
    ]


def directivas(session: Session, organizacion_id: UUID) -> Sequence[Directiva]:
    """The boards of an organisation, the last one on top."""
    return session.scalars(
        select(Directiva)
        .where(Directiva.organizacion_id == organizacion_id)
        .order_by(Directiva.desde.desc())
    ).all()


def historia(session: Session, organizacion_id: UUID) -> Sequence[PasoDeOrganizacion]:
    """What happened to an organisation, the last on top."""
    return session.scalars(
        select(PasoDeOrganizacion)
        .where(PasoDeOrganizacion.organizacion_id == organizacion_id)
        .order_by(PasoDeOrganizacion.ocurrido_en.desc(), PasoDeOrganizacion.id.desc())
    ).all()


def por_avisar(session: Session, hoy: date) -> Sequence[UUID]:
    """Organisations of whose board something is to be told today, the first to end on top."""
    limite = hoy + timedelta(days=reglas().avisos_dias[0])
    filas = session.scalars(
        select(Organizacion)
        .where(
            Organizacion.estado == Estado.ACTIVA,
            Organizacion.directiva_hasta <= limite,
            or_(Organizacion.aviso_dias.is_(None), Organizacion.aviso_dias > 0),
        )
        .order_by(Organizacion.directiva_hasta, Organizacion.id)
    )
    return [una.id for una in filas if aviso_debido(una, hoy) is not None]


def aviso_debido(una: Organizacion, hoy: date) -> int | None:
    """The notice of its board's end that was not told yet; 0 once the end has passed."""
    faltan = una.faltan(hoy)
    if faltan is None or una.estado is not Estado.ACTIVA:
        return None
    aviso = 0 if faltan < 0 else reglas().aviso(faltan)
    if aviso is None or (una.aviso_dias is not None and una.aviso_dias <= aviso):
        return None
    return aviso


def _con_directiva(como: Directivas, hoy: date) -> ColumnElement[bool]:
    hasta = Organizacion.directiva_hasta
    pronto = hoy + timedelta(days=reglas().avisos_dias[0])
    match como:
        case Directivas.SIN_DIRECTIVA:
            return hasta.is_(None)
        case Directivas.VENCIDA:
            return hasta < hoy
        case Directivas.POR_VENCER:
            return and_(hasta >= hoy, hasta <= pronto)
        case Directivas.VIGENTE:
            return hasta >= hoy


def _dice(una: Organizacion, buscadas: Sequence[str]) -> bool:
    texto = " ".join(palabras(f"{una.folio} {una.nombre} {una.territorio}"))
    return all(palabra in texto for palabra in buscadas)
