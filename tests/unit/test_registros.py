"""The look through what tests write finds what it should, and nothing in ordinary lines."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import registros

TESTS = Path(__file__).parents[1]

ORDINARY = [
    '{"servicio": "casos", "method": "POST", "ruta": "/casos/api/v1/personas", "status": 201}',
    '{"timestamp": "2026-11-26T04:56:13.743606Z", "correlation_id": "252bb6f8-448e-bd10-a80e"}',
    "celery@oficina, casos@oficina: 2026-11-26 01:56:13+00:00, 12.345.678 rows",
    "/tmp/pytest-of-root/pytest-283/claves/cifrado-1 Python-3.11.7 v1.2.3",
]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("sent to ana.rojas@correo.example", "an address of mail"),
        ("called +56 9 8765 4321", "a telephone"),
        ("called +56987654321", "a telephone"),
        ("12.345.678-5 was not found", "a RUN"),
        (f"cuerpo=v1.1a2b3c4d.{'A' * 24}", "a sealed text"),
        (f"Bearer eyJhbGciOiJFUzI1NiJ9.{'e' * 20}.{'s' * 20}", "a signed token"),
        (f"GET /casos/enlace/{'x' * 43}", "a secret link"),
        (f'"client_secret": "{"s" * 43}"', "a program's secret"),
        (f"secreto whsec_{'A' * 32}=", "a secret that signs"),
        ("otpauth://totp/Acogida:ana", "a second factor"),
        (f"secret={'ABCDEFGH' * 4}", "a second factor"),
        ("clave=una clave larga de profesional", "a password"),
        ("no contact of Célestin", "a name"),
        ("DEMO10001", "a name"),
    ],
)
def test_what_is_of_a_person_is_found(line: str, what: str) -> None:
    (found,) = registros.personal("\n".join([*ORDINARY, line]))

    assert found.startswith(what)
    assert line in found


def test_ordinary_lines_are_left_alone() -> None:
    assert list(registros.personal("\n".join(ORDINARY))) == []


def test_a_log_of_an_office_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("\n".join(ORDINARY), encoding="utf-8")
    registros.exigir_limpio(log)
    log.write_text("persona: Célestin", encoding="utf-8")

    with pytest.raises(AssertionError, match="Célestin"):
        registros.exigir_limpio(log)


WRITERS = """
import logging, sys

def test_logs():
    logging.basicConfig(force=True)
    logging.getLogger("x").warning("sent to %s", "ana@correo.example")

def test_prints():
    print("12.345.678-5")

def test_complains():
    print("Jean-Louis", file=sys.stderr)

def test_says_nothing_of_anybody():
    print("all is well")
"""


def test_a_test_that_writes_it_fails(tmp_path: Path) -> None:
    (tmp_path / "test_writers.py").write_text(WRITERS, encoding="utf-8")
    options = ["-q", "-p", "registros", "-p", "no:cacheprovider", "-p", "no:randomly"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", os.devnull, "test_writers.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 failed, 1 passed" in ran.stdout
