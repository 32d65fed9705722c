"""What is late and whose it is: the list, its counts, its filters, and the files made of it."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, update
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Caso
from casos.plazos.actions import pausar_de_caso
from casos.plazos.models import Plazo
from casos.plazos.tasks import seguir_plazos
from oficina import clock

HOY = date(2026, 11, 9)  # a Monday without holidays around


@pytest.fixture(autouse=True)
def _hoy() -> Iterator[None]:
    clock.move_to(HOY)
    yield
    clock.move_to(None)


@pytest.fixture
def casos(ventanilla: Ventanilla) -> list[dict[str, Any]]:
    """One of the professional's and one of nobody's, each with its evaluation due on the 23rd."""
    with ventanilla.db.begin() as session:
        session.execute(delete(Plazo))  # those of the test before
    uno, otro = (ventanilla.caso() for _ in range(2))
    for caso in (uno, otro):
        assert ventanilla.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
    assert ventanilla.paso(uno, "asignacion").status_code == 200
    return [uno, otro]


def _lista(ventanilla: Ventanilla, rol: str, **filtro: Any) -> dict[str, Any]:
    answer = ventanilla.api("GET", "/plazos", rol, query_string=filtro)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def test_lo_vencido_va_primero_y_se_cuenta_por_quien_responde(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    suyo = UUID(casos[0]["id"])
    with ventanilla.db.begin() as session:
        session.execute(
            update(Plazo)
            .where(Plazo.caso_id == suyo)
            .values(vence_en=clock.now() - timedelta(days=1))
        )

    visto = _lista(ventanilla, "coordinacion")

    assert [uno["situacion"] for uno in visto["plazos"]] == ["atrasado", "en_plazo"]
    assert visto["plazos"][0]["caso_folio"] == casos[0]["folio"]
    assert visto["por_situacion"] == {
        "atrasado": 1,
        "por_vencer": 0,
        "en_plazo": 1,
        "en_pausa": 0,
    }
    responde = str(ventanilla.funcionario_id("profesional"))
    assert [(g["cual"], g["total"], g["atrasados"]) for g in visto["grupos"]] == [
        (responde, 1, 1),
        ("nadie", 1, 0),
    ]
    for filtro in ({"responsable": responde}, {"situacion": "atrasado"}):
        assert [p["caso_id"] for p in _lista(ventanilla, "coordinacion", **filtro)["plazos"]] == [
            str(suyo)
        ]
    assert _lista(ventanilla, "coordinacion", reloj="recepcion")["total"] == 0
    assert _lista(ventanilla, "coordinacion", grupo="unidad")["grupos"][0]["total"] == 2
    assert _lista(ventanilla, "coordinacion", grupo="institucion")["grupos"] == []


def test_lo_que_se_aviso_esta_por_vencer_y_lo_detenido_va_al_final(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    with ventanilla.db.begin() as session:
        pausar_de_caso(session, UUID(casos[0]["id"]), clock.now())
    clock.move_to(date(2026, 11, 20))
    seguir_plazos(ventanilla.app.extensions["env"])

    visto = _lista(ventanilla, "coordinacion")

    assert [uno["situacion"] for uno in visto["plazos"]] == ["por_vencer", "en_pausa"]


def test_cada_profesional_ve_lo_suyo_si_no_pide_mas(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    page = ventanilla.pagina("/plazos", "profesional")
    todo = ventanilla.pagina("/plazos?responsable=", "profesional")

    assert (casos[0]["folio"] in page.text, casos[1]["folio"] in page.text) == (True, False)
    assert casos[1]["folio"] in todo.text
    assert "plazos.csv" not in page.text
    assert ventanilla.pagina("/plazos.csv", "profesional").status_code == 403
    assert ventanilla.api("GET", "/plazos", "recepcion").status_code == 403


def test_los_archivos_dicen_lo_mismo_y_ninguna_formula(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    with ventanilla.db.begin() as session:
        session.execute(
            update(Caso).where(Caso.id == UUID(casos[0]["id"])).values(responsable_nombre="=1+1")
        )

    texto = ventanilla.pagina("/plazos.csv", "coordinacion").text
    libro = ventanilla.pagina("/plazos.xlsx", "coordinacion").data

    filas = list(csv.DictReader(StringIO(texto)))
    assert {fila["Caso"] for fila in filas} == {caso["folio"] for caso in casos}
    assert {fila["De quién es"] for fila in filas} == {"'=1+1", ""}
    assert "Sintética" not in texto
    hoja = CalamineWorkbook.from_filelike(BytesIO(libro)).get_sheet_by_index(0).to_python()
    assert [fila[0] for fila in hoja[1:]] == [fila["Caso"] for fila in filas]
    assert "=1+1" in {fila[6] for fila in hoja}


def test_un_filtro_que_no_se_entiende_se_dice(ventanilla: Ventanilla) -> None:
    answer = ventanilla.api("GET", "/plazos", "coordinacion", query_string={"responsable": "x"})

    assert answer.status_code == 422
    assert "responsable" in str(answer.json)
