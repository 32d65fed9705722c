"""Every operation of every service, asked with what nobody would write by hand.

`make test` sends a few requests to each, always the same; `make fuzz` sends FUZZ_REQUESTS, always
others, and says how many of which status came back. A seed that it prints repeats a round.
"""

import os
import random
from collections.abc import Iterator

import pytest

from fuzz.attack import Target
from sources import SIN_FUENTE, SOURCES

EXAMPLES = 4
ROUND = 25
"""Requests to each operation before the next seed, so that each meets what the others left."""
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The office of the demonstration."""
    made = Target(tmp_path_factory.mktemp("oficina"))
    yield made
    made.close()


def test_whatever_is_asked_is_answered_as_the_document_says(target: Target) -> None:
    _round(target, EXAMPLES, None)
    for seed in range(SEED, 2**63):
        if target.sent >= REQUESTS:
            break
        print(f"FUZZ_SEED={seed}: {target.sent} requests so far", flush=True)
        _round(target, ROUND, seed)

    print(f"{target.sent} requests: {dict(sorted(target.answers.items()))}")
    for status in (200, 201, 404, 409, 422):
        assert target.answers[status], f"no request was answered {status}: the attack is blunt"


def test_every_id_of_an_address_is_one_that_exists(target: Target) -> None:
    """Else all that the attack meets there is 404: also of what was added since."""
    named = {
        path.partition("}")[0]
        for operation in target.operations()
        for path in operation.path.split("{")[1:]
    }
    ids = {name for name in named if name.endswith("_id")}
    assert {"incidente_id", "suscripcion_id", "solicitud_id"} <= ids
    assert ids - SOURCES.keys() - SIN_FUENTE.keys() == set()
    with_rows = {name for name in ids & SOURCES.keys() if name in target.ids}
    assert {"unidad_id", "cliente_id", "incidente_id", "solicitud_id"} <= with_rows, with_rows


def _round(target: Target, examples: int, seed: int | None) -> None:
    """So many requests to each operation; every one that was answered wrongly is told."""
    wrong = []
    for operation in target.operations():
        try:
            target.attack(operation, examples, seed)
        except (AssertionError, ExceptionGroup) as error:
            error.add_note(operation.label)
            wrong.append(error)
    if wrong:
        raise ExceptionGroup(f"FUZZ_SEED={seed}", wrong)
    assert target.settle() == 0, "a fact was told that nobody can handle"
    target.refresh()
