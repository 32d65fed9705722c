"""The services' databases: which are there, and bringing one to what this version needs."""

from collections.abc import Iterator, Sequence

import click

from casos.orientaciones import biblioteca
from casos.red import actions as red
from notificaciones.plantillas import actions as plantillas
from notificaciones.reglas import actions as reglas
from oficina.db import Database
from oficina.migrations import is_current, migrate
from oficina.settings import SERVICES, Settings


def prepare(service: str, db: Database, *, demo: bool = False) -> bool:
    """Make today's tables, and what every office starts with: in casos the network of institutions
    and drafts of the orientation library, in notificaciones the rules of reminders and the
    templates that this version brings.

    In the demonstration the institutions have invented addresses. May be called again; True when
    tables had to change.
    """
    changed = migrate(service, db)
    if service == "casos":
        with db.begin() as session:
            red.sembrar(session, demo=demo)
            biblioteca.sembrar(session)
    if service == "notificaciones":
        with db.begin() as session:
            reglas.sembrar(session)
            plantillas.sembrar(session)
    return changed


def databases(
    settings: Settings, services: Sequence[str] = SERVICES
) -> Iterator[tuple[str, Database]]:
    """Of these services the databases that are there, one after the other, with today's tables."""
    for name in services:
        if not is_there(settings, name):
            continue
        db = Database(settings.database_for(name))
        try:
            if not is_current(name, db):
                raise click.ClickException(f"Primero `acogida migrate {name}`.")
            yield name, db
        finally:
            db.close()


def is_there(settings: Settings, service: str) -> bool:
    """Whether a service has a database; without servers it is made at the first start."""
    return bool(settings.database_url) or (settings.data_dir / f"{service}.db").exists()
