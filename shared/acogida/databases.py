"""Bringing a service's database to what this version needs."""

from casos.red.actions import sembrar
from oficina.db import Database
from oficina.migrations import migrate


def prepare(service: str, db: Database, *, demo: bool = False) -> bool:
    """Make today's tables, and in casos the network of institutions that every office starts with.

    In the demonstration the institutions have invented addresses. May be called again; True when
    tables had to change.
    """
    changed = migrate(service, db)
    if service == "casos":
        with db.begin() as session:
            sembrar(session, demo=demo)
    return changed
