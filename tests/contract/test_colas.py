"""The queue of a unit on a real RabbitMQ: made, read, repaired and removed; bounded, and alone."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pika
import pytest
from flask import Flask
from pika.exceptions import AMQPError, ChannelClosedByBroker, ProbableAuthenticationError
from sqlalchemy import select

from acogida.commands import Problema, doctor
from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.colas.credenciales import Credenciales, credenciales, ejemplos
from notificaciones.suscripciones.colas.mantenimiento import mantener_colas
from notificaciones.suscripciones.colas.models import Cola, FallaDeCola
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.states import Estado as EstadoDeSuscripcion
from notificaciones.suscripciones.states import Falla, Via
from oficina.bus import topology
from oficina.bus.definitions import GESTOR, manager
from oficina.bus.envelope import read_sobre, to_cloudevent
from oficina.bus.inbox import Mensaje, recibir
from oficina.bus.tables import Estado, Inbox
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.errors import DatosInvalidos
from oficina.events import Clasificacion
from oficina.events.casos import AtencionRegistrada
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web import i18n
from oficina.web.client import ServiceClient
from servers import Broker, connected, managed_rabbitmq, url_of_user, with_users
from unit.notificaciones.suscripciones.conftest import ADMIN, ATENCION, Suscriptores, atencion

VHOST = "oficina"
DEPLOY = Path(__file__).parents[2] / "deploy"


@dataclass
class Rabbit:
    """The broker of an office, whose queues of units are made by a user of the least rights."""

    broker: Broker
    api: str
    root: httpx.Client

    @property
    def amqp_url(self) -> str:
        return url_of_user(self.broker, VHOST, "notificaciones")

    @property
    def gestor_url(self) -> str:
        return self.api.replace("guest:guest", f"{GESTOR}:clave-de-gestor")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.root.request(method, "/api" + path.replace("VHOST", VHOST), json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def rabbit() -> Iterator[Rabbit]:
    with managed_rabbitmq() as (broker, api), httpx.Client(base_url=api) as root:
        with_users(broker, VHOST, office=True)
        made = Rabbit(broker, api, root)
        made.ask("PUT", f"/permissions/VHOST/{quote('guest')}", dict.fromkeys(_RIGHTS, ".*"))
        user = {"password": "clave-de-gestor", "tags": "administrator"}
        made.ask("PUT", f"/users/{GESTOR}", user)
        rights = {name: manager(VHOST)[name] for name in _RIGHTS}
        made.ask("PUT", f"/permissions/VHOST/{GESTOR}", rights)
        yield made


_RIGHTS = ("configure", "write", "read")


class Unidades(Suscriptores):
    """Units whose systems read queues."""

    def cola(self) -> tuple[UUID, Credenciales]:
        datos = NuevaSuscripcion(
            unidad="dideco",
            via=Via.COLA,
            pedido=Pedido(
                nombre="Tablero",
                tipos=(ATENCION,),
                finalidad="Coordinar la atención",
                base="funcion_legal",
                filtros={},
            ),
        )
        al = actions.mirar_via(self.env.settings, Via.COLA, None)
        with self.db.begin() as session:
            una, clave = actions.crear(session, datos, ADMIN, url=None, al=al)
        return una.id, credenciales(self.env.settings, una.destino, clave)

    def vista(self, suscripcion_id: UUID) -> Cola | None:
        with self.db.read() as session:
            return session.get(Cola, suscripcion_id)


@pytest.fixture
def unidades(
    rabbit: Rabbit, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Unidades]:
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql://ninguna",
        amqp_url=rabbit.amqp_url,
        amqp_unidades_url="amqp://" + rabbit.broker.url.rpartition("@")[2].partition("/")[0],
        rabbitmq_api_url=rabbit.gestor_url,
    )
    use_keyring(Keyring.load(settings.claves))
    db = fresh_db("sqlite", "notificaciones")
    app = Flask("notificaciones")
    i18n.init_app(app)
    with app.test_request_context(headers={"If-Match": "*"}):
        made = Unidades(Env(settings=settings, db=db, client=ServiceClient(settings)))
        yield made
        with db.begin() as session:
            for una in session.scalars(select(Suscripcion)):
                if una.estado is not EstadoDeSuscripcion.CERRADA:
                    actions.cerrar(session, una.id, ADMIN)
        mantener_colas(made.env)


def _read(llave: Credenciales) -> list[dict[str, Any]]:
    """What waits in the queue, as its unit's system takes it."""
    with connected(llave.direccion) as connection:
        channel = connection.channel()
        taken = []
        for method, properties, body in channel.consume(llave.nombre, inactivity_timeout=0.3):
            if method is None:
                break
            taken.append(json.loads(body))
            assert properties.message_id == taken[-1]["id"]
            channel.basic_ack(method.delivery_tag)
        return taken


