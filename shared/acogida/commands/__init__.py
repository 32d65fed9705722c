"""What can be typed after `acogida`."""

import sys

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
