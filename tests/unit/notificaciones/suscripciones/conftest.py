"""The database of notificaciones, units that subscribe, and their systems on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import columns
from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.envio import entregar
from notificaciones.suscripciones.models import Entrega, IntentoDeEntrega, Suscripcion
from notificaciones.suscripciones.states import Via
from notificaciones.suscripciones.turno import Debida
from notificaciones.vigia import Vigia
from oficina.actor import Actor
from oficina.bus.envelope import read_sobre, to_cloudevent
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.events import Clasificacion, Evento
from oficina.events.casos import AtencionRegistrada
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web import i18n
from oficina.web.client import ServiceClient
from unit.notificaciones.suscripciones.receptor import Receptor, Respuesta

ADMIN = Actor(
    id=UUID(int=1),
    nombre="Andrés Administración",
    roles=frozenset({"administrador"}),
    unidad="migracion",
    tipo="persona",
)
ATENCION = AtencionRegistrada.ce_type()


@dataclass
class Suscriptores:
    """notificaciones without a web: what is heard, and what leaves for units."""

    env: Env

    @property
    def db(self) -> Database:
        return self.env.db

    def crear(
        self,
        url: str | None = None,
        *,
        unidad: str = "dideco",
        tipos: tuple[str, ...] = (ATENCION,),
        filtros: dict[str, list[str]] | None = None,
        ordenada: bool = False,
    ) -> tuple[UUID, str]:
        """A subscription, a webhook when it has an address; and its secret."""
        datos = NuevaSuscripcion(
            unidad=unidad,
            via=Via.WEBHOOK if url else Via.ATOM,
            pedido=Pedido(
                nombre="Tablero",
                tipos=tipos,
                finalidad="Coordinar la atención",
                base="funcion_legal",
                filtros=filtros or {},
                ordenada=ordenada,
            ),
        )
        al = actions.mirar_destino(self.env.settings, url) if url else None
        with self.db.begin() as session:
            una, secreto = actions.crear(session, datos, ADMIN, url=url, al=al)
        return una.id, secreto

    def oir(
        self,
        hecho: Evento | None = None,
        *,
        sequence: int = 1,
        clasificacion: Clasificacion = Clasificacion.INTERNO,
    ) -> int:
        """What the handler does about a fact."""
        hecho = hecho or atencion()
        sobre = read_sobre(
            to_cloudevent(
                hecho,
                evento_id=uuid7(),
                source="/independencia/casos",
                sequence=sequence,
                time=real_now(),
                clasificacion=clasificacion,
            )
        )
        with self.db.begin() as session:
            return reparto.repartir(session, hecho, sobre)

    def enviar(self, suscripcion_id: UUID, **rest: Any) -> bool:
        """One turn of one sender."""
        una = self.suscripcion(suscripcion_id)
        debida = Debida(una.id, una.destino, una.fallas, una.via, una.a_la_vez)
        return entregar(self.env, debida, rest.pop("vigia", Vigia()), **rest)

    def suscripcion(self, suscripcion_id: UUID) -> Suscripcion:
        with self.db.read() as session:
            return session.get_one(Suscripcion, suscripcion_id)

    def entregas(self, suscripcion_id: UUID) -> list[Entrega]:
        with self.db.read() as session:
            query = select(Entrega).where(Entrega.suscripcion_id == suscripcion_id)
            return list(session.scalars(query.order_by(Entrega.id)))

    def intentos(self) -> list[IntentoDeEntrega]:
        with self.db.read() as session:
            return list(session.scalars(select(IntentoDeEntrega).order_by(IntentoDeEntrega.id)))

    def cambiar(self, model: type[Any], **values: Any) -> None:
        """Reach into every row, as time or a crash would."""
        with self.db.begin() as session:
            for row in session.scalars(select(model)):
                for name, value in values.items():
                    setattr(row, name, value)

    def ya(self) -> None:
        """All that waits for a later moment is due."""
        self.cambiar(Suscripcion, siguiente_en=None)
        self.cambiar(Entrega, visible=real_now())


def atencion(tema: str = "salud") -> AtencionRegistrada:
    return AtencionRegistrada(atencion_id=uuid7(), canal="presencial", tema=tema, anonima=True)


@pytest.fixture
def unidades(tmp_path: Path) -> Iterator[Suscriptores]:
    """Whoever subscribes."""
    settings = Settings(data_dir=tmp_path, webhook_cidrs="127.0.0.0/8")
    use_keyring(Keyring.load(settings.claves))
    db = Database(columns.file_in(tmp_path, "notificaciones"))
    app = Flask("notificaciones")
    i18n.init_app(app)
    with app.test_request_context(headers={"If-Match": "*"}):
        yield Suscriptores(Env(settings=settings, db=db, client=ServiceClient(settings)))
    db.close()


@pytest.fixture
def receptor() -> Iterator[Callable[..., Receptor]]:
    """Makes systems of departments."""
    made: list[Receptor] = []

    def make(*respuestas: Respuesta, **options: Any) -> Receptor:
        made.append(Receptor(*respuestas, **options))
        return made[-1]

    yield make
    for one in made:
        one.cerrar()
