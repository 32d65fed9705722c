"""`acogida doctor --audit`: what it says of an audit that is whole, and of one that is not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import columns
from acogida.cli import main
from acogida.commands import auditoria
from ledger import SERVICIO, Libro
from oficina.cadena.heads import Cabezas
from oficina.db import Database


@pytest.fixture
def libro(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Libro]:
    """The audit of casos, in an office that has no other service yet."""
    monkeypatch.setenv("DATOS", str(tmp_path))
    db = Database(columns.file_in(tmp_path, SERVICIO))
    yield Libro(db, tmp_path)
    db.close()


def _doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def test_an_audit_that_is_whole_and_signed_is_well(libro: Libro) -> None:
    libro.sellar(3)
    unsigned = _doctor("--audit")
    libro.firmar("2026-11-25")
    libro.sellar(1)
    libro.anotar(1)

    answer = _doctor("--audit")

    assert unsigned.exit_code == answer.exit_code == 0, answer.output
    assert "ninguna cabeza firmada que lo pruebe" in unsigned.output
    assert "✓ Auditoría de casos: 4 selladas, la última el " in answer.output
    assert (
        "coinciden 1 cabezas firmadas, la última hasta el eslabón 3; 1 por sellar" in answer.output
    )
    assert "✓ Auditoría de agenda: se creará al partir" in answer.output


def test_the_first_broken_link_is_named(libro: Libro) -> None:
    ids = libro.sellar(4)
    libro.intruso().cambiar(ids[1], actor_nombre="Otra persona")
    libro.intruso().borrar(4)

    answer = _doctor("--audit", SERVICIO)

    assert answer.exit_code == 1
    assert f"eslabón 2, anotación {ids[1]}: La anotación no dice lo que se selló." in answer.output
    assert "Otra persona" not in answer.output


def test_a_chain_made_again_is_found_by_the_heads_that_somebody_keeps(
    libro: Libro, tmp_path: Path
) -> None:
    ids = libro.sellar(2)
    libro.firmar("2026-11-24")
    ids += libro.sellar(2)
    kept = tmp_path / "de quien audita"
    Cabezas(libro.settings, SERVICIO, kept).dejar(libro.db, "2026-11-25")
    intruso = libro.intruso()
    intruso.cambiar(ids[2], actor_nombre="Otra persona")
    intruso.rehacer(3)

    unaware = _doctor("--audit", SERVICIO)
    answer = _doctor("--audit", SERVICIO, "--cabezas", str(kept))

    assert unaware.exit_code == 0
    assert answer.exit_code == 1
    assert f"eslabón 4, anotación {ids[3]}: La cadena no es la que se firmó" in answer.output
    assert "2026-11-25.jws" in answer.output
    assert "Lo probado llega hasta el eslabón 2." in answer.output


def test_a_head_is_signed_on_demand_when_the_chain_is_whole(libro: Libro, tmp_path: Path) -> None:
    ids = libro.sellar(2)
    kept = tmp_path / "firmadas"

    whole = _doctor("--audit", SERVICIO, "--firmar", str(kept))
    (head,) = (kept / SERVICIO).glob("*.jws")
    known = _doctor("--audit", "--verificar", str(head))
    libro.intruso().cambiar(ids[0], actor_nombre="Otra persona")
    broken = _doctor("--audit", SERVICIO, "--firmar", str(tmp_path / "otras"))

    assert (whole.exit_code, known.exit_code, broken.exit_code) == (0, 0, 1)
    assert str(head) in whole.output
    assert "es una cabeza firmada por esta oficina" in known.output
    assert not (tmp_path / "otras").exists()


def test_nobody_who_seals_and_no_head_that_leaves_are_told(
    libro: Libro, monkeypatch: pytest.MonkeyPatch
) -> None:
    libro.sellar(1)
    libro.firmar("2026-11-25")
    libro.anotar(1)
    monkeypatch.setattr(auditoria, "UNSEALED", timedelta(0))
    waiting = _doctor("--audit", SERVICIO)
    libro.sellar(1)
    monkeypatch.setattr(auditoria, "HEADS_STOPPED", timedelta(0))
    stopped = _doctor("--audit", SERVICIO)

    assert "1 sin sellar desde el" in waiting.output
    assert "la última cabeza firmada es del" in stopped.output
    assert waiting.exit_code == stopped.exit_code == 1


@pytest.mark.parametrize("key", ["auditoria.json", "indice"])
def test_a_missing_key_is_named(libro: Libro, key: str) -> None:
    (libro.settings.claves / key).unlink()

    answer = _doctor("--audit", SERVICIO)

    assert answer.exit_code == 1
    assert key.removesuffix(".json") in answer.output


def test_a_database_of_another_version_is_not_read(libro: Libro) -> None:
    with libro.db.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM alembic_version")

    assert "ejecute `acogida migrate casos`" in _doctor("--audit", SERVICIO).output


def test_what_the_office_did_not_sign_is_not_verified(libro: Libro, tmp_path: Path) -> None:
    made: dict[str, Callable[[Path], object]] = {
        "otra.jws": lambda path: path.write_text("no.es.nada"),
        "otro.csv": lambda path: path.write_text("sin firma"),
        "otro.zip": lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)),
    }
    for name, make in made.items():
        make(tmp_path / name)
        answer = _doctor("--audit", "--verificar", str(tmp_path / name))
        assert answer.exit_code == 1, name
        assert "✗" in answer.output


def test_what_belongs_to_the_audit_is_asked_with_it(libro: Libro, tmp_path: Path) -> None:
    assert _doctor("--firmar", str(tmp_path)).exit_code == 2


def test_the_head_of_a_day_leaves_once_and_by_itself(
    libro: Libro, monkeypatch: pytest.MonkeyPatch
) -> None:
    libro.cabezas.dejar_la_de_hoy(libro.db)
    empty = list(libro.settings.cabezas.rglob("*.jws"))
    monkeypatch.setattr("oficina.cadena.heads.LOOK", 0.0)
    libro.cabezas = Cabezas(libro.settings, SERVICIO)
    libro.sellar(2)
    libro.cabezas.dejar_la_de_hoy(libro.db)
    (first,) = libro.settings.cabezas.rglob("*.jws")
    said = first.read_text()
    libro.sellar(2)
    libro.cabezas.dejar_la_de_hoy(libro.db)

    assert empty == []
    assert first.read_text() == said
    assert libro.revisar().cabezas == 1


def test_a_folder_that_cannot_be_written_stops_no_sealing(libro: Libro) -> None:
    libro.settings.cabezas.write_text("a file where the folder should be")
    libro.sellar(1)

    libro.cabezas.dejar_la_de_hoy(libro.db)

    assert len(libro.cadena()) == 1
