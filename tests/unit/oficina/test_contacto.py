"""Phones of people who come from everywhere. The numbers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina.contacto import normalizar_telefono, presentar_telefono


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("986230047", "+56986230047"),
        ("9 8623 0047", "+56986230047"),
        ("(+56) 9-8623-0047", "+56986230047"),
        ("+56912345678", "+56912345678"),  # possible, though in no plan
        ("+584122516757", "+584122516757"),
        ("+509 34 12 34 56", "+50934123456"),
        ("986230047 / 22 345 6789", "+56986230047"),
        ("no tiene", None),
        ("", None),
        ("123", None),
    ],
)
def test_un_telefono_se_guarda_en_una_sola_forma(typed: str, kept: str | None) -> None:
    assert normalizar_telefono(typed) == kept


@given(st.text(max_size=40))
def test_ningun_texto_rompe_la_lectura(typed: str) -> None:
    kept = normalizar_telefono(typed)

    assert kept is None or (kept.startswith("+") and normalizar_telefono(kept) == kept)


def test_se_muestra_como_la_gente_lo_escribe() -> None:
    assert presentar_telefono("+56986230047") == "+56 9 8623 0047"
    assert presentar_telefono("otra cosa") == "otra cosa"
