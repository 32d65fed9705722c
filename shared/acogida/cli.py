"""The `acogida` command. Each subcommand is a module that is imported when it is asked for.

So `acogida run` stays a small process beside its worker, and `acogida bus casos` does not carry
what it will never use.
"""

from importlib import import_module
from typing import Any

import click

from acogida import click_es

COMMANDS = {
    "run": "acogida.commands.run",
    "web": "acogida.commands.processes",
    "bus": "acogida.commands.processes",
    "jobs": "acogida.commands.processes",
    "migrate": "acogida.commands.data",
    "import": "acogida.commands.register",
    "seed": "acogida.commands.seed",
    "events": "acogida.commands.events",
    "user": "acogida.commands.users",
    "keys": "acogida.commands.keys",
    "retencion": "acogida.commands.retencion",
    "doctor": "acogida.commands.doctor",
}


class Office(click.Group):
    """A group whose subcommands are found by COMMANDS, in Spanish."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run what was typed."""
        with click_es.spoken():
            return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand: the function called as it, `import` being `import_`."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, {"import": "import_"}.get(cmd_name, cmd_name))
        return command


@click.group(cls=Office, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """La Oficina de Migración: servirla, cuidarla y traerle registros.

    Sin servidores: `acogida run`. Los ajustes son variables ACOGIDA_*, más
    PORT, DATOS y WEB_CONCURRENCY.
    """
