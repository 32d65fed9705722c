"""What an SMS costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.sms import contar


@pytest.mark.parametrize(
    ("texto", "codificacion", "unidades", "partes"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # A character of two units never straddles two parts: one unit is lost at the boundary.
        ("a" * 152 + "€" + "b" * 152, "GSM-7", 306, 3),
        ("ó" * 70, "UCS-2", 70, 1),
        ("ó" * 71, "UCS-2", 71, 2),
        ("ó" * 134, "UCS-2", 134, 2),
        ("ó" * 135, "UCS-2", 135, 3),
        ("🙂" * 35, "UCS-2", 70, 1),
        ("🙂" * 66 + "a", "UCS-2", 133, 2),
        ("🙂" * 67, "UCS-2", 134, 3),
    ],
)
def test_partes(texto: str, codificacion: str, unidades: int, partes: int) -> None:
    conteo = contar(texto)

    assert (conteo.codificacion, conteo.unidades, conteo.partes) == (codificacion, unidades, partes)


def test_se_dice_que_caracteres_encarecen() -> None:
    assert contar("Recordatorio: regularización, sí, sí ñ è").culpables == ("ó", "í")


@given(st.text(max_size=700))
def test_las_partes_alcanzan_y_no_sobran(texto: str) -> None:
    conteo = contar(texto)
    una, varias = (160, 153) if conteo.codificacion == "GSM-7" else (70, 67)

    if conteo.partes == 1:
        assert conteo.unidades <= una
    else:
        assert conteo.unidades <= conteo.partes * varias
        # At most one unit is lost at the end of each part but the last.
        assert conteo.unidades > (conteo.partes - 1) * (varias - 1)
