"""Registering people and finding them again, through the application."""

import re
from typing import Any
from uuid import UUID

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.personas.models import Persona

RUN = "12.345.678-5"


def _hallados(ventanilla: Ventanilla, texto: str) -> dict[str, list[str]]:
    answer = ventanilla.api("POST", "/personas/buscar", json={"q": texto})
    assert answer.status_code == 200
    return {r["persona"]["id"]: r["razones"] for r in answer.json["resultados"]}  # type: ignore[index]  # it is an object


@pytest.fixture(scope="module")
def jean(ventanilla: Ventanilla) -> dict[str, Any]:
    """Somebody with everything that one can be found by."""
    return ventanilla.persona(
        nombres="Jean-Louis",
        primer_apellido="Désir",
        documento_tipo="run_cedula_extranjero",
        documento_numero=RUN,
        telefono="9 8623 0047",
        correo="Jean@Correo.example",
        nacionalidades=["HTI"],
        idiomas=["hat"],
    )


@pytest.mark.parametrize(
    ("texto", "razon"),
    [
        ("Jean Louis", "nombre"),
        ("jean-louis", "nombre"),
        ("JEANLOUIS", "nombre"),
        ("desir jean", "nombre"),
        ("Désir", "nombre"),
        ("jea des", "nombre"),
        ("12345678-5", "documento"),
        ("12.345.678", "documento"),
        ("rut 12.345.678-5", "documento"),
        ("+56 9 8623-0047", "telefono"),
        ("jean@correo.example", "correo"),
    ],
)
def test_se_encuentra_como_se_escriba(
    ventanilla: Ventanilla, jean: dict[str, Any], texto: str, razon: str
) -> None:
    assert _hallados(ventanilla, texto)[jean["id"]] == [razon]


def test_se_encuentra_por_folio_propio_y_de_caso(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    caso = ventanilla.caso(persona_id=jean["id"])

    assert _hallados(ventanilla, jean["folio"]) == {jean["id"]: ["folio"]}
    assert _hallados(ventanilla, caso["folio"].lower()) == {jean["id"]: ["folio_caso"]}


def test_nombre_y_documento_dan_las_dos_razones(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    assert _hallados(ventanilla, f"Jean Louis {RUN}")[jean["id"]] == ["documento", "nombre"]


def test_otro_nombre_no_lo_encuentra(ventanilla: Ventanilla, jean: dict[str, Any]) -> None:
    assert jean["id"] not in _hallados(ventanilla, "Jean Baptiste")


def test_una_persona_sin_documento_se_registra(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Sin", primer_apellido="Papeles")

    assert persona["documentos"] == []
    assert persona["folio"].startswith("P-")
    assert ventanilla.hechos(f"persona/{persona['id']}") == ["casos.persona.registrada"]
    assert "casos.persona.registrar" in ventanilla.auditadas(persona["id"])


def test_un_provisorio_con_otro_digito_no_impide(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(
        nombres="Nena", documento_tipo="ipe", documento_numero="100.948.004-1"
    )

    assert persona["documentos"][0]["tipo"] == "ipe"


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"nombres": ""}, "nombres"),
        ({"primer_apellido": "Rojas"}, "nombres"),
        ({"nombres": "A", "documento_numero": "123"}, "documento_tipo"),
        (
            {"nombres": "A", "documento_tipo": "run_cedula_chilena", "documento_numero": "1-2"},
            "documento_numero",
        ),
        (
            {
                "nombres": "A",
                "documento_tipo": "run_cedula_chilena",
                "documento_numero": "12.345.678-4",
            },
            "documento_numero",
        ),
        ({"nombres": "A", "telefono": "no tiene"}, "telefono"),
        ({"nombres": "A", "correo": "no es"}, "correo"),
        ({"nombres": "A", "nacionalidades": ["VEN", "ZZZ"]}, "nacionalidades.1"),
        ({"nombres": "A", "fecha_nacimiento": "2999-01-01"}, "fecha_nacimiento"),
        ({"nombres": "A", "apodo": "x"}, "apodo"),
    ],
)
def test_lo_que_no_sirve_vuelve_con_la_ruta_del_campo(
    ventanilla: Ventanilla, datos: dict[str, Any], campo: str
) -> None:
    answer = ventanilla.api("POST", "/personas", json=datos)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_todo_lo_que_hay_que_corregir_se_dice_de_una_vez(ventanilla: Ventanilla) -> None:
    datos = {
        "nombres": "A",
        "correo": "no es",
        "telefono": "tampoco",
        "documento_tipo": "run_cedula_chilena",
        "documento_numero": "12.345.678-9",
        "fecha_nacimiento": "2999-01-01",
    }

    answer = ventanilla.api("POST", "/personas", json=datos)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {  # type: ignore[index]  # it is an object
        "correo",
        "telefono",
        "documento_numero",
        "fecha_nacimiento",
    }