def test_se_hace_se_lee_se_rota_y_se_quita(rabbit: Rabbit, unidades: Unidades) -> None:
    una, llave = unidades.cola()
    unidades.oir(atencion("salud"))
    # Nothing is lost to the moment before RabbitMQ has the queue.
    unidades.enviar(una)
    (entrega,) = unidades.entregas(una)
    assert (entrega.estado, entrega.error) == (Estado.PENDIENTE, Falla.SIN_COLA)
    vista = unidades.vista(una)
    assert vista is not None
    assert vista.revisada_en is None

    mantener_colas(unidades.env)
    unidades.ya()
    unidades.enviar(una)

    (entrega,) = unidades.entregas(una)
    assert entrega.estado is Estado.HECHO
    (hecho,) = _read(llave)
    assert hecho["id"] == str(entrega.id)
    assert hecho["type"] == ATENCION
    assert hecho["data"]["tema"] == "salud"
    assert str(entrega.evento_id) not in json.dumps(hecho)
    mantener_colas(unidades.env)
    vista = unidades.vista(una)
    assert vista is not None
    # How much waits is said once the broker has counted, some seconds later; never a wrong zero.
    assert vista.falla is None
    assert vista.revisada_en is not None

    with connected(llave.direccion) as reads:
        with unidades.db.begin() as session:
            _una, clave = actions.rotar(session, una, ADMIN)
        mantener_colas(unidades.env)
        with pytest.raises(AMQPError):
            for _ in range(100):
                reads.process_data_events(0.1)
    with pytest.raises(ProbableAuthenticationError):
        connected(llave.direccion)
    connected(replace(llave, clave=clave).direccion).close()

    with unidades.db.begin() as session:
        actions.cerrar(session, una, ADMIN)
    mantener_colas(unidades.env)
    assert unidades.vista(una) is None
    assert rabbit.root.get(f"/api/users/{llave.nombre}").status_code == 404
    assert rabbit.root.get(f"/api/queues/{VHOST}/{llave.nombre}").status_code == 404


def test_lo_que_alguien_borra_o_cambia_se_repara(rabbit: Rabbit, unidades: Unidades) -> None:
    una, llave = unidades.cola()
    mantener_colas(unidades.env)
    nombre = llave.nombre
    bind = f"/bindings/VHOST/e/{topology.UNIDADES}/q/{nombre}"
    unbounded = {"durable": True, "arguments": {}}

    def another_queue() -> None:
        rabbit.ask("DELETE", f"/queues/VHOST/{nombre}")
        rabbit.ask("PUT", f"/queues/VHOST/{nombre}", unbounded)

    def may_do_more() -> None:
        for vhost in ("VHOST", "%2F"):
            rabbit.ask("PUT", f"/permissions/{vhost}/{nombre}", dict.fromkeys(_RIGHTS, ".*"))

    harm: list[Callable[[], object]] = [
        lambda: rabbit.ask("DELETE", f"/users/{nombre}"),
        lambda: rabbit.ask("DELETE", f"/queues/VHOST/{nombre}"),
        lambda: rabbit.ask("DELETE", f"{bind}/{quote(nombre, safe='')}"),
        lambda: rabbit.ask("DELETE", f"/permissions/VHOST/{nombre}"),
        lambda: rabbit.ask("PUT", f"/users/{nombre}", {"password": "otra", "tags": "management"}),
        lambda: rabbit.ask("DELETE", f"/user-limits/{nombre}/max-connections"),
        another_queue,
        may_do_more,
        # Everything that we tell among ourselves.
        lambda: rabbit.ask(
            "POST",
            f"/bindings/VHOST/e/{topology.EVENTOS}/q/{nombre}",
            {"routing_key": "#", "arguments": {}},
        ),
    ]
    for number, do in enumerate(harm):
        do()
        mantener_colas(unidades.env)

        unidades.oir(atencion("salud"))
        unidades.ya()
        unidades.enviar(una)
        assert len(_read(llave)) == 1, number
        _as_it_should_be(rabbit, nombre)


