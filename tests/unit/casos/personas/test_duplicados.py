"""Records that look alike show their reasons, never stop anybody, and may be told apart."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.personas.matching import Razon, Senas, parecidos, reglas

PASAPORTE = {"documento_tipo": "pasaporte", "documento_numero": "B 34776393"}


def _posibles(ventanilla: Ventanilla, persona: dict[str, Any]) -> dict[str, list[str]]:
    answer = ventanilla.api("GET", f"/personas/{persona['id']}")
    return {p["persona"]["id"]: p["razones"] for p in answer.json["posibles_duplicados"]}  # type: ignore[index]  # it is an object


@pytest.mark.parametrize(
    ("una", "otra", "razones"),
    [
        (PASAPORTE, {"documento_tipo": "pasaporte", "documento_numero": "b34776393"},
         ["mismo_documento"]),
        ({}, {}, []),
        ({"telefono": "+56 9 8111 2233"}, {"telefono": "981112233"}, ["mismo_telefono"]),
        ({"correo": "ana@correo.example"}, {"correo": "ANA@correo.example"}, ["mismo_correo"]),
    ],
)  # fmt: skip
def test_dos_registros_se_parecen_por_su_documento_o_contacto(
    ventanilla: Ventanilla, una: dict[str, Any], otra: dict[str, Any], razones: list[str]
) -> None:
    marca = f"m{abs(hash(str(una)))}"
    primera = ventanilla.persona(nombres=f"Primera {marca}", primer_apellido="Uno", **una)
    segunda = ventanilla.persona(nombres=f"Segunda {marca}", primer_apellido="Dos", **otra)

    esperado = {primera["id"]: razones} if razones else {}
    assert _posibles(ventanilla, segunda) == esperado


@pytest.mark.parametrize(
    ("nombres", "apellido"),
    [("Oriel Magloire", "Étienne"), ("ETIENNE", "oriel magloire"), ("Orielmagloire", "Etienne")],
)
def test_el_mismo_nombre_en_otra_escritura(
    ventanilla: Ventanilla, nombres: str, apellido: str
) -> None:
    original = ventanilla.persona(nombres="Oriel-Magloire", primer_apellido="Etienne")
    persona = ventanilla.persona(nombres=nombres, primer_apellido=apellido)

    assert _posibles(ventanilla, persona)[original["id"]] == ["mismo_nombre"]


def test_las_razones_se_suman(ventanilla: Ventanilla) -> None:
    datos = {"nombres": "Yolette", "primer_apellido": "Sumada", "telefono": "981119999"}
    primera = ventanilla.persona(**datos, fecha_nacimiento="1980-05-01")
    segunda = ventanilla.persona(**datos, fecha_nacimiento="1980-05-01")

    assert _posibles(ventanilla, segunda)[primera["id"]] == [
        "mismo_nombre",
        "mismo_telefono",
        "misma_fecha_nacimiento",
    ]


def test_un_apellido_menos_y_la_misma_fecha_se_parecen(ventanilla: Ventanilla) -> None:
    larga = ventanilla.persona(
        nombres="Rosa Elvira",
        primer_apellido="Contenida",
        segundo_apellido="Quispe",
        fecha_nacimiento="1971-03-02",
    )
    corta = ventanilla.persona(
        nombres="Rosa", primer_apellido="Contenida", fecha_nacimiento="1971-03-02"
    )

    assert _posibles(ventanilla, corta)[larga["id"]] == [
        "nombre_contenido",
        "misma_fecha_nacimiento",
    ]


def test_no_es_la_misma_persona_se_recuerda(ventanilla: Ventanilla) -> None:
    una = ventanilla.persona(nombres="Homónima", primer_apellido="Recordada")
    otra = ventanilla.persona(nombres="Homónima", primer_apellido="Recordada")

    page = ventanilla.pagina(f"/personas/{otra['id']}")
    assert "Puede que ya esté registrada" in page.text
    assert "Mismo nombre" in page.text

    answer = ventanilla.enviar(f"/personas/{otra['id']}/distintas/{una['id']}", {})
    assert answer.status_code == 303
    ventanilla.api(
        "POST", f"/personas/{otra['id']}/contactos", json={"tipo": "telefono", "valor": "981234567"}
    )
    assert _posibles(ventanilla, otra) == {}
    assert _posibles(ventanilla, una) == {}


def test_declarar_distintas_a_dos_que_nadie_encontro_parecidas_es_404(
    ventanilla: Ventanilla,
) -> None:
    una = ventanilla.persona(nombres="Nada", primer_apellido="Quever")
    otra = ventanilla.persona(nombres="Tampoco", primer_apellido="Quetal")

    answer = ventanilla.api("PUT", f"/personas/{una['id']}/distintas/{otra['id']}")
    assert answer.status_code == 404


def test_antes_de_guardar_se_revisa_a_quien_se_parece(ventanilla: Ventanilla) -> None:
    ventanilla.persona(nombres="Previa", primer_apellido="Guardada")

    page = ventanilla.enviar(
        "/personas/nueva",
        {"nombres": "guardada", "primer_apellido": "PREVIA", "revisar": "1"},
    )

    assert page.status_code == 200
    assert "¿Es alguna de estas personas?" in page.text
    assert 'value="guardada"' in page.text
    with ventanilla.db.read() as session:
        assert len(parecidos(session, Senas.de("Previa Guardada"))) == 1


@pytest.mark.parametrize(
    ("precision", "dicho"),
    [
        ("exacta", "nacimiento: 1 ene 2020"),
        ("mes", "nacimiento: enero de 2020"),
        ("anio", "nacimiento: 2020"),
        ("estimada", "nacimiento: alrededor de 2020"),
    ],
)
def test_un_nacimiento_se_muestra_y_se_compara_hasta_donde_se_sabe(
    ventanilla: Ventanilla, precision: str, dicho: str
) -> None:
    una, otra = (
        ventanilla.persona(
            nombres="Nacida",
            primer_apellido=f"Hacia {precision}",
            fecha_nacimiento="2020-01-01",
            precision_fecha=precision,
        )
        for _ in range(2)
    )

    page = ventanilla.pagina(f"/personas/{otra['id']}").text
    posible = otra["posibles_duplicados"][0]

    assert dicho in page
    assert posible["persona"]["precision_fecha"] == precision
    assert ("misma_fecha_nacimiento" in posible["razones"]) == (precision == "exacta")
    assert posible["persona"]["id"] == una["id"]


def test_solo_la_fecha_no_alcanza(ventanilla: Ventanilla) -> None:
    ventanilla.persona(nombres="Fechada", primer_apellido="Una", fecha_nacimiento="1966-06-06")

    with ventanilla.db.read() as session:
        senas = Senas.de("Otra", "Distinta", nacimiento=date(1966, 6, 6))
        assert parecidos(session, senas) == []


def test_nadie_se_parece_a_si_mismo(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Única", primer_apellido="Deltodo")

    with ventanilla.db.read() as session:
        senas = Senas.de("Única Deltodo", excepto=UUID(persona["id"]))
        assert parecidos(session, senas) == []


def test_las_reglas_dan_peso_a_lo_que_se_compara() -> None:
    vigentes = reglas()

    assert vigentes.pesos[Razon.MISMO_DOCUMENTO] >= vigentes.umbral
    assert vigentes.pesos[Razon.MISMO_NOMBRE] >= vigentes.umbral
    assert vigentes.pesos[Razon.MISMA_FECHA_NACIMIENTO] < vigentes.umbral
