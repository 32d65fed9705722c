"""What a process of the office does not carry, so that it stays small and starts soon."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        # gunicorn's arbiter, which the worker stands beside for as long as the office is open.
        ("acogida.commands.run", ("sqlalchemy", "flask", "alembic")),
        # The office without servers.
        ("acogida.embedded", ("psycopg", "redis", "typst", "zxcvbn", "alembic", "xlsxwriter")),
    ],
)
def test_a_process_does_not_load_what_it_never_uses(module: str, heavy: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert module in loaded
    assert not set(heavy).intersection(loaded)
