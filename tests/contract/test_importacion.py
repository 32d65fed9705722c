"""The year of 2024 loads on both columns, and two who load it at once make nobody twice."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from casos.importacion import actions
from casos.importacion.carga import Desplazada
from columns import COLUMNS
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

ARCHIVO = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
ACTOR = Actor.sistema("casos")

CUENTAS = """
select (select count(*) from atenciones),
       (select count(distinct atencion_id) from filas_importadas),
       (select count(*) from personas),
       (select count(*) from posibles_duplicados),
       (select count(*) from (select indice from documentos_identidad where tipo <> 'otro'
         group by indice having count(*) > 1) repetidos)
"""


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of casos on one column."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "casos")


def test_dos_que_cargan_a_la_vez_no_repiten_nada(db: Database) -> None:
    def cargar() -> None:
        try:
            actions.cargar(db, ARCHIVO, ACTOR)
        except Desplazada:
            desplazadas.append(1)

    desplazadas: list[int] = []
    threads = [threading.Thread(target=cargar) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.read() as session:
        cuentas = tuple(session.execute(text(CUENTAS)).one())
    assert cuentas == (4784, 4784, 2049, 231, 0)
    assert len(desplazadas) <= 1
