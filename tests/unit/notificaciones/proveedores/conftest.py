"""An office with gateways of its own: a file of providers and the tables of the messages, alone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import columns
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.sms import Escrito, contar
from notificaciones.mensajes.states import Estado, Prioridad
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.proveedores.desvio import Desvio
from notificaciones.proveedores.models import IntentoDeEnvio
from oficina import clock
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.client import ServiceClient
from unit.notificaciones.proveedores.pasarela import Pasarela

MEDIODIA = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
"""Noon of a working day: every window is open."""


def sms_http(clave: str, url: str, **mas: Any) -> dict[str, Any]:
    """A gateway as the file says it."""
    envio = {
        "url": url,
        "cuerpo": {"to": "{destino}", "text": "{texto}", "ref": "{mensaje_id}"},
        "respuesta": {"referencia": "/id"},
        "espera_segundos": 5,
    }
    return {
        "tipo": "sms_http",
        "clave": clave,
        "nombre": clave.title(),
        "costo_por_segmento": "20",
        "envio": envio | mas.pop("envio", {}),
    } | mas


@dataclass
class Taller:
    """The sending of an office, without the services that ask for it."""

    env: Env
    carpeta: Path

    @property
    def db(self) -> Database:
        return self.env.db

    def proveedores(self, *proveedores: dict[str, Any], **mas: Any) -> None:
        """From now on these are its providers."""
        ruta = self.carpeta / f"proveedores-{uuid7()}.json"
        datos = {"version": 1, "proveedores": list(proveedores)} | mas
        ruta.write_text(json.dumps(datos), encoding="utf-8")
        settings = replace(self.env.settings, proveedores=str(ruta))
        self.env = replace(self.env, settings=settings)

    @property
    def desvio(self) -> Desvio:
        return Desvio.de(self.env.settings, self.env.db)

    def sms(
        self,
        plantilla: Clave = Clave.DERIVACION_ENVIADA,
        *,
        texto: str = "Su hora es el martes.",
        destino: str = "+56987654321",
        canal: Canal = Canal.SMS,
        prioridad: Prioridad = Prioridad.NORMAL,
        **campos: Any,
    ) -> UUID:
        """A message that is written and due. DERIVACION_ENVIADA may be sent twice if need be."""
        mensaje = Mensaje(
            id=uuid7(),
            clave_de_negocio=str(uuid7()),
            plantilla=plantilla,
            estado=Estado.PROGRAMADA,
            datos={},
            prioridad=prioridad,
            enviar_en=MEDIODIA,
            creado_en=MEDIODIA,
            **campos,
        )
        conteo = contar(texto)
        escrito = Escrito(texto, conteo, conteo.partes) if canal is Canal.SMS else None
        with self.db.begin() as session:
            session.add(mensaje)
            session.flush()
            mensaje.preparar(canal, destino, "es", Redaccion("es", "Asunto", texto, escrito))
        return mensaje.id

    def mensaje(self, mensaje_id: UUID) -> Mensaje:
        """The row as it is."""
        with self.db.read() as session:
            return session.get_one(Mensaje, mensaje_id)

    def intentos(self, mensaje_id: UUID) -> list[tuple[str, str | None, str]]:
        """Who was asked, how it ended, and what it answered."""
        with self.db.read() as session:
            rows = session.scalars(
                select(IntentoDeEnvio)
                .where(IntentoDeEnvio.mensaje_id == mensaje_id)
                .order_by(IntentoDeEnvio.id)
            )
            return [
                (row.proveedor, row.desenlace.value if row.desenlace else None, row.detalle)
                for row in rows
            ]

    def cambiar(self, mensaje_id: UUID, **campos: Any) -> None:
        """Reach into a row, as time or a crash would."""
        with self.db.begin() as session:
            mensaje = session.get_one(Mensaje, mensaje_id)
            for name, value in campos.items():
                setattr(mensaje, name, value)


@pytest.fixture
def taller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Taller]:
    """The tables of the messages and no provider yet; noon.

    `monkeypatch` outlives it: the secrets of its file are in the environment.
    """
    settings = Settings(data_dir=tmp_path, log_level="WARNING")
    use_keyring(Keyring.load(tmp_path / "claves"))
    db = Database(columns.file_in(tmp_path, "notificaciones"))
    clock._shift = MEDIODIA - clock.real_now()
    taller = Taller(Env(settings=settings, db=db, client=ServiceClient(settings)), tmp_path)
    yield taller
    taller.desvio.cerrar()
    clock._shift = timedelta(0)
    db.close()


@pytest.fixture
def pasarela() -> Iterator[Callable[[], Pasarela]]:
    """Makes gateways, which end with the test."""
    made: list[Pasarela] = []

    def make() -> Pasarela:
        one = Pasarela()
        one.__enter__()
        made.append(one)
        return one

    yield make
    for one in made:
        one.__exit__(None, None, None)
