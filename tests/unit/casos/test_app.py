"""The application of casos as a whole: its document, its doors, and input that nobody types."""

import json
from typing import Any

import pytest
from sqlalchemy import event
from tests.unit.casos.conftest import Ventanilla

RAROS = ["a\u0000b", "\ud800", "\u0007"]


def test_el_documento_de_la_api_esta_completo(ventanilla: Ventanilla) -> None:
    documento: dict[str, Any] = ventanilla.app.test_client().get("/casos/openapi.json").json  # type: ignore[assignment]  # it is an object

    assert documento["openapi"] == "3.1.0"
    for path, metodos in {
        "/casos/api/v1/personas": {"get", "post"},
        "/casos/api/v1/personas/buscar": {"post"},
        "/casos/api/v1/personas/{persona_id}": {"get", "patch"},
        "/casos/api/v1/personas/{persona_id}/contacto": {"get"},
        "/casos/api/v1/atenciones": {"get", "post"},
        "/casos/api/v1/casos": {"get", "post"},
        "/casos/api/v1/casos/{caso_id}": {"get"},
        **{
            f"/casos/api/v1/casos/{{caso_id}}/{paso}": {"post"}
            for paso in (
                "orientaciones",
                "segunda-instancia",
                "evaluacion",
                "asignacion",
                "cierre",
                "reapertura",
                "seguimiento",
                "vuelta-a-gestion",
                "suspension",
                "reanudacion",
                "denuncia-obligatoria",
                "denuncia",
                "anulacion",
                "propuesta-de-cierre",
                "decision-de-cierre",
                "tareas",
            )
        },
    }.items():
        assert metodos <= documento["paths"][path].keys()


@pytest.mark.parametrize("raro", RAROS)
def test_un_texto_que_no_se_puede_guardar_vuelve_como_422(
    ventanilla: Ventanilla, raro: str
) -> None:
    # Escaped in JSON, as no client could send half of a pair otherwise.
    cuerpo = json.dumps({"nombres": raro})
    answer = ventanilla.api("POST", "/personas", data=cuerpo, content_type="application/json")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["nombres"]  # type: ignore[index]  # it is an object


@pytest.mark.parametrize(
    "texto", ["a\x00b", "%00", "%ud800", "'; DROP TABLE personas; --", "%", "_", "\\"]
)
def test_cualquier_cosa_se_puede_buscar(ventanilla: Ventanilla, texto: str) -> None:
    assert ventanilla.enviar("/recepcion", {"q": texto}).status_code == 200
    assert ventanilla.api("POST", "/personas/buscar", json={"q": texto}).status_code == 200
    assert ventanilla.api("GET", f"/personas?q={texto}").status_code == 200


@pytest.mark.parametrize("nombre", ["   ", " \u200b ", "\u3164", "\u2060\u200d", "12345", "-."])
def test_lo_que_no_tiene_ninguna_letra_no_es_un_nombre(ventanilla: Ventanilla, nombre: str) -> None:
    answer = ventanilla.api("POST", "/personas", json={"nombres": nombre})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["nombres"]  # type: ignore[index]  # it is an object
    ana = ventanilla.persona(nombres="Ana")
    cambio = {"nombre_social": nombre.strip() or "\u200b"}
    assert ventanilla.cambiar(f"/personas/{ana['id']}", cambio).status_code == 422


@pytest.mark.parametrize("nombre", ["李", "محمد", "Ñ", "می\u200cخواهم", "Jean 3"])
def test_una_letra_de_cualquier_escritura_basta(ventanilla: Ventanilla, nombre: str) -> None:
    assert ventanilla.persona(nombres=nombre)["nombres"] == nombre


@pytest.mark.parametrize(
    "path",
    [
        "/atenciones?dia=9999-12-31",
        "/atenciones?dia=0001-01-01",
        "/atenciones?pagina=0",
        "/casos?pagina=-1",
        "/casos?pagina=99999999999999999999",
        "/casos?atrasados=quizas",
    ],
)
def test_un_filtro_imposible_es_422(ventanilla: Ventanilla, path: str) -> None:
    assert ventanilla.api("GET", path, "coordinacion").status_code == 422


@pytest.mark.parametrize("periodo", ["hasta=0001-01-01", "desde=9999-12-31", "desde=0001-01-01"])
def test_el_registro_de_comunicaciones_no_cuenta_dias_imposibles(
    ventanilla: Ventanilla, periodo: str
) -> None:
    ventanilla.oficina.funcionario("delegado_datos")
    pedido = ventanilla.api("GET", f"/comunicaciones?{periodo}", "delegado_datos")
    assert pedido.status_code == 422
    assert list(pedido.json["errors"]) == [periodo.partition("=")[0]]  # type: ignore[index]  # it is an object


def test_un_cuerpo_que_no_es_json_es_un_problema(ventanilla: Ventanilla) -> None:
    for cuerpo in ("{", "[]", "null", '"x"'):
        answer = ventanilla.api("POST", "/personas", data=cuerpo, content_type="application/json")
        assert answer.status_code in {400, 422}
        assert answer.content_type == "application/problem+json"


def test_un_cuerpo_que_no_dice_ser_json_es_415(ventanilla: Ventanilla) -> None:
    cuerpo = json.dumps({"nombres": "Ana"})
    for tipo in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = ventanilla.api("POST", "/personas", data=cuerpo, content_type=tipo)
        assert answer.status_code == 415
        assert "application/json" in answer.json["detail"]
        assert answer.content_type == "application/problem+json"
    raro = ventanilla.api("POST", "/personas", data=cuerpo, content_type="application/x+json")
    sin_sesion = ventanilla.app.test_client().post("/casos/api/v1/personas", data=cuerpo)
    assert (raro.status_code, sin_sesion.status_code) == (201, 401)


@pytest.mark.parametrize("path", ["/", "/recepcion", "/api/v1/casos", "/api/v1/atenciones"])
def test_una_lista_mas_larga_no_pregunta_mas_veces(ventanilla: Ventanilla, path: str) -> None:
    # The other paths' people are in the same office: more than are shown is another search.
    nombre = "Buscada" if path == "/recepcion" else "Repetida"

    def preguntas() -> int:
        sentencias: list[str] = []

        def contar(_c: Any, _cursor: Any, sentencia: str, *_resto: Any) -> None:
            sentencias.append(sentencia)

        # What a process reads once a minute is no question of the list.
        ventanilla.app.extensions["subtemas"].releer()
        event.listen(ventanilla.db.engine, "before_cursor_execute", contar)
        try:
            if path == "/recepcion":
                assert (
                    ventanilla.enviar(path, {"q": nombre.lower()}, "profesional").status_code == 200
                )
            else:
                assert ventanilla.pagina(path, "profesional").status_code == 200
        finally:
            event.remove(ventanilla.db.engine, "before_cursor_execute", contar)
        return len(sentencias)

    def llegan(cuantas: int) -> None:
        for _n in range(cuantas):
            persona = ventanilla.persona(nombres=nombre, telefono="981110000")
            ventanilla.caso(persona_id=persona["id"])
            atencion = {"canal": "presencial", "tema": "SAL", "resultado": "orientada"}
            ventanilla.api("POST", "/atenciones", json=atencion | {"persona_id": persona["id"]})

    llegan(2)
    pocas = preguntas()
    llegan(4)

    assert preguntas() == pocas


def test_las_respuestas_no_se_guardan_en_caches(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    page = ventanilla.pagina(f"/personas/{persona['id']}")

    assert "no-store" in page.headers.get("Cache-Control", "")
