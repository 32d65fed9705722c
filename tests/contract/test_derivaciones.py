"""Two answers at the same moment, and several follow-ups at once: the same on either database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.unit.casos.derivaciones.mundo import LUNES, Mundo, crear_mundo, usar_claves

from casos.alcance import SIN_LIMITE
from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.queries import espera_de_decision, por_decidir
from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.states import Accion, Estado
from casos.enlaces.actions import crear, responder_por_enlace
from casos.expedientes.queries import caso_por_id
from casos.plazos.tasks import seguir_plazos
from casos.red.actions import sembrar
from columns import COLUMNS
from office import wait_until
from oficina import clock
from oficina.actor import Actor
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.env import Env
from oficina.errors import DomainError
from oficina.settings import Settings
from oficina.web.client import ServiceClient


@pytest.fixture(params=COLUMNS)
def mundo(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Mundo]:
    """A case that admits derivations, in each kind of database."""
    usar_claves(tmp_path)
    db = fresh_db(request.param, "casos")
    with db.begin() as session:
        sembrar(session, demo=True)
    yield crear_mundo(db)
    clock.move_to(None)


def _token(mundo: Mundo, derivacion_id: UUID) -> str:
    with mundo.db.begin() as session:
        made = crear(session, derivacion_id, "", Actor.sistema("notificaciones"))
    return str(made.url).rpartition("/")[2]


def _answer(mundo: Mundo, token: str, accion: Accion) -> bool:
    motivo = "sin_cupo" if accion is Accion.RECHAZAR else None
    try:
        with mundo.db.begin() as session:
            respuesta = Respuesta(accion=accion, motivo=motivo)
            responder_por_enlace(session, token, respuesta, LUNES)
    except DomainError:
        return False
    return True


def test_de_varias_respuestas_a_la_vez_vale_una(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)
    tokens = [_token(mundo, derivacion_id) for _ in range(4)]
    pedidos = [(t, a) for t in tokens for a in (Accion.ACEPTAR, Accion.RECHAZAR)]

    with ThreadPoolExecutor(8) as pool:
        logradas = list(pool.map(lambda pedido: _answer(mundo, *pedido), pedidos))

    assert logradas.count(True) == 1
    with mundo.db.read() as session:
        assert len(session.scalars(select(RespuestaDerivacion)).all()) == 1
    assert mundo.derivacion(derivacion_id).estado in {Estado.ACEPTADA, Estado.RECHAZADA}


def test_un_borrador_se_envia_una_vez(mundo: Mundo) -> None:
    derivacion_id = mundo.preparar()

    def enviar(_numero: int) -> bool:
        try:
            mundo.hacer(derivacion_id, Accion.ENVIAR)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(enviar, range(6))).count(True) == 1
    assert mundo.hechos().count("casos.derivacion.enviada") == 1


@pytest.mark.parametrize(
    ("codigo", "horas", "espera"),
    [
        ("DIDECO.SOCIAL", 1, False),
        ("VIVIENDA.ORIENTACION", 1, False),  # another institution, a theme in common
        ("CESFAM.INSCRIPCION", 1, True),  # another need
        ("VIVIENDA.ORIENTACION", -1, True),  # sent before it was known that the first one failed
    ],
)
def test_otra_derivacion_para_lo_mismo_decide_sobre_la_que_no_resulto(
    mundo: Mundo, codigo: str, horas: int, espera: bool
) -> None:
    """It needs no «Reencaminar»; a draft decides nothing, nor does one that is taken back."""
    fallida = mundo.en(Estado.RECHAZADA)
    otra = mundo.preparar(mundo.pedido(codigo))
    assert _esperan(mundo) == [fallida]

    mundo.hacer(otra, Accion.ENVIAR, LUNES + timedelta(hours=horas))
    assert _esperan(mundo) == ([fallida] if espera else [])

    mundo.hacer(otra, Accion.ANULAR, LUNES + timedelta(hours=2))
    assert _esperan(mundo) == [fallida]


def test_de_las_que_no_resultaron_para_lo_mismo_espera_la_ultima(mundo: Mundo) -> None:
    mundo.en(Estado.RECHAZADA)
    ultima = mundo.en(Estado.RECHAZADA, LUNES + timedelta(hours=1))

    assert _esperan(mundo) == [ultima]


def _esperan(mundo: Mundo) -> list[UUID]:
    """The derivations of the case that wait for a decision; the list of cases agrees."""
    with mundo.db.read() as session:
        una_por_una = [d.id for d in por_decidir(session, [mundo.caso_id]).get(mundo.caso_id, ())]
        atrasado = session.execute(select(espera_de_decision())).all()
    assert bool(atrasado) == bool(una_por_una)
    return una_por_una


def test_varios_seguimientos_cuentan_cada_etapa_una_vez_mientras_alguien_responde(
    mundo: Mundo,
) -> None:
    enviadas = [mundo.en(Estado.ENVIADA) for _ in range(4)]
    tokens = [_token(mundo, derivacion_id) for derivacion_id in enviadas]
    clock.move_to(date(2027, 3, 1))
    settings = Settings()
    env = Env(settings=settings, db=mundo.db, client=ServiceClient(settings))

    with ThreadPoolExecutor(8) as pool:
        follow_ups = [pool.submit(seguir_plazos, env) for _ in range(3)]
        answers = [pool.submit(_answer, mundo, token, Accion.ACEPTAR) for token in tokens]
        assert all(answer.result(60) for answer in answers)
        for follow_up in follow_ups:
            follow_up.result(60)
    seguir_plazos(env)

    with mundo.db.read() as session:
        told = session.scalars(
            select(Outbox).where(Outbox.tipo.like("casos.caso.plazo%")).order_by(Outbox.evento_id)
        ).all()
    stages = [(row.cuerpo["data"]["plazo_id"], row.cuerpo["data"]["nivel"]) for row in told]
    assert len(stages) == len(set(stages))
    for derivacion_id in enviadas:
        assert mundo.derivacion(derivacion_id).estado in {Estado.ACEPTADA, Estado.VENCIDA}


def test_dos_pestanas_que_preparan_y_envian_no_se_esperan_en_ronda(mundo: Mundo) -> None:
    rechazada = mundo.en(Estado.RECHAZADA)
    pedido = mundo.pedido(reemplaza_a=rechazada)
    borrador = mundo.preparar(pedido)
    failed: list[Exception] = []

    def hacer(que: Callable[[], object]) -> None:
        try:
            que()
        except Exception as error:
            failed.append(error)

    pestanas = [
        threading.Thread(target=hacer, args=(que,))
        for que in (
            lambda: mundo.preparar(pedido),
            lambda: mundo.hacer(borrador, Accion.ENVIAR),
        )
    ]
    # Both have begun and wait while somebody else has the case.
    with mundo.db.begin() as session:
        caso_por_id(session, mundo.caso_id, SIN_LIMITE, bloquear=True)
        for esperan, pestana in enumerate(pestanas, 1):
            pestana.start()
            _wait_for_locks(mundo.db, esperan)
    for pestana in pestanas:
        pestana.join(60)
        assert not pestana.is_alive()

    # Whoever came second was told so by a rule, not by the database.
    assert all(isinstance(error, DomainError) for error in failed)
    assert len(failed) <= 1
    assert mundo.derivacion(borrador).estado in {Estado.ENVIADA, Estado.ANULADA}


def _wait_for_locks(db: Database, how_many: int) -> None:
    """Until so many transactions of this database wait; SQLite's queue at the door."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def all_wait() -> bool:
        with db.read() as session:
            return session.scalar(waiting) == how_many

    if not db.is_sqlite:
        wait_until(f"{how_many} transactions that wait", all_wait)
