"""PostgreSQL, RabbitMQ and Redis of one test session.

Each is the one that TEST_DATABASE_URL, TEST_AMQP_URL or TEST_REDIS_URL names, or else a program of
this machine, started on free loopback ports with its data in a temporary folder and stopped by its
pid. A program that is not installed fails the test with the name of its Debian package.
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

import pika
import pika.exceptions
import psycopg
import pytest
import redis

START_SECONDS = 60


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL in which databases may be created."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
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
            # The data is gone with the session: nothing of it has to survive a power cut.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        command: list[str | Path] = [bin_dir / "postgres", "-D", data, "-p", str(port)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://acogida@127.0.0.1:{port}/postgres"
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for sessions to end.
        with _running(command, folder, user=_owner("postgres"), stop=signal.SIGINT) as process:
            _wait(process, folder, lambda: psycopg.connect(url).close(), psycopg.OperationalError)
            yield url


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The URL of a RabbitMQ virtual host that the session may fill."""
    if url := os.environ.get("TEST_AMQP_URL"):
        yield url
        return
    # /usr/sbin/rabbitmq-server changes to the system's user; this one stays who we are.
    server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    epmd = shutil.which("epmd")
    if not server.exists() or epmd is None:
        _missing("RabbitMQ", "rabbitmq-server")
    port, dist_port, epmd_port = free_port(), free_port(), free_port()
    with _folder("rabbitmq") as folder, ExitStack() as stack:
        (folder / "home").mkdir()
        (folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
        (folder / "rabbitmq.conf").write_text("loopback_users = none\n", encoding="utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"acogida{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        # Started by us, so that it ends with us: Erlang would leave one of its own behind.
        stack.enter_context(
            _running(
                [epmd, "-port", str(epmd_port), "-address", "127.0.0.1"], folder / "home", env={}
            )
        )
        process = stack.enter_context(_running([server], folder, env=environment))
        url = f"amqp://guest:guest@127.0.0.1:{port}/%2F"
        # The port first: pika writes pages of log about one that nobody listens on yet.
        _wait(process, folder, lambda: _knock(port), OSError)
        _wait(
            process,
            folder,
            lambda: pika.BlockingConnection(pika.URLParameters(url)).close(),
            pika.exceptions.AMQPError,
        )
        yield url


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
    command: Sequence[str | Path],
    folder: Path,
    *,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
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
        try:
            yield process
        finally:
            _stop(process, stop)


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