def test_el_formulario_vuelve_lleno_con_sus_errores(ventanilla: Ventanilla) -> None:
    answer = ventanilla.enviar(
        "/personas/nueva",
        {
            "nombres": "Guerline",
            "documento_tipo": "run_cedula_extranjero",
            "documento_numero": "11.111.111-2",
            "nacionalidades": "HTI",
        },
    )

    assert answer.status_code == 422
    assert 'value="Guerline"' in answer.text
    assert 'value="11.111.111-2"' in answer.text
    assert '<option value="HTI" selected>' in answer.text
    assert "dígito verificador no corresponde" in answer.text
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    ("texto", "campos"),
    [
        ("marie claire joseph", ['value="Marie"', 'value="Claire"', 'value="Joseph"']),
        (RUN, [f'value="{RUN}"', '<option value="run_cedula_extranjero" selected>']),
        ("DNI 26262455", ['<option value="dni_cedula_origen" selected>']),
        ("912345678", ['name="telefono" type="tel" value="912345678"']),
        ("ana@correo.example", ['value="ana@correo.example"']),
    ],
)
def test_registrar_comienza_con_lo_que_se_busco(
    ventanilla: Ventanilla, texto: str, campos: list[str]
) -> None:
    page = ventanilla.enviar("/personas/nueva/desde-busqueda", {"q": texto})

    assert [campo for campo in campos if campo not in page.text] == []


def test_cuando_nadie_coincide_se_ofrece_registrar(ventanilla: Ventanilla) -> None:
    page = ventanilla.enviar("/recepcion", {"q": "Zacarías Inexistente"})

    assert "Nadie coincide con «Zacarías Inexistente»" in page.text
    assert 'name="q" type="search" value="Zacarías Inexistente"' in page.text
    assert '<input type="hidden" name="q" value="Zacarías Inexistente">' in page.text


def test_lo_que_se_busca_no_esta_en_ninguna_direccion(ventanilla: Ventanilla) -> None:
    ventanilla.persona(nombres="Direcciona", primer_apellido="Ninguna")
    page = ventanilla.enviar("/recepcion", {"q": "direcciona ninguna"})

    enlaces = re.findall(r'(?:href|action)="([^"]*)"', page.text)
    assert "Direcciona Ninguna" in page.text
    assert [enlace for enlace in enlaces if "irecciona" in enlace] == []
    assert ventanilla.enviar("/recepcion", {"q": " "}).location == "/casos/recepcion"
    assert "Direcciona" not in ventanilla.pagina("/recepcion?q=direcciona").text


