"""The way of a fact written by hand, with nothing around it: what the parts themselves allow here.

The statements are those of the bus; there is no schema, no trace, no handler, no retry, no unit of
work, and no waiting for RabbitMQ's confirms. So it may lose facts, and says how much of our figures
is PostgreSQL, RabbitMQ, SQLite and the drivers.

    python -m bench.programs.by_hand relay|subscriber POSTGRES_URL AMQP_URL
"""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pika
import psycopg

BATCH = 200
QUEUE = "by.hand"
READY = "ready"
BODY = "A" * 930
MOMENT, LATER = "2026-01-01 00:00:00.000000", "2126-01-01 00:00:00.000000"

TABLES = """
CREATE TABLE contador (agregado text PRIMARY KEY, ultimo bigint);
CREATE TABLE salida (id bigserial PRIMARY KEY, cuerpo json, publicado timestamptz);
CREATE INDEX ON salida (id) WHERE publicado IS NULL;
CREATE TABLE entrada (id bigserial PRIMARY KEY, agregado text, secuencia bigint, cuerpo json,
  estado text DEFAULT 'pendiente', hecho_en timestamptz);
CREATE INDEX ON entrada (agregado, secuencia) WHERE estado <> 'hecho';
CREATE INDEX ON entrada (id) WHERE estado = 'pendiente';
CREATE TABLE efecto (id bigserial PRIMARY KEY, agregado text);
"""
TELL = """
WITH numero AS (INSERT INTO contador VALUES (%s, 1)),
  fila AS (INSERT INTO salida (cuerpo) VALUES (%s))
SELECT pg_notify('salida', '')
"""
WAITING = "SELECT id, cuerpo::text FROM salida WHERE publicado IS NULL ORDER BY id LIMIT 200"
TOLD = "UPDATE salida SET publicado = now() WHERE id = ANY(%s)"
HEAR = """
INSERT INTO entrada (agregado, secuencia, cuerpo)
SELECT agregado, 1, cuerpo::json FROM unnest(%b::text[], %b::text[]) AS hechos (agregado, cuerpo)
"""
TAKE = """
WITH tomados AS (
  SELECT id, cuerpo::text AS cuerpo, agregado FROM entrada WHERE estado = 'pendiente' AND NOT EXISTS
    (SELECT 1 FROM entrada AS antes WHERE antes.agregado = entrada.agregado
      AND antes.estado <> 'hecho' AND antes.secuencia < entrada.secuencia LIMIT 1 OFFSET 0)
  ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED
), hechos AS (
  UPDATE entrada SET estado = 'hecho', hecho_en = now() FROM tomados WHERE entrada.id = tomados.id
)
SELECT cuerpo, agregado FROM tomados
"""
ACT = "INSERT INTO efecto (agregado) SELECT unnest(%b::text[])"


def latencies(postgres_url: str, amqp_url: str, *, per_second: int, facts: int) -> Sequence[float]:
    """Milliseconds from the commit of a fact to that of its effect, by PostgreSQL's clock."""
    with psycopg.connect(postgres_url) as teller:
        teller.execute(TABLES)
        teller.commit()
        urls = (postgres_url, amqp_url)
        with _process("relay", *urls), _process("subscriber", *urls):
            _tell(teller, per_second, per_second + facts)
            while _count(teller) < per_second + facts:
                time.sleep(0.2)
        told, done = _committed(teller, "contador"), _committed(teller, "efecto")
    # The first second warms up.
    return [(done[one] - told[one]).total_seconds() * 1000 for one in sorted(told)[per_second:]]


def _tell(teller: psycopg.Connection, per_second: int, facts: int) -> None:
    began = time.perf_counter()
    for number in range(facts):
        time.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        agregado = f"{number:08d}"
        with teller.transaction():
            teller.execute(TELL, (agregado, json.dumps({"subject": agregado, "data": BODY})))


def _count(teller: psycopg.Connection) -> int:
    with teller.transaction():
        row = teller.execute("SELECT count(*) FROM efecto").fetchone()
    return int(row[0]) if row else 0


def _committed(teller: psycopg.Connection, table: str) -> Mapping[str, Any]:
    query = f"SELECT agregado, pg_xact_commit_timestamp(xmin) FROM {table}"
    return dict(teller.execute(query).fetchall())  # type: ignore[arg-type]  # a name of ours


@contextmanager
def _process(role: str, *urls: str) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.programs.by_hand", role, *urls]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline().strip() != READY:
                raise RuntimeError(f"{role} did not start")
            yield
        finally:
            process.kill()


def _channel(amqp_url: str) -> tuple[pika.BlockingConnection, Any]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
    print(READY, flush=True)
    return connection, channel


def relay(postgres_url: str, amqp_url: str) -> None:
    """Send what waits, until killed."""
    database = psycopg.connect(postgres_url, autocommit=True)
    database.execute("SET synchronous_commit = off")
    hints = psycopg.connect(postgres_url, autocommit=True)
    hints.execute("LISTEN salida")
    connection, channel = _channel(amqp_url)
    durable = pika.BasicProperties(delivery_mode=2)
    while True:
        rows = database.execute(WAITING).fetchall()
        if not rows:
            list(hints.notifies(timeout=1, stop_after=1))
            connection.process_data_events(0)
            continue
        for _, body in rows:
            channel.basic_publish("", QUEUE, body.encode(), durable)
        database.execute(TOLD, ([row[0] for row in rows],))


