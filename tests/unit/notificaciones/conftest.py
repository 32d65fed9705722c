"""notificaciones beside real identidad, agenda and casos; facts travel over the real bus."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import columns
from agenda.app import create_app as create_agenda
from agenda.handlers import handlers as de_agenda
from casos.accesos.api import bp as accesos_bp
from casos.contactos.api import bp as contactos_bp
from casos.defunciones.api import bp as defunciones_bp
from casos.derechos.api import bp as derechos_bp
from casos.derivaciones.api import bp as derivaciones_bp
from casos.handlers import handlers as de_casos
from casos.incidentes.api import bp as incidentes_bp
from casos.permissions import PERMISOS
from casos.personas.api import bp as personas_bp
from casos.plazos.api import bp as plazos_bp
from casos.red.actions import sembrar
from casos.red.consultas.api import bp as consultas_bp
from identidad.actions import NuevoFuncionario, crear_funcionario
from identidad.models import Funcionario
from notificaciones import tasks
from notificaciones.app import create_app
from notificaciones.handlers import handlers
from notificaciones.mensajes.models import Mensaje
from oficina import clock
from oficina.actor import Actor
from oficina.bus.relay import Relay
from oficina.bus.tables import Outbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.db import Database
from oficina.env import Env
from oficina.jobs import Jobs
from oficina.web.app import new_api, new_app
from unit.casos.derivaciones.mundo import Mundo, crear_mundo
from unit.notificaciones.proveedores.servidor import Servidor


class OficinaLike(Protocol):
    """What the fixture `oficina` gives."""

    settings: Any
    client: Any
    identidad: Flask

    def mount(self, app: Flask) -> None: ...
    def entrar(self, app: Flask, rol: str) -> Any: ...
    def bearer(self, rol: str) -> dict[str, str]: ...
    def funcionario(self, rol: str) -> Any: ...


@dataclass
class Casa:
    """The services that a message passes through."""

    oficina: OficinaLike
    agenda: Flask
    casos: Flask
    app: Flask

    @property
    def env(self) -> Env:
        env: Env = self.app.extensions["env"]
        return env

    @property
    def db(self) -> Database:
        return self.env.db

    @property
    def db_casos(self) -> Database:
        db: Database = self.casos.extensions["env"].db
        return db

    def ir_a(self, moment: datetime) -> None:
        """Move the domain's clock; the machine's goes on."""
        clock._shift = moment - clock.real_now()

    def persona(self, **datos: Any) -> UUID:
        """Somebody registered at the counter, with a telephone and Kreyòl unless said otherwise."""
        answer = self.casos.test_client().post(
            "/casos/api/v1/personas",
            json={
                "nombres": "Wideline",
                "primer_apellido": "Sintética",
                "idiomas": ["hat"],
                "telefono": "+56 9 8765 4321",
            }
            | datos,
            headers=self.oficina.bearer("recepcion"),
        )
        assert answer.status_code == 201, answer.text
        return UUID(answer.json["id"])

    def cita(self, inicia: datetime, persona: UUID | None = None) -> str:
        """An appointment at that moment; its fact has been heard."""
        return str(self._agenda("", self._tiempo(inicia) | {
            "persona_id": str(persona or self.persona()),
            "profesional_id": str(self.oficina.funcionario("profesional").id),
        })["id"])  # fmt: skip

    def reprogramar(self, cita: str, inicia: datetime) -> None:
        """The appointment moves; its fact has been heard."""
        self._agenda(f"/{cita}/reprogramar", self._tiempo(inicia))

    def cancelar(self, cita: str) -> None:
        """The appointment is cancelled; its fact has been heard."""
        self._agenda(f"/{cita}/cancelar", {"motivo": "persona_no_puede"})

    def contratar(self, usuario: str, *roles: str) -> UUID:
        """One more of the staff, whose mailbox has the name of the account."""
        with self.oficina.identidad.extensions["env"].db.begin() as session:
            return crear_funcionario(
                session,
                NuevoFuncionario(
                    usuario=usuario,
                    nombre=f"Persona {usuario}",
                    correo=f"{usuario}@oficina.example",
                    clave="clave de prueba larga",
                    roles=roles,
                ),
                Actor.sistema("identidad"),
            ).id

    def lee_en(self, idioma: str, rol: str) -> None:
        """The account of that role's member of staff has another language from now on."""
        funcionario_id = self.oficina.funcionario(rol).id
        with self.oficina.identidad.extensions["env"].db.begin() as session:
            session.get_one(Funcionario, funcionario_id).idioma = idioma

    def circular(self) -> None:
        """Let every fact that waits reach whoever hears it."""
        dbs = {app.name: app.extensions["env"].db for app in (self.agenda, self.casos, self.app)}
        oyentes = {"agenda": de_agenda, "casos": de_casos, "notificaciones": handlers}
        transport = LocalTransport([(dbs[name], one) for name, one in oyentes.items()])
        while sum(Relay(db, transport, name).run_once() for name, db in dbs.items()):
            for name, one in oyentes.items():
                while Worker(dbs[name], one).run_once():
                    pass

    def barrer(self) -> None:
        """One sweep, and the facts that it tells."""
        tasks.barrer(self.env)
        self.circular()

    def mensajes(self, **campos: Any) -> list[Mensaje]:
        """The messages, in the order in which they leave."""
        with self.db.read() as session:
            query = select(Mensaje).filter_by(**campos).order_by(Mensaje.enviar_en, Mensaje.id)
            return list(session.scalars(query))

    def hechos(self) -> list[str]:
        """The last word of each fact that notificaciones told."""
        with self.db.read() as session:
            tipos = session.scalars(select(Outbox.tipo).order_by(Outbox.id))
            return [tipo.rpartition(".")[2] for tipo in tipos]

    def cambiar(self, cambio: Callable[[Mensaje], None]) -> None:
        """Reach into every message's row, as time or a crash would."""
        with self.db.begin() as session:
            for mensaje in session.scalars(select(Mensaje)):
                cambio(mensaje)

    def _agenda(self, path: str, json: dict[str, Any]) -> Any:
        headers = self.oficina.bearer("recepcion") | {"If-Match": "*"}
        answer = self.agenda.test_client().post(
            f"/agenda/api/v1/citas{path}", json=json, headers=headers
        )
        assert answer.status_code in {200, 201}, answer.text
        self.circular()
        return answer.json

    def _tiempo(self, inicia: datetime) -> dict[str, Any]:
        aqui = clock.local(inicia)
        return {
            "fecha": aqui.date().isoformat(),
            "hora": f"{aqui:%H:%M}",
            "duracion": 30,
            "lugar": "oficina",
        }


