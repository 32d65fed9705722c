"""From due to told: clocks pass their stages, many at once, each stage once and in its turn.

A batch is one transaction: all of it is told, or none. What is held by somebody else at this moment
is left for the next time, so nobody waits here and nobody waits in a ring.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, load_only

from casos.derechos.models import SolicitudDerecho
from casos.derivaciones.actions import vencer
from casos.derivaciones.facts import de_vencida
from casos.derivaciones.models import Derivacion
from casos.derivaciones.queries import retenidas
from casos.expedientes.facts import como_se_dice
from casos.expedientes.models import Caso, Confidencialidad, Hito, TipoHito, fila_de_hito
from casos.incidentes.models import IncidenteSeguridad
from casos.plazos.actions import pasar_etapa
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import Debido, con_acuerdo_por_cumplir
from casos.plazos.reglas import Etapa, reglas
from oficina.actor import Actor
from oficina.audit import registrar_muchas
from oficina.bus.outbox import emitir_muchos
from oficina.db import among
from oficina.events import Clasificacion, Evento
from oficina.events.casos import (
    PlazoDeDerechoPorVencer,
    PlazoDeDerechoVencido,
    PlazoDeIncidentePorVencer,
    PlazoDeIncidenteVencido,
    PlazoPorVencer,
    PlazoVencido,
)
from oficina.rows import write_many

_ACTOR = Actor.sistema("casos")
_VENCER = "casos.derivacion.vencer"

_PASAN = """
UPDATE plazos SET nivel = son.nivel, siguiente_nivel = son.siguiente_nivel,
  siguiente_en = son.siguiente_en, intentos = 0, visible = NULL
FROM unnest(CAST(%(id)s AS uuid[]), CAST(%(nivel)s AS integer[]),
  CAST(%(siguiente_nivel)s AS integer[]), CAST(%(siguiente_en)s AS timestamptz[]))
  AS son(id, nivel, siguiente_nivel, siguiente_en)
