"""The office as a person meets it: real processes, reached over HTTP, on either column."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import registros
from front import front_door
from oficina.bus.definitions import MAKER
from oficina.settings import SERVICES
from servers import free_port, with_its_parent

ACOGIDA = Path(os.environ.get("TEST_ACOGIDA") or Path(sys.executable).with_name("acogida"))
"""The command: of this environment, or of one with nothing but what an office needs."""
START_SECONDS = 120
# The roles of the demonstration (acogida.demo.NOMBRES), which have pages to be walked.
ROLES = (
    "recepcion",
    "profesional",
    "coordinacion",
    "encargado_programa",
    "analista",
    "delegado_datos",
    "auditor",
    "administrador",
    "contraparte_unidad",
)


@dataclass
class Office:
    """A running office: where it is, where its data is, and who may sign in."""

    url: str
    data: Path
    environment: Mapping[str, str]
    acogida: tuple[str, ...] = (str(ACOGIDA),)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def client(self, role: str = "") -> Iterator[httpx.Client]:
        """A browser without pages: signed in with a role, or as somebody from the street."""
        with httpx.Client(base_url=self.url, timeout=30, follow_redirects=False) as client:
            if role:
                user, password = self.accounts[role]
                answer = client.post("/identidad/entrar", data={"usuario": user, "clave": password})
                assert answer.status_code == 303, answer.text
            yield client

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `acogida` with the settings of this office; fails when the command does."""
        done = subprocess.run(
            [*self.acogida, *arguments],
            env=dict(self.environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"acogida {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done

    def ask_to_stop(self) -> None:
        """Ctrl-C, to all at once."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGINT)

    def kill(self) -> None:
        """kill -9, everything at once."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(what: str, ready: Callable[[], Any], seconds: float = 20) -> Any:
    """Ask again until the answer is true, and return it; fails naming `what` after a while."""
    deadline = time.monotonic() + seconds
    while True:
        if found := ready():
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen in {seconds} s", pytrace=True)
        time.sleep(0.1)


def create_accounts(office: Office) -> None:
    """An account of each role: the first from the server, and the others by who has it."""
    for role in sorted(ROLES, key=lambda role: role != "administrador"):
        person = {
            "usuario": role,
            "nombre": f"Persona de {role}",
            "correo": f"{role}@oficina.example",
        }
        password = f"una clave larga de {role}"
        if not office.accounts:
            asked = [word for name, value in person.items() for word in (f"--{name}", value)]
            asked += ["--administrador", "--clave-por-entrada"]
            office.command("user", "create", *asked, stdin=f"{password}\n")
        else:
            with office.client("administrador") as client:
                form = person | {"clave": password, "roles": role}
                opened = client.post("/identidad/cuentas/nueva", data=form)
                assert opened.status_code == httpx.codes.SEE_OTHER, opened.text
        office.accounts[role] = (role, password)


@contextmanager
def embedded(data: Path, *, demo: bool = False, fecha: str = "", port: int = 0) -> Iterator[Office]:
    """`acogida run` with its data in `data`; stopped by a Ctrl-C on its group."""
    port = port or free_port()
    settings = {"DATOS": str(data), "PORT": str(port), "ACOGIDA_DEMO": "1" if demo else "0"}
    office = Office(f"http://127.0.0.1:{port}", data, _environment(settings))
    arguments = ["run", *(["--fecha", fecha] if fecha else [])]
    with ExitStack() as stack:
        stack.enter_context(_process(office, arguments, office.environment, data))
        _wait_ready(office, office.url, data)
        if demo:
            accounts = json.loads((data / "demo.json").read_text(encoding="utf-8"))["cuentas"]
            office.accounts = {
                role: (account["usuario"], account["clave"]) for role, account in accounts.items()
            }
        yield office


@contextmanager
def on_servers(
    data: Path, database: str, amqp_as: Callable[[str], str], redis: str
) -> Iterator[Office]:
    """A web, a bus and a jobs process a service, each as its own user, behind a front door."""
    ports = {service: free_port() for service in SERVICES}
    port = free_port()
    settings = {
        "DATOS": str(data),
        "ACOGIDA_DATABASE_URL": database,
        "ACOGIDA_AMQP_URL": amqp_as(MAKER),
        "ACOGIDA_REDIS_URL": redis,
        "ACOGIDA_SERVICE_URL": f"http://127.0.0.1:{port}",
        "ACOGIDA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ACOGIDA_SERVICE_SECRET": "the-tests-know-it",
    }
    office = Office(f"http://127.0.0.1:{port}", data, _environment(settings))
    office.command("keys", "make")
    office.command("migrate", "--esperar", "30")
    with ExitStack() as stack:
        stack.enter_context(front_door(port, ports))
        for service in SERVICES:
            for kind in ("web", "bus", "jobs"):
                own = {
                    "PORT": str(ports[service] if kind == "web" else free_port()),
                    "ACOGIDA_AMQP_URL": amqp_as(service),
                }
                stack.enter_context(
                    _process(office, [kind, service], {**office.environment, **own}, data)
                )
        for service in SERVICES:
            _wait_ready(office, f"http://127.0.0.1:{ports[service]}", data)
        yield office
        office.ask_to_stop()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "ACOGIDA_LOG_LEVEL": "WARNING", **settings}


@contextmanager
def _process(
    office: Office, arguments: list[str], environment: Mapping[str, str], data: Path
) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    path = data / f"{'-'.join(arguments[:2])}.log"
    # What it says to the person who starts it, the accounts of the demonstration among it, is no
    # log.
    with path.open("ab") as log, path.with_suffix(".out").open("ab") as out:
        process = subprocess.Popen(
            [ACOGIDA, *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            process_group=0,
            preexec_fn=with_its_parent(signal.SIGINT),  # noqa: PLW1509  as in servers.process
        )
    office.processes.append(process)
    try:
        yield
    finally:
        if process.poll() is None:
            # A second one does no harm.
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    registros.exigir_limpio(path)


def _wait_ready(office: Office, url: str, data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(f"{url}/readyz", timeout=10).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
        dead = [process.args for process in office.processes if process.poll() is not None]
        if dead or time.monotonic() > deadline:
            logs = "\n".join(
                path.read_text(errors="replace")[-3000:] for path in data.glob("*.log")
            )
            pytest.fail(f"the office did not start ({dead}):\n{logs}", pytrace=False)