@pytest.fixture
def casa(oficina: OficinaLike) -> Iterator[Casa]:
    """The services, their databases migrated, and a domain clock that stands where a test says."""
    casos = new_app(
        "casos", oficina.settings, permisos=PERMISOS, jobs=Jobs("casos"), client=oficina.client
    )
    api = new_api(casos, title="Casos")
    api.register_blueprint(personas_bp)
    api.register_blueprint(accesos_bp)
    api.register_blueprint(derivaciones_bp)
    api.register_blueprint(plazos_bp)
    api.register_blueprint(derechos_bp)
    api.register_blueprint(contactos_bp)
    api.register_blueprint(defunciones_bp)
    api.register_blueprint(incidentes_bp)
    api.register_blueprint(consultas_bp)
    agenda = create_agenda(oficina.settings, oficina.client)
    app = create_app(oficina.settings, oficina.client)
    apps = (casos, agenda, app)
    for one in apps:
        columns.file_in(oficina.settings.data_dir, one.name)
        oficina.mount(one)
    for rol in ("profesional", "coordinacion"):
        oficina.funcionario(rol)
    yield Casa(oficina, agenda, casos, app)
    clock._shift = timedelta(0)
    for one in apps:
        one.extensions["env"].db.close()


@pytest.fixture
def mundo(casa: Any) -> Mundo:
    """A case that admits derivations, in casos' own database."""
    with casa.db_casos.begin() as session:
        sembrar(session, demo=True)
    return crear_mundo(casa.db_casos)


@pytest.fixture
def servidor() -> Iterator[Servidor]:
    """A mail server that takes everything until it is told otherwise."""
    made = Servidor()
    made.start()
    yield made
    made.stop()
