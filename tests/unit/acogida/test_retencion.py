"""`acogida retencion`: rehearsed, done, certified, on an office without servers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import columns
from acogida.cli import main
from agenda.models import Cita
from agenda.states import Estado as EstadoCita
from agenda.tasks import jobs
from identidad.enlaces.models import EnlaceDeCuenta, FichaDeEnlace, Proposito
from identidad.models import Funcionario
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Clave
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.retencion import Certificado, periodos
from oficina.settings import SERVICES, Settings
from oficina.web.client import ServiceClient
from reportes.models import Informe
from reportes.states import Alcance, EstadoInforme

FORGOTTEN = {
    "notificaciones.mensaje.contenido": 1,
    "agenda.cita.detalle": 1,
    "reportes.informe": 1,
    "identidad.enlace_de_cuenta": 1,
}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with something of each class, old and young."""
    monkeypatch.setenv("DATOS", str(tmp_path))
    for name in ("ACOGIDA_AMQP_URL", "ACOGIDA_DATABASE_URL", "ACOGIDA_DEMO"):
        monkeypatch.delenv(name, raising=False)
    use_keyring(Keyring.load(tmp_path / "claves"))
    for service in SERVICES:
        columns.file_in(tmp_path, service)
    for age in (timedelta(days=1), timedelta(days=-1)):
        _fill(tmp_path, age)
    return tmp_path


def _fill(data: Path, age: timedelta) -> None:
    def since(clase: str) -> datetime:
        return periodos().clases[clase].limite(real_now()) - age

    with _session(data, "notificaciones") as session:
        moment = since("notificaciones.mensaje.contenido")
        for estado in (Estado.ENTREGADA, Estado.LISTA):
            session.add(
                Mensaje(
                    id=uuid7(),
                    clave_de_negocio=f"{estado}{age}",
                    plantilla=Clave.RECORDATORIO_CITA,
                    estado=estado,
                    enviar_en=moment,
                    creado_en=moment,
                    cambiado_en=moment,
                    destino="+56987654321",
                    cuerpo="Mañana a las diez",
                )
            )
    with _session(data, "agenda") as session:
        moment = since("agenda.cita.detalle")
        session.add(
            Cita(
                persona_id=uuid7(),
                profesional_id=uuid7(),
                profesional_nombre="Profesional",
                lugar="oficina",
                inicia_en=moment,
                termina_en=moment,
                asunto="Su denuncia",
                estado=EstadoCita.REALIZADA,
                creada_en=moment,
            )
        )
    with _session(data, "identidad") as session:
        moment = since("identidad.enlace_de_cuenta")
        quien = Funcionario(
            usuario=f"u{uuid7().hex[-8:]}",
            nombre="Alguien",
            correo="alguien@oficina.example",
            clave_hash="x",
            roles=["recepcion"],
        )
        session.add(quien)
        session.flush()
        enlace = EnlaceDeCuenta(
            funcionario_id=quien.id, proposito=Proposito.CLAVE, pedido_en=moment
        )
        session.add(enlace)
        session.flush()
        session.add(
            FichaDeEnlace(
                enlace_id=enlace.id, token_hash=uuid7().hex, acunada_en=moment, vence_en=moment
            )
        )
    with _session(data, "reportes") as session:
        session.add(
            Informe(
                mes="2024-01",
                alcance=next(iter(Alcance)),
                estado=EstadoInforme.FALLIDO,
                pedido_por_id=uuid7(),
                pedido_por="Coordinación",
                pedido_en=since("reportes.informe"),
            )
        )


@contextmanager
def _session(data: Path, service: str) -> Iterator[Session]:
    db = Database(f"sqlite:///{data / service}.db")
    with db.begin() as session:
        yield session
    db.close()


def _run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["retencion", *arguments], input=typed)


def _rehearsed() -> dict[str, int]:
    said = json.loads(_run("--simular", "--json").output)
    return {clase: one["cantidad"] for clase, one in said["clases"].items() if one["cantidad"]}


def test_what_is_rehearsed_is_what_is_forgotten_and_certified(data: Path) -> None:
    assert _rehearsed() == FORGOTTEN
    assert _rehearsed() == FORGOTTEN

    done = json.loads(_run("--si", "--json").stdout)

    lines = {clase: line["cantidad"] for one in done for clase, line in one["borrado"].items()}
    assert lines == FORGOTTEN
    assert _rehearsed() == {}
    kept: list[dict[str, Any]] = json.loads(_run("--certificados", "--json").stdout)
    assert all(one.pop("integro") for one in kept)
    assert sorted(kept, key=lambda one: one["id"]) == sorted(done, key=lambda one: one["id"])
    with _session(data, "notificaciones") as session:
        rows = session.execute(select(Mensaje.estado, Mensaje.destino, Mensaje.version)).all()
        # What waits keeps what it will say, however old; what was sent is known to have been.
        assert sorted((estado, destino is None) for estado, destino, _version in rows) == [
            (Estado.ENTREGADA, False),
            (Estado.ENTREGADA, True),
            (Estado.LISTA, False),
            (Estado.LISTA, False),
        ]
    with _session(data, "agenda") as session:
        assert sorted(session.scalars(select(Cita.asunto)), key=str) == [None, "Su denuncia"]


def test_it_asks_before_it_forgets() -> None:
    refused = _run(typed="n\n")
    assert "¿Olvidarlo?" in refused.output
    assert _rehearsed() == FORGOTTEN
    assert _run("--json").exit_code == 2
    assert _run("--simular", "--certificados").exit_code == 2

    assert "notificaciones.mensaje.contenido: 1" in _run(typed="s\n").output
    assert "No había nada" in _run("--si").output


def test_only_one_service_when_it_is_named() -> None:
    _run("agenda", "--si")

    assert _rehearsed() == {k: n for k, n in FORGOTTEN.items() if not k.startswith("agenda")}


@pytest.mark.parametrize(("fecha", "forgotten"), [(None, True), (date(2020, 1, 1), False)])
def test_the_daily_job_forgets_unless_the_office_tries_out_a_day(
    data: Path, fecha: date | None, *, forgotten: bool
) -> None:
    settings = Settings(data_dir=data, fecha=fecha)
    env = Env(settings, Database(settings.database_for("agenda")), ServiceClient(settings))

    jobs.tasks["olvidar_lo_vencido"](env)

    env.db.close()
    assert ("agenda.cita.detalle" not in _rehearsed()) == forgotten


def test_a_certificate_that_was_changed_is_seen(data: Path) -> None:
    _run("--si")
    assert _run("--certificados").exit_code == 0
    with _session(data, "agenda") as session:
        session.execute(update(Certificado).values(reglas_version="2020-01-01"))

    seen = _run("--certificados")

    assert seen.exit_code == 1
    assert "1 certificado(s)" in seen.output


def test_the_table_says_the_periods_of_this_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOGIDA_OUTBOX_DIAS", "9")

    table = json.loads(_run("--periodos", "--json").output)

    days = {row["clase"]: row["dias"] for row in table["clases"]}
    assert days["todos.outbox"] == 9
    assert days["notificaciones.mensaje.contenido"] == 180
    assert not any(row["confirmado"] for row in table["clases"])
    assert table["version"] in _run("--periodos").output
