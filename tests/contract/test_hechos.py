"""A reader of the facts misses nothing while many write, on PostgreSQL as on SQLite."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.atenciones.models import Atencion
from casos.hechos import actions, queries
from casos.hechos.cursor import Cursor
from columns import COLUMNS
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring
from unit.casos.hechos.registro import Registro

# SQLite has one writer at a time: nothing is confirmed late there.
SOLO_POSTGRESQL = pytest.mark.parametrize("db", COLUMNS[1:], indirect=True)

ESCRITORES = 4
PASOS = 25


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """An empty database of casos."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "casos")


class Copia:
    """What a reader has after writing over what it had."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.cursor = ""
        self.hechos: dict[UUID, queries.Hecho] = {}

    def leer(self) -> None:
        """One page, as the API gives it."""
        with self.db.read() as session:
            pendientes = queries.hay_sin_numero(session)
        if pendientes:
            with self.db.begin() as session:
                actions.numerar(session)
        with self.db.read() as session:
            pagina = queries.pagina(session, Cursor.leer(self.cursor), 7, "lector")
        self.hechos |= {hecho.id: hecho for hecho in pagina.hechos}
        self.cursor = pagina.cursor
        self.hay_mas = pagina.hay_mas

    def temas(self) -> list[str]:
        """The theme of each attention: each row and each change of it has its own."""
        return sorted(h.tema or "" for h in self.hechos.values() if h.clase == "atencion")


def _escribir(db: Database, registro: Registro, quien: int) -> None:
    """Inserts, changes, transactions that stay open a while, and some that are taken back."""
    azar = random.Random(quien)
    propias: list[UUID] = []
    for paso in range(PASOS):
        tema = f"{quien}.{paso}"
        try:
            with db.begin() as session:
                if propias and azar.random() < 0.4:
                    session.get_one(Atencion, azar.choice(propias)).tema = tema
                    session.flush()
                    nueva = None
                else:
                    nueva = registro.atencion_en(session, tema=tema)
                time.sleep(azar.random() / 200)
                if azar.random() < 0.2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue
        if nueva is not None:
            propias.append(nueva)


def test_quien_lee_no_pierde_nada_mientras_otros_escriben(db: Database) -> None:
    registro = Registro(db)
    lectores = [Copia(db), Copia(db)]
    escritores = [
        threading.Thread(target=_escribir, args=(db, registro, quien))
        for quien in range(ESCRITORES)
    ]
    for escritor in escritores:
        escritor.start()

    while any(escritor.is_alive() for escritor in escritores):
        for lector in lectores:
            lector.leer()
    for lector in lectores:
        lector.leer()
        while lector.hay_mas:
            lector.leer()

    with db.read() as session:
        temas = sorted(session.scalars(select(Atencion.tema)))
    assert temas
    for lector in lectores:
        assert lector.temas() == temas


@SOLO_POSTGRESQL
def test_una_fila_que_se_confirma_tarde_llega(db: Database) -> None:
    registro, lector = Registro(db), Copia(db)
    with db.begin() as tardia:
        registro.atencion_en(tardia, tema="tarde")
        registro.atencion(tema="pronto")
        lector.leer()
        assert lector.temas() == ["pronto"]

    lector.leer()

    assert lector.temas() == ["pronto", "tarde"]


@SOLO_POSTGRESQL
def test_un_cambio_que_sigue_abierto_no_detiene_la_lectura(db: Database) -> None:
    registro, lector = Registro(db), Copia(db)
    fila = registro.atencion(tema="antes")
    registro.atencion(tema="otra")
    with db.begin() as abierta:
        abierta.get_one(Atencion, fila).tema = "después"
        abierta.flush()
        lector.leer()
        assert lector.temas() == ["otra"]

    lector.leer()

    assert lector.temas() == ["después", "otra"]
