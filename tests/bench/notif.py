"""What asking for a message costs (`_pedir`), how many webhooks leave in a second for endpoints
that answer while one endpoint hangs, what an SMS costs to send, and how many leave in time while
one of two gateways is down.

The loop of the jobs process on the embedded office's own tables, as it runs there; the receivers
are another process of this machine, which answers 204 on connections that it keeps.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

import columns
from bench import _pedir
from bench.programs import sending
from bench.result import Result
from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.enviadores import Enviadores
from notificaciones.suscripciones.models import Entrega
from notificaciones.suscripciones.states import Via
from oficina.actor import Actor
from oficina.bus.envelope import read_sobre, to_cloudevent
from oficina.bus.tables import Estado
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.events import Clasificacion
from oficina.events.casos import AtencionRegistrada
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web import i18n
from oficina.web.client import ServiceClient

SANOS = 4
HECHOS = 1500
RECEIVER = """
import asyncio

class Receiver(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.read = transport, b""
    def data_received(self, data):
        self.read += data
        while (end := self.read.find(b"\\r\\n\\r\\n")) >= 0:
            head = self.read[:end].lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\\r\\n")[0])
            if len(self.read) < end + 4 + length:
                return
            self.read = self.read[end + 4 + length:]
            if not head.startswith(b"post /nunca"):
                self.transport.write(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")

async def main():
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
ADMIN = Actor(
    id=UUID(int=1),
    nombre="Administración",
    roles=frozenset({"administrador"}),
    unidad="migracion",
    tipo="persona",
)


def measure(*, peers: bool) -> Iterator[Result]:
    """What a request costs; deliveries a second; CPU of a message; per cent in time.

    BENCH_OUTAGE_SECONDS is the outage's length: the figure of 390 s is in docs/operacion.md.
    """
    yield from _pedir.measure()
    receiver = subprocess.Popen([sys.executable, "-c", RECEIVER], stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout is not None
        port = int(receiver.stdout.readline())
        with tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder:
            yield Result("webhooks_s", _rate(Path(folder), port), "1/s")
        yield Result("send_cpu_ms", sending.cpu_ms(500), "ms")
        outage = float(os.environ.get("BENCH_OUTAGE_SECONDS", "30"))
        yield Result("outage_10s_pct", sending.outage_pct(outage), "%")
    finally:
        receiver.kill()
        receiver.wait()


def _rate(folder: Path, port: int) -> float:
    settings = Settings(data_dir=folder, webhook_cidrs="127.0.0.0/8", log_level="WARNING")
    use_keyring(Keyring.load(settings.claves))
    db = Database(columns.file_in(folder, "notificaciones"))
    app = Flask("notificaciones")
    i18n.init_app(app)
    with app.test_request_context():
        hung = _subscribe(db, settings, f"http://127.0.0.1:{port}/nunca")
        for number in range(SANOS):
            _subscribe(db, settings, f"http://127.0.0.1:{port}/{number}")
    _hear(db)
    stop = threading.Event()
    enviadores = Enviadores(Env(settings=settings, db=db, client=ServiceClient(settings)))
    running = threading.Thread(target=enviadores.run, args=(stop,))
    began = time.perf_counter()
    running.start()
    while _waiting(db, hung):
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    stop.set()
    running.join()
    db.close()
    return SANOS * HECHOS / seconds


def _subscribe(db: Database, settings: Settings, url: str) -> UUID:
    datos = NuevaSuscripcion(
        unidad="dideco",
        via=Via.WEBHOOK,
        pedido=Pedido(
            nombre="Tablero",
            tipos=(AtencionRegistrada.ce_type(),),
            finalidad="Medir",
            base="estadistica",
            filtros={},
        ),
    )
    al = actions.mirar_destino(settings, url)
    with db.begin() as session:
        una, _secreto = actions.crear(session, datos, ADMIN, url=url, al=al)
    return una.id


def _hear(db: Database) -> None:
    with db.begin() as session:
        for _ in range(HECHOS):
            hecho = AtencionRegistrada(
                atencion_id=uuid7(), canal="presencial", tema="salud", anonima=True
            )
            sobre = read_sobre(
                to_cloudevent(
                    hecho,
                    evento_id=uuid7(),
                    source="/independencia/casos",
                    sequence=1,
                    time=real_now(),
                    clasificacion=Clasificacion.INTERNO,
                )
            )
            reparto.repartir(session, hecho, sobre)


def _waiting(db: Database, hung: UUID) -> int:
    with db.read() as session:
        left = select(func.count()).select_from(Entrega)
        query = left.where(Entrega.suscripcion_id != hung, Entrega.estado == Estado.PENDIENTE)
        return session.scalar(query) or 0
