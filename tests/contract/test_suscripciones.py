"""Senders of several processes at once: each delivery is one sender's, on both columns."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from columns import COLUMNS
from notificaciones.suscripciones import turno
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.reintentos import reintentos
from notificaciones.suscripciones.states import Estado, Origen, Via
from notificaciones.suscripciones.turno import Debida, Lote, Resultado
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.privacy import Keyring, use_keyring


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of the subscriptions."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "notificaciones")


def _suscripcion(db: Database, entregas: int, *, ordenada: bool = False, casos: int = 1) -> UUID:
    with db.begin() as session:
        una = Suscripcion(
            id=uuid7(),
            unidad="dideco",
            nombre="Tablero",
            via=Via.WEBHOOK,
            tipos=["t"],
            finalidad="f",
            base="b",
            url="https://h.example.cl/",
            estado=Estado.ACTIVA,
            clave=base64.b64encode(b"k" * 32).decode(),
            secreto="whsec_eA==",
            ordenada=ordenada,
            creada_por="x",
            creada_por_id=uuid7(),
        )
        session.add(una)
        session.flush()
        for number in range(entregas):
            session.add(
                Entrega(
                    suscripcion_id=una.id,
                    evento_id=uuid7(),
                    tipo="t",
                    agregado=f"caso/{number % casos}",
                    secuencia=number,
                    origen=Origen.HECHO,
                    cuerpo="{}",
                )
            )
    return una.id


def _take(db: Database, una: UUID, ahora_mas: timedelta = timedelta(0)) -> Lote | None:
    with db.begin() as session:
        url = session.get_one(Suscripcion, una).destino
        return turno.tomar(session, Debida(una, url, 0), real_now() + ahora_mas)


def _settle(db: Database, una: UUID, lote: Lote, status: int = 200) -> None:
    resultados = [
        Resultado(entrega_id=one.id, intentos=1, en=real_now(), ms=1, status=status)
        for one in lote.entregas
    ]
    with db.begin() as session:
        turno.asentar(session, una, lote, resultados, real_now())


def test_de_ocho_cada_entrega_es_de_uno(db: Database) -> None:
    una = _suscripcion(db, reintentos().lote * 6)

    with ThreadPoolExecutor(8) as pool:
        lotes = [one for one in pool.map(lambda _n: _take(db, una), range(8)) if one]

    assert len(lotes) == reintentos().simultaneas
    taken = [one.id for lote in lotes for one in lote.entregas]
    assert len(taken) == len(set(taken)) == reintentos().lote * reintentos().simultaneas
    assert _take(db, una) is None
    _settle(db, una, lotes[0])
    assert _take(db, una) is not None


def test_en_orden_solo_lo_primero_de_cada_cosa_tambien_a_la_vez(db: Database) -> None:
    una = _suscripcion(db, 9, ordenada=True, casos=3)

    with ThreadPoolExecutor(4) as pool:
        lotes = [one for one in pool.map(lambda _n: _take(db, una), range(4)) if one]

    assert sum(len(lote.entregas) for lote in lotes) == 3
    for lote in lotes:
        _settle(db, una, lote)
    siguiente = _take(db, una)
    assert siguiente is not None
    with db.read() as session:
        ids = [one.id for one in siguiente.entregas]
        query = select(Entrega.secuencia).where(Entrega.id.in_(ids)).order_by(Entrega.secuencia)
        assert list(session.scalars(query)) == [3, 4, 5]


def test_lo_que_se_retira_mientras_se_envia_no_pierde_lo_demas(db: Database) -> None:
    una = _suscripcion(db, 3)
    lote = _take(db, una)
    assert lote is not None
    with db.begin() as session:
        session.delete(session.get_one(Entrega, lote.entregas[1].id))

    _settle(db, una, lote)

    with db.read() as session:
        quedan = session.execute(select(Entrega.id, Entrega.estado).order_by(Entrega.id)).all()
    hecho = EstadoDeEntrega.HECHO
    assert [tuple(row) for row in quedan] == [(lote.entregas[n].id, hecho) for n in (0, 2)]


def test_lo_que_dijo_una_direccion_reemplazada_no_se_le_achaca_a_la_nueva(db: Database) -> None:
    una = _suscripcion(db, reintentos().lote * 2)
    lote = _take(db, una)
    assert lote is not None
    with db.begin() as session:
        session.get_one(Suscripcion, una).url = "https://nueva.example/h"

    with db.begin() as session:
        assert turno.tomar(session, Debida(una, lote.destino, 0), real_now()) is None
    _settle(db, una, lote, status=turno.GONE)

    with db.read() as session:
        assert session.get_one(Suscripcion, una).estado is Estado.ACTIVA
    otro = _take(db, una)
    assert otro is not None
    _settle(db, una, otro, status=turno.GONE)
    with db.read() as session:
        assert session.get_one(Suscripcion, una).estado is Estado.DESACTIVADA


def test_quien_vuelve_tarde_no_cambia_lo_de_otro(db: Database) -> None:
    una = _suscripcion(db, 2)
    vieja = _take(db, una)
    despues = turno.RESERVA + timedelta(seconds=1)
    nueva = _take(db, una, despues)
    assert vieja is not None
    assert nueva is not None
    assert [one.id for one in nueva.entregas] == [one.id for one in vieja.entregas]

    _settle(db, una, vieja, status=turno.GONE)

    with db.read() as session:
        assert session.get_one(Suscripcion, una).estado is Estado.ACTIVA
        estados = set(session.scalars(select(Entrega.estado)))
        reservas = set(session.scalars(select(Entrega.reserva)))
    assert estados == {EstadoDeEntrega.PENDIENTE}
    assert reservas == {nueva.reserva}
    _settle(db, una, nueva)
    with db.read() as session:
        assert set(session.scalars(select(Entrega.estado))) == {EstadoDeEntrega.HECHO}
