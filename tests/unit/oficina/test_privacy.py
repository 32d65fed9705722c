"""Sealed columns and blind indexes."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text

from oficina.privacy import (
    EncryptedText,
    Keyring,
    KeyringError,
    blind_index,
    mask,
    use_keyring,
)

KEYRING = Keyring({1: b"a" * 32}, b"i" * 32)


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_in_its_own_column(value: str, context: str) -> None:
    sealed = KEYRING.encrypt(value, context)

    assert KEYRING.decrypt(sealed, context) == value
    assert sealed.startswith("v1.")
    with pytest.raises(KeyringError, match="altered or moved"):
        KEYRING.decrypt(sealed, context + "x")


def test_the_same_text_never_looks_the_same() -> None:
    assert KEYRING.encrypt("Ana", "c") != KEYRING.encrypt("Ana", "c")


@pytest.mark.parametrize("stored", ["", "Ana", "v1.abc", "v2.abc.def", "v1..x"])
def test_a_plain_text_in_a_sealed_column_is_an_error(stored: str) -> None:
    with pytest.raises(KeyringError):
        KEYRING.decrypt(stored, "c")


def test_an_altered_text_does_not_open() -> None:
    sealed = KEYRING.encrypt("Ana Rojas", "c")
    flipped = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")

    with pytest.raises(KeyringError, match="altered"):
        KEYRING.decrypt(flipped[:-4], "c")


def test_after_a_rotation_the_newest_key_writes_and_the_old_one_still_reads() -> None:
    old = KEYRING.encrypt("Ana", "c")

    rotated = Keyring({1: b"a" * 32, 2: b"b" * 32}, b"i" * 32)

    assert rotated.decrypt(old, "c") == "Ana"
    new = rotated.encrypt("Ana", "c")
    assert new.split(".")[1] != old.split(".")[1]
    with pytest.raises(KeyringError, match=r"needs the key \w{8}, which is not here"):
        KEYRING.decrypt(new, "c")


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


def test_a_column_is_sealed_in_the_database_and_plain_in_python() -> None:
    use_keyring(KEYRING)
    table = Table(
        "personas",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("nota", EncryptedText("casos.nota.texto")),
    )
    engine = create_engine("sqlite://")
    table.create(engine)

    with engine.begin() as connection:
        connection.execute(insert(table), [{"nota": "Ana Rojas"}, {"nota": None}])
        stored = connection.execute(text("select nota from personas order by id")).scalars().all()
        read = connection.execute(select(table.c.nota).order_by(table.c.id)).scalars().all()
    engine.dispose()

    assert read == ["Ana Rojas", None]
    assert stored[0].startswith("v1.")
    assert "Ana" not in stored[0]
    assert stored[1] is None


def test_a_blind_index_is_stable_and_bound_to_its_context() -> None:
    use_keyring(KEYRING)

    assert blind_index("casos.documento", "1-9") == blind_index("casos.documento", "1-9")
    assert blind_index("casos.documento", "1-9") != blind_index("casos.telefono", "1-9")
    assert len(blind_index("c", "v")) == 64


def test_a_mask_shows_the_end_of_a_long_secret_only() -> None:
    assert mask("12345678-K") == "•••8-K"
    assert mask("123456") == "•••"


def test_the_keyring_does_not_show_its_keys() -> None:
    assert "aaaa" not in repr(KEYRING)
