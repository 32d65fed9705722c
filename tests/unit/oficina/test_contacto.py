"""Phones of people who come from everywhere. The numbers are made up."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina.contacto import leer_uno, normalizar_telefono, presentar_telefono


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


@pytest.mark.parametrize("comienzo", [f"{n:02}" for n in range(100)])
def test_un_numero_de_aqui_es_el_que_lee_la_biblioteca(comienzo: str) -> None:
    """Whatever it begins with, and also when it has a digit more or less."""
    for resto in ("345678", "3456789", "34567890", "00000000", "\u0663456789"):
        escrito = f"+56{comienzo}{resto}"
        try:
            numero = phonenumbers.parse(escrito, "CL")
        except phonenumbers.NumberParseException:
            numero = None
        if numero is None or not phonenumbers.is_possible_number(numero):
            assert leer_uno(escrito) is None
        else:
            assert leer_uno(escrito) == numero
            assert repr(leer_uno(escrito)) == repr(numero)
