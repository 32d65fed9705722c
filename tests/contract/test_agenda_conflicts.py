"""Two people book at the same moment: one gets the hour, on either database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from agenda.actions import NuevaCita, agendar
from agenda.queries import Filtro, citas
from columns import COLUMNS
from oficina.actor import Actor
from oficina.db import Database
from oficina.errors import Conflicto
from oficina.privacy import Keyring, use_keyring

AHORA = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RECEPCION = Actor(uuid4(), "Recepción", frozenset({"recepcion"}), "", "persona")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The agenda's database."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "agenda")


def _try(db: Database, persona: UUID, profesional: UUID, minuto: int) -> bool:
    nueva = NuevaCita(
        persona_id=persona,
        profesional_id=profesional,
        fecha=date(2026, 12, 1),
        hora=time(10, minuto),
        duracion=30,
        lugar="oficina",
    )
    try:
        with db.begin() as session:
            agendar(session, nueva, "Profesional", RECEPCION, AHORA)
    except Conflicto:
        return False
    return True


@pytest.mark.parametrize("comparten", ["profesional", "persona"])
def test_de_dieciseis_que_piden_la_misma_hora_la_tiene_una(db: Database, comparten: str) -> None:
    el_mismo = uuid4()
    pedidos = [
        (el_mismo, uuid4()) if comparten == "persona" else (uuid4(), el_mismo) for _ in range(16)
    ]

    with ThreadPoolExecutor(8) as pool:
        logrados = list(
            pool.map(lambda uno: _try(db, *uno[1], minuto=uno[0] % 2 * 15), enumerate(pedidos))
        )

    assert logrados.count(True) == 1
    with db.read() as session:
        assert len(citas(session, Filtro())) == 1
