"""The files of the keys: made once, followed while the office works, put away in the end."""

import hmac
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oficina.clock import real_now
from oficina.keyring import Key, Keyring, KeyringError, add_key, put_away, readable_by_others

OLD, NEW = Key(1, b"a" * 32), Key(2, b"b" * 32)
INDEX = b"i" * 32
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_newest_key_writes_and_the_old_one_still_reads() -> None:
    before = Keyring([OLD], INDEX)
    old = before.encrypt("Ana", "c")

    rotated = Keyring([OLD, NEW], INDEX)

    assert rotated.decrypt(old, "c") == "Ana"
    new = rotated.encrypt("Ana", "c")
    assert new.split(".")[1] == NEW.id != OLD.id
    with pytest.raises(KeyringError, match=rf"needs the key {NEW.id}, which is not here"):
        before.decrypt(new, "c")


def test_an_index_is_the_hmac_of_its_key() -> None:
    """Each row that has one is found by it: it never changes."""
    ring = Keyring([OLD], INDEX)

    for value in ("12.345.678-5", "", "Ñandú"):
        expected = hmac.digest(INDEX, f"casos.documento\x1f{value}".encode(), "sha256").hex()
        assert ring.index("casos.documento", value) == expected


def test_a_key_reads_before_its_time_and_writes_from_then_on() -> None:
    soon = Key(2, NEW.raw, since=real_now() + timedelta(hours=1))
    ring = Keyring([OLD, soon], INDEX)

    assert ring.writes == OLD
    assert ring.decrypt(Keyring([NEW], INDEX).encrypt("Ana", "c"), "c") == "Ana"
    assert Keyring([OLD, Key(2, NEW.raw, since=LONG_AGO)], INDEX).writes.number == 2
    assert Keyring([soon], INDEX).writes == soon


def test_a_process_reads_at_once_what_another_sealed_with_a_key_that_is_new(tmp_path: Path) -> None:
    running = Keyring.load(tmp_path)
    first = running.encrypt("Ana", "c")
    key = add_key(tmp_path, LONG_AGO)
    other = Keyring.load(tmp_path)

    sealed = other.encrypt("Ana", "c")

    assert key.file == "cifrado-2"
    assert sealed.split(".")[1] == key.id
    assert running.decrypt(sealed, "c") == "Ana"
    # From that look on it writes with the new one too, and the old one goes on reading.
    assert running.writes.id == key.id
    assert running.decrypt(first, "c") == "Ana"


def test_a_file_of_a_key_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    running = Keyring.load(tmp_path)
    sealed = running.encrypt("Ana", "c")
    (tmp_path / "cifrado-2").write_text("no key")
    (tmp_path / "cifrado-2").chmod(0o600)

    with pytest.raises(KeyringError, match="not here"):
        running.decrypt("v1.00000000.AAAA", "c")

    assert running.decrypt(sealed, "c") == "Ana"
    assert running.writes.number == 1


def test_a_key_that_was_put_away_is_read_by_nobody_and_its_number_stays_taken(
    tmp_path: Path,
) -> None:
    running = Keyring.load(tmp_path)
    sealed = running.encrypt("Ana", "c")
    old = running.keys[0]
    add_key(tmp_path, LONG_AGO)

    away = put_away(tmp_path, old)
    after = Keyring.load(tmp_path)

    assert away == tmp_path / "retiradas" / "cifrado-1"
    assert stat.S_IMODE(away.parent.stat().st_mode) == 0o700
    with pytest.raises(KeyringError, match=old.id):
        after.decrypt(sealed, "c")
    put_away(tmp_path, after.keys[0])
    assert add_key(tmp_path, LONG_AGO).number == 3


def test_what_others_can_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "claves"
    Keyring.load(folder)
    assert readable_by_others(folder) == []

    (folder / "indice").chmod(0o640)

    assert readable_by_others(folder) == [folder / "indice"]


@pytest.mark.parametrize("line", ["desde ayer", "desde 2026-01-01T00:00:00", "x"])
def test_a_moment_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    Keyring.load(tmp_path)
    key = tmp_path / "cifrado-1"
    key.write_text(f"{key.read_text()}{line}\n")

    with pytest.raises(KeyringError, match="cifrado-1"):
        Keyring.load(tmp_path)


def test_keys_are_made_once_with_mode_600(tmp_path: Path) -> None:
    folder = tmp_path / "claves"

    first = Keyring.load(folder)
    second = Keyring.load(folder)

    assert second.decrypt(first.encrypt("Ana", "c"), "c") == "Ana"
    assert first.index("c", "x") == second.index("c", "x")
    assert sorted(path.name for path in folder.iterdir()) == ["cifrado-1", "indice"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_processes_that_start_together_share_the_keys(tmp_path: Path) -> None:
    made: list[Keyring] = []
    threads = [
        threading.Thread(target=lambda: made.append(Keyring.load(tmp_path / "k"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {ring.index("c", "x") for ring in made} == {made[0].index("c", "x")}
    assert len(made) == 8


def test_without_leave_to_make_keys_the_missing_ones_are_named(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="cifrado-1"):
        Keyring.load(tmp_path / "claves", make=False)

    assert not (tmp_path / "claves").exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Keyring.load(tmp_path)
    (tmp_path / "cifrado-1").chmod(0o644)

    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.load(tmp_path)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    Keyring.load(tmp_path)
    (tmp_path / "indice").write_text("short")

    with pytest.raises(KeyringError, match="indice"):
        Keyring.load(tmp_path)
