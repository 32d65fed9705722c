"""What every connection of a service asks of PostgreSQL."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from oficina.db import Database


@pytest.mark.servers
def test_a_statement_has_no_helpers(fresh_db: Callable[[str, str], Database]) -> None:
    db = fresh_db("postgresql", "casos")
    ask = text("SHOW max_parallel_workers_per_gather")
    with db.begin() as session:
        assert session.scalar(ask) == "0"
        session.rollback()
    with db.read() as session, db.glance() as connection:
        assert (session.scalar(ask), connection.scalar(ask)) == ("0", "0")
