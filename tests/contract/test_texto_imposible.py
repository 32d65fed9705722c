"""What PostgreSQL cannot even compare is refused before it is asked, also of who is not known."""

from collections.abc import Callable
from pathlib import Path

from identidad import actions
from oficina.db import Database
from oficina.migrations import migrate
from oficina.settings import Settings


def test_a_program_with_a_nul_in_its_name_is_nobodys(
    fresh_pg: Callable[[], str], tmp_path: Path
) -> None:
    db = Database(fresh_pg().replace("postgresql://", "postgresql+psycopg://", 1))
    migrate("identidad", db)

    with db.read() as session:
        found = actions.autenticar_cliente(session, Settings(data_dir=tmp_path), "x\x00", "s")

    assert found is None
    db.close()
