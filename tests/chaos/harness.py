"""The two services of `process.py`, killed at random and counted at the end.

Every process is a real one. Whoever is killed is started again at once, as an arbiter would.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pika
import psycopg
from pika.exceptions import AMQPError
from psycopg.rows import namedtuple_row

from chaos.process import ANSWERED, POISONED, metadata
from oficina.bus.broker import parameters
from oficina.db import Database
from oficina.migrations import migrate
from servers import Cluster, Node, Server

PROGRAM = Path(__file__).with_name("process.py")
SERVICES = ("casos", "agenda")
WEBS = 2
PROCESSES = {
    "casos-relay": ("casos", "relay"),
    "casos-bus": ("casos", "ingest,worker"),
    "agenda-relay": ("agenda", "relay"),
    "agenda-ingest": ("agenda", "ingest"),
    "agenda-worker-1": ("agenda", "worker"),
    "agenda-worker-2": ("agenda", "worker"),
}
DUPLICATES = 0.1
"""Share of the facts that somebody sends once more."""
PATIENCE = 180.0
QUIET = 15.0
"""Seconds without any change after which what is missing is lost."""


@dataclass(frozen=True)
class Blow:
    """What was struck, and when by the clock of the facts."""

    what: str
    moment: float


@dataclass
class Chaos:
    """The services on their servers, for as long as a test lasts."""

    postgres: Server
    cluster: Cluster
    folder: Path
    facts: int
    rate: float
    relay: str = "relay"
    """The role of casos's relay: the negative control has another."""
    seed: int = 0
    blows: list[Blow] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    """Processes that ended though nobody killed them."""
    duplicated: int = 0

    def __post_init__(self) -> None:
        self.random, self._lots = random.Random(self.seed), random.Random(self.seed)
        self._victims: list[str] = []
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()
        self.amqp_url = self.cluster.url
        for service in SERVICES:
            with psycopg.connect(self.postgres.url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {service}")
            db = Database(self._database(service).replace("postgresql:", "postgresql+psycopg:"))
            migrate(service, db)
            metadata.create_all(db.engine)
            db.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        """All processes, started again when they end, and somebody who sends facts twice."""
        helpers = [threading.Thread(target=run) for run in (self._tend, self._duplicate)]
        with ExitStack() as stack:
            stack.callback(self._end)
            for name in self._names():
                self._start(name)
            for helper in helpers:
                helper.start()
                stack.callback(helper.join)
            stack.callback(self._stop.set)
            yield

    # Blows.

    def kill(self, name: str) -> None:
        """kill -9 of one process."""
        process = self._running[name]
        if process.poll() is None:
            self._note_blow(name)
            process.kill()

    def kill_one(self) -> None:
        """kill -9 of the next victim, after a moment: everybody once before anybody twice."""
        time.sleep(self.random.uniform(0.8, 2.5))
        if not self._victims:
            self._victims = self.random.sample(self._names(), len(self._names()))
        self.kill(self._victims.pop())

    def restart_postgres(self) -> None:
        """Stop PostgreSQL in order and start it on its data."""
        self._note_blow("postgres")
        self.postgres.restart()

    def kill_postgres(self) -> None:
        """kill -9 of PostgreSQL, which starts again on its data."""
        self._note_blow("postgres")
        self.postgres.kill()
        self.postgres.start()

    def kill_node(self, node: Node, *, frozen: float = 0.0, down: float = 0.0) -> None:
        """kill -9 of a RabbitMQ, that hangs before for some seconds and stays away for others."""
        if frozen:
            node.freeze()
            time.sleep(frozen)
        self._note_blow("rabbitmq" if len(self.cluster.nodes) == 1 else "node")
        node.kill()
        time.sleep(down)
        node.start()

    def node_of(self, name: str) -> Node:
        """The node that a process talks to, once it talks to one."""
        deadline = time.monotonic() + PATIENCE
        while True:
            ports = _ports_of(self._running[name].pid)
            if found := [node for node in self.cluster.nodes if pika_port(node) in ports]:
                return found[0]
            assert time.monotonic() < deadline, f"{name} talks to nobody"
            time.sleep(0.1)

    # What came of it.

    def progress(self) -> float:
        """Which share of the facts is told."""
        (row,) = self._ask("casos", "SELECT count(*) FROM cambios")
        return row.count / self.facts

    def wait_for(self, share: float) -> None:
        """Return when this share of the facts is told."""
        deadline = time.monotonic() + PATIENCE + self.facts / self.rate
        while self.progress() < share:
            assert time.monotonic() < deadline, "nobody tells anything"
            time.sleep(0.1)

    def settle(self, quiet: float = QUIET) -> list[str]:
        """Wait until nothing is wrong, or nothing changes any more; what is wrong."""
        self.wait_for(1)
        deadline = time.monotonic() + PATIENCE
        before, since = "", time.monotonic()
        while wrong := self.wrong():
            now = " ".join(wrong)
            if now != before:
                before, since = now, time.monotonic()
            if time.monotonic() > min(deadline, since + quiet):
                break
            time.sleep(0.5)
        return wrong + [f"{name} ended by itself" for name in self.died]

    def wrong(self) -> list[str]:
        """Everything that is not as it must be once all is told and handled."""
        changed = {row.evento_id for row in self._ask("casos", "SELECT evento_id FROM cambios")}
        told = self._ask("casos", "SELECT evento_id, agregado, secuencia FROM outbox")
        found = []
        if len(changed) != self.facts or changed != {row.evento_id for row in told}:
            found.append(f"{len(changed)} changes, {len(told)} facts, {self.facts} wanted")
        for service in SERVICES:
            (row,) = self._ask(service, "SELECT count(*) FROM outbox WHERE publicado IS NULL")
            if row.count:
                found.append(f"{row.count} wait in the outbox of {service}")
        wanted = Counter(row.agregado for row in told)
        # A poisoned fact parks itself, and its followers wait.
        ends = {
            agregado: number for agregado, number in POISONED.items() if wanted[agregado] >= number
        }
        reached = {agregado: ends.get(agregado, n + 1) - 1 for agregado, n in wanted.items()}
        found += self._unlike("agenda", reached)
        found += self._unparked(ends, {one: wanted[one] - reached[one] - 1 for one in ends})
        answers = {one.replace("caso/", "cita/"): n // ANSWERED for one, n in reached.items()}
        found += self._unlike("casos", {one: n for one, n in answers.items() if n})
        return found

    def recovered(self) -> Mapping[str, float]:
        """The longest wait, in seconds, from each kind of blow to the effect of a later fact."""
        effects = self._ask("agenda", "SELECT contado, hecho FROM efectos")
        seen = [(row.contado.timestamp(), row.hecho.timestamp()) for row in effects]
        longest: dict[str, float] = {}
        for blow in self.blows:
            after = [done for told, done in seen if told > blow.moment]
            if after:
                longest[blow.what] = max(longest.get(blow.what, 0), min(after) - blow.moment)
        return longest

    def _unlike(self, service: str, reached: Mapping[str, int]) -> list[str]:
        """How the effects of a service are not the first so many of each aggregate, in order."""
        rows = self._ask(service, "SELECT evento_id, agregado, secuencia FROM efectos ORDER BY id")
        had: dict[str, list[int]] = {agregado: [] for agregado in reached}
        for row in rows:
            had.setdefault(row.agregado, []).append(row.secuencia)
        lost = sum(len(set(range(1, reached.get(one, 0) + 1)) - set(n)) for one, n in had.items())
        extra = sum(len(set(n) - set(range(1, reached.get(one, 0) + 1))) for one, n in had.items())
        twice = len(rows) - len({row.evento_id for row in rows})
        breaks = sum(
            earlier > later for numbers in had.values() for earlier, later in pairwise(numbers)
        )
        kinds = {"lost": lost, "twice": twice, "out of order": breaks, "that must not be": extra}
        return [f"{count} effects {kind} in {service}" for kind, count in kinds.items() if count]

    def _unparked(self, parked: Mapping[str, int], followers: Mapping[str, int]) -> list[str]:
        """How the unfinished rows of the inboxes are not those that must be."""
        unfinished = "SELECT agregado, secuencia, estado FROM inbox WHERE estado <> 'hecho'"
        rows = self._ask("agenda", unfinished)
        dead = {row.agregado: row.secuencia for row in rows if row.estado == "muerto"}
        waiting = Counter(row.agregado for row in rows if row.estado == "pendiente")
        found = []
        if dead != parked:
            found.append(f"parked {dead}, not {parked}")
        if waiting != Counter(followers):
            found.append(f"{waiting.total()} wait in the inbox of agenda")
        if rows := self._ask("casos", unfinished):
            found.append(f"{len(rows)} unfinished in the inbox of casos")
        return found

    # Processes.

    def _names(self) -> list[str]:
        return [*PROCESSES, *(f"casos-web-{number}" for number in range(WEBS))]

    def _start(self, name: str) -> None:
        if name in PROCESSES:
            service, roles = PROCESSES[name]
            if name == "casos-relay":
                roles = self.relay
        else:
            service, number = "casos", name.rpartition("-")[2]
            roles = f"web:{number}:{self.facts // WEBS}:{self.rate / WEBS}"
        url = self._database(service).replace("postgresql:", "postgresql+psycopg:")
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, PROGRAM, service, roles, url, self.amqp_url],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _tend(self) -> None:
        while not self._stop.wait(0.05):
            for name, process in list(self._running.items()):
                code = process.poll()
                if code is None or (code == 0 and "web" in name):
                    continue
                if code != -signal.SIGKILL:
                    self.died.append(name)
                self._start(name)

    def _end(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _duplicate(self) -> None:
        """Send some facts that left already once more, straight to the queue of agenda."""
        last = 0
        while not self._stop.wait(0.5):
            with suppress(AMQPError, OSError, psycopg.Error, AssertionError):
                left = f"publicado IS NOT NULL AND id > {last}"
                rows = self._ask("casos", f"SELECT id, cuerpo FROM outbox WHERE {left}")
                chosen = [row for row in rows if self._lots.random() < DUPLICATES]
                with pika.BlockingConnection(parameters(self.amqp_url)) as connection:
                    channel = connection.channel()
                    channel.confirm_delivery()
                    for row in chosen:
                        channel.basic_publish("", "agenda.eventos", json.dumps(row.cuerpo).encode())
                self.duplicated += len(chosen)
                last = max((row.id for row in rows), default=last)

    def _note_blow(self, what: str) -> None:
        self.blows.append(Blow(what.rstrip("-0123456789"), time.time()))

    def _database(self, service: str) -> str:
        return f"{self.postgres.url.removesuffix('postgres')}{service}"

    def _ask(self, service: str, query: str) -> list[Any]:
        """Rows of a service's database, once it answers."""
        deadline = time.monotonic() + 30
        while True:
            try:
                with psycopg.connect(self._database(service), row_factory=namedtuple_row) as own:
                    return own.execute(query).fetchall()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "PostgreSQL does not come back"
                time.sleep(0.1)


def pika_port(node: Node) -> int:
    """Where a node listens."""
    port: int = pika.URLParameters(node.url).port
    return port


def _ports_of(pid: int) -> set[int]:
    """The ports of other programs that a process is connected to."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            inodes.add(os.readlink(handle).removeprefix("socket:[").rstrip("]"))
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {int(words[2].split(":")[1], 16) for words in lines if words[9] in inodes}
