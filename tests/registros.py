"""Logs and errors carry no personal data: all that the tests write is looked through.

Whatever a test or its fixtures write to standard output and standard error in this process is
searched when the phase has ended, and what a started office wrote to standard error when it has
stopped (`office`). Searched for are shapes (addresses, telephones, documents, tokens, links, sealed
texts, passwords of the tests) and the names of the people that were registered meanwhile, here or
in the stories.
"""

import json
import re
from collections.abc import Generator, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from casos.personas.models import Persona

SHAPES = {
    "a sealed text": r"v1\.[0-9a-f]{8}\.[\w-]{20,}",
    "a signed token": r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
    "a secret link": r"/(?:enlace|invitacion|clave)/[\w-]{30,}",
    "a program's secret": r"client_secret[\"'=: ]+[\w-]{20,}",
    "a secret that signs": r"whsec_[\w+/=-]{20,}",
    "a second factor": r"otpauth://|secret=[A-Z2-7]{16,}",
    "a password": r"una clave larga de \w+|clave de prueba larga",
    "an address of mail": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}",
    "a telephone": r"(?<![\w.:])\+\d(?:[ -]?\d){8,14}(?!\w)",
    "a RUN": r"(?<![\w.])\d{1,2}\.\d{3}\.\d{3}-[\dkK]\b",
}
_SHAPES = re.compile("|".join(f"(?P<s{n}>{shape})" for n, shape in enumerate(SHAPES.values())))
_NAME = re.compile(r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñèêëçã]{3,}")


def _of_the_stories() -> set[str]:
    """Names and documents of the people of the demonstration and of tests/story.py."""
    told = json.loads((files("acogida") / "historias.json").read_text(encoding="utf-8"))
    fichas = [persona["ficha"] for persona in told["personas"]]
    names = " ".join(
        str(ficha.get(part, ""))
        for ficha in fichas
        for part in ("nombres", "primer_apellido", "segundo_apellido")
    )
    documents = {ficha["documento_numero"] for ficha in fichas if "documento_numero" in ficha}
    return {"Célestin", "Jean-Louis", *_NAME.findall(names), *documents}


NAMES = _of_the_stories()
"""Of people in the stories, and of whoever was registered in this process since."""


@event.listens_for(Persona, "before_insert")
@event.listens_for(Persona, "before_update")
def _remember(_mapper: Any, _connection: Any, persona: Persona) -> None:
    for part in (persona.nombres, persona.primer_apellido, persona.segundo_apellido):
        NAMES.update(_NAME.findall(part or ""))


def personal(text: str) -> Iterator[str]:
    """What of a person or a secret is in a text: what it is, and where."""
    kinds = list(SHAPES)
    for line in text.splitlines():
        for match in _SHAPES.finditer(line):
            number = int((match.lastgroup or "s0").removeprefix("s"))
            yield f"{kinds[number]} in: {line[:300]}"
        if found := NAMES.intersection(re.findall(r"[\w-]+", line)):
            yield f"a name ({', '.join(sorted(found))}) in: {line[:300]}"


def exigir_limpio(log: Path) -> None:
    """Fail when a log of a started office holds anything of a person."""
    found = list(personal(log.read_text(encoding="utf-8", errors="replace")))
    assert not found, f"{log.name} carries personal data:\n" + "\n".join(found[:20])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test whose output carries personal data; one that failed shows what it wrote."""
    report = yield
    if report.passed:
        # What pytest itself collects of logs («Captured log») is what was said before our own
        # formatter left out what is not safe.
        written = [
            text
            for title, text in report.sections
            if title in {f"Captured stdout {call.when}", f"Captured stderr {call.when}"}
        ]
        if found := list(personal("\n".join(written))):
            report.outcome = "failed"
            report.longrepr = "personal data was written:\n" + "\n".join(found[:20])
    return report
