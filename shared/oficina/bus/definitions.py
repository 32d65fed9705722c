"""What a RabbitMQ imports: the topology, and who may do what with it.

A user a service, called as the service: writes facts whose key begins with its own name, and reads
its own queues. One more makes the topology and publishes nothing. The passwords are no part of
this: users are imported before, from a file that no repository keeps.
"""

import re
from collections.abc import Iterable
from typing import Any

from oficina.bus.topology import (
    AUDITORIA,
    EVENTOS,
    EXTERNAS,
    MUERTAS,
    RESERVADOS,
    UNIDADES,
    Topology,
)

VHOST = "acogida"
MAKER = "acogida"
"""The user of `acogida migrate`."""
DIFUNDE = "notificaciones"
"""The service that sends to other units; no other may."""

GESTOR = "gestor"
"""The user of the management API, an administrator of RabbitMQ: only one may make users. Its file
is imported apart, as an office that gives no queues has none."""

# A department that does not come for its messages loses the oldest, never holds up the others.
_EXTERNAL = {
    "name": "externas",
    "pattern": rf"^{re.escape(EXTERNAS)}",
    "apply-to": "queues",
    "priority": 1,
    "definition": {
        "max-length": 100_000,
        "max-length-bytes": 64 * 1024 * 1024,
        "overflow": "drop-head",
        "message-ttl": 7 * 24 * 3600 * 1000,
    },
}


def manager(vhost: str = VHOST) -> dict[str, str]:
    """What the user of the management API may, who makes the queues of other units."""
    external = rf"^{re.escape(EXTERNAS)}"
    return {
        "vhost": vhost,
        "user": GESTOR,
        "configure": external,
        "write": external,
        "read": rf"^({re.escape(UNIDADES)}$|{re.escape(EXTERNAS)})",
    }


def definitions(topology: Topology, services: Iterable[str], vhost: str = VHOST) -> dict[str, Any]:
    """The document that `definitions.local.path` or `rabbitmqctl import_definitions` reads."""
    names = list(services)
    place = {"vhost": vhost}
    return {
        "vhosts": [{"name": vhost}],
        "permissions": [place | each for each in (_maker(names), *map(_service, names))],
        "topic_permissions": [
            {"user": user, **place, "exchange": exchange, "write": write, "read": read}
            for user, write, read in (
                (MAKER, "^$", ".*"),
                *((name, rf"^{re.escape(name)}\..*", "^$") for name in names),
            )
            for exchange in (EVENTOS, RESERVADOS)
        ],
        "policies": [place | _EXTERNAL],
        "exchanges": [
            {
                "name": exchange.name,
                **place,
                "type": exchange.kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for exchange in topology.exchanges
        ],
        "queues": [
            {
                "name": queue.name,
                **place,
                "durable": True,
                "auto_delete": False,
                "arguments": queue.arguments,
            }
            for queue in topology.queues
        ],
        "bindings": [
            {
                "source": binding.exchange,
                **place,
                "destination": queue.name,
                "destination_type": "queue",
                "routing_key": binding.key,
                "arguments": {},
            }
            for queue in topology.queues
            for binding in queue.bindings
        ],
    }


def _maker(services: list[str]) -> dict[str, str]:
    prefixes = "|".join([_prefix(EVENTOS), _prefix(AUDITORIA), *map(re.escape, services)])
    ours = rf"^({prefixes})\..*"
    return {"user": MAKER, "configure": ours, "write": ours, "read": ours}


def _service(name: str) -> dict[str, str]:
    service = re.escape(name)
    # To configure is to compare: a service declares its own queues again when it starts.
    queues = rf"^{service}\.(eventos|muerta|tareas)$"
    written = (EVENTOS, RESERVADOS, MUERTAS, *((UNIDADES,) if name == DIFUNDE else ()))
    exchanges = "|".join(map(re.escape, written))
    return {
        "user": name,
        "configure": queues,
        "write": rf"^({exchanges}|{service}\.tareas)$",
        "read": queues,
    }


def _prefix(name: str) -> str:
    return re.escape(name.partition(".")[0])
