"""What an SMS costs, from the price of a day."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from notificaciones.mensajes import costos
from notificaciones.mensajes.costos import segmentos_de, tarifa_del, tarifas


def _tarifas(desde: str) -> str:
    resto = {"confirmada": True, "fuente": "contrato"}
    nueva = {"clave": "nueva", "desde": "2027-03-01", "por_segmento": "12.5", **resto}
    vieja = {"clave": "vieja", "desde": desde, "por_segmento": "30", **resto}
    return json.dumps({"moneda": "CLP", "tarifas": [nueva, vieja]})


@pytest.fixture
def dos_tarifas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another file of prices, in which the second begins in March 2027."""
    (tmp_path / "tarifas.json").write_text(_tarifas("2026-01-01"), encoding="utf-8")
    monkeypatch.setattr(costos, "__file__", str(tmp_path / "costos.py"))
    tarifas.cache_clear()
    yield tmp_path / "tarifas.json"
    tarifas.cache_clear()


@pytest.mark.usefixtures("dos_tarifas")
def test_rige_la_tarifa_del_dia() -> None:
    dias = [date(2025, 6, 1), date(2027, 2, 28), date(2027, 3, 1), date(2030, 1, 1)]

    assert [tarifa_del(dia).clave for dia in dias] == ["vieja", "vieja", "nueva", "nueva"]
    de_ahora = segmentos_de("a" * 161, "GSM-7", 2, 2, "nueva")
    assert de_ahora is not None
    assert de_ahora.costo == Decimal(25)


def test_dos_tarifas_no_comienzan_el_mismo_dia(dos_tarifas: Path) -> None:
    dos_tarifas.write_text(_tarifas("2027-03-01"), encoding="utf-8")

    with pytest.raises(ValueError, match="share a key or a day"):
        tarifas()


def test_un_mensaje_de_antes_se_cuenta_y_no_tiene_precio() -> None:
    de_antes = segmentos_de("sí", None, None, None, None)

    assert de_antes is not None
    assert (de_antes.codificacion, de_antes.partes, de_antes.costo) == ("UCS-2", 1, None)
    assert segmentos_de(None, None, None, None, None) is None


def test_un_enlace_que_se_quito_no_cambia_lo_que_ocupo() -> None:
    sin_enlace = segmentos_de("Abra […]", "GSM-7", 2, 2, "2026-1")

    assert sin_enlace is not None
    assert (sin_enlace.codificacion, sin_enlace.partes, sin_enlace.culpables) == ("GSM-7", 2, ())
    assert sin_enlace.unidades is None
