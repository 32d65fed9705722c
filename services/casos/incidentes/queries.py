"""What can be asked of incidents: the delegate sees them, whoever reported one sees how it stands.

A suspicion tells its reporter its state and nothing that was found out since.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from casos.alcance import Alcance
from casos.incidentes.catalogo import catalogo
from casos.incidentes.models import IncidenteSeguridad, PersonaDeIncidente
from casos.incidentes.states import EN_EL_REGISTRO, PENDIENTES, Causa, Destinatario, Estado
from casos.personas.models import Persona
from casos.plazos.models import EstadoPlazo, Plazo
from oficina.errors import NoEncontrado

MAXIMO = 200
"""How many a list holds at most; the register holds all."""
_SEPARADAS = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Reporte:
    """What whoever reported an incident may know of it."""

    id: UUID
    folio: str
    causa: Causa
    estado: Estado
    reportado_en: datetime


@dataclass(frozen=True)
class FilaIncidente:
    """An incident with its clocks, those that run first, and how many people are named in it."""

    incidente: IncidenteSeguridad
    plazos: Sequence[Plazo] = ()
    personas: int = 0

    @property
    def corre(self) -> Plazo | None:
        """The clock that ends first of those that run."""
        corren = [p for p in self.plazos if p.estado is EstadoPlazo.CORRIENDO]
        return min(corren, key=lambda p: p.vence_en, default=None)

    def plazo_de(self, destinatario: Destinatario) -> Plazo | None:
        """The last clock by which somebody is to be told."""
        reloj = catalogo().destinatarios[destinatario].reloj
        return max((p for p in self.plazos if p.reloj == reloj), key=lambda p: p.id, default=None)


@dataclass(frozen=True)
class PersonaVinculada:
    """Somebody whose data an incident reached, by what says nothing about them."""

    id: UUID
    folio: str


@dataclass(frozen=True)
class SeguimientoDeIncidente:
    """How an incident stands, for the service that writes about it; `corren`: its clocks."""

    folio: str
    estado: Estado
    corren: Mapping[str, datetime]


@dataclass(frozen=True)
class Busqueda:
    """People as they were asked for: those that were found, and what named nobody."""

    personas: Sequence[PersonaVinculada]
    desconocidas: Sequence[str] = field(default=())


def incidente_por_id(
    session: Session, incidente_id: UUID, *, bloquear: bool = False
) -> IncidenteSeguridad:
    """An incident with its log and decisions; with `bloquear` it stays locked. NoEncontrado."""
    consulta = (
        select(IncidenteSeguridad)
        .where(IncidenteSeguridad.id == incidente_id)
        .options(selectinload(IncidenteSeguridad.pasos), selectinload(IncidenteSeguridad.avisos))
    )
    if bloquear:
        consulta = consulta.with_for_update().execution_options(populate_existing=True)
    hallado = session.scalar(consulta)
    if hallado is None:
        raise NoEncontrado
    return hallado


def con_historia(session: Session, incidente_id: UUID) -> FilaIncidente:
    """An incident with its log, its clocks and how many people are named in it. NoEncontrado."""
    incidente = incidente_por_id(session, incidente_id)
    (fila,) = _con_plazos(session, [incidente])
    return fila


def bandeja(session: Session, *, todos: bool = False) -> Sequence[FilaIncidente]:
    """The incidents that wait for something, the newest on top; with `todos`, then the others."""
    pendiente = IncidenteSeguridad.estado.in_(PENDIENTES)
    consulta = (
        select(IncidenteSeguridad)
        .order_by(case((pendiente, 0), else_=1), IncidenteSeguridad.id.desc())
        .limit(MAXIMO)
    )
    if not todos:
        consulta = consulta.where(pendiente)
    return _con_plazos(session, session.scalars(consulta).all())


def registro(session: Session) -> Sequence[FilaIncidente]:
    """The register that the Agency may ask for: every breach, the first one on top, with its
    measures and whom the office told. A suspicion that came to nothing is not in it.
    """
    consulta = (
        select(IncidenteSeguridad)
        .where(IncidenteSeguridad.estado.in_(EN_EL_REGISTRO))
        .options(selectinload(IncidenteSeguridad.pasos), selectinload(IncidenteSeguridad.avisos))
        .order_by(IncidenteSeguridad.id)
    )
    return _con_plazos(session, session.scalars(consulta).all())


def reportes_de(session: Session, quien: UUID) -> Sequence[Reporte]:
    """What somebody reported, and how it stands."""
    consulta = (
        select(
            IncidenteSeguridad.id,
            IncidenteSeguridad.folio,
            IncidenteSeguridad.causa,
            IncidenteSeguridad.estado,
            IncidenteSeguridad.reportado_en,
        )
        .where(IncidenteSeguridad.reportado_por_id == quien)
        .order_by(IncidenteSeguridad.id.desc())
        .limit(MAXIMO)
    )
    return [Reporte(*fila) for fila in session.execute(consulta)]


def seguimiento(session: Session, incidente_id: UUID) -> SeguimientoDeIncidente:
    """How an incident stands; raises NoEncontrado."""
    fila = session.execute(
        select(IncidenteSeguridad.folio, IncidenteSeguridad.estado).where(
            IncidenteSeguridad.id == incidente_id
        )
    ).one_or_none()
    if fila is None:
        raise NoEncontrado
    corren = select(Plazo.reloj, Plazo.vence_en).where(
        Plazo.incidente_id == incidente_id, Plazo.estado == EstadoPlazo.CORRIENDO
    )
    plazos = {fila.reloj: fila.vence_en for fila in session.execute(corren)}
    return SeguimientoDeIncidente(fila.folio, fila.estado, plazos)


def vinculadas(session: Session, incidente_id: UUID) -> Sequence[PersonaVinculada]:
    """The people whose data an incident reached, as far as it is known."""
    consulta = (
        select(Persona.id, Persona.folio)
        .join(PersonaDeIncidente, PersonaDeIncidente.persona_id == Persona.id)
        .where(PersonaDeIncidente.incidente_id == incidente_id)
        .order_by(Persona.folio)
    )
    return [PersonaVinculada(*fila) for fila in session.execute(consulta)]


def buscar_personas(session: Session, escritas: Iterable[str], alcance: Alcance) -> Busqueda:
    """People by folio or id, as somebody wrote them: one a field, or several with blanks, commas
    or line ends between them.
    """
    cuales = {una for texto in escritas for una in _SEPARADAS.split(texto) if una}
    ids = {una: _id(una) for una in cuales}
    folios = {una: una.upper() for una in cuales}
    consulta = select(Persona.id, Persona.folio).where(
        or_(
            Persona.id.in_([uno for uno in ids.values() if uno is not None]),
            Persona.folio.in_(folios.values()),
        ),
        alcance.personas(),
    )
    halladas = [PersonaVinculada(*fila) for fila in session.execute(consulta)]
    conocidas: set[object] = {una.id for una in halladas} | {una.folio for una in halladas}
    sobran = [una for una in cuales if not {ids[una], folios[una]} & conocidas]
    return Busqueda(sorted(halladas, key=lambda una: una.folio), sorted(sobran))


def _con_plazos(
    session: Session, incidentes: Sequence[IncidenteSeguridad]
) -> Sequence[FilaIncidente]:
    ids = [uno.id for uno in incidentes]
    plazos = session.scalars(select(Plazo).where(Plazo.incidente_id.in_(ids))).all()
    contadas = session.execute(
        select(PersonaDeIncidente.incidente_id, func.count())
        .where(PersonaDeIncidente.incidente_id.in_(ids))
        .group_by(PersonaDeIncidente.incidente_id)
    )
    cuantas = {fila[0]: fila[1] for fila in contadas}
    return [
        FilaIncidente(
            uno,
            sorted(
                (p for p in plazos if p.incidente_id == uno.id),
                key=lambda p: (p.estado is not EstadoPlazo.CORRIENDO, p.vence_en),
            ),
            cuantas.get(uno.id, 0),
        )
        for uno in incidentes
    ]


def _id(escrita: str) -> UUID | None:
    try:
        return UUID(escrita)
    except ValueError:
        return None
