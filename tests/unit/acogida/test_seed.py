"""`acogida seed`: invented people, in a demonstration where nobody else is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

import columns
from acogida.cli import main
from acogida.commands.seed import LOTE
from acogida.semilla import inventada
from casos.personas.actions import registrar
from casos.personas.models import Persona
from casos.personas.schemas import NuevaPersona
from oficina.actor import Actor
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """casos of a demonstration on files that nobody started yet."""
    monkeypatch.setenv("DATOS", str(tmp_path))
    monkeypatch.setenv("ACOGIDA_DEMO", "1")
    for name in ("ACOGIDA_AMQP_URL", "ACOGIDA_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    use_keyring(Keyring.load(tmp_path / "claves", make=True))
    casos = Database(columns.file_in(tmp_path, "casos"))
    yield casos
    casos.close()


def _seed(personas: int) -> Result:
    return CliRunner().invoke(main, ["seed", "--personas", str(personas), "--semilla", "5"])


def _how_many(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Persona)) or 0


def test_they_are_those_of_the_seed_and_a_second_time_goes_on(db: Database) -> None:
    for personas in (20, 30, 25):
        assert _seed(personas).exit_code == 0
    with db.read() as session:
        found = session.scalars(select(Persona).order_by(Persona.folio)).all()
    wanted = [inventada(5, place) for place in range(1, 31)]
    assert [(one.nombres, one.direccion) for one in found] == [
        (one.nombres, one.direccion) for one in wanted
    ]
    assert all("(persona inventada)" in str(one.direccion) for one in found)


def test_an_office_that_is_no_demonstration_is_left_alone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOGIDA_DEMO", "0")
    refused = _seed(1)
    assert (refused.exit_code, _how_many(db)) == (1, 0)
    assert "ACOGIDA_DEMO=1" in refused.output


def test_where_somebody_else_is_nobody_is_invented(db: Database) -> None:
    assert _seed(2).exit_code == 0
    with db.begin() as session:
        somebody = NuevaPersona(nombres="Alguien")
        registrar(session, somebody, Actor.sistema("casos"), datetime.now(UTC))
    refused = _seed(9)
    assert (refused.exit_code, _how_many(db)) == (1, 3)
    assert "no vienen de `acogida seed`" in refused.output


def test_an_interruption_leaves_whole_batches(db: Database) -> None:
    command = [str(Path(sys.executable).with_name("acogida")), "seed", "--personas", "500000"]
    with subprocess.Popen(
        command,
        env={**os.environ},
        stdout=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background ignores it, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as seed:
        deadline = time.monotonic() + 60
        while not _how_many(db) and time.monotonic() < deadline:
            time.sleep(0.05)
        seed.send_signal(signal.SIGINT)
        try:
            said, _ = seed.communicate(timeout=60)
        finally:
            seed.kill()
    there = _how_many(db)
    assert there > 0
    assert there % LOTE == 0
    assert said == f"Personas inventadas que hay: {there}.\n"
    assert seed.returncode == 1