def _as_it_should_be(rabbit: Rabbit, nombre: str) -> None:
    (rights,) = rabbit.ask("GET", f"/users/{nombre}/permissions")
    assert rights == {
        "user": nombre,
        "vhost": VHOST,
        "configure": "^$",
        "write": "^$",
        "read": f"^{re.escape(nombre)}$",
    }
    assert rabbit.ask("GET", f"/user-limits/{nombre}")[0]["value"] == {
        "max-connections": 5,
        "max-channels": 20,
    }
    sources = [one["source"] for one in rabbit.ask("GET", f"/queues/VHOST/{nombre}/bindings")]
    assert sorted(sources) == ["", topology.UNIDADES]
    queue = rabbit.ask("GET", f"/queues/VHOST/{nombre}")["arguments"]
    assert queue["x-overflow"] == "drop-head"
    assert {"x-max-length", "x-max-length-bytes", "x-message-ttl"} <= queue.keys()


def test_con_su_clave_solo_se_lee_su_cola(unidades: Unidades) -> None:
    (_una, llave), (_otra, ajena) = unidades.cola(), unidades.cola()
    mantener_colas(unidades.env)
    forbidden: list[Callable[[Any], object]] = [
        lambda channel: channel.basic_get(ajena.nombre),
        lambda channel: channel.basic_get("casos.eventos"),
        lambda channel: channel.basic_publish(topology.EVENTOS, "casos.caso.abierto", b"{}"),
        lambda channel: channel.basic_publish(topology.UNIDADES, ajena.nombre, b"{}"),
        lambda channel: channel.basic_publish("", ajena.nombre, b"{}"),
        lambda channel: channel.queue_declare("ext.dideco.otra", durable=True),
        lambda channel: channel.queue_bind(llave.nombre, topology.EVENTOS, "#"),
        lambda channel: channel.queue_purge(ajena.nombre),
        lambda channel: channel.queue_delete(llave.nombre),
        lambda channel: channel.exchange_declare("otro"),
    ]
    with connected(llave.direccion) as connection:
        for do in forbidden:
            channel = connection.channel()
            channel.confirm_delivery()
            with pytest.raises(ChannelClosedByBroker) as refused:
                do(channel)
            assert refused.value.reply_code == pika.spec.ACCESS_REFUSED
        assert connection.channel().basic_get(llave.nombre)[0] is None


def test_quien_no_lee_pierde_lo_mas_viejo_y_lo_recupera(rabbit: Rabbit, unidades: Unidades) -> None:
    una, llave = unidades.cola()
    mantener_colas(unidades.env)
    policy = {"pattern": f"^{re.escape(llave.nombre)}$", "apply-to": "queues", "priority": 9}
    small = policy | {"definition": {"max-length": 3}}
    rabbit.ask("PUT", "/policies/VHOST/chica", small)
    for number in range(8):
        _hear(unidades, f"tema_{number}")

    # Full is no reason to refuse: neither this one nor others are held up.
    unidades.enviar(una)

    assert all(one.estado is Estado.HECHO for one in unidades.entregas(una))
    kept = _read(llave)
    assert [one["data"]["tema"] for one in kept] == ["tema_5", "tema_6", "tema_7"]
    rabbit.ask("DELETE", "/policies/VHOST/chica")
    with unidades.db.begin() as session:
        reparto.repetir(session, una, real_now().replace(year=2020), ADMIN)
    with unidades.db.begin() as session:
        assert not reparto.avanzar_repeticion(session, una)
    unidades.enviar(una)
    again = _read(llave)
    assert [one["data"]["tema"] for one in again] == [f"tema_{number}" for number in range(8)]
    assert [one["id"] for one in again[5:]] == [one["id"] for one in kept]


def _hear(unidades: Unidades, tema: str) -> None:
    """As over the bus, so that it can be repeated."""
    hecho = AtencionRegistrada(atencion_id=uuid7(), canal="presencial", tema=tema, anonima=True)
    event = to_cloudevent(
        hecho,
        evento_id=uuid7(),
        source="/independencia/casos",
        sequence=1,
        time=real_now(),
        clasificacion=Clasificacion.INTERNO,
    )
    with unidades.db.single() as connection:
        recibir(connection, "notificaciones", [Mensaje.of(event)])
    with unidades.db.begin() as session:
        reparto.repartir(session, hecho, read_sobre(event))
        for row in session.scalars(select(Inbox)):
            row.estado = Estado.HECHO


