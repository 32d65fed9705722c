"""RabbitMQ: the session's broker, one of a test's own, and a cluster on this machine.

A node is started without its script for system services, with an epmd of the test's own, so that
everything ends with the test and nothing of this machine is touched.
"""

import base64
import json
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pika
import pika.exceptions
import pytest

from acogida import definitions as definitions_of
from oficina.bus.definitions import definitions
from oficina.settings import SERVICES
from servers.process import START_SECONDS, Server, free_port, missing, temporary_folder

# /usr/sbin/rabbitmq-server changes to the system's user; this one stays who we are.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATIENCE = 60.0
"""Seconds that a test waits for a broker to take part in a conversation."""
LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


@dataclass(frozen=True)
class Broker:
    """Where RabbitMQ is and, when the tests may administer it, its own tool."""

    url: str
    tool: tuple[str, ...] = ()
    env: Mapping[str, str] | None = None

    @property
    def vhost(self) -> str:
        """The virtual host that the session may fill."""
        return pika.URLParameters(self.url).virtual_host

    def import_definitions(self, document: Mapping[str, Any]) -> None:
        """What `rabbitmqctl import_definitions` does with a file that the broker can read."""
        packed = base64.b64encode(json.dumps(document).encode()).decode()
        said = self.ctl("eval", f'rabbit_definitions:import_raw(base64:decode("{packed}")).')
        assert said.strip() == "ok", said

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` answers; fails the test when it refuses."""
        if not self.tool:
            pytest.fail(
                "TEST_AMQP_URL names a RabbitMQ; say in TEST_RABBITMQCTL how its rabbitmqctl is "
                "called, for instance `podman exec rabbitmq rabbitmqctl`.",
                pytrace=False,
            )
        done = subprocess.run(
            [*self.tool, "--quiet", *arguments],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            env=self.env,
            check=False,
        )
        assert done.returncode == 0, f"rabbitmqctl {' '.join(arguments)}:\n{done.stderr}"
        return done.stdout


class Node(Server):
    """One node of RabbitMQ on this machine."""

    def __init__(self, folder: Path, port: int, env: Mapping[str, str], management: int) -> None:
        """What `_node` has prepared."""
        url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"

        def ready() -> None:
            # The port first: pika writes pages of log about one that nobody listens on yet.
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            connected(url).close()

        not_yet = (OSError, pika.exceptions.AMQPError)
        super().__init__(url, [PROGRAM], folder, ready=ready, not_yet=not_yet, env=env)
        self.name = env["RABBITMQ_NODENAME"]
        self.management = management
        """Where the management API listens once its plugin is enabled."""
        self.broker = Broker(url, (str(PROGRAM.parent / "rabbitmqctl"),), env)


@dataclass(frozen=True)
class Cluster:
    """Nodes that share their queues; a minority that is cut off pauses."""

    nodes: Sequence[Node]

    @property
    def url(self) -> str:
        """Every node, as ACOGIDA_AMQP_URL names several."""
        return url_of(self.nodes)

    def leader(self, queue: str, *, ask: Node | None = None) -> Node:
        """The node that leads a quorum queue, as a living one (the first, or `ask`) knows it."""
        listed = (ask or self.nodes[0]).broker.ctl("list_queues", "name", "leader")
        leaders = dict(line.split("\t") for line in listed.splitlines())
        return next(node for node in self.nodes if node.name == leaders[queue])


def connected(url: str, *, heartbeat: int | None = None) -> pika.BlockingConnection:
    """A connection to a broker that may be slow because every core has other work."""
    parameters = pika.URLParameters(url)
    parameters.heartbeat = heartbeat
    parameters.socket_timeout = parameters.stack_timeout = PATIENCE
    return pika.BlockingConnection(parameters)


def url_of(nodes: Sequence[Node]) -> str:
    """The URL that names several nodes, to be tried from the first."""
    parts = urlsplit(nodes[0].url)
    hosts = ",".join(urlsplit(node.url).netloc.rpartition("@")[2] for node in nodes)
    return parts._replace(netloc=f"guest:guest@{hosts}").geturl()


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The URL of the session's RabbitMQ."""
    with broker() as made:
        yield made.url


@contextmanager
def broker() -> Iterator[Broker]:
    """The session's RabbitMQ: TEST_AMQP_URL, with TEST_RABBITMQCTL as its tool, or a node."""
    if url := os.environ.get("TEST_AMQP_URL"):
        yield Broker(url, tuple(shlex.split(os.environ.get("TEST_RABBITMQCTL", ""))))
        return
    with own_rabbitmq() as node:
        yield node.broker


@contextmanager
def own_rabbitmq() -> Iterator[Node]:
    """A RabbitMQ of one node."""
    with rabbitmq_cluster(1) as cluster:
        yield cluster.nodes[0]


@contextmanager
def managed_rabbitmq() -> Iterator[tuple[Broker, str]]:
    """A RabbitMQ of one node with its management API, and the address of that API."""
    with rabbitmq_cluster(1, plugins=("rabbitmq_management",)) as cluster:
        node = cluster.nodes[0]
        yield node.broker, f"http://guest:guest@127.0.0.1:{node.management}"


@contextmanager
def rabbitmq_cluster(size: int = 3, plugins: Sequence[str] = ()) -> Iterator[Cluster]:
    """A RabbitMQ of several nodes, all on this machine."""
    epmd = shutil.which("epmd")
    if not PROGRAM.exists() or epmd is None:
        missing("RabbitMQ", "rabbitmq-server")
    epmd_port, ports = free_port(), [free_port() for _ in range(size)]
    with temporary_folder("rabbitmq") as folder, ExitStack() as stack:
        home = folder / "home"
        home.mkdir()
        # Started by us, so that it ends with us: Erlang would leave one of its own behind.
        command = [epmd, "-port", str(epmd_port), "-address", "127.0.0.1"]
        stack.enter_context(
            Server("", command, home, ready=lambda: _knock(epmd_port), not_yet=OSError, env={})
        )
        nodes = [_node(folder, port, epmd_port, ports, plugins) for port in ports]
        for node in nodes:
            stack.callback(node.stop)
            node.start(wait=False)
        for node in nodes:
            node.wait()
        if size > 1:
            nodes[0].broker.ctl("await_online_nodes", str(size))
        yield Cluster(nodes)


def with_users(broker: Broker, vhost: str, *, office: bool = False) -> None:
    """Give a virtual host the users and permissions of production, and `office`'s queues."""
    described = definitions_of.office()
    described += definitions_of.mark(described)
    document = definitions(described, SERVICES, vhost)
    names = {permission["user"] for permission in document["permissions"]}
    users = [{"name": name, "password": _password(name), "tags": ""} for name in names]
    if not office:
        document |= {"exchanges": [], "queues": [], "bindings": []}
    broker.import_definitions({"users": users, **document})


def url_of_user(broker: Broker, vhost: str, name: str) -> str:
    """How one of the users of `with_users` reaches its virtual host."""
    parts = urlsplit(broker.url)
    netloc = f"{name}:{_password(name)}@{parts.netloc.rpartition('@')[2]}"
    return parts._replace(netloc=netloc, path="/" + quote(vhost, safe="")).geturl()


def _password(name: str) -> str:
    return f"clave-de-{name}"


def _node(
    shared: Path, port: int, epmd_port: int, ports: Sequence[int], plugins: Sequence[str]
) -> Node:
    folder = shared / str(port)
    folder.mkdir()
    enabled = f"[{','.join(plugins)}].\n"
    (folder / "enabled_plugins").write_text(enabled, encoding="utf-8")
    management = free_port()
    listener = (
        f"management.tcp.port = {management}",
        "management.tcp.ip = 127.0.0.1",
        "collect_statistics_interval = 500",
    )
    settings = ["loopback_users = none", *_formation(ports), *(listener if plugins else ())]
    (folder / "rabbitmq.conf").write_text("\n".join([*settings, ""]), encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        # Here they share the cookie that lets them talk to each other.
        "HOME": str(shared / "home"),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": _name(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{LOOPBACK} {os.environ.get('TEST_ERL_ARGS', '')}",
    }
    return Node(folder, port, environment, management)


def _formation(ports: Sequence[int]) -> list[str]:
    """The settings by which nodes that start together become one cluster."""
    if len(ports) == 1:
        return []
    return [
        "cluster_formation.peer_discovery_backend = classic_config",
        f"cluster_formation.target_cluster_size_hint = {len(ports)}",
        *(
            f"cluster_formation.classic_config.nodes.{number} = {_name(port)}"
            for number, port in enumerate(ports, 1)
        ),
        "cluster_partition_handling = pause_minority",
    ]


def _name(port: int) -> str:
    return f"acogida{port}@localhost"


def _knock(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
