"""PostgreSQL, RabbitMQ and Redis of one test session.

Each is the one that TEST_DATABASE_URL, TEST_AMQP_URL or TEST_REDIS_URL names, or else a program of
this machine, started on free loopback ports with its data in a temporary folder and stopped by its
pid. A program that is not installed fails the test with the name of its Debian package.

`own_postgres`, `own_rabbitmq` and `rabbitmq_cluster` are always programs of this machine: tests may
kill them and start them again on the same ports and data.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pika
import pika.exceptions
import psycopg
import pytest
import redis

START_SECONDS = 60
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Server:
    """A program on a port of this machine."""

    def __init__(
        self,
        url: str,
        command: Sequence[str | Path],
        folder: Path,
        *,
        ready: Callable[[], None],
        not_yet: type[Exception] | tuple[type[Exception], ...],
        user: str | None = None,
        stop: signal.Signals = signal.SIGTERM,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`ready` raises `not_yet` until the server answers; `stop` ends it in good order."""
        self.url = url
        self.port = urlsplit(url).port
        self.env = env
        self._command = command
        self._folder = folder
        self._ready = ready
        self._not_yet = not_yet
        self._user = user
        self._stop = stop
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start on the data that is there."""
        self._process = _start(self._command, self._folder, user=self._user, env=self.env)
        if wait:
            self.wait()

    def wait(self) -> None:
        """Return when it answers; fails the test when it does not."""
        assert self._process is not None
        _wait(self._process, self._folder, self._ready, self._not_yet)

    def stop(self, how: signal.Signals | None = None) -> None:
        """End it, by `how` if given."""
        if self._process is not None:
            _stop(self._process, how or self._stop)
            self._process = None

    def freeze(self) -> None:
        """Let it keep its connections and answer nobody, until it is killed."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """kill -9 of it and of the programs that it started."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL in which databases may be created."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    # The data is gone with the session: nothing of it has to survive anything.
    with own_postgres(synchronous_commit="off", full_page_writes="off") as server:
        yield server.url


