"""An address has one way to be written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones import direcciones


@given(st.from_regex(r"\+56[2-9][0-9]{8}", fullmatch=True))
def test_un_numero_de_aqui_ya_esta_escrito_como_lo_escribe_la_biblioteca(numero: str) -> None:
    leido = phonenumbers.parse(numero, "CL")

    assert phonenumbers.is_possible_number(leido)
    assert direcciones.normal(numero) == phonenumbers.format_number(
        leido, phonenumbers.PhoneNumberFormat.E164
    )


@pytest.mark.parametrize(
    ("escrita", "normal"),
    [
        ("9 8765 4321", "+56987654321"),
        ("+56987654321\n", "+56987654321"),
        ("+509 3456 7890", "+50934567890"),
        ("Ana@Ejemplo.CL", "ana@ejemplo.cl"),
        ("1234", "1234"),
    ],
)
def test_lo_escrito_de_otra_manera_es_la_misma_direccion(escrita: str, normal: str) -> None:
    assert direcciones.normal(escrita) == normal
