"""Sealed columns and blind indexes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text

from oficina.keyring import Key
from oficina.privacy import (
    EncryptedText,
    Keyring,
    KeyringError,
    blind_index,
    mask,
    use_keyring,
)

KEYRING = Keyring([Key(1, b"a" * 32)], b"i" * 32)


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
