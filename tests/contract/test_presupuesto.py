"""Two hundred approvals on one budget at the same time: never negative, an exact sum."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import select, text

from casos.accesos.actions import Responsable
from casos.hogares import actions as hogares
from casos.hogares.actions import Lugar, NuevoIntegrante
from casos.personas import actions as personas
from casos.personas.schemas import NuevaPersona
from casos.programas import actions as programas
from casos.programas.actions import Asignacion, DatosPrograma, NuevosRequisitos, Requisito
from casos.programas.models import (
    Fuente,
    MovimientoPresupuesto,
    Presupuesto,
    TipoBeneficio,
    TipoMovimiento,
)
from casos.programas.postulaciones import actions
from casos.programas.postulaciones.actions import ConTexto
from casos.programas.postulaciones.models import Comprobacion, Postulacion
from casos.programas.postulaciones.states import Estado
from casos.programas.presupuesto import SinPresupuesto
from casos.programas.queries import requisitos_de
from columns import COLUMNS
from office import wait_until
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database
from oficina.errors import Conflicto
from oficina.privacy import Keyring, use_keyring

CUANTAS = 200
HILOS = 20
DE_UN_PROCESO = 25
"""Threads of one process, which all have a connection."""
MONTO = 1_000
ALCANZAN = 130
"""For so many there is money, and a little more."""
ACTOR = Actor.sistema("casos")
OTRA = replace(ACTOR, id=uuid4(), nombre="Otra persona")
ANA = NuevaPersona(nombres="Ana", primer_apellido="Sintética")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of casos on one column."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "casos")


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    """In whose words a rule says no."""
    made = Flask("casos")
    Babel(made)
    with made.test_request_context():
        yield made


def _programa(db: Database, monto: int, tope: int | None = None) -> UUID:
    datos = DatosPrograma(
        nombre="Uno",
        tipo=TipoBeneficio.DINERO,
        fuente=Fuente.MUNICIPAL,
        anio=2026,
        periodo="anual",
        responsable_id=ACTOR.id,
        tope_persona_clp=tope,
    )
    exigido = NuevosRequisitos(requisitos=[Requisito(texto="Vive aquí")], fuente="DEX 1")
    ahora = clock.now()
    with db.begin() as session:
        uno = programas.crear(session, datos, Responsable(ACTOR.id, "X"), ACTOR, ahora)
        programas.exigir(session, uno.id, exigido, ACTOR, ahora)
        asignado = Asignacion(monto_clp=monto, respaldo="DEX 2")
        programas.asignar(session, uno.id, asignado, ACTOR, ahora)
        programas.abrir(session, uno.id, None, ACTOR)
        return uno.id


def _en_revision(db: Database, programa_id: UUID, personas_: int, cada_una: int) -> list[UUID]:
    """Applications of so many people that meet what is asked for, all waiting to be approved."""
    ahora = clock.now()
    with db.begin() as session:
        requisitos = requisitos_de(session, programa_id)
        assert requisitos is not None
        quienes = [personas.registrar(session, ANA, ACTOR, ahora).id for _ in range(personas_)]
        todas = [
            Postulacion(
                folio=f"PO-{numero}",
                persona_id=quien,
                programa_id=programa_id,
                requisitos_id=requisitos.id,
                estado=Estado.EN_REVISION,
                monto_clp=MONTO,
                periodo_desde=date(2026, 1, 1),
                creada_en=ahora,
                creada_por_id=ACTOR.id,
                creada_por=ACTOR.nombre,
            )
            for numero, quien in enumerate(quienes * cada_una)
        ]
        for una in todas:
            una.comprobar([Comprobacion(codigo="r1", cumple=True)], clock.today())
        session.add_all(todas)
        session.flush()
        return [una.id for una in todas]


def _aprobar_a_la_vez(
    app: Flask, db: Database, cuales: list[UUID], hilos_: int = HILOS
) -> Counter[str]:
    """Approve each, several at once from one gate; what became of them.

    Beyond `HILOS` they are of several processes, each with a pool of its own.
    """
    quedan, turno, salida = list(cuales), threading.Lock(), threading.Barrier(hilos_)
    paso: Counter[str] = Counter()
    url = db.engine.url.render_as_string(hide_password=False)
    procesos = [Database(url) for _ in range(hilos_ // DE_UN_PROCESO)] or [db]

    def trabajar(db: Database) -> None:
        salida.wait()
        while True:
            with turno:
                if not quedan:
                    return
                cual = quedan.pop()
            try:
                with app.test_request_context(), db.begin() as session:
                    actions.aprobar(session, cual, ConTexto(), OTRA, clock.now())
                hecho = "aprobada"
            except SinPresupuesto:
                hecho = "sin presupuesto"
            except Conflicto:
                hecho = "repetida"
            with turno:
                paso[hecho] += 1

    hilos = [
        threading.Thread(target=trabajar, args=(procesos[n % len(procesos)],))
        for n in range(hilos_)
    ]
    if hilos_ > HILOS:
        _soltar_juntos(db, hilos)
    else:
        for hilo in hilos:
            hilo.start()
    for hilo in hilos:
        hilo.join()
    for proceso in procesos:
        if proceso is not db:
            proceso.close()
    return paso


def _soltar_juntos(db: Database, hilos: list[threading.Thread]) -> None:
    """Hold the budgets until every one of them is in its transaction and waits for another."""
    esperan = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def todos() -> bool:
        with db.read() as session:
            return session.scalar(esperan) == len(hilos)

    with db.begin() as session:
        session.scalars(select(Presupuesto).with_for_update()).all()
        for hilo in hilos:
            hilo.start()
        wait_until(f"{len(hilos)} approvals that wait", todos, 120)


def test_doscientas_aprobaciones_a_la_vez_no_pasan_del_presupuesto(
    app: Flask, db: Database
) -> None:
    programa_id = _programa(db, ALCANZAN * MONTO + MONTO // 2, tope=CUANTAS * MONTO)
    cuales = _en_revision(db, programa_id, HILOS, CUANTAS // HILOS)

    # Embedded, one process has few hands; on PostgreSQL all two hundred are inside at once.
    paso = _aprobar_a_la_vez(app, db, cuales, HILOS if db.is_sqlite else CUANTAS)

    assert paso == {"aprobada": ALCANZAN, "sin presupuesto": CUANTAS - ALCANZAN}
    with db.read() as session:
        fila = session.get_one(Presupuesto, programa_id)
        reservas = session.scalars(
            select(MovimientoPresupuesto)
            .where(MovimientoPresupuesto.tipo == TipoMovimiento.RESERVA)
            .order_by(MovimientoPresupuesto.disponible_clp.desc())
        ).all()
        aprobadas = session.scalars(
            select(Postulacion).where(Postulacion.estado == Estado.APROBADA)
        ).all()
    assert (fila.reservado_clp, fila.disponible_clp) == (ALCANZAN * MONTO, MONTO // 2)
    assert len(aprobadas) == len(reservas) == ALCANZAN
    # Each line says what was left after it: nobody counted on the same pesos.
    quedaba = [una.disponible_clp for una in reservas]
    assert quedaba == [(ALCANZAN - n) * MONTO + MONTO // 2 for n in range(1, ALCANZAN + 1)]


def test_a_una_persona_no_se_le_aprueba_mas_de_lo_que_el_programa_permite(
    app: Flask, db: Database
) -> None:
    """In a programme that allows two in a period, of each one's ten only two."""
    programa_id = _programa(db, CUANTAS * MONTO, tope=2 * MONTO)
    cuales = _en_revision(db, programa_id, 2, 10)

    assert _aprobar_a_la_vez(app, db, cuales) == {"aprobada": 4, "repetida": 16}
    with db.read() as session:
        assert session.get_one(Presupuesto, programa_id).reservado_clp == 4 * MONTO


def test_de_un_hogar_a_la_vez_se_aprueba_a_una(app: Flask, db: Database) -> None:
    """Of the twenty who live together, each with one, all approved at once, one gets it."""
    programa_id = _programa(db, CUANTAS * MONTO)
    cuales = _en_revision(db, programa_id, HILOS, 1)
    ahora = clock.now()
    with db.begin() as session:
        primera, *otras = session.scalars(select(Postulacion.persona_id)).all()
        hogares.formar(session, primera, Lugar(rol="jefatura"), ACTOR, ahora)
        for otra in otras:
            nuevo = NuevoIntegrante(persona_id=otra, rol="otro_familiar", version=1)
            hogares.agregar(session, primera, nuevo, ACTOR, ahora)

    assert _aprobar_a_la_vez(app, db, cuales) == {"aprobada": 1, "repetida": HILOS - 1}
    with db.read() as session:
        assert session.get_one(Presupuesto, programa_id).reservado_clp == MONTO
