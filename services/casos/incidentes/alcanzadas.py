"""Whose data an account reached: by the audit of casos, and by what the services whose things are
of people say of theirs.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, or_, select, union
from sqlalchemy.orm import Session

from casos.accesos.models import AccesoExcepcional
from casos.alcance import Alcance
from casos.atenciones.models import Atencion
from casos.derechos.models import SolicitudDerecho
from casos.derivaciones.models import Derivacion, Enlace
from casos.expedientes.models import Caso
from casos.importacion.models import FilaImportada
from casos.incidentes.models import PersonaDeIncidente
from casos.incidentes.queries import PersonaVinculada
from casos.personas.models import Persona
from casos.programas.entregas.models import Entrega
from casos.programas.postulaciones.models import Postulacion
from casos.supresion.models import Supresion
from oficina import telemetry
from oficina.accesos import TocadoSchema, UsoDeCuenta, UsoDeCuentaSchema
from oficina.env import Env
from oficina.errors import DomainError
from oficina.web.client import ServicioNoDisponible

DUENOS = ("agenda", "notificaciones")
"""The other services that hold what is of people; figures are of nobody."""
TANDA = 500

log = telemetry.get_logger("casos.incidentes")


@dataclass(frozen=True)
class Tocado:
    """What an account touched in every service: ids of whatever kind, how many lists it saw, and
    who did not answer.
    """

    cosas: frozenset[UUID]
    listas: int
    sin_respuesta: Sequence[str] = ()


@dataclass(frozen=True)
class Alcanzadas:
    """Whose data an account read or changed in a time, and how often it saw lists or searched: of
    those the audit keeps how many they held, not whom. `sin_respuesta`: whose audit is missing.
    """

    personas: Sequence[PersonaVinculada]
    listas: int
    sin_respuesta: Sequence[str] = ()


def tocado_por(env: Env, uso: UsoDeCuenta) -> Tocado:
    """Ask every owner, outside of any transaction; one that is away is named."""
    with env.db.read() as session:
        cosas, listas = set(session.scalars(uso.cosas())), uso.listas(session)
    faltan = []
    for servicio in DUENOS:
        ruta, pregunta = f"/{servicio}/api/v1/personas/alcanzadas", UsoDeCuentaSchema().dump(uso)
        try:
            dicho = TocadoSchema().load(env.client.get(servicio, ruta, pregunta))
        except DomainError as error:
            log.warning("sin_auditoria", servicio=servicio, kind=type(error).__name__)
            faltan.append(servicio)
        else:
            cosas |= set(dicho["ids"])
            listas += dicho["listas"]
    return Tocado(frozenset(cosas), listas, faltan)


def exigir_completo(tocado: Tocado) -> None:
    """Raises ServicioNoDisponible when somebody did not answer: half would look like all."""
    if tocado.sin_respuesta:
        raise ServicioNoDisponible(servicio=tocado.sin_respuesta[0])


def personas_de(session: Session, tocado: Tocado, alcance: Alcance) -> Alcanzadas:
    """Whose those things are."""
    halladas = {
        fila.id: PersonaVinculada(*fila)
        for ids in _tandas(tocado.cosas)
        for fila in session.execute(
            select(Persona.id, Persona.folio).where(
                Persona.id.in_(_de_quienes(ids)), alcance.personas()
            )
        )
    }
    return Alcanzadas(
        sorted(halladas.values(), key=lambda una: una.folio), tocado.listas, tocado.sin_respuesta
    )


def _tandas(cosas: Collection[UUID]) -> Iterator[list[UUID]]:
    todas = sorted(cosas)
    return (todas[desde : desde + TANDA] for desde in range(0, len(todas), TANDA))


def _de_quienes(ids: Collection[UUID]) -> Select[tuple[UUID]]:
    """The people of things of every kind of which the audit tells."""
    enlazadas = select(Enlace.derivacion_id).where(Enlace.id.in_(ids))
    atenciones = or_(
        Atencion.id.in_(ids),
        Atencion.id.in_(
            select(FilaImportada.atencion_id).where(FilaImportada.importacion_id.in_(ids))
        ),
    )
    casos: CompoundSelect[tuple[UUID | None]] = union(
        select(Derivacion.caso_id).where(or_(Derivacion.id.in_(ids), Derivacion.id.in_(enlazadas))),
        select(AccesoExcepcional.caso_id).where(AccesoExcepcional.id.in_(ids)),
        select(Atencion.caso_id).where(atenciones, Atencion.caso_id.is_not(None)),
    )
    personas = union(
        select(Persona.id).where(Persona.id.in_(ids)),
        select(Caso.persona_id).where(or_(Caso.id.in_(ids), Caso.id.in_(casos))),
        select(Atencion.persona_id).where(atenciones, Atencion.persona_id.is_not(None)),
        select(SolicitudDerecho.persona_id).where(SolicitudDerecho.id.in_(ids)),
        select(Postulacion.persona_id).where(
            or_(
                Postulacion.id.in_(ids),
                Postulacion.id.in_(
                    select(Entrega.postulacion_id).where(
                        or_(Entrega.id.in_(ids), Entrega.rendicion_id.in_(ids))
                    )
                ),
            )
        ),
        select(Supresion.persona_id).where(Supresion.id.in_(ids)),
        select(FilaImportada.persona_id).where(
            FilaImportada.importacion_id.in_(ids), FilaImportada.persona_id.is_not(None)
        ),
        select(PersonaDeIncidente.persona_id).where(PersonaDeIncidente.incidente_id.in_(ids)),
    ).subquery()
    return select(personas.c[0])
