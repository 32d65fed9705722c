"""Recording an attention, also an anonymous one, and opening the case that it asks for."""

from typing import Any
from uuid import uuid4

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.atenciones.schemas import AtencionRegistradaSchema

BASICA = {"canal": "presencial", "tema": "SAL", "resultado": "orientada"}


def test_una_atencion_anonima_en_un_paso(ventanilla: Ventanilla) -> None:
    answer = ventanilla.enviar(
        "/atenciones/nueva", BASICA | {"nacionalidad": "VEN", "rango_etario": "18-29"}
    )

    assert answer.status_code == 303
    page = ventanilla.pagina("/recepcion")
    assert "Anónima · Venezuela" in page.text
    assert "Salud" in page.text
    ultima = ventanilla.api("GET", "/atenciones").json["atenciones"][0]  # type: ignore[index]  # it is an object
    assert ultima["persona"] is None
    assert (ultima["nacionalidad"], ultima["rango_etario"]) == ("VEN", "18-29")
    assert ventanilla.hechos(f"atencion/{ultima['id']}") == ["casos.atencion.registrada"]


def test_una_atencion_guarda_la_nacionalidad_y_la_edad_del_dia(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(
        nacionalidades=["HTI", "CHL"], fecha_nacimiento="2020-01-01", sexo="femenino"
    )

    answer = ventanilla.api("POST", "/atenciones", json=BASICA | {"persona_id": persona["id"]})
    ventanilla.cambiar(f"/personas/{persona['id']}", {"nacionalidades": ["PER"]})

    assert answer.status_code == 201
    assert answer.json["persona_id"] == persona["id"]
    assert answer.json.keys() <= AtencionRegistradaSchema().fields.keys()
    guardada = _de(ventanilla, persona)[0]
    assert (guardada["nacionalidad"], guardada["rango_etario"]) == ("HTI", "6-13")


def test_abrir_un_caso_desde_la_atencion(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    profesional = str(ventanilla.funcionario_id("profesional"))

    page = ventanilla.pagina(f"/atenciones/nueva?persona={persona['id']}")
    assert f'<option value="{profesional}">Persona de profesional</option>' in page.text
    answer = ventanilla.enviar(
        "/atenciones/nueva",
        BASICA
        | {
            "persona_id": persona["id"],
            "resultado": "abre_caso",
            "tema": "DER.DISCRIMINACION",
            "responsable_id": profesional,
            "nota": "Lo que contó",
        },
    )

    assert answer.status_code == 303
    caso_id = answer.headers["Location"].rpartition("/")[2]
    caso = ventanilla.api("GET", f"/casos/{caso_id}", "profesional").json
    assert caso["tipo"] == "vulneracion_derechos"  # type: ignore[index]  # it is an object
    assert caso["responsable_id"] == profesional  # type: ignore[index]  # it is an object
    assert {h["tipo"] for h in caso["hitos"]} == {"abierto", "asignado", "atencion"}  # type: ignore[index]  # it is an object
    assert "Lo que contó" in ventanilla.pagina(f"/expedientes/{caso_id}", "profesional").text
    assert "Lo que contó" not in ventanilla.pagina(f"/expedientes/{caso_id}").text
    assert _de(ventanilla, persona)[0]["caso_id"] == caso_id


def test_una_atencion_puede_seguir_un_caso_abierto(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    persona_id = caso["persona"]["id"]
    ruta = f"/atenciones/nueva?persona={persona_id}&caso={caso['id']}"
    assert f'<option value="{caso["id"]}" selected>' in ventanilla.pagina(ruta).text

    answer = ventanilla.enviar(
        "/atenciones/nueva", BASICA | {"persona_id": persona_id, "caso_id": caso["id"]}
    )

    assert answer.headers["Location"] == f"/casos/expedientes/{caso['id']}"
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional")
    assert "Nueva atención" in page.text
    assert "Primer contacto" not in page.text


def test_el_caso_que_se_sigue_es_de_la_persona_y_esta_abierto(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    otra = ventanilla.persona()
    datos = BASICA | {"persona_id": caso["persona"]["id"], "caso_id": caso["id"]}
    ajena = ventanilla.api("POST", "/atenciones", json=datos | {"persona_id": otra["id"]})
    sin_nadie = ventanilla.api("POST", "/atenciones", json=BASICA | {"caso_id": caso["id"]})
    dos = ventanilla.api("POST", "/atenciones", json=datos | {"resultado": "abre_caso"})
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    ventanilla.paso(caso, "cierre", motivo="no_amerita", resultado="parcial", texto="No")
    cerrado = ventanilla.api("POST", "/atenciones", json=datos)

    assert [a.status_code for a in (ajena, sin_nadie, dos, cerrado)] == [404, 422, 422, 409]


def test_sin_persona_no_hay_caso(ventanilla: Ventanilla) -> None:
    answer = ventanilla.api("POST", "/atenciones", json=BASICA | {"resultado": "abre_caso"})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["resultado"]  # type: ignore[index]  # it is an object


@pytest.mark.parametrize(
    ("datos", "campos"),
    [
        ({}, ["canal", "tema", "resultado"]),
        (BASICA | {"tema": "SALUD"}, ["tema"]),
        (BASICA | {"canal": "paloma"}, ["canal"]),
        (BASICA | {"nacionalidad": "Venezuela"}, ["nacionalidad"]),
        (BASICA | {"persona_id": "nadie"}, ["persona_id"]),
        (BASICA | {"hora": "10:00"}, ["hora"]),
    ],
)
def test_lo_que_no_sirve_vuelve_con_la_ruta_del_campo(
    ventanilla: Ventanilla, datos: dict[str, Any], campos: list[str]
) -> None:
    answer = ventanilla.api("POST", "/atenciones", json=datos)

    assert answer.status_code == 422
    assert sorted(answer.json["errors"]) == sorted(campos)  # type: ignore[index]  # it is an object


def test_la_persona_tiene_que_existir(ventanilla: Ventanilla) -> None:
    datos = BASICA | {"persona_id": str(uuid4())}

    assert ventanilla.api("POST", "/atenciones", json=datos).status_code == 404
    assert ventanilla.pagina(f"/atenciones/nueva?persona={uuid4()}").status_code == 404


def test_quien_responde_tiene_que_ser_del_equipo(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    extrana = str(ventanilla.funcionario_id("administrador"))
    datos = BASICA | {
        "persona_id": persona["id"],
        "resultado": "abre_caso",
        "responsable_id": extrana,
        "nota": "Lo escrito queda",
    }

    page = ventanilla.enviar("/atenciones/nueva", datos)

    assert page.status_code == 422
    assert "Esa persona no está en el equipo." in page.text
    assert "Lo escrito queda" in page.text
    assert ventanilla.api("POST", "/atenciones", json=datos).status_code == 422
    assert _de(ventanilla, persona) == []


def test_el_formulario_vuelve_lleno_con_sus_errores(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()

    page = ventanilla.enviar(
        "/atenciones/nueva", {"persona_id": persona["id"], "canal": "terreno", "nota": "Escrito"}
    )

    assert page.status_code == 422
    assert '<option value="terreno" selected>' in page.text
    assert "Escrito</textarea>" in page.text
    assert 'id="campo-tema-error"' in page.text


def test_las_notas_las_leen_profesionales_y_van_cifradas(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    ventanilla.api(
        "POST",
        "/atenciones",
        json=BASICA | {"persona_id": persona["id"], "nota": "Nota muy reservada"},
    )

    assert _de(ventanilla, persona, "profesional")[0]["nota"] == "Nota muy reservada"
    assert "nota" not in _de(ventanilla, persona)[0]
    ficha = f"/personas/{persona['id']}"
    assert "Nota muy reservada" in ventanilla.pagina(ficha, "coordinacion").text
    assert "Nota muy reservada" not in ventanilla.pagina(ficha).text
    with ventanilla.db.engine.connect() as connection:
        assert "reservada" not in str(connection.exec_driver_sql("SELECT * FROM atenciones").all())


def test_quien_queda_con_hora_pasa_a_la_agenda(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()

    answer = ventanilla.enviar(
        "/atenciones/nueva", BASICA | {"persona_id": persona["id"], "resultado": "agendada"}
    )

    assert answer.headers["Location"] == f"/agenda/citas/nueva?persona={persona['id']}"


def test_las_atenciones_de_hoy_y_de_otro_dia(ventanilla: Ventanilla) -> None:
    ventanilla.api("POST", "/atenciones", json=BASICA)

    ayer = ventanilla.api("GET", "/atenciones?dia=2001-01-01").json
    assert ayer["total"] == 0  # type: ignore[index]  # it is an object
    assert ventanilla.api("GET", "/atenciones").json["total"] > 0  # type: ignore[index]  # it is an object
    assert ventanilla.api("GET", "/atenciones?dia=ayer").status_code == 422


@pytest.mark.parametrize("path", ["/recepcion", "/atenciones/nueva"])
def test_la_recepcion_no_es_de_quien_administra(ventanilla: Ventanilla, path: str) -> None:
    assert ventanilla.pagina(path, "administrador").status_code == 403
    assert ventanilla.api("GET", "/atenciones", "administrador").status_code == 403


def test_sin_sesion_se_va_a_entrar(ventanilla: Ventanilla) -> None:
    answer = ventanilla.app.test_client().get("/casos/recepcion?q=ana")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/identidad/entrar?siguiente=%2Fcasos%2Frecepcion"


def _de(
    ventanilla: Ventanilla, persona: dict[str, Any], rol: str = "recepcion"
) -> list[dict[str, Any]]:
    answer = ventanilla.api("GET", f"/atenciones?persona_id={persona['id']}", rol)
    filas: list[dict[str, Any]] = answer.json["atenciones"]  # type: ignore[index]  # it is an object
    return filas


def test_la_nota_no_se_pierde_cuando_el_caso_se_cerro_mientras_se_escribia(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.en_gestion()
    ventanilla.paso(caso, "cierre", motivo="gestion_terminada", resultado="logrado")

    page = ventanilla.enviar(
        "/atenciones/nueva",
        BASICA
        | {"persona_id": caso["persona"]["id"], "caso_id": caso["id"], "nota": "Lo que escribí"},
    )

    assert page.status_code == 409
    assert "El caso está cerrado" in page.text
    assert "Lo que escribí" in page.text
