"""What can be typed after `acogida`."""

import os
import sys
from importlib import import_module
from types import ModuleType

import click

from oficina.settings import Settings, SettingsError


class Problema(Exception):
    """Something that must be mended; the message says how."""


def read_settings() -> Settings:
    """The settings of this process; what cannot be used ends the command and is named."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def serving(settings: Settings) -> ModuleType:
    """`acogida.server`, for who has read the settings.

    gunicorn takes WEB_CONCURRENCY as it is imported, and of an empty one, which to us is none, it
    says no more than that it is no number: it gets what the settings made of it.
    """
    os.environ["WEB_CONCURRENCY"] = str(settings.workers)
    return import_module("acogida.server")
