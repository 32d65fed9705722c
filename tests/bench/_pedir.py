"""What it costs to ask for a message over the API, as a program does.

The service's own web process with two gunicorn workers, on a PostgreSQL that waits for the disk;
eight connections that are kept, each request with a key of its own (Idempotency-Key), a program's
signed token and its scopes. Everything is written: the message, its history, the fact that it
tells, the row of the audit and the kept answer. CPU is what the kernel counted for the processes of
the web server and, told apart, of PostgreSQL, over all rounds.

How many requests a second there are depends on who else uses the machine, within a minute by half:
they are told by rounds, the median and, beside it, the best one, which is what others tell of a
quiet machine.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from uuid import uuid4

import httpx
import psycopg

import columns
import servers
from bench.result import Result
from identidad.clientes.actions import NuevoCliente, crear_cliente
from office import Office, _environment, _process, _wait_ready
from oficina.actor import Actor
from oficina.db import Database
from oficina.migrations import migrate
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings

SERVICIOS = ("identidad", "notificaciones")
CONNECTIONS = 8
WORKERS = 2
WARM = 160
ROUNDS = 24
REQUESTS = 600
"""Of a round: about a second."""
SCOPES = ("notificaciones.mensaje.pedir", "notificaciones.mensaje.pedir_a_direccion")
PEDIDO = {
    "plantilla": "retiro_listo",
    "destino": "+56987654321",
    "valores": {"hasta": "2030-11-29", "lugar": "en la oficina"},
}
SENDER = """
import select, socket, sys, time, uuid
host, port, path, token, body, total, many = sys.argv[1:]
body, total, many = body.encode(), int(total), int(many)
head = (
    f"POST {path} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nAuthorization: Bearer {token}\\r\\n"
    f"Content-Type: application/json\\r\\nContent-Length: {len(body)}\\r\\nIdempotency-Key: "
).encode()
asked = select.epoll()

class Client:
    def __init__(self):
        self.left, self.read = total // many, b""
        self.connect()

    def connect(self):
        self.socket = socket.create_connection((host, int(port)))
        asked.register(self.socket, select.EPOLLIN)
        by_number[self.socket.fileno()] = self

    def ask(self):
        self.socket.sendall(head + uuid.uuid4().hex.encode() + b"\\r\\n\\r\\n" + body)

    def hear(self):
        said = self.socket.recv(65536)
        self.read += said
        above, _, below = self.read.partition(b"\\r\\n\\r\\n")
        length = above.lower().partition(b"content-length: ")[2].partition(b"\\r\\n")[0]
        if said and (not length or len(below) < int(length)):
            return
        if not self.read.startswith(b"HTTP/1.1 201"):
            sys.exit(f"refused: {self.read!r}")
        closes, self.read = b"onnection: close" in above, b""
        self.left -= 1
        if closes or not self.left:
            self.socket.close()
        if closes and self.left:
            self.connect()
        if self.left:
            self.ask()

by_number = {}
clients = [Client() for _ in range(many)]
began = time.perf_counter()
for client in clients:
    client.ask()
while any(client.left for client in clients):
    for number, _ in asked.poll():
        by_number[number].hear()
