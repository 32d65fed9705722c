"""Which scopes a program may be given: the permissions that the services' own documents name.

A scope is a permission (docs/decisions/0017). No service knows another's table: each publishes, in
its OpenAPI document, which one each operation asks for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oficina.env import Env
from oficina.errors import DomainError
from oficina.settings import SERVICES
from oficina.web.api import PROGRAMA
from oficina.web.i18n import COOKIE, language

FORMA = re.compile(r"[a-z_]+(\.[a-z_]+)+\Z")


@dataclass(frozen=True)
class Ofrece:
    """What a service offers to programs: scope -> what it opens. `responde` is whether it said."""

    servicio: str
    alcances: Mapping[str, str]
    responde: bool = True


def ofrecidos(env: Env, elegidos: Sequence[str] = ()) -> list[Ofrece]:
    """What each service offers today; what a program has already stays among it."""
    found = []
    for servicio in SERVICES:
        try:
            document = env.client.send(
                "GET",
                servicio,
                f"/{servicio}/openapi.json",
                headers={"Cookie": f"{COOKIE}={language()}"},
            ).json()
            alcances, responde = _de(document), True
        except DomainError:
            alcances, responde = {}, False
        kept = [uno for uno in elegidos if uno.split(".")[0] == servicio and uno not in alcances]
        found.append(Ofrece(servicio, alcances | dict.fromkeys(kept, ""), responde))
    return found


def _de(document: Mapping[str, Any]) -> dict[str, str]:
    opens: dict[str, list[str]] = {}
    for methods in document.get("paths", {}).values():
        for operation in methods.values():
            if not isinstance(operation, dict):
                continue
            for way in operation.get("security", ()):
                for alcance in way.get(PROGRAMA, ()):
                    opens.setdefault(alcance, []).append(operation.get("summary", ""))
    return {name: "; ".join(dict.fromkeys(filter(None, opens[name]))) for name in sorted(opens)}
