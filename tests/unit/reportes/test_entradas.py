"""The pages and the API: who may enter, what they show, and what they do with bad input."""

import csv
import io
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from oficina.audit import Auditoria
from oficina.db import Database
from oficina.env import Env
from reportes import tasks

from .hechos import ABRIL, Casos

MES = "/reportes/2024/5"
API = "/reportes/api/v1"


@pytest.fixture
def contado(env: Env, casos: Casos) -> None:
    """A month in which things happened, and the one before."""
    persona_id = casos.persona()
    casos.atenciones(1, nacionalidad="HTI", persona_id=persona_id)
    casos.atenciones(2, nacionalidad="HTI", persona_id=persona_id, tema="REG.TEMP")
    casos.atenciones(30, derivada_a="DIDECO", resultado="cumplida")
    casos.atenciones(12, nacionalidad="PER", tema="CON")
    casos.atenciones(20, cuando=ABRIL)
    tasks.traer(env)


@pytest.fixture
def coordinacion(oficina: Any, app: Flask) -> FlaskClient:
    """The browser of somebody who coordinates."""
    browser: FlaskClient = oficina.entrar(app, "coordinacion")
    return browser


def _acciones(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(select(Auditoria.accion)))


@pytest.mark.usefixtures("contado")
def test_los_meses_van_del_mas_nuevo_al_mas_viejo(coordinacion: FlaskClient) -> None:
    page = coordinacion.get("/reportes/").text

    assert page.index("mayo de 2024") < page.index("abril de 2024")
    assert page.count("<h1>") == 1


def test_sin_datos_la_portada_lo_dice(coordinacion: FlaskClient) -> None:
    assert "Todavía no hay nada que contar" in coordinacion.get("/reportes/").text


@pytest.mark.usefixtures("contado")
def test_un_mes_tiene_tablas_y_barras_que_dicen_lo_mismo(coordinacion: FlaskClient) -> None:
    page = coordinacion.get(MES).text

    assert "Uso interno" in page
    assert " style=" not in page
    for said in ("Haití", "Ayuda social", "DIDECO", "Convivencia vecinal"):
        assert said in page
    start = page.index("<svg")
    grafico = ET.fromstring(page[start : page.index("</svg>", start) + 6])
    assert grafico.attrib["role"] == "img"
    titulo, desc = grafico[0], grafico[1]
    assert (titulo.tag, desc.tag) == ("title", "desc")
    assert desc.text is not None
    assert "Venezuela: 30 atenciones" in desc.text
    assert "Haití: 3 atenciones" in desc.text


@pytest.mark.usefixtures("contado")
def test_la_version_publicable_no_dice_las_cifras_chicas(coordinacion: FlaskClient) -> None:
    page = coordinacion.get(f"{MES}?alcance=publicable").text

    assert "reservado" in page
    assert "Haití: 3" not in page
    assert ">3<" not in page.replace(" ", "")


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize("alcance", ["publicable", "interno"])
def test_los_archivos_dicen_en_su_nombre_para_quien_son(
    coordinacion: FlaskClient, db: Database, alcance: str
) -> None:
    answer = coordinacion.get(f"{MES}/{alcance}.csv")
    libro = coordinacion.get(f"{MES}/{alcance}.xlsx")

    marca = {"publicable": "publicable", "interno": "uso-interno"}[alcance]
    assert f"acogida-2024-05-{marca}.csv" in answer.headers["Content-Disposition"]
    assert f"acogida-2024-05-{marca}.xlsx" in libro.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    haiti = next(r for r in rows if r["codigo_1"] == "HTI")
    assert haiti["valor"] == ("3" if alcance == "interno" else "reservado")
    assert libro.data.startswith(b"PK")
    assert _acciones(db).count("reportes.exportar") == 2


