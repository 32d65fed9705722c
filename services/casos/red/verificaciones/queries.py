"""What is to be asked again, and what of it was not told yet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from casos.red.models import ContactoRed, EstadoServicio, Institucion, ServicioRed
from casos.red.verificaciones.models import AvisoDeVerificacion, ClaseVerificacion
from casos.red.verificaciones.schemas import Filtro
from casos.red.verificaciones.vigencia import Vencimiento, vencidas


@dataclass(frozen=True)
class PorVerificar:
    """A service of which something is to be asked again, the first to lapse on top."""

    servicio: ServicioRed
    vencidas: Sequence[Vencimiento]

    @property
    def vence_el(self) -> date:
        """Since when."""
        return self.vencidas[0].vence_el

    @property
    def clases(self) -> Sequence[ClaseVerificacion]:
        """Which kinds."""
        return [una.clase for una in self.vencidas]


def por_verificar(session: Session, filtro: Filtro, hoy: date) -> Sequence[PorVerificar]:
    """Services in use with something to ask, those of an institution together: the institution
    that has waited longest on top, and of each its oldest first.
    """
    consulta = _en_uso().options(
        joinedload(ServicioRed.institucion).selectinload(Institucion.contactos)
    )
    if filtro.institucion_id is not None:
        consulta = consulta.where(ServicioRed.institucion_id == filtro.institucion_id)
    hallados = [
        PorVerificar(uno, debidas)
        for uno in session.scalars(consulta)
        if (debidas := vencidas(uno, hoy))
        and (filtro.clase is None or filtro.clase in {una.clase for una in debidas})
    ]
    primero: dict[UUID, date] = {}
    for uno in hallados:
        cual = uno.servicio.institucion_id
        primero[cual] = min(uno.vence_el, primero.get(cual, uno.vence_el))
    return sorted(
        hallados,
        key=lambda uno: (
            primero[uno.servicio.institucion_id],
            uno.servicio.institucion.nombre,
            uno.servicio.institucion_id,
            uno.vence_el,
            uno.servicio.nombre,
        ),
    )


def cuantos_por_verificar(session: Session, hoy: date) -> int:
    """Of how many services something is to be asked."""
    return sum(1 for uno in session.scalars(_en_uso()) if vencidas(uno, hoy))


def por_avisar(session: Session, hoy: date) -> Sequence[UUID]:
    """Services of which a due date has passed that was not told."""
    dichos: dict[UUID, dict[ClaseVerificacion, date]] = defaultdict(dict)
    for servicio_id, clase, vence_el in session.execute(
        select(
            AvisoDeVerificacion.servicio_id,
            AvisoDeVerificacion.clase,
            AvisoDeVerificacion.vence_el,
        )
    ):
        dichos[servicio_id][clase] = vence_el
    return [
        uno.id
        for uno in session.scalars(_en_uso().order_by(ServicioRed.id))
        if any(dichos[uno.id].get(una.clase) != una.vence_el for una in vencidas(uno, hoy))
    ]


def para_avisar(session: Session, ids: Sequence[UUID]) -> Sequence[ServicioRed]:
    """Those of some services that are still in use, locked."""
    return session.scalars(
        _en_uso()
        .where(ServicioRed.id.in_(ids))
        .order_by(ServicioRed.id)
        .with_for_update(of=ServicioRed)
        .execution_options(populate_existing=True)
    ).all()


def avisos_de(
    session: Session, ids: Sequence[UUID]
) -> dict[tuple[UUID, ClaseVerificacion], AvisoDeVerificacion]:
    """What was told last of some services."""
    filas = session.scalars(
        select(AvisoDeVerificacion).where(AvisoDeVerificacion.servicio_id.in_(ids))
    )
    return {(uno.servicio_id, uno.clase): uno for uno in filas}


def a_quien_preguntar(servicio: ServicioRed) -> Sequence[ContactoRed]:
    """The contacts of its institution that are of this service or of none."""
    suyos = (None, servicio.id)
    return [uno for uno in servicio.institucion.contactos if uno.servicio_id in suyos]


def _en_uso() -> Select[ServicioRed]:
    return (
        select(ServicioRed)
        .join(ServicioRed.institucion)
        .where(
            ServicioRed.estado == EstadoServicio.ACTIVO,
            ServicioRed.catalogado.is_(True),
            Institucion.activa.is_(True),
        )
    )
