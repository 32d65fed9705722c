"""The record of a person: changes, documents, contacts, migratory status, and who may see it."""

import re
from typing import Any
from uuid import uuid4

import pytest
from tests.unit.casos.conftest import Ventanilla


def _comparados(page: str) -> dict[str, tuple[str, str]]:
    """What a form that came back shows of each field: what it says now and what was written."""
    celda = r'<td data-nombre="[^"]+"><span class="of-texto">([^<]*)</span></td>\s*'
    filas = re.findall(rf'<th scope="row"><a [^>]+>([^<]+)</a></th>\s*{celda}{celda}</tr>', page)
    return {dato: (ahora, suyo) for dato, ahora, suyo in filas}


def test_cambiar_dice_que_campos_y_nunca_sus_valores(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Antes")

    answer = ventanilla.api(
        "PATCH",
        f"/personas/{persona['id']}",
        json={"nombres": "Después", "idiomas": ["hat", "hat", "spa"]},
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json["idiomas"] == ["hat", "spa"]  # type: ignore[index]  # it is an object
    assert answer.json["primer_apellido"] == "Sintética"  # type: ignore[index]  # it is an object
    assert ventanilla.hechos(f"persona/{persona['id']}") == [
        "casos.persona.registrada",
        "casos.persona.actualizada",
    ]
    hallada = ventanilla.api("POST", "/personas/buscar", json={"q": "despues sintetica"})
    assert hallada.json["resultados"][0]["persona"]["id"] == persona["id"]  # type: ignore[index]  # it is an object


def test_lo_mismo_no_es_un_cambio(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Igual")

    answer = ventanilla.cambiar(f"/personas/{persona['id']}", {"nombres": "Igual"})

    assert answer.json["version"] == 1  # type: ignore[index]  # it is an object
    assert ventanilla.hechos(f"persona/{persona['id']}") == ["casos.persona.registrada"]


def test_quien_vio_una_version_vieja_no_escribe_encima(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Versión")
    path = f"/personas/{persona['id']}"
    ventanilla.api("PATCH", path, json={"genero": "uno"}, headers={"If-Match": '"1"'})

    answer = ventanilla.api("PATCH", path, json={"genero": "dos"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert answer.content_type == "application/problem+json"


def test_quien_llego_tarde_ve_quien_fue_lo_que_dice_ahora_y_lo_que_escribio(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona(nombres="Primera", genero="g", nacionalidades=["VEN"])
    editar = f"/personas/{persona['id']}/editar"
    mio = {"nombres": "Primera", "primer_apellido": "Sintética", "genero": "g"}
    de_ella = {"nombres": "Ajena", "primer_apellido": "Sintética", "sexo": "femenino"}
    paginas = [ventanilla.pagina(editar, rol).text for rol in ("recepcion", "coordinacion")]
    assert all('name="version" value="1"' in pagina for pagina in paginas)
    ella = {**de_ella, "nacionalidades": ["VEN", "COL"], "direccion": "Calle 1", "version": "1"}
    assert ventanilla.enviar(editar, ella, "coordinacion").status_code == 303
    # Of another thing of hers, which the form does not hold.
    ventanilla.api(
        "POST",
        f"/personas/{persona['id']}/contactos",
        json={"tipo": "telefono", "valor": "+509 3412 3456"},
    )

    propio = {**mio, "nacionalidades": ["VEN"], "direccion": "Calle 2", "version": "1"}
    page = ventanilla.enviar(editar, propio)

    assert page.status_code == 412
    assert "Lo cambió Persona de coordinacion: " in page.text
    assert _comparados(page.text) == {
        "Nombres": ("Ajena", "Primera"),
        "Sexo": ("Femenino", "Prefiere no indicar"),
        "Género": ("En blanco", "g"),
        "Nacionalidad": ("Venezuela, Colombia", "Venezuela"),
        "Dirección": ("Calle 1", "Calle 2"),
    }
    assert 'value="Primera"' in page.text
    assert 'name="version" value="2"' in page.text
    assert ventanilla.enviar(editar, propio | {"version": "2"}).status_code == 303
    ahora = ventanilla.pagina(editar).text
    assert 'value="Primera"' in ahora
    assert 'value="Calle 2"' in ahora


def test_quien_fue_mas_rapido_en_otra_ventana_es_la_misma_persona(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Igual")
    editar = f"/personas/{persona['id']}/editar"
    igual = {"nombres": "Distinta", "primer_apellido": "Sintética", "version": "1"}
    ventanilla.enviar(editar, igual)

    page = ventanilla.enviar(editar, igual)

    assert page.status_code == 412
    assert "Usted lo modificó en otra ventana" in page.text
    assert "dice lo mismo que lo guardado" in page.text
    assert not _comparados(page.text)


def test_el_formulario_de_edicion_puede_vaciar_y_desmarcar(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(
        nombres="Llena", genero="g", no_contactar=True, nacionalidades=["VEN", "COL"]
    )
    editar = f"/personas/{persona['id']}/editar"
    page = ventanilla.pagina(editar)
    assert page.text.count("selected>Venezuela") == 1
    assert page.text.count("selected>Colombia") == 1

    ventanilla.enviar(editar, {"nombres": "Llena", "version": "1"})

    guardada = ventanilla.api("GET", f"/personas/{persona['id']}").json
    assert guardada["genero"] is None  # type: ignore[index]  # it is an object
    assert guardada["no_contactar"] is False  # type: ignore[index]  # it is an object
    assert guardada["nacionalidades"] == []  # type: ignore[index]  # it is an object


def test_agregar_y_quitar_documentos_y_contactos(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Con", primer_apellido="Papeles")
    ruta = f"/personas/{persona['id']}"
    assert (
        ventanilla.enviar(
            f"{ruta}/documentos",
            {
                "documento_tipo": "pasaporte",
                "documento_numero": "XK 998877",
                "documento_pais": "COL",
            },
        ).status_code
        == 303
    )
    assert (
        ventanilla.enviar(
            f"{ruta}/contactos", {"tipo": "telefono", "valor": "+509 3412 3456"}
        ).status_code
        == 303
    )

    ficha = ventanilla.api("GET", f"{ruta}?mostrar=contacto").json
    documento, contacto = ficha["documentos"][0], ficha["contactos"][0]  # type: ignore[index]  # it is an object
    assert documento["numero"] == "XK998877"
    assert contacto["valor"] == "+509 34 12 3456"

    ventanilla.enviar(f"/documentos/{documento['id']}/retirar", {"motivo": "perdido"})
    ventanilla.enviar(f"{ruta}/contactos/{contacto['id']}/quitar", {})
    ficha = ventanilla.api("GET", ruta).json
    assert ficha["documentos"] == ficha["contactos"] == []  # type: ignore[index]  # it is an object


def test_un_contacto_que_ya_tiene_queda_una_vez_y_la_lectura_anotada(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona()
    telefono = {"tipo": "telefono", "valor": "+56 9 8765 4321"}

    primero, segundo = (
        ventanilla.api("POST", f"/personas/{persona['id']}/contactos", json=telefono)
        for _ in range(2)
    )

    assert (primero.status_code, segundo.status_code) == (201, 201)
    assert primero.json == segundo.json
    assert ventanilla.auditadas(persona["id"])[-1] == "casos.persona.ver"


@pytest.mark.parametrize(
    ("sitio", "datos", "aviso"),
    [
        ("documentos", {"documento_tipo": "pasaporte"}, "Falta el número."),
        ("documentos", {"documento_numero": "1"}, "Falta este dato."),
        ("contactos", {"tipo": "telefono", "valor": "nada"}, "No parece un teléfono."),
        ("contactos", {"tipo": "correo", "valor": "nada"}, "correo electrónico válido"),
    ],
)
def test_lo_que_no_sirve_vuelve_a_la_ficha(
    ventanilla: Ventanilla, sitio: str, datos: dict[str, str], aviso: str
) -> None:
    persona = ventanilla.persona(nombres="Revisada")

    page = ventanilla.enviar(f"/personas/{persona['id']}/{sitio}", datos)

    assert page.status_code == 422
    assert aviso in page.text
    assert '<details class="of-tarjeta" open>' in page.text


@pytest.mark.parametrize("path", ["", "/editar"])
def test_quien_administra_no_ve_a_nadie(ventanilla: Ventanilla, path: str) -> None:
    persona = ventanilla.persona(nombres="Oculta")

    page = ventanilla.pagina(f"/personas/{persona['id']}{path}", "administrador")

    assert page.status_code == 403
    assert "Oculta" not in page.text
    assert ventanilla.api("GET", f"/personas/{persona['id']}", "administrador").status_code == 403


def test_quien_no_existe_es_404(ventanilla: Ventanilla) -> None:
    assert ventanilla.pagina(f"/personas/{uuid4()}").status_code == 404
    assert ventanilla.api("GET", f"/personas/{uuid4()}").status_code == 404
    assert ventanilla.cambiar(f"/personas/{uuid4()}", {}).status_code == 404
    assert ventanilla.api("GET", f"/personas/{uuid4()}/contacto", "servicio").status_code == 404


def test_sin_sesion_la_api_responde_401_antes_de_leer(ventanilla: Ventanilla) -> None:
    answer = ventanilla.app.test_client().post("/casos/api/v1/personas", json={"nombres": ""})

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_la_pagina_de_la_persona_deja_su_lectura(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Leída", telefono="981117777")

    tapada = ventanilla.pagina(f"/personas/{persona['id']}")
    abierta = ventanilla.pagina(f"/personas/{persona['id']}?mostrar=contacto")

    assert "+56 9 8111 7777" not in tapada.text
    assert "+56 9 8111 7777" in abierta.text
    assert ventanilla.auditadas(persona["id"])[-2:] == [
        "casos.persona.ver",
        "casos.persona.ver_contacto",
    ]


def test_leer_con_un_cambio_vacio_o_un_formulario_con_errores_queda_anotado(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona()
    path = f"/personas/{persona['id']}"

    assert ventanilla.cambiar(path, {}).status_code == 200
    assert ventanilla.auditadas(persona["id"]) == ["casos.persona.registrar", "casos.persona.ver"]

    assert ventanilla.enviar(f"{path}/documentos", {"documento_tipo": "run"}).status_code == 422
    assert ventanilla.auditadas(persona["id"])[2:] == ["casos.persona.ver"]


@pytest.mark.parametrize("version", ['"²"', '"' + "9" * 5000 + '"', '"x"'])
def test_una_version_que_no_es_nuestra_esta_vencida(ventanilla: Ventanilla, version: str) -> None:
    persona = ventanilla.persona()

    answer = ventanilla.api(
        "PATCH", f"/personas/{persona['id']}", json={"genero": "x"}, headers={"If-Match": version}
    )

    assert answer.status_code == 412


def test_se_sabe_quien_respondio_por_un_documento_y_su_nivel_no_baja(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona()["id"]
    pasaporte = {"documento_tipo": "pasaporte", "documento_numero": "ZX77120"}
    ruta = f"/personas/{persona}/documentos"

    def decir(rol: str, nivel: str) -> tuple[str, str]:
        hecho: Any = ventanilla.api(
            "POST", ruta, rol, json=pasaporte | {"documento_nivel": nivel}
        ).json
        return hecho["nivel"], hecho["nivel_por"]

    assert decir("recepcion", "declarado") == ("declarado", "")
    assert decir("recepcion", "visto") == ("visto", "Persona de recepcion")
    assert decir("profesional", "verificado") == ("verificado", "Persona de profesional")
    for nivel in ("visto", "declarado", "verificado"):
        assert decir("coordinacion", nivel) == ("verificado", "Persona de profesional")
    assert "Verificado (Persona de profesional" in ventanilla.pagina(f"/personas/{persona}").text


def test_cuanto_espanol_habla_se_ve_donde_se_la_atiende(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(idiomas=["hat"], nivel_espanol="basico")["id"]
    caso = ventanilla.caso(persona_id=persona)["id"]
    for pagina in (f"/personas/{persona}", f"/expedientes/{caso}"):
        assert "Español básico" in ventanilla.pagina(pagina, "profesional").text
    assert ventanilla.cambiar(f"/personas/{persona}", {"nivel_espanol": "poco"}).status_code == 422
    cambiada: Any = ventanilla.cambiar(f"/personas/{persona}", {"nivel_espanol": None}).json
    assert cambiada["nivel_espanol"] is None