@pytest.mark.usefixtures("contado")
def test_un_informe_se_pide_se_sigue_y_se_baja_sin_script(
    coordinacion: FlaskClient, env: Env, db: Database
) -> None:
    asked = coordinacion.post("/reportes/informes", data={"mes": "2024-05", "alcance": "interno"})
    assert asked.status_code == 303
    page = asked.headers["Location"]
    assert "En la fila" in coordinacion.get(page).text
    assert coordinacion.get(f"{page}/pdf").status_code == 404
    fragment = coordinacion.get(f"{page}/avance")
    same = coordinacion.get(f"{page}/avance", headers={"If-None-Match": fragment.headers["ETag"]})
    assert same.status_code == 304

    tasks.barrer(env)

    fresh = coordinacion.get(f"{page}/avance", headers={"If-None-Match": fragment.headers["ETag"]})
    assert "Descargar el PDF" in fresh.text
    pdf = coordinacion.get(f"{page}/pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")
    assert "acogida-2024-05-uso-interno.pdf" in pdf.headers["Content-Disposition"]
    assert {"reportes.informe.pedir", "reportes.exportar"} <= set(_acciones(db))


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize(
    "datos",
    [
        {"alcance": "interno"},
        {"mes": "mayo", "alcance": "interno"},
        {"mes": "2024-05"},
        {"mes": "2024-05", "alcance": "todos"},
        {"mes": "2019-01", "alcance": "interno"},
    ],
)
def test_un_pedido_malo_vuelve_con_sus_errores(
    coordinacion: FlaskClient, datos: dict[str, str]
) -> None:
    answer = coordinacion.post("/reportes/informes", data=datos)

    assert answer.status_code == 422
    assert "Hay datos que corregir" in answer.text
    assert coordinacion.get("/reportes/informes").text.count("pedido por") == 0


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize(
    "path", ["/reportes/2019/1", "/reportes/2024/13", "/reportes/2024/0", f"{MES}/todo.csv"]
)
def test_un_mes_vacio_o_imposible_no_existe(coordinacion: FlaskClient, path: str) -> None:
    assert coordinacion.get(path).status_code == 404


@pytest.mark.usefixtures("contado")
def test_la_api_dice_meses_y_cifras(app: Flask, oficina: Any) -> None:
    client, headers = app.test_client(), oficina.bearer("profesional")

    meses = client.get(f"{API}/meses", headers=headers).get_json()["meses"]
    figuras = client.get(f"{API}/meses/2024-05", headers=headers).get_json()
    publicas = client.get(f"{API}/meses/2024-05?alcance=publicable", headers=headers).get_json()

    assert meses[0] == {
        "mes": "2024-05", "atenciones": 45, "personas": 1, "casos": 0, "derivaciones": 30
    }  # fmt: skip
    tablas = {t["indicador"]: t for t in figuras["tablas"]}
    celdas = {tuple(c["codigos"]): c for c in tablas["atenciones_por_nacionalidad"]["celdas"]}
    assert celdas["VEN",] == {"codigos": ["VEN"], "valor": 30, "mes_anterior": 20}
    assert tablas["personas_atendidas"]["total"] == 1
    publica = {t["indicador"]: t for t in publicas["tablas"]}["personas_atendidas"]
    assert publica["total"] is None


@pytest.mark.usefixtures("contado")
def test_un_informe_se_pide_por_la_api(app: Flask, env: Env, oficina: Any) -> None:
    client, headers = app.test_client(), oficina.bearer("coordinacion")

    asked = client.post(
        f"{API}/informes", json={"mes": "2024-05", "alcance": "publicable"}, headers=headers
    )
    assert asked.status_code == 202
    where = asked.headers["Location"]
    assert client.get(where, headers=headers).get_json()["estado"] == "solicitado"
    tasks.generar_informe(env, asked.get_json()["id"])

    done = client.get(where, headers=headers).get_json()
    assert (done["estado"], done["progreso"]) == ("listo", 100)
    pdf = client.get(f"{where}/pdf", headers=headers)
    assert len(pdf.data) == done["octetos"]


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize(
    ("pedido", "campo"),
    [
        ({"alcance": "interno"}, "mes"),
        ({"mes": "2024-5x", "alcance": "interno"}, "mes"),
        ({"mes": "2024-05", "alcance": "?"}, "alcance"),
        ({"mes": "2010-01", "alcance": "interno"}, "mes"),
    ],
)
def test_la_api_dice_que_campo_esta_mal(
    app: Flask, oficina: Any, pedido: dict[str, str], campo: str
) -> None:
    answer = app.test_client().post(
        f"{API}/informes", json=pedido, headers=oficina.bearer("coordinacion")
    )

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert any(campo in ruta for ruta in answer.get_json()["errors"])


@pytest.mark.parametrize("path", ["/reportes/", MES, f"{API}/meses", f"{MES}/interno.csv"])
@pytest.mark.parametrize("rol", ["recepcion", "administrador"])
def test_recepcion_y_administrador_no_ven_cifras(
    app: Flask, oficina: Any, rol: str, path: str
) -> None:
    assert app.test_client().get(path, headers=oficina.bearer(rol)).status_code == 403


def test_un_informe_que_no_existe_no_se_encuentra(coordinacion: FlaskClient) -> None:
    ninguno = "/reportes/informes/01900000-0000-7000-8000-000000000000"

    assert coordinacion.get(ninguno).status_code == 404
    assert coordinacion.get(f"{ninguno}/pdf").status_code == 404