WHERE plazos.id = son.id
"""
_PASA = (
    update(Plazo)
    .where(Plazo.id == bindparam("cual"))
    .values(
        nivel=bindparam("nivel"),
        siguiente_nivel=bindparam("siguiente_nivel"),
        siguiente_en=bindparam("siguiente_en"),
        intentos=0,
        visible=None,
    )
)


_DE_UNA_ETAPA = (
    Plazo.caso_id,
    Plazo.derivacion_id,
    Plazo.solicitud_id,
    Plazo.incidente_id,
    Plazo.tarea_id,
    Plazo.reloj,
    Plazo.acuerdo_dias,
    Plazo.estado,
    Plazo.inicia_en,
    Plazo.corre_desde,
    Plazo.vence_en,
    Plazo.nivel,
    Plazo.siguiente_nivel,
    Plazo.siguiente_en,
    Plazo.cierres,
)
"""What is read of a clock to pass a stage and to tell of it: a batch reads many."""


@dataclass
class _Lote:
    """What changes and is told in a batch and is not written yet, in order."""

    ahora: datetime
    plazos: dict[UUID, Plazo] = field(default_factory=dict)
    hechos: list[tuple[Evento, Clasificacion]] = field(default_factory=list)
    hitos: list[Mapping[str, Any]] = field(default_factory=list)
    vencidas: list[UUID] = field(default_factory=list)

    def terminar(self, cuales: Collection[UUID]) -> None:
        """What is written of these, which have ended since they were told of, has no next stage."""
        for uno in self.plazos.keys() & cuales:
            self.plazos[uno].siguiente_nivel = self.plazos[uno].siguiente_en = None

    def escribir(self, session: Session) -> None:
        if self.plazos:
            self._escribir_plazos(session.connection())
        write_many(session, Hito, self.hitos)
        emitir_muchos(session, self.hechos)
        registrar_muchas(session, _ACTOR, _VENCER, "derivacion", self.vencidas)

    def _escribir_plazos(self, connection: Connection) -> None:
        filas = [
            {
                "id": uno.id,
                "nivel": uno.nivel,
                "siguiente_nivel": uno.siguiente_nivel,
                "siguiente_en": uno.siguiente_en,
            }
            for uno in self.plazos.values()
        ]
        if connection.dialect.name == "postgresql":
            columnas = {nombre: [fila[nombre] for fila in filas] for nombre in filas[0]}
            connection.exec_driver_sql(_PASAN, columnas)
        else:
            # Past the unit of work, which would take it for an update by primary key.
            connection.execute(_PASA, [{"cual": fila.pop("id"), **fila} for fila in filas])


def pasar_etapas(session: Session, debidos: Sequence[Debido], ahora: datetime) -> None:
    """Pass every stage that comes due up to the place of the last of these clocks, in the order in
    which time reached them; a clock may have several. One that somebody holds is left out.

    The session is the sweep's own: it forgets whatever was loaded in it before.
    """
    reservados, plazos = _retener(session, debidos)
    hasta = debidos[-1].puesto
    turno = [(plazo.siguiente_en, plazo.id, plazo) for plazo in plazos]
    heapify(turno)
    lote, terminados = _Lote(ahora), set[UUID]()
    vencibles = _Vencibles.de(session, plazos, ahora)
    while turno:
        _en, _id, plazo = heappop(turno)
        etapa = None if plazo.id in terminados else pasar_etapa(plazo, ahora)
        if etapa is None:
            continue
        lote.plazos[plazo.id] = plazo
        if etapa.hecho != "cierre":
            _contar(lote, plazo, etapa, por_lista=plazo.caso_id in reservados)
        elif plazo.derivacion_id is not None:
            if plazo.derivacion_id in vencibles.con_acuerdo:
                # Another of its clocks closes it, if nobody keeps the promise.
                continue
            derivacion = vencibles.derivaciones[plazo.derivacion_id]
            with session.no_autoflush:
                vencio = vencer(session, derivacion, ahora)
            if vencio:
                _contar_vencida(lote, derivacion, por_lista=plazo.caso_id in reservados)
            if vencibles.relojes[plazo.derivacion_id] > 1 or plazo.siguiente_en is not None:
                # Nobody waits any more for what else its derivation waited for.
                otros = _terminados(session, plazo.derivacion_id)
                terminados.update(otros)
                lote.terminar(otros)
        if plazo.siguiente_en is not None and (plazo.siguiente_en, plazo.id) <= hasta:
            heappush(turno, (plazo.siguiente_en, plazo.id, plazo))
    lote.escribir(session)


@dataclass(frozen=True)
class _Vencibles:
    """Derivations that clocks of a batch may close, which are held: all are read at once. Those
    whose service promised an answer that is not due yet, and how many clocks each has in the batch.
    """

    derivaciones: Mapping[UUID, Derivacion]
    con_acuerdo: Collection[UUID | None]
    relojes: Mapping[UUID | None, int]

    @classmethod
    def de(cls, session: Session, plazos: Sequence[Plazo], ahora: datetime) -> "_Vencibles":
        ids = {
            plazo.derivacion_id
            for plazo in plazos
            if plazo.derivacion_id is not None and reglas().relojes[plazo.reloj].cierra_derivacion
        }
        return cls(
            retenidas(session, ids),
            con_acuerdo_por_cumplir(session, ids, ahora),
            Counter(plazo.derivacion_id for plazo in plazos),
        )


def _terminados(session: Session, derivacion_id: UUID) -> Collection[UUID]:
    session.flush()
    return session.scalars(
        select(Plazo.id).where(
            Plazo.derivacion_id == derivacion_id, Plazo.estado != EstadoPlazo.CORRIENDO
        )
    ).all()


def _retener(
    session: Session, debidos: Sequence[Debido]
) -> tuple[Collection[UUID | None], Sequence[Plazo]]:
    """Lock those that nobody holds, after what they are of: which cases are reserved, and the
    clocks that are due still.
    """
    casos = select(Caso.id, Caso.confidencialidad).order_by(Caso.id)
    de_casos = casos.where(among(session, Caso.id, {uno.caso_id for uno in debidos if uno.caso_id}))
    # The keys of a case stay free: a line of its story never waits for this lock.
    hallados = session.execute(de_casos.with_for_update(skip_locked=True, key_share=True)).all()
    libres: set[UUID | None] = {None, *(caso_id for caso_id, _cual in hallados)}
    for modelo, campo in (
        (Derivacion, "derivacion_id"),
        (SolicitudDerecho, "solicitud_id"),
        (IncidenteSeguridad, "incidente_id"),
    ):
        if ids := {getattr(uno, campo) for uno in debidos} - {None}:
            de_ellos = select(modelo.id).where(among(session, modelo.id, ids)).order_by(modelo.id)
            libres |= set(
                session.scalars(de_ellos.with_for_update(skip_locked=True, key_share=True))
            )
    tomables = [
        uno.id
        for uno in debidos
        if {uno.caso_id, uno.derivacion_id, uno.solicitud_id, uno.incidente_id} <= libres
    ]
    hasta = debidos[-1].puesto
    plazos = session.scalars(
        select(Plazo)
        .options(load_only(*_DE_UNA_ETAPA))
        .where(among(session, Plazo.id, tomables), Plazo.estado == EstadoPlazo.CORRIENDO)
        .order_by(Plazo.id)
        .with_for_update(skip_locked=True)
    )
    vencidos = [p for p in plazos if p.siguiente_en and (p.siguiente_en, p.id) <= hasta]
    # They are written together: one by one the unit of work takes longer than all the rest.
    session.expunge_all()
    reservados = {uno for uno, cual in hallados if cual is not Confidencialidad.NORMAL}
    return reservados, vencidos


def _contar_vencida(lote: _Lote, derivacion: Derivacion, *, por_lista: bool) -> None:
    linea, hecho = de_vencida(derivacion, _ACTOR, lote.ahora, por_lista=por_lista)
    lote.hitos.append(linea)
    if hecho is not None:
        lote.hechos.append(hecho)
    lote.vencidas.append(derivacion.id)


def _contar(lote: _Lote, plazo: Plazo, etapa: Etapa, *, por_lista: bool) -> None:
    por_vencer = etapa.hecho == "por_vencer"
    comun: dict[str, Any] = {
        "plazo_id": plazo.id,
        "reloj": plazo.reloj,
        "vence_en": plazo.vence_en,
        "nivel": etapa.nivel,
    }
    if plazo.solicitud_id is not None:
        derecho = PlazoDeDerechoPorVencer if por_vencer else PlazoDeDerechoVencido
        hecho: Evento = derecho(solicitud_id=plazo.solicitud_id, **comun)
        lote.hechos.append((hecho, Clasificacion.RESERVADO))
        return
    if plazo.incidente_id is not None:
        incidente = PlazoDeIncidentePorVencer if por_vencer else PlazoDeIncidenteVencido
        hecho = incidente(incidente_id=plazo.incidente_id, **comun)
        lote.hechos.append((hecho, Clasificacion.RESERVADO))
        return
    if plazo.caso_id is None:
        raise AssertionError("a clock is of a case, of a request or of an incident")
    de_caso = PlazoPorVencer if por_vencer else PlazoVencido
    hecho = de_caso(
        caso_id=plazo.caso_id,
        derivacion_id=plazo.derivacion_id,
        origen=plazo.origen.value,
        **comun,
    )
    if reglas().relojes[plazo.reloj].reservado:
        lote.hechos.append((hecho, Clasificacion.RESERVADO))
    elif dicho := como_se_dice(hecho, por_lista=por_lista):
        lote.hechos.append(dicho)
    datos = {
        "hecho": etapa.hecho,
        "reloj": plazo.reloj,
        "nivel": etapa.nivel,
        "vence_en": plazo.vence_en.isoformat(),
        "derivacion_id": str(plazo.derivacion_id) if plazo.derivacion_id else None,
        "tarea_id": str(plazo.tarea_id) if plazo.tarea_id else None,
    }
    fila = fila_de_hito(plazo.caso_id, TipoHito.PLAZO, _ACTOR, datos, lote.ahora)
    lote.hitos.append(fila)
