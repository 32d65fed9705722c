"""`acogida keys` and what `acogida doctor` says of keys, on an office without servers."""

import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

import columns
from acogida.cli import main
from acogida.commands import keys
from identidad.secretos import Firma
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from oficina.audit import Auditoria
from oficina.cadena.firma import FirmaDeAuditoria
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.keyring import Key
from oficina.privacy import Keyring, use_keyring
from oficina.settings import SERVICES


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with one message, sealed."""
    monkeypatch.setenv("DATOS", str(tmp_path))
    monkeypatch.setenv("ACOGIDA_LOG_LEVEL", "WARNING")
    # Nobody else is there to whom a new key would have to be told first.
    monkeypatch.setattr(keys, "LOOK_SECONDS", -1.0)
    for name in ("ACOGIDA_AMQP_URL", "ACOGIDA_DATABASE_URL", "ACOGIDA_DEMO"):
        monkeypatch.delenv(name, raising=False)
    claves = tmp_path / "claves"
    use_keyring(Keyring.load(claves))
    Firma.load(claves, make=True)
    FirmaDeAuditoria.load(claves, make=True)
    for service in SERVICES:
        columns.file_in(tmp_path, service)
    db = Database(f"sqlite:///{tmp_path / 'notificaciones.db'}")
    with db.begin() as session:
        session.add(
            Mensaje(
                id=uuid7(),
                clave_de_negocio="una",
                plantilla=Clave.RECORDATORIO_CITA,
                enviar_en=real_now(),
                creado_en=real_now(),
                destino="+56987654321",
                cuerpo="Mañana a las diez",
            )
        )
    db.close()
    return tmp_path


def _run(*arguments: str) -> Result:
    # As in a process of its own, which knows only the keys that it reads.
    use_keyring(Keyring([Key(9, b"z" * 32)], b"z" * 32))
    return CliRunner().invoke(main, ["keys", *arguments])


def _doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def _status() -> Any:
    answer = _run("status", "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def _told(data: Path, servicio: str) -> list[tuple[str, int | None]]:
    db = Database(f"sqlite:///{data / servicio}.db")
    with db.read() as session:
        rows = session.execute(
            select(Auditoria.accion, Auditoria.cantidad)
            .where(Auditoria.recurso == "clave")
            .order_by(Auditoria.id)
        ).all()
    db.close()
    return [(accion, cantidad) for accion, cantidad in rows]


def test_a_key_is_changed_and_the_old_one_put_away(data: Path) -> None:
    (old,) = _status()["claves"]

    refused = _run("retire", old["id"])
    rotated = _run("rotate", "--espera", "0", "--nota", "se fue quien las tenía")
    after = _status()
    retired = _run("retire", old["id"])

    assert "es la que escribe" in refused.output
    assert rotated.exit_code == 0, rotated.output
    assert f"acogida keys retire {old['id']}" in rotated.output
    new = after["claves"][0]
    assert (new["archivo"], new["escribe"], after["faltan"]) == ("cifrado-2", True, {})
    assert after["columnas"]["notificaciones.mensajes.cuerpo"] == {new["id"]: 1}
    assert retired.exit_code == 0, retired.output
    assert (data / "claves" / "retiradas" / "cifrado-1").is_file()
    assert [key["id"] for key in _status()["claves"]] == [new["id"]]
    assert _told(data, "notificaciones") == [("claves.recifrar", 2), ("claves.retirar", None)]
    assert _told(data, "identidad")[0] == ("claves.rotar", None)
    assert "lee, y escribe" not in _run("status").output


def test_a_key_that_something_needs_is_not_put_away(data: Path) -> None:
    (old,) = _status()["claves"]
    assert _run("rotate", "--solo-clave", "--espera", "0").exit_code == 0

    refused = _run("retire", old["id"])

    assert refused.exit_code == 1
    assert "notificaciones.mensajes.destino: 1" in refused.output
    assert (data / "claves" / "cifrado-1").is_file()
    # The same again goes on with the key that was made.
    again = _run("rotate", "--espera", "0")
    assert "a medias" in again.output
    assert [key["archivo"] for key in _status()["claves"]] == ["cifrado-2", "cifrado-1"]
    assert "notificaciones: 0 valores" in _run("reseal", "notificaciones").output
    assert _run("retire", old["id"]).exit_code == 0


def test_a_folder_that_cannot_be_written_says_how(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked in (["rotate"], ["rotate", "--firma"], ["retire", "x"]):
        with monkeypatch.context() as here:
            # As root nothing is read-only.
            here.setattr(os, "access", lambda *_asked: False)
            refused = _run(*asked)
        assert refused.exit_code == 1
        assert "--solo-clave" in refused.output
    assert len(_status()["claves"]) == 1


def test_the_signing_key_is_changed(data: Path) -> None:
    (old,) = _status()["firma"]

    assert "está publicada" in _run("rotate", "--firma").output
    assert _run("retire", "--firma").output == "Claves de firma retiradas: 0.\n"

    first, second = _status()["firma"]
    assert (first["kid"], first["hasta"]) == (old["kid"], second["desde"])
    assert _told(data, "identidad") == [("claves.rotar_firma", None)]


def test_one_key_or_the_signing_ones_are_put_away() -> None:
    assert _run("retire").exit_code == 2
    assert _run("retire", "x", "--firma").exit_code == 2
    assert "No hay ninguna clave" in _run("retire", "00000000").output


def test_doctor_names_values_whose_key_is_not_here(data: Path) -> None:
    assert _doctor().exit_code == 0, _doctor().output
    (old,) = _status()["claves"]
    _run("rotate", "--solo-clave", "--espera", "0")
    (data / "claves" / "cifrado-1").unlink()

    answer = _doctor("notificaciones")

    assert answer.exit_code == 1
    assert "✗ Valores cifrados de notificaciones" in answer.output
    assert f"mensajes.cuerpo {old['id']}: 1" in answer.output


def test_doctor_names_what_others_can_read(data: Path) -> None:
    (data / "claves" / "firma.json").chmod(0o644)

    answer = _doctor()

    assert answer.exit_code == 1
    assert f"chmod 600 {data / 'claves' / 'firma.json'}" in answer.output


@pytest.mark.parametrize("kind", ["folder", "tar", "zip"])
def test_doctor_finds_keys_in_a_backup_of_the_data(data: Path, tmp_path: Path, kind: str) -> None:
    files = {"casos.db": data / "casos.db", "otra/cosa.txt": data / "claves" / "cifrado-1"}
    files["firma"] = data / "claves" / "firma.json"
    backup = tmp_path / "respaldo"
    if kind == "folder":
        for name, path in files.items():
            (backup / name).parent.mkdir(parents=True, exist_ok=True)
            (backup / name).write_bytes(path.read_bytes())
    elif kind == "tar":
        with tarfile.open(backup, "w:gz") as archive:
            for name, path in files.items():
                archive.add(path, name)
    else:
        with zipfile.ZipFile(backup, "w") as archive:
            for name, path in files.items():
                archive.write(path, name)

    answer = _doctor("--respaldo", str(backup))

    assert answer.exit_code == 1
    assert "otra/cosa.txt" in answer.output
    assert "firma" in answer.output
    assert "casos.db" not in answer.output.partition("Respaldo")[2]


def test_doctor_is_content_with_a_backup_without_keys(data: Path, tmp_path: Path) -> None:
    backup = tmp_path / "respaldo.tar"
    with tarfile.open(backup, "w") as archive:
        archive.add(data / "casos.db", "casos.db")
        # What is public of the signing key may be anywhere.
        public = Firma.load(data / "claves", make=False).publicas()
        (data / "publica.json").write_text(json.dumps(public))
        archive.add(data / "publica.json", "publica.json")

    answer = _doctor("--respaldo", str(backup))

    assert answer.exit_code == 0, answer.output
