"""Loading a register: a batch of rows a transaction, each row whole or not at all.

A batch is one savepoint with a few bulk inserts. When the database refuses it, the savepoint is
undone and the rows of that batch go in one by one, each in a savepoint of its own, so that one bad
row costs itself and is reported, and the usual case costs one round trip a table. How far the load
came is written in the same transaction: a process that dies between two commits leaves nothing
half done, and the next one goes on where it stopped.

Between batches the database is left alone for a moment: somebody at the counter who waits to
write gets in.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from casos.importacion.inserciones import de_apartadas, insertar
from casos.importacion.models import ArchivoImportado, Estado, FilaImportada, Importacion
from casos.importacion.problemas import Problema, guardar_problemas, leer_problemas
from casos.importacion.registro import Registro
from casos.personas.unidas import vigentes
from oficina import clock, telemetry
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.outbox import emitir
from oficina.db import Database, uuid7
from oficina.events.casos import ImportacionAvanzada
from oficina.texts import N_

FILAS_POR_LOTE = 100
PRESTAMO = timedelta(seconds=30)
_PAUSA_SEGUNDOS = 0.02
_INTENTOS = 5

_APARTADA = N_("los datos de esta persona están bloqueados o se suprimieron; la fila no se cargó")

AlAvanzar = Callable[[int, int], None]
"""Told after each batch: rows done, rows in all."""

log = telemetry.get_logger("casos.importacion")


class Desplazada(Exception):
    """Somebody else took this load over, or it has ended; nothing is wrong and nothing was lost."""


def tomar(db: Database, importacion_id: UUID, *, por_la_fuerza: bool = False) -> UUID | None:
    """Hold a load; returns the proof, or None when somebody holds it or it is not being loaded.

    By force it is taken from whoever holds it, who stops at its next batch.
    """
    ahora = clock.real_now()
    with db.begin() as session:
        importacion = session.get(Importacion, importacion_id, with_for_update=True)
        if importacion is None or importacion.estado is not Estado.CARGANDO:
            return None
        libre = importacion.tomada_hasta is None or importacion.tomada_hasta <= ahora
        if not libre and not por_la_fuerza:
            return None
        importacion.tomada_por = uuid7()
        importacion.tomada_hasta = ahora + PRESTAMO
        return importacion.tomada_por


class Carga:
    """One process loading one register. `prueba` is what `tomar` gave."""

    def __init__(
        self, db: Database, importacion_id: UUID, prueba: UUID, registro: Registro, actor: Actor
    ) -> None:
        self._db = db
        self._importacion_id = importacion_id
        self._prueba = prueba
        self._registro = registro
        self._actor = actor
        self._personas = _conocidas(db, registro)

    def hasta_el_final(self, al_avanzar: AlAvanzar | None = None) -> None:
        """Load what is left. Raises Desplazada when somebody else goes on with it."""
        total = len(self._registro.claves)
        while True:
            leidas = self._insistir()
            if al_avanzar:
                al_avanzar(leidas, total)
            if leidas >= total:
                return
            time.sleep(_PAUSA_SEGUNDOS)

    def _insistir(self) -> int:
        """One batch, again when another writer kept the database busy for too long."""
        for intento in range(1, _INTENTOS + 1):
            try:
                return self._lote()
            except OperationalError:
                if intento == _INTENTOS:
                    raise
                log.warning("importacion_espera", intento=intento)
        raise AssertionError("the last attempt returns or raises")

    def _lote(self) -> int:
        with self._db.begin() as session:
            importacion = self._mia(session)
            desde = importacion.leidas
            hasta = min(desde + FILAS_POR_LOTE, len(self._registro.claves))
            ya = _ya_cargadas(session, self._registro.claves[desde:hasta])
            faltan = [n for n in range(desde, hasta) if self._registro.claves[n] not in ya]
            # Rows that another load put in meanwhile bring the persons of their records.
            self._personas.update(_personas_de(self._registro, range(desde, hasta), ya))
            personas, problemas = self._cargar(session, faltan)
            nuevas = len(faltan) - len(problemas)
            importacion.leidas = hasta
            importacion.nuevas += nuevas
            importacion.ya_estaban += len(ya)
            importacion.tomada_hasta = clock.real_now() + PRESTAMO
            if problemas:
                anteriores = leer_problemas(importacion.problemas)
                importacion.problemas = guardar_problemas([*anteriores, *problemas])
            if nuevas:
                emitir(session, ImportacionAvanzada(importacion_id=importacion.id, filas=nuevas))
            if hasta == len(self._registro.claves):
                terminar(session, importacion, self._actor)
        # Only what was committed is remembered.
        self._personas.update(personas)
        return hasta

    def _mia(self, session: Session) -> Importacion:
        # All loads under way are locked, so that two of them never make one person twice.
        cargando = session.scalars(
            select(Importacion)
            .where(Importacion.estado == Estado.CARGANDO)
            .order_by(Importacion.id)
            .with_for_update()
        )
        for importacion in cargando:
            if (importacion.id, importacion.tomada_por) == (self._importacion_id, self._prueba):
                return importacion
        raise Desplazada

    def _cargar(
        self, session: Session, faltan: Sequence[int]
    ) -> tuple[dict[int, UUID], list[Problema]]:
        if not faltan:
            return {}, []
        self._seguir_a_unidas(session, faltan)
        apartadas = de_apartadas(session, self._registro, faltan, self._personas)
        no_se_usan = [self._problema(n, _APARTADA) for n in sorted(apartadas)]
        faltan = [n for n in faltan if n not in apartadas]
        try:
            return self._insertar(session, faltan, {}), no_se_usan
        except (IntegrityError, DataError) as error:
            log.warning("importacion_una_a_una", error=type(error).__name__, filas=len(faltan))
        personas: dict[int, UUID] = {}
        problemas = no_se_usan
        for n in faltan:
            try:
                personas.update(self._insertar(session, [n], personas))
            except (IntegrityError, DataError):
                motivo = N_("la base de datos no admitió la fila; revise el largo de sus textos")
                problemas.append(self._problema(n, motivo))
        return personas, problemas

    def _seguir_a_unidas(self, session: Session, faltan: Sequence[int]) -> None:
        """People whose record was joined to another since they were read are that one."""
        fichas = {f for n in faltan if (f := self._registro.agrupacion.de_fila[n]) is not None}
        suyas = {f: self._personas[f] for f in fichas if f in self._personas}
        unidas = vigentes(session, suyas.values())
        self._personas.update({f: unidas[una] for f, una in suyas.items() if una in unidas})

    def _problema(self, n: int, motivo: str) -> Problema:
        fila = self._registro.lectura.filas[n]
        return Problema(fila.hoja, fila.numero, "fila", motivo)

    def _insertar(
        self, session: Session, lugares: Sequence[int], de_este_lote: dict[int, UUID]
    ) -> dict[int, UUID]:
        conocidas = {**self._personas, **de_este_lote}
        with session.begin_nested():
            return insertar(
                session,
                self._registro,
                lugares,
                conocidas=conocidas,
                importacion_id=self._importacion_id,
                ahora=clock.now(),
            )


def terminar(session: Session, importacion: Importacion, actor: Actor) -> None:
    """All of it is in: its file is not kept."""
    importacion.pasar_a(Estado.TERMINADA)
    importacion.terminada_en = clock.now()
    importacion.tomada_por = importacion.tomada_hasta = None
    session.execute(
        delete(ArchivoImportado).where(ArchivoImportado.importacion_id == importacion.id)
    )
    auditar(
        session,
        actor,
        "casos.importacion.cargar",
        "importacion",
        importacion.id,
        cantidad=importacion.nuevas + importacion.cambiadas,
    )


def claves_conocidas(session: Session, claves: Sequence[str]) -> dict[str, UUID | None]:
    """Of these row keys, those that are in, with the person of each."""
    conocidas: dict[str, UUID | None] = {}
    for desde in range(0, len(claves), 500):
        conocidas.update(_ya_cargadas(session, claves[desde : desde + 500]))
    return conocidas


def _ya_cargadas(session: Session, claves: Sequence[str]) -> dict[str, UUID | None]:
    filas = session.execute(
        select(FilaImportada.clave, FilaImportada.persona_id).where(FilaImportada.clave.in_(claves))
    )
    return dict(filas.all())


def _conocidas(db: Database, registro: Registro) -> dict[int, UUID]:
    """The persons of records that have a row in, from this load or an earlier one."""
    with db.read() as session:
        dentro = claves_conocidas(session, registro.claves)
    return _personas_de(registro, range(len(registro.claves)), dentro)


def _personas_de(
    registro: Registro, lugares: range, dentro: Mapping[str, UUID | None]
) -> dict[int, UUID]:
    personas: dict[int, UUID] = {}
    for n in lugares:
        ficha, persona_id = registro.agrupacion.de_fila[n], dentro.get(registro.claves[n])
        if ficha is not None and persona_id is not None:
            personas.setdefault(ficha, persona_id)
    return personas
