"""How long each clock runs, over Chilean holidays, and which stages it has."""

from datetime import UTC, datetime

import pytest

from casos.plazos.reglas import etiqueta, reglas
from oficina.clock import local


def _fin(reloj: str, prioridad: str, inicio: datetime) -> str:
    return f"{local(reglas().relojes[reloj].fin(prioridad, inicio)):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("reloj", "prioridad", "inicio", "fin"),
    [
        # Thursday 17; 18 and 19 September are holidays, 20 a Sunday.
        ("recepcion", "urgente", datetime(2026, 9, 17, 15, tzinfo=UTC), "2026-09-21 23:59:59"),
        ("recepcion", "normal", datetime(2026, 9, 17, 15, tzinfo=UTC), "2026-09-25 23:59:59"),
        # Friday 4 December; 8 December is a holiday.
        ("recepcion", "normal", datetime(2026, 12, 4, 15, tzinfo=UTC), "2026-12-14 23:59:59"),
        ("respuesta", "alta", datetime(2026, 12, 4, 15, tzinfo=UTC), "2026-12-14 23:59:59"),
        # 31 December is a bank holiday: a working day here. 1 January is none.
        ("recepcion", "urgente", datetime(2026, 12, 30, 15, tzinfo=UTC), "2026-12-31 23:59:59"),
        ("recepcion", "urgente", datetime(2026, 12, 31, 15, tzinfo=UTC), "2027-01-04 23:59:59"),
        (
            "primer_contacto",
            "urgente",
            datetime(2026, 11, 9, 15, tzinfo=UTC),
            "2026-11-09 23:59:59",
        ),
        # Saturday morning: counted from Monday.
        ("recepcion", "urgente", datetime(2026, 11, 14, 13, tzinfo=UTC), "2026-11-16 23:59:59"),
        # Hours count every day alike.
        ("denuncia", "normal", datetime(2026, 9, 18, 15, tzinfo=UTC), "2026-09-19 12:00:00"),
    ],
)
def test_el_fin_de_un_plazo(reloj: str, prioridad: str, inicio: datetime, fin: str) -> None:
    assert _fin(reloj, prioridad, inicio) == fin


def test_cada_regla_dice_su_fuente_y_tiene_las_tres_prioridades() -> None:
    for regla in reglas().relojes.values():
        assert regla.fuente
        assert set(regla.plazo) == {"urgente", "alta", "normal"}
        assert {"es", "en"} <= set(regla.etiquetas)


def test_la_mitad_del_plazo_solo_se_muestra() -> None:
    assert reglas().siguiente("recepcion", 0) == reglas().etapa(80)


def test_solo_recepcion_y_respuesta_cierran_la_derivacion_al_doble_del_plazo() -> None:
    cierran = [r for r in reglas().relojes if reglas().siguiente(r, 150) is not None]

    assert sorted(cierran) == ["recepcion", "respuesta"]


def test_el_nombre_del_reloj_existe_en_dos_idiomas() -> None:
    assert etiqueta("recepcion") == "Confirmar la recepción"
    assert etiqueta("recepcion", "en") == "Confirm receipt"
    assert etiqueta("recepcion", "qu") == "Confirmar la recepción"
