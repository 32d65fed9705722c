"""The follow-up of many deadlines at once, on either column: each stage once, and in its turn."""

import threading
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

import vencidos
from casos.expedientes.models import Caso, Hito, TipoHito
from casos.personas.models import EstadoPersona, Persona
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.tasks import seguir_plazos
from columns import COLUMNS
from oficina import clock
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.client import ServiceClient

MANY = 600
"""More than one transaction takes."""


@pytest.fixture(autouse=True)
def _dia(tmp_path: Path) -> Iterator[None]:
    use_keyring(Keyring.load(tmp_path / "claves", make=True))
    clock.move_to(vencidos.HOY)
    yield
    clock.move_to(None)


@pytest.fixture(params=COLUMNS)
def db(request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database]) -> Database:
    return fresh_db(request.param, "casos")


def _seguir(db: Database) -> None:
    settings = Settings()
    seguir_plazos(Env(settings=settings, db=db, client=ServiceClient(settings)))


def _contados(db: Database) -> list[tuple[str, int, UUID, int]]:
    """(aggregate, number, deadline, stage) of every stage that was told, as they were told."""
    with db.read() as session:
        filas = session.scalars(
            select(Outbox).where(Outbox.tipo.like("casos.caso.plazo%")).order_by(Outbox.id)
        ).all()
    return [
        (
            fila.agregado,
            fila.secuencia,
            UUID(fila.cuerpo["data"]["plazo_id"]),
            fila.cuerpo["data"]["nivel"],
        )
        for fila in filas
    ]


def _uno(db: Database, reloj: str) -> Plazo:
    with db.read() as session:
        return session.scalars(select(Plazo).where(Plazo.reloj == reloj).limit(1)).one()


def test_cada_etapa_se_cuenta_una_vez_y_en_orden(db: Database) -> None:
    hechos = vencidos.fill(db, MANY)

    _seguir(db)
    _seguir(db)

    contados = _contados(db)
    assert len({(plazo, nivel) for _a, _n, plazo, nivel in contados}) == len(contados)
    for _agregado, suyos in groupby(sorted(contados), key=itemgetter(0)):
        filas = list(suyos)
        assert [numero for _a, numero, _p, _nivel in filas] == list(range(1, len(filas) + 1))
        niveles = [nivel for *_x, nivel in filas]
        assert niveles == sorted(niveles)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == hechos
        hitos = session.scalar(
            select(func.count()).select_from(Hito).where(Hito.tipo == TipoHito.PLAZO)
        )
        cancelados = session.scalar(
            select(func.count()).select_from(Plazo).where(Plazo.estado == EstadoPlazo.CANCELADO)
        )
        quedan = session.scalar(
            select(func.count()).select_from(Plazo).where(Plazo.siguiente_en <= clock.now())
        )
    assert (hitos, cancelados, quedan) == (len(contados), MANY // 100, 0)


def test_los_que_fallan_se_apartan_solos(db: Database) -> None:
    hechos = vencidos.fill(db, MANY)
    rotos = [_uno(db, reloj).id for reloj in ("evaluacion", "verificacion")]
    with db.begin() as session:
        # No version of the rules knows such a clock.
        session.execute(update(Plazo).where(Plazo.id.in_(rotos)).values(reloj="roto"))

    _seguir(db)

    assert not {plazo for _a, _n, plazo, _nivel in _contados(db)} & set(rotos)
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == hechos - len(rotos)
        apartados = session.scalars(select(Plazo.id).where(Plazo.intentos > 0))
        assert set(apartados) == set(rotos)


def test_lo_de_una_persona_bloqueada_espera(db: Database) -> None:
    vencidos.fill(db, 20)
    suyo = _uno(db, "evaluacion")
    persona = select(Caso.persona_id).where(Caso.id == suyo.caso_id).scalar_subquery()
    for estado, contado in ((EstadoPersona.BLOQUEADA, False), (EstadoPersona.ACTIVA, True)):
        with db.begin() as session:
            session.execute(update(Persona).where(Persona.id == persona).values(estado=estado))

        _seguir(db)

        assert (suyo.id in {plazo for _a, _n, plazo, _nivel in _contados(db)}) is contado


def test_lo_que_alguien_tiene_se_deja_para_despues(
    fresh_db: Callable[[str, str], Database],
) -> None:
    db = fresh_db("postgresql", "casos")
    hechos = vencidos.fill(db, 20)
    tomado = _uno(db, "evaluacion")
    with db.begin() as session:
        session.execute(select(Caso.id).where(Caso.id == tomado.caso_id).with_for_update()).all()
        _seguir(db)
        assert len(_contados(db)) == hechos - 1

    _seguir(db)

    assert len(_contados(db)) == hechos


def test_dos_seguimientos_a_la_vez_cuentan_cada_etapa_una_vez(
    fresh_db: Callable[[str, str], Database],
) -> None:
    db = fresh_db("postgresql", "casos")
    hechos = vencidos.fill(db, MANY)
    hilos = [threading.Thread(target=_seguir, args=(db,)) for _ in range(2)]

    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    _seguir(db)

    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == hechos
