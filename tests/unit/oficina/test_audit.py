"""The row of what was done is there exactly when what was done is."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text

import columns
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar, registrar_lectura
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring

ACTOR = Actor.sistema("casos")


@pytest.fixture
def db(tmp_path: Path) -> Database:
    use_keyring(Keyring.load(tmp_path / "claves"))
    return Database(columns.file_in(tmp_path, "identidad"))


def test_the_row_commits_with_the_change(db: Database) -> None:
    recurso = uuid4()

    with db.begin() as session:
        registrar(session, ACTOR, "casos.cerrar", "caso", recurso, motivo="Se mudó a Arica")

    with db.read() as session:
        row = session.scalars(select(Auditoria)).one()
        stored = session.scalar(text("SELECT motivo FROM auditoria"))
    assert (row.actor_id, row.accion, row.recurso_id) == (ACTOR.id, "casos.cerrar", recurso)
    assert row.motivo == "Se mudó a Arica"
    assert "Arica" not in stored
    db.close()


def test_no_change_no_row(db: Database) -> None:
    with pytest.raises(RuntimeError), db.begin() as session:
        registrar(session, ACTOR, "casos.cerrar", "caso", uuid4())
        raise RuntimeError

    with db.read() as session:
        assert session.scalars(select(Auditoria)).all() == []
    db.close()


def test_a_reading_is_its_own_row(db: Database) -> None:
    registrar_lectura(db, ACTOR, "casos.personas.buscar", "persona", None, cantidad=12)

    with db.read() as session:
        row = session.scalars(select(Auditoria)).one()
    assert row.cantidad == 12
    assert row.motivo is None
    db.close()
