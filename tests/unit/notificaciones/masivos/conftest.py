"""Bringing files, and letting a bulk go on without waiting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from notificaciones.masivos import avance
from notificaciones.masivos.models import EnvioMasivo, FilaDeEnvio

URL = "/notificaciones/masivos"
LUNES_10 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
AVISO = "aviso_general"


@dataclass
class Masivos:
    """What a test does with bulks."""

    casa: Any

    def como(self, rol: str = "coordinacion") -> Any:
        """A browser of somebody."""
        return self.casa.oficina.entrar(self.casa.app, rol)

    def subir(
        self,
        contenido: bytes | str,
        rol: str = "coordinacion",
        nombre: str = "lista.csv",
        **campos: str,
    ) -> Any:
        """The answer to a file that is brought."""
        archivo = contenido.encode() if isinstance(contenido, str) else contenido
        datos = {"plantilla": AVISO, "archivo": (BytesIO(archivo), nombre)} | campos
        return self.como(rol).post(f"{URL}/nuevo", data=datos)

    def traer(self, contenido: bytes | str, rol: str = "coordinacion", **campos: str) -> UUID:
        """The id of what was brought, looked at to its end."""
        dado = self.subir(contenido, rol, **campos)
        assert dado.status_code == 303, dado.text
        self.seguir()
        return UUID(dado.headers["Location"].rpartition("/")[2])

    def direcciones(self, cuantas: int, rol: str = "coordinacion") -> UUID:
        """A bulk to so many addresses."""
        filas = "".join(f"persona{n}@correo.example;Aviso {n}\n" for n in range(cuantas))
        return self.traer(f"correo;texto\n{filas}", rol)

    def seguir(self) -> None:
        """Let all go on, as far as it goes."""
        while avance.avanzar(self.casa.env):
            pass

    def dar(self, envio_id: UUID, verbo: str, rol: str = "coordinacion") -> Any:
        """Press a button of its page."""
        version = self.uno(envio_id).version
        return self.como(rol).post(f"{URL}/{envio_id}/{verbo}", data={"version": version})

    def uno(self, envio_id: UUID) -> EnvioMasivo:
        """It, as it is."""
        with self.casa.db.read() as session:
            return session.get_one(EnvioMasivo, envio_id)

    def filas(self, envio_id: UUID) -> Sequence[FilaDeEnvio]:
        """Its rows."""
        with self.casa.db.read() as session:
            query = select(FilaDeEnvio).where(FilaDeEnvio.envio_id == envio_id)
            return session.scalars(query.order_by(FilaDeEnvio.numero)).all()

    def folio(self, persona: UUID) -> str:
        """By which a person is named."""
        answer = self.casa.casos.test_client().get(
            f"/casos/api/v1/personas/{persona}", headers=self.casa.oficina.bearer("recepcion")
        )
        return str(answer.json["folio"])


@pytest.fixture
def masivos(casa: Any) -> Masivos:
    """On a Monday at ten."""
    casa.ir_a(LUNES_10)
    return Masivos(casa)


@pytest.fixture
def pocos(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other limits than the office's."""

    def cambiar(**limites: int) -> None:
        puestos = avance.limites()
        otros = {campo: getattr(puestos, campo) for campo in puestos.__dataclass_fields__}
        nuevos = type(puestos)(**otros | limites)
        for donde in ("avance", "actions", "pages", "lectura", "schemas"):
            monkeypatch.setattr(f"notificaciones.masivos.{donde}.limites", lambda: nuevos)

    return cambiar