@contextmanager
def own_postgres(**options: str) -> Iterator[Server]:
    """A PostgreSQL whose commits survive a crash of it, though not a power cut."""
    bin_dir = _newest(Path("/usr/lib/postgresql"), "bin/initdb", package="postgresql").parent
    with _folder("postgres") as folder:
        data = folder / "data"
        initdb_options = ["-U", "acogida", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(
            [str(bin_dir / "initdb"), *initdb_options, "-D", str(data)],
            check=True,
            capture_output=True,
            cwd=folder,
            user=_owner("postgres"),
            group=_owner("postgres"),
        )
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "200",
            **options,
        }
        command: list[str | Path] = [bin_dir / "postgres", "-D", data, "-p", str(port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://acogida@127.0.0.1:{port}/postgres"
        server = Server(
            url,
            command,
            folder,
            ready=lambda: psycopg.connect(url).close(),
            not_yet=psycopg.OperationalError,
            user=_owner("postgres"),
            # PostgreSQL's fast shutdown: it does not wait for sessions to end.
            stop=signal.SIGINT,
        )
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The URL of a RabbitMQ virtual host that the session may fill."""
    if url := os.environ.get("TEST_AMQP_URL"):
        yield url
        return
    with own_rabbitmq() as server:
        yield server.url


@contextmanager
def own_rabbitmq() -> Iterator[Server]:
    """A RabbitMQ of one node."""
    with rabbitmq_cluster(1) as (server,):
        yield server


@contextmanager
def rabbitmq_cluster(size: int = 3) -> Iterator[list[Server]]:
    """Nodes of RabbitMQ that share their queues; a minority that is cut off pauses."""
    epmd = shutil.which("epmd")
    if not RABBITMQ.exists() or epmd is None:
        _missing("RabbitMQ", "rabbitmq-server")
    with _folder("rabbitmq") as folder, ExitStack() as stack:
        (folder / "home").mkdir()
        epmd_port, ports = free_port(), [free_port() for _ in range(size)]
        # Started by us, so that it ends with us: Erlang would leave one of its own behind.
        stack.enter_context(
            _running(
                [epmd, "-port", str(epmd_port), "-address", "127.0.0.1"], folder / "home", env={}
            )
        )
        nodes = []
        for port in ports:
            nodes.append(_rabbitmq_node(folder, port, epmd_port, ports))
            stack.callback(nodes[-1].stop)
        for node in nodes:
            node.start(wait=False)
        for node in nodes:
            node.wait()
        if size > 1:
            rabbitmqctl(nodes[0], "await_online_nodes", str(size))
        yield nodes


def rabbitmqctl(node: Server, *arguments: str) -> str:
    """What RabbitMQ's own tool answers about a node."""
    return subprocess.run(
        [RABBITMQ.parent / "rabbitmqctl", "--quiet", *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        env=node.env,
    ).stdout


def rabbitmq_name(port: int) -> str:
    """The name of the node on a port."""
    return f"acogida{port}@localhost"


def _rabbitmq_node(shared: Path, port: int, epmd_port: int, ports: Sequence[int]) -> Server:
    folder = shared / str(port)
    folder.mkdir()
    (folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
    settings = ["loopback_users = none"]
    if len(ports) > 1:
        formation = "cluster_formation"
        settings += [
            f"{formation}.peer_discovery_backend = classic_config",
            f"{formation}.target_cluster_size_hint = {len(ports)}",
            "cluster_partition_handling = pause_minority",
        ]
        settings += [
            f"{formation}.classic_config.nodes.{number} = {rabbitmq_name(each)}"
            for number, each in enumerate(ports, 1)
        ]
    (folder / "rabbitmq.conf").write_text("\n".join([*settings, ""]), encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(shared / "home"),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": rabbitmq_name(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
    }
    url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"

    def ready() -> None:
        # The port first: pika writes pages of log about one that nobody listens on yet.
        _knock(port)
        pika.BlockingConnection(pika.URLParameters(url)).close()

    # /usr/sbin/rabbitmq-server changes to the system's user; this one stays who we are.
    return Server(
        url,
        [RABBITMQ],
        folder,
        ready=ready,
        not_yet=(OSError, pika.exceptions.AMQPError),
        env=environment,
    )


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis database that the session may fill."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    server = shutil.which("redis-server")
    if server is None:
        _missing("Redis", "redis-server")
    port = free_port()
    with _folder("redis") as folder:
        command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        url = f"redis://127.0.0.1:{port}/0"
        with _running([*command, "--dir", folder], folder) as process:
            _wait(process, folder, lambda: _ping(url), redis.ConnectionError)
            yield url


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _knock(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def _ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()


def _newest(root: Path, program: str, *, package: str) -> Path:
    found = sorted(root.glob(f"*/{program}"), key=lambda path: int(path.parts[-3]))
    if not found:
        _missing("PostgreSQL", package)
    return found[-1]


def _missing(name: str, package: str) -> NoReturn:
    pytest.fail(
        f"{name} is not installed: run `make test` as root, or `apt-get install {package}`, "
        "or name a running one in TEST_DATABASE_URL, TEST_AMQP_URL, TEST_REDIS_URL.",
        pytrace=False,
    )


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"acogida-{name}-"))
    try:
        if owner := _owner(name):
            shutil.chown(folder, owner, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner(server: str) -> str | None:
    """Whom to become, and None to stay who we are: PostgreSQL refuses to run as root."""
    return "postgres" if server == "postgres" and os.geteuid() == 0 else None


@contextmanager
def _running(
    command: Sequence[str | Path], folder: Path, *, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = _start(command, folder, env=env)
    try:
        yield process
    finally:
        _stop(process, signal.SIGTERM)


def _start(
    command: Sequence[str | Path],
    folder: Path,
    *,
    user: str | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    with (folder / "output").open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own: Ctrl-C on the tests must not reach it before them.
            process_group=0,
            user=user,
            group=user,
        )


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(
    process: subprocess.Popen[bytes],
    folder: Path,
    attempt: Callable[[], None],
    not_yet: type[Exception] | tuple[type[Exception], ...],
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            attempt()
        except not_yet as error:
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            output = (folder / "output").read_text(encoding="utf-8", errors="replace")
            pytest.fail(f"{process.args!r} did not start ({error}):\n{output}", pytrace=False)
        return