def subscriber(postgres_url: str, amqp_url: str) -> None:
    """Read the queue and act on it in another thread, until killed."""
    arrived = threading.Event()
    threading.Thread(target=_act, args=(postgres_url, arrived), daemon=True).start()
    database = psycopg.connect(postgres_url)
    connection, channel = _channel(amqp_url)
    channel.basic_qos(prefetch_count=2 * BATCH)
    batch: list[tuple[int, str]] = []
    channel.basic_consume(
        QUEUE, lambda _channel, method, _p, body: batch.append((method.delivery_tag, body.decode()))
    )
    while True:
        connection.process_data_events(1)
        if not batch:
            continue
        bodies = [body for _, body in batch]
        with database.transaction():
            database.execute(HEAR, ([json.loads(body)["subject"] for body in bodies], bodies))
        channel.basic_ack(batch[-1][0], multiple=True)
        batch.clear()
        arrived.set()


def _act(postgres_url: str, arrived: threading.Event) -> None:
    database = psycopg.connect(postgres_url)
    while True:
        with database.transaction():
            rows = database.execute(TAKE).fetchall()
            for body, _ in rows:
                json.loads(body)
            if rows:
                database.execute(ACT, ([agregado for _, agregado in rows],))
        if not rows:
            arrived.wait(1)
            arrived.clear()


OLDEST = """
SELECT id, evento_id, tipo, agregado, secuencia, CAST(cuerpo AS TEXT) FROM outbox
WHERE publicado IS NULL AND id > 0 AND NOT EXISTS (SELECT 1 FROM outbox AS antes
  WHERE antes.publicado IS NULL AND antes.agregado = outbox.agregado
    AND antes.secuencia < outbox.secuencia LIMIT 1 OFFSET 0)
ORDER BY id LIMIT 200
"""
ELIGIBLE = """
SELECT id, CAST(cuerpo AS TEXT) FROM inbox
WHERE consumidor = ? AND estado = 'pendiente' AND visible <= ? AND NOT EXISTS
  (SELECT 1 FROM inbox AS antes WHERE antes.consumidor = inbox.consumidor
    AND antes.agregado = inbox.agregado AND antes.estado <> 'hecho'
    AND antes.secuencia < inbox.secuencia LIMIT 1 OFFSET 0)
ORDER BY id LIMIT 200
"""


def embedded(teller: Path, consumers: Mapping[str, Path], facts: int) -> float:
    """Facts a second from the office's own tables in one file to those in others, and done there.

    `teller` is the file with the facts in its outbox, `consumers` the files by their names.
    """
    arrived = {name: threading.Event() for name in consumers}
    threads = [threading.Thread(target=_carry, args=(teller, consumers, arrived))]
    threads += [
        threading.Thread(target=_do, args=(name, path, arrived[name], facts))
        for name, path in consumers.items()
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return facts / (time.perf_counter() - began)


def _file(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    database.execute("PRAGMA synchronous = FULL")
    return database


def _carry(
    teller: Path, consumers: Mapping[str, Path], arrived: Mapping[str, threading.Event]
) -> None:
    outbox = _file(teller)
    inboxes = {name: _file(path) for name, path in consumers.items()}
    while rows := outbox.execute(OLDEST).fetchall():
        lines = ", ".join(["(?1, ?2, ?2, 'pendiente', 0, ?, ?, ?, ?, ?)"] * len(rows))
        columns = "consumidor, visible, recibido, estado, intentos"
        columns += ", evento_id, tipo, agregado, secuencia, cuerpo"
        insert = f"INSERT INTO inbox ({columns}) VALUES {lines} ON CONFLICT DO NOTHING"
        for name, inbox in inboxes.items():
            inbox.execute(insert, [name, MOMENT, *(value for row in rows for value in row[1:])])
            arrived[name].set()
        mark = f"UPDATE outbox SET publicado = ? WHERE id IN ({_marks(rows)})"
        outbox.execute(mark, [MOMENT, *(row[0] for row in rows)])


def _do(name: str, path: Path, arrived: threading.Event, facts: int) -> None:
    inbox = _file(path)
    while facts > 0:
        inbox.execute("BEGIN IMMEDIATE")
        rows = inbox.execute(ELIGIBLE, (name, LATER)).fetchall()
        for _, body in rows:
            json.loads(body)
        if rows:
            done = f"UPDATE inbox SET estado = 'hecho', hecho_en = ? WHERE id IN ({_marks(rows)})"
            inbox.execute(done, [MOMENT, *(row[0] for row in rows)])
        inbox.execute("COMMIT")
        facts -= len(rows)
        if not rows:
            arrived.wait(1)
            arrived.clear()


def _marks(rows: Sequence[Any]) -> str:
    return ", ".join("?" * len(rows))


if __name__ == "__main__":
    {"relay": relay, "subscriber": subscriber}[sys.argv[1]](*sys.argv[2:])