def test_la_api_tambien_busca_con_lo_buscado_en_la_direccion(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    hallada = ventanilla.api("GET", "/personas", query_string={"q": RUN}).json

    assert hallada == ventanilla.api("POST", "/personas/buscar", json={"q": RUN}).json
    assert [una["persona"]["id"] for una in hallada["resultados"]] == [jean["id"]]  # type: ignore[index]  # it is an object


def test_los_documentos_y_contactos_van_tapados_salvo_que_se_pidan(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    tapada = ventanilla.api("GET", f"/personas/{jean['id']}").json
    abierta = ventanilla.api("GET", f"/personas/{jean['id']}?mostrar=contacto").json

    assert tapada["documentos"][0]["numero"] == "•••8-5"  # type: ignore[index]  # it is an object
    assert abierta["documentos"][0]["numero"] == RUN  # type: ignore[index]  # it is an object
    assert "+56 9 8623 0047" in {c["valor"] for c in abierta["contactos"]}  # type: ignore[index]  # it is an object
    assert ventanilla.auditadas(jean["id"])[-2:] == [
        "casos.persona.ver",
        "casos.persona.ver_contacto",
    ]


def test_en_la_base_no_hay_documento_ni_contacto_a_la_vista(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    with ventanilla.db.engine.connect() as connection:
        filas = [
            *connection.exec_driver_sql("SELECT * FROM documentos_identidad").all(),
            *connection.exec_driver_sql("SELECT * FROM contactos").all(),
        ]

    assert jean["documentos"]
    assert not [fila for fila in filas if "345" in str(fila) and "12.345" in str(fila)]
    assert not [fila for fila in filas if "86230047" in str(fila)]


def test_el_contacto_seguro_es_solo_para_servicios(
    ventanilla: Ventanilla, jean: dict[str, Any]
) -> None:
    path = f"/personas/{jean['id']}/contacto"

    assert ventanilla.api("GET", path, "coordinacion").status_code == 403
    assert ventanilla.api("GET", path, "servicio").json == {
        "persona_id": jean["id"],
        "nombre": "Jean-Louis",
        "idioma": "hat",
        "telefono": "+56986230047",
        "correo": "Jean@Correo.example",
        "canal_preferido": None,
        "no_contactar": False,
        "fallecida": False,
        "canales_vedados": [],
        "horario": None,
        "admite_recordatorios": True,
    }


@pytest.mark.parametrize(
    "nombre",
    [
        {"nombres": "x" * 61 + "a", "primer_apellido": "x" * 61 + "b"},
        {"nombres": "x" * 60, "primer_apellido": "y"},
        {"nombres": "ﷺ" * 120},
    ],
)
def test_un_nombre_desmedido_se_registra_y_se_halla(
    ventanilla: Ventanilla, nombre: dict[str, str]
) -> None:
    persona = ventanilla.persona(**{"primer_apellido": ""} | nombre)

    with ventanilla.db.read() as session:
        guardada = session.get_one(Persona, UUID(persona["id"]))
    assert len(guardada.clave_nombre) <= 360
    igual = ventanilla.cambiar(f"/personas/{persona['id']}", {"segundo_apellido": "Z"})
    assert igual.status_code == 200


def test_el_aviso_de_registro_no_lleva_el_nombre(ventanilla: Ventanilla) -> None:
    answer = ventanilla.enviar("/personas/nueva", {"nombres": "Reservada"})

    aviso = ventanilla.pagina("/recepcion").text
    assert answer.status_code == 303
    assert "Se registró a la persona con el folio P-" in aviso
    assert "Reservada" not in aviso


@pytest.mark.parametrize("texto", ["demo 10001", "DEMO-10001", "demo10001", "pas demo 10001"])
def test_un_documento_con_letras_se_halla_como_se_escriba(
    ventanilla: Ventanilla, texto: str
) -> None:
    documento = {"documento_tipo": "pasaporte", "documento_numero": "DEMO-10001"}
    persona = ventanilla.persona(nombres="Con letras", **documento)

    answer = ventanilla.api("POST", "/personas/buscar", json={"q": texto}).json
    halladas = {una["persona"]["id"]: una["razones"] for una in answer["resultados"]}  # type: ignore[index]  # it is an object

    assert halladas[persona["id"]] == ["documento"]
