"""All that the office needs on RabbitMQ, and the file from which a broker imports it.

python -m acogida.definitions check    fails when deploy/rabbitmq/definitions.json is stale
python -m acogida.definitions write    makes it say what the handlers say
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from acogida.services import all_handlers
from oficina.bus import topology
from oficina.bus.definitions import definitions
from oficina.bus.topology import Exchange, Topology
from oficina.settings import SERVICES

MARK = "acogida.topologia"
FILE = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json"
"""In a clone; an installed office has no deploy/."""


def office() -> Topology:
    """All that the five services need."""
    return topology.whole(all_handlers())


def mark(described: Topology) -> Topology:
    """An exchange that is made last: its name says that all of this topology is there.

    Anybody may look for an exchange and nobody can look for a binding, so this is how a process
    sees that `acogida migrate` of its own version has been here.
    """
    name = f"{MARK}.{described.fingerprint()}"
    return Topology((Exchange(name, "fanout"),), ())


def check(path: Path = FILE) -> list[str]:
    """What is wrong with the file of definitions and the way out, a sentence each."""
    if path.exists() and path.read_text(encoding="utf-8") == _text():
        return []
    return [f"{path.name} is not up to date", "Run `python -m acogida.definitions write`."]


def write(path: Path = FILE) -> list[str]:
    """Write the file of definitions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(), encoding="utf-8")
    return []


def _text() -> str:
    described = office()
    document = definitions(described + mark(described), SERVICES)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 when all is well."""
    commands: dict[str, Callable[[], list[str]]] = {"check": check, "write": write}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write("usage: python -m acogida.definitions check|write\n")
        return 2
    wrong = commands[arguments[0]]()
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
