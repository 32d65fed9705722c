"""What can be typed after `acogida`."""

import sys
from collections.abc import Iterator, Sequence

import click

from oficina.db import Database
from oficina.migrations import is_current
from oficina.settings import SERVICES, Settings, SettingsError


class Problema(Exception):
    """Something that must be mended; the message says how."""


def read_settings() -> Settings:
    """The settings of this process; what cannot be used ends the command and is named."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


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
