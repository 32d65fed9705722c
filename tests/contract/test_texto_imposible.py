"""What PostgreSQL cannot even compare is refused before it is asked, also of who is not known."""

from collections.abc import Callable
from pathlib import Path

import pytest

from identidad import actions
from oficina.db import Database
from oficina.settings import Settings


@pytest.mark.servers
def test_a_program_with_a_nul_in_its_name_is_nobodys(
    fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> None:
    db = fresh_db("postgresql", "identidad")

    with db.read() as session:
        found = actions.autenticar_cliente(session, Settings(data_dir=tmp_path), "x\x00", "s")

    assert found is None