def test_los_programas_de_ejemplo_leen_la_cola(
    rabbit: Rabbit, unidades: Unidades, tmp_path: Path
) -> None:
    una, llave = unidades.cola()
    mantener_colas(unidades.env)
    (tmp_path / "leer.py").write_text(ejemplos()["Python"], encoding="utf-8")
    (tmp_path / "leer.js").write_text(ejemplos()["JavaScript"], encoding="utf-8")
    programs = [[sys.executable, "leer.py"]]
    if node := shutil.which("node"):
        subprocess.run([node, "--check", "leer.js"], cwd=tmp_path, check=True, timeout=60)
        find = [node, "-e", "require.resolve('amqplib')"]
        if subprocess.run(find, cwd=tmp_path, capture_output=True, check=False).returncode == 0:
            programs.append([node, "leer.js"])
    environment = {
        **os.environ,
        "ACOGIDA_COLA_URL": llave.direccion,
        "ACOGIDA_COLA": llave.nombre,
    }
    for program in programs:
        unidades.oir(atencion("salud"))
        unidades.enviar(una)
        reader = subprocess.Popen(
            program, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert reader.stdout is not None
            assert reader.stdout.readline().startswith(f"{ATENCION} {_last(unidades, una).id} ")
            # What was read is confirmed: nobody else gets it.
            deadline = time.monotonic() + 30
            while rabbit.ask("GET", f"/queues/VHOST/{llave.nombre}").get("messages", 1):
                assert time.monotonic() < deadline
                time.sleep(0.2)
        finally:
            reader.kill()
            reader.wait()
            reader.stdout.close()


def _last(unidades: Unidades, una: UUID) -> Entrega:
    return unidades.entregas(una)[-1]


def test_sin_administracion_se_dice_y_se_sigue(rabbit: Rabbit, unidades: Unidades) -> None:
    una, _llave = unidades.cola()
    cases = {
        "": FallaDeCola.SIN_GESTION,
        "http://gestor:x@127.0.0.1:9": FallaDeCola.SIN_RESPUESTA,
        rabbit.gestor_url.replace("clave-de-gestor", "otra"): FallaDeCola.SIN_PERMISO,
    }
    for url, falla in cases.items():
        settings = replace(unidades.env.settings, rabbitmq_api_url=url)
        mantener_colas(replace(unidades.env, settings=settings))
        vista = unidades.vista(una)
        assert vista is not None
        assert vista.falla is falla
        with pytest.raises(Problema):
            doctor._external(settings)
    mantener_colas(unidades.env)
    vista = unidades.vista(una)
    assert vista is not None
    assert vista.falla is None


def test_doctor_dice_que_cola_no_tiene_limite(rabbit: Rabbit, unidades: Unidades) -> None:
    unidades.cola()
    mantener_colas(unidades.env)
    settings = unidades.env.settings
    assert "hay 1, todas con límite" in doctor._external(settings)

    policy = rabbit.ask("GET", "/policies/VHOST/externas")
    rabbit.ask("DELETE", "/policies/VHOST/externas")
    rabbit.ask("PUT", "/queues/VHOST/ext.a_mano", {"durable": True, "arguments": {}})
    try:
        with pytest.raises(Problema, match=r"ext\.a_mano: max-length"):
            doctor._external(settings)
    finally:
        rabbit.ask("DELETE", "/queues/VHOST/ext.a_mano")
        rabbit.ask("PUT", "/policies/VHOST/externas", policy)


def test_sin_rabbitmq_no_se_ofrece(unidades: Unidades) -> None:
    embedded = Settings(data_dir=unidades.env.settings.data_dir)
    with pytest.raises(DatosInvalidos):
        actions.mirar_via(embedded, Via.COLA, None)


def test_los_secretos_de_los_contenedores_traen_al_gestor(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "secretos", tmp_path / "secretos")
    subprocess.run([tmp_path / "secretos"], check=True, timeout=60)
    made = tmp_path / "secretos.d"

    document = json.loads((made / "rabbitmq_gestor.json").read_text(encoding="utf-8"))

    assert document["permissions"] == [manager()]
    (user,) = document["users"]
    assert (user["name"], user["tags"]) == (GESTOR, "administrator")
    assert len(base64.b64decode(user["password_hash"])) == 36
    url = httpx.URL((made / "rabbitmq_api_url").read_text(encoding="utf-8"))
    assert url.username == GESTOR
    assert url.password == (made / "rabbitmq_gestor").read_text(encoding="utf-8")


def test_los_programas_de_la_documentacion_son_los_que_se_prueban() -> None:
    text = (DEPLOY.parent / "docs" / "operacion.md").read_text(encoding="utf-8")
    for programa in ejemplos().values():
        assert textwrap.indent(programa, "    ") in text
