"""Messages that leave by HTTP gateways of another process: what one costs, and what an outage does.

The loop of the jobs process on the embedded office's own tables, as it runs there.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

import columns
from notificaciones.mensajes.carriles import Carriles
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.sms import Escrito, contar
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.proveedores.desvio import Desvio
from oficina.clock import now
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.client import ServiceClient

TEXTO = "Oficina municipal: su hora es el jueves 26 de noviembre a las 10:30 en la oficina."
GATEWAY = """
import asyncio

ACCEPTED = b'HTTP/1.1 200 X\\r\\nContent-Length: 10\\r\\n\\r\\n{"id":"1"}'

class Gateway(asyncio.Protocol):
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
            if head.startswith(b"post /caida"):
                self.transport.write(b"HTTP/1.1 503 X\\r\\nContent-Length: 0\\r\\n\\r\\n")
            else:
                self.transport.write(ACCEPTED)

async def main():
    server = await asyncio.get_running_loop().create_server(Gateway, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def cpu_ms(messages: int) -> float:
    """CPU milliseconds of this process for one SMS that is due, from its row to its end."""
    with _office("viva") as env:
        _write(env.db, messages)
        with _sending(env):
            # What is loaded and compiled once is not of any message.
            _wait_for(env.db, messages // 10)
            before, done = time.process_time(), _left(env.db)
            _wait_for(env.db, messages)
            spent, sent = time.process_time() - before, _left(env.db) - done
    return spent * 1000 / sent


def outage_pct(seconds: float, per_second: int = 10) -> float:
    """Of the SMS asked for while the cheaper of two gateways answers 503, how many percent the
    other one had within 10 s.
    """
    with _office("caida", "viva") as env:
        began, made = time.monotonic(), 0
        with _sending(env):
            while (elapsed := time.monotonic() - began) < seconds:
                due = int(elapsed * per_second) + 1 - made
                _write(env.db, due)
                made += due
                time.sleep(0.05)
            time.sleep(11)
            with env.db.read() as session:
                rows = session.execute(select(Mensaje.creado_en, Mensaje.entregado_en)).all()
    soon = sum(sent is not None and sent - asked <= timedelta(seconds=10) for asked, sent in rows)
    return 100 * soon / len(rows)


@contextmanager
def _office(*paths: str) -> Iterator[Env]:
    gateway = subprocess.Popen([sys.executable, "-c", GATEWAY], stdout=subprocess.PIPE, text=True)
    try:
        assert gateway.stdout is not None
        port = int(gateway.stdout.readline())
        with TemporaryDirectory(prefix="acogida-bench-") as name:
            folder = Path(name)
            providers = [
                {
                    "tipo": "sms_http",
                    "clave": path,
                    "nombre": path,
                    "costo_por_segmento": str(20 + number),
                    "envio": {
                        "url": f"http://127.0.0.1:{port}/{path}",
                        "cuerpo": {"to": "{destino}", "text": "{texto}", "ref": "{mensaje_id}"},
                        "respuesta": {"referencia": "/id"},
                    },
                }
                for number, path in enumerate(paths)
            ]
            file = folder / "proveedores.json"
            file.write_text(json.dumps({"version": 1, "proveedores": providers}), encoding="utf-8")
            settings = Settings(data_dir=folder, proveedores=str(file), log_level="WARNING")
            use_keyring(Keyring.load(settings.claves))
            db = Database(columns.file_in(folder, "notificaciones"))
            env = Env(settings=settings, db=db, client=ServiceClient(settings))
            yield env
            Desvio.de(settings, db).cerrar()
            db.close()
    finally:
        gateway.kill()
        gateway.wait()


@contextmanager
def _sending(env: Env) -> Iterator[None]:
    stop = threading.Event()
    running = threading.Thread(target=Carriles(env).run, args=(stop,))
    running.start()
    try:
        yield
    finally:
        stop.set()
        running.join()


def _write(db: Database, how_many: int) -> None:
    conteo = contar(TEXTO)
    escrito = Escrito(TEXTO, conteo, conteo.partes)
    made: Sequence[Mensaje] = [
        Mensaje(
            id=uuid7(),
            clave_de_negocio=str(uuid7()),
            plantilla=Clave.DERIVACION_ENVIADA,
            estado=Estado.PROGRAMADA,
            datos={},
            enviar_en=now(),
            creado_en=now(),
        )
        for _ in range(how_many)
    ]
    with db.begin() as session:
        session.add_all(made)
        session.flush()
        for one in made:
            one.preparar(Canal.SMS, "+56987654321", "es", Redaccion("es", None, TEXTO, escrito))


def _left(db: Database) -> int:
    with db.read() as session:
        query = select(func.count()).select_from(Mensaje)
        return session.scalar(query.where(Mensaje.estado == Estado.ENTREGADA)) or 0


def _wait_for(db: Database, how_many: int) -> None:
    while _left(db) < how_many:
        time.sleep(0.1)
