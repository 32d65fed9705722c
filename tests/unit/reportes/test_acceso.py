"""Who reads which figures: role x door, for complete ones and for what may be published."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from oficina.audit import Auditoria
from oficina.env import Env
from reportes import tasks

from .hechos import Casos

MES = "/reportes/2024/5"
API = "/reportes/api/v1"
COMPLETAS = frozenset({"profesional", "coordinacion"})
PUBLICABLES = COMPLETAS | {"analista"}
ROLES = (
    *("recepcion", "profesional", "coordinacion", "encargado_programa", "contraparte_unidad"),
    *("capacitacion", "analista", "auditor", "delegado_datos", "administrador"),
)
PUERTAS = (
    ("GET", "/reportes/", PUBLICABLES),
    ("GET", MES, PUBLICABLES),
    ("GET", f"{MES}?alcance=publicable", PUBLICABLES),
    ("GET", f"{MES}/publicable.csv", PUBLICABLES),
    ("GET", f"{MES}/publicable.xlsx", PUBLICABLES),
    ("GET", f"{MES}/interno.csv", COMPLETAS),
    ("GET", f"{MES}/interno.xlsx", COMPLETAS),
    ("GET", "/reportes/informes", PUBLICABLES),
    ("GET", f"{API}/meses", PUBLICABLES),
    ("GET", f"{API}/meses/2024-05", PUBLICABLES),
    ("GET", f"{API}/meses/2024-05?alcance=publicable", PUBLICABLES),
    ("GET", f"{API}/meses/2024-05?alcance=interno", COMPLETAS),
)


@pytest.fixture
def contado(env: Env, casos: Casos) -> None:
    """A month with a small figure, which nobody may read who is not to read cases."""
    casos.atenciones(3, nacionalidad="CUB", persona_id=casos.persona())
    casos.atenciones(40, nacionalidad="VEN")
    casos.atenciones(17, nacionalidad="HTI")
    tasks.traer(env)


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize("rol", ROLES)
def test_cada_rol_ve_lo_suyo(app: Flask, oficina: Any, rol: str) -> None:
    browser = app.test_client()
    visto = {
        (metodo, ruta): browser.open(ruta, method=metodo, headers=oficina.bearer(rol)).status_code
        for metodo, ruta, _quienes in PUERTAS
    }

    assert visto == {
        (metodo, ruta): 200 if rol in quienes else 403 for metodo, ruta, quienes in PUERTAS
    }


@pytest.mark.usefixtures("contado")
@pytest.mark.parametrize(("rol", "alcance", "estado"), [
    ("coordinacion", "interno", 202), ("analista", "publicable", 202),
    ("analista", "interno", 403), ("auditor", "publicable", 403),
])  # fmt: skip
def test_cada_rol_pide_lo_suyo(
    app: Flask, oficina: Any, rol: str, alcance: str, estado: int
) -> None:
    pedido = app.test_client().post(
        f"{API}/informes",
        json={"mes": "2024-05", "alcance": alcance},
        headers=oficina.bearer(rol),
    )

    assert pedido.status_code == estado


@pytest.mark.usefixtures("contado")
def test_quien_analiza_no_recibe_ninguna_cifra_chica(app: Flask, oficina: Any) -> None:
    de_analista = oficina.bearer("analista")
    api = app.test_client().get(f"{API}/meses/2024-05", headers=de_analista).get_json()
    meses = app.test_client().get(f"{API}/meses", headers=de_analista).get_json()["meses"]
    browser = oficina.entrar(app, "analista")
    pagina, portada = browser.get(MES).text, browser.get("/reportes/").text

    assert api["alcance"] == "publicable"
    valores = [celda["valor"] for tabla in api["tablas"] for celda in tabla["celdas"]]
    assert 40 in valores
    assert not any(v is not None and 0 < v < 5 for v in valores)
    assert [(m["mes"], m["atenciones"], m["personas"]) for m in meses] == [("2024-05", None, None)]
    assert "reservado" in pagina
    assert "interno" not in pagina
    assert "Ver las cifras completas" not in pagina
    assert "mayo de 2024" in portada
    assert ">60<" not in portada.replace(" ", "")
    assert '<a href="/reportes/"' in portada


@pytest.mark.usefixtures("contado")
def test_quien_analiza_no_halla_los_informes_de_uso_interno(
    app: Flask, env: Env, oficina: Any
) -> None:
    client = app.test_client()

    def pedir(rol: str, alcance: str) -> str:
        hecho = client.post(
            f"{API}/informes",
            json={"mes": "2024-05", "alcance": alcance},
            headers=oficina.bearer(rol),
        )
        tasks.generar_informe(env, hecho.get_json()["id"])
        return str(hecho.get_json()["id"])

    interno, publicable = pedir("coordinacion", "interno"), pedir("analista", "publicable")
    browser = oficina.entrar(app, "analista")

    for ruta in (f"/reportes/informes/{interno}", f"/reportes/informes/{interno}/pdf"):
        assert browser.get(ruta).status_code == 404
    for ruta in (f"{API}/informes/{interno}", f"{API}/informes/{interno}/pdf"):
        assert client.get(ruta, headers=oficina.bearer("analista")).status_code == 404
    listas = browser.get("/reportes/informes").text + browser.get(MES).text
    assert interno not in listas
    assert publicable in listas
    assert browser.get(f"/reportes/informes/{publicable}/pdf").data.startswith(b"%PDF")
    with env.db.read() as session:
        leidos = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso_id == UUID(publicable))
        ).all()
    assert "reportes.exportar" in leidos
