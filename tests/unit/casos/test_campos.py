"""Fields that several rooms read."""

import pytest
from marshmallow import ValidationError

from casos.campos import CodigoPropio


@pytest.mark.parametrize(
    ("escrito", "leido"), [(" dex-2 ", "DEX-2"), ("", None), ("  ", None), (None, None)]
)
def test_un_codigo_propio_va_en_mayusculas_y_ninguno_es_ninguno(
    escrito: str | None, leido: str | None
) -> None:
    assert CodigoPropio().deserialize(escrito) == leido


def test_un_codigo_propio_con_otra_forma_se_rechaza() -> None:
    with pytest.raises(ValidationError):
        CodigoPropio().deserialize("¿?")