print(time.perf_counter() - began)
"""


def measure() -> Iterator[Result]:
    """CPU-ms of the web server for a request and of PostgreSQL, and requests a second."""
    with _served() as (office, port, secret, database):
        _send(port, _token(office, secret), WARM)
        api, postgres = _web(office), _postgres(database)
        before = _cpu(api), _cpu(postgres)
        # A token is taken for some seconds without asking whose it is.
        rounds = [_send(port, _token(office, secret), REQUESTS) for _ in range(ROUNDS)]
        sent = sum(many for many, _seconds in rounds)
        of_api, of_postgres = (
            (_cpu(those) - earlier) * 1000 / sent
            for those, earlier in zip((api, postgres), before, strict=True)
        )
    rates = [many / seconds for many, seconds in rounds]
    yield Result("post_cpu_ms", of_api, "CPU-ms a request, without PostgreSQL")
    yield Result("post_pg_cpu_ms", of_postgres, "CPU-ms of PostgreSQL a request")
    unit = f"1/s over {CONNECTIONS} connections"
    yield Result("post_s", median(rates), f"{unit}, of {ROUNDS} rounds of a second")
    yield Result("post_s_best", max(rates), f"{unit}, the best of {ROUNDS} rounds of a second")


@contextmanager
def _served() -> Iterator[tuple[Office, int, str, str]]:
    """identidad and notificaciones as web processes, and a program's secret."""
    with ExitStack() as stack:
        server = stack.enter_context(servers.own_postgres(fsync="on"))
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acogida-bench-")))
        identidad, notificaciones = servers.free_port(), servers.free_port()
        with psycopg.connect(server.url, autocommit=True) as connection:
            for servicio in SERVICIOS:
                connection.execute(f"CREATE DATABASE {servicio}")
        database = server.url.removesuffix("/postgres") + "/{servicio}"
        office = Office(
            f"http://127.0.0.1:{identidad}",
            data,
            _environment(
                {
                    "DATOS": str(data),
                    "ACOGIDA_DATABASE_URL": database,
                    "ACOGIDA_SERVICE_URL": f"http://127.0.0.1:{identidad}",
                    "ACOGIDA_SERVICE_SECRET": "the-bench-knows-it",
                    # A web process leaves carrying to others: nobody has to answer there.
                    "ACOGIDA_AMQP_URL": "amqp://nadie:nada@127.0.0.1:1/",
                    "ACOGIDA_SMS_TILDES": "ahorrar",
                }
            ),
        )
        office.command("keys", "make")
        for servicio in SERVICIOS:
            db = Database(columns.driven(database.replace("{servicio}", servicio)))
            migrate(servicio, db)
            db.close()
        secret = _program(data, database)
        for servicio, port, workers in (
            ("identidad", identidad, 1),
            ("notificaciones", notificaciones, WORKERS),
        ):
            own = {"PORT": str(port), "WEB_CONCURRENCY": str(workers)}
            environment = {**office.environment, **own}
            stack.enter_context(_process(office, ["web", servicio], environment, data))
            _wait_ready(office, f"http://127.0.0.1:{port}", data)
        yield office, notificaciones, secret, server.url


def _program(data: Path, database: str) -> str:
    settings = Settings(data_dir=data)
    use_keyring(Keyring.load(settings.claves))
    secret = uuid4().hex
    db = Database(columns.driven(database.replace("{servicio}", "identidad")))
    with db.begin() as session:
        crear_cliente(
            session,
            NuevoCliente(
                client_id="programa-de-medida",
                nombre="Programa de la medida",
                secreto=secret,
                roles=["coordinacion"],
                alcances=SCOPES,
            ),
            Actor.sistema("identidad"),
        )
    db.close()
    return secret


def _token(office: Office, secret: str) -> str:
    """A fresh one, which the door of a service takes for 50 seconds without asking identidad."""
    given = httpx.post(
        f"{office.url}/identidad/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": "programa-de-medida",
            "client_secret": secret,
        },
    ).json()
    return str(given["access_token"])


def _send(port: int, token: str, requests: int) -> tuple[int, float]:
    """How many were sent, and seconds from the first to the last answer."""
    body = json.dumps(PEDIDO, ensure_ascii=False)
    path = "/notificaciones/api/v1/mensajes"
    asked = ["127.0.0.1", str(port), path, token, body, str(requests), str(CONNECTIONS)]
    said = subprocess.run(
        [sys.executable, "-c", SENDER, *asked], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return requests // CONNECTIONS * CONNECTIONS, float(said)


def _web(office: Office) -> set[int]:
    """The web server of notificaciones: its arbiter and workers."""
    group = office.processes[-1].pid
    return {pid for pid in _processes() if _group_of(pid) == group}


def _postgres(url: str) -> set[int]:
    """PostgreSQL's first process and all that it started."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        first = _parent_of(row[0])
    return {first, *(pid for pid in _processes() if _parent_of(pid) == first)}


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _stat(pid: int) -> Mapping[str, int]:
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return {"parent": 0, "ticks": 0}
    parts = line.rpartition(")")[2].split()
    return {"parent": int(parts[1]), "ticks": sum(map(int, parts[11:15]))}


def _parent_of(pid: int) -> int:
    return _stat(pid)["parent"]


def _cpu(processes: set[int]) -> float:
    """Seconds of all of them, and of their children that ended."""
    return sum(_stat(pid)["ticks"] for pid in processes) / os.sysconf("SC_CLK_TCK")
