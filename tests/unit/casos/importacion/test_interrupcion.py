"""A process that is killed while it loads leaves nothing half done, and the next one goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from casos.importacion import actions
from oficina.actor import Actor
from oficina.db import Database

FILAS = 1200

CARGAR = """
import sys
from pathlib import Path

import casos.models
from casos.importacion import actions
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

datos, archivo = map(Path, sys.argv[1:])
use_keyring(Keyring.load(datos / "claves"))
db = Database(f"sqlite:///{datos / 'casos.db'}")
actions.cargar(db, archivo, Actor.sistema("casos"), lambda *a: print(*a, flush=True))
"""

CUENTAS = """
select (select count(*) from atenciones),
       (select count(*) from filas_importadas),
       (select count(distinct atencion_id) from filas_importadas),
       (select leidas from importaciones),
       (select count(*) from personas p
         where not exists (select 1 from atenciones a where a.persona_id = p.id)),
       (select count(*) from (select indice from documentos_identidad where tipo <> 'otro'
         group by indice having count(*) > 1))
"""


@pytest.mark.parametrize("lotes", [1, 4])
def test_kill_9_a_media_carga_no_pierde_ni_repite(
    db: Database,
    tmp_path: Path,
    muchas: Callable[[int], bytes],
    guardar: Callable[[bytes], Path],
    actor: Actor,
    lotes: int,
) -> None:
    archivo = guardar(muchas(FILAS))
    process = subprocess.Popen(
        [sys.executable, "-c", CARGAR, str(tmp_path), str(archivo)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    for _ in range(lotes):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()

    with db.read() as session:
        atenciones, filas, distintas, leidas, sin_atencion, repetidos = session.execute(
            text(CUENTAS)
        ).one()
    assert lotes * 100 <= atenciones < FILAS
    assert atenciones == filas == distintas == leidas
    assert (sin_atencion, repetidos) == (0, 0)

    resumen = actions.cargar(db, archivo, actor)

    assert (resumen.nuevas, resumen.ya_estaban) == (FILAS - atenciones, atenciones)
    with db.read() as session:
        al_final = session.execute(text(CUENTAS)).one()
        personas = session.execute(text("select count(*) from personas")).scalar_one()
        sugeridas = session.execute(text("select count(*) from posibles_duplicados")).scalar_one()
    assert tuple(al_final) == (FILAS, FILAS, FILAS, FILAS, 0, 0)
    assert personas == resumen.fichas
    assert sugeridas == resumen.fichas - resumen.personas
