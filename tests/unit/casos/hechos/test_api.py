"""Only a service of the office may read the facts, page by page."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

import columns
from casos.hechos.api import bp
from casos.hechos.cursor import Cursor
from casos.permissions import PERMISOS
from oficina.errors import DatosInvalidos
from oficina.jobs import Jobs
from oficina.web.app import new_api, new_app

from .registro import Registro

HECHOS = "/casos/api/v1/hechos"


@pytest.fixture
def app(oficina: Any) -> Iterator[Flask]:
    """casos with this page only."""
    made = new_app(
        "casos", oficina.settings, permisos=PERMISOS, jobs=Jobs("casos"), client=oficina.client
    )
    new_api(made, title="Casos").register_blueprint(bp)
    columns.file_in(oficina.settings.data_dir, "casos")
    db = made.extensions["env"].db
    yield made
    db.close()


@pytest.fixture
def registro(app: Flask) -> Registro:
    """Writes what happens."""
    return Registro(app.extensions["env"].db)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody without a token."""
    return app.test_client()


def test_las_paginas_siguen_hasta_el_final(
    client: FlaskClient, oficina: Any, registro: Registro
) -> None:
    registro.lote(5)
    headers = oficina.bearer("servicio")

    first = client.get(f"{HECHOS}?limite=4", headers=headers).get_json()
    rest = client.get(f"{HECHOS}?limite=4&desde={first['cursor']}", headers=headers).get_json()
    again = client.get(f"{HECHOS}?desde={rest['cursor']}", headers=headers).get_json()

    assert (first["hay_mas"], rest["hay_mas"]) == (True, False)
    ids = [hecho["id"] for hecho in first["hechos"] + rest["hechos"] if hecho["vigente"]]
    assert len(ids) == len(set(ids)) == 6  # the case and five attentions
    assert again == {"hechos": [], "cursor": rest["cursor"], "hay_mas": False}


def test_un_hecho_no_lleva_mas_campos_que_los_acordados(
    client: FlaskClient, oficina: Any, registro: Registro
) -> None:
    registro.derivacion()

    pagina = client.get(HECHOS, headers=oficina.bearer("servicio")).get_json()

    assert {campo for hecho in pagina["hechos"] for campo in hecho} == {
        "id", "clase", "fecha", "nacionalidad", "tramo_edad", "sexo", "tema", "linea", "canal",
        "institucion", "resultado", "grado_evidencia", "unidad", "origen", "persona", "vigente",
        "motivo", "lugar", "tipo", "idioma",
    }  # fmt: skip
    for secret in ("Guerline", "Pierre", "OM-2024-000001", str(registro.persona_id)):
        assert secret not in str(pagina)


def test_las_etiquetas_dicen_los_codigos(
    client: FlaskClient, oficina: Any, registro: Registro
) -> None:
    answer = client.get(f"{HECHOS}/etiquetas", headers=oficina.bearer("servicio"))

    dichas = {
        (e["dimension"], e["codigo"], e["idioma"]): e["texto"] for e in answer.json["etiquetas"]
    }
    assert dichas["tema", "SOC", "es"] == "Ayuda social"
    assert dichas["linea", "L4", "es"] == "Orientación y acogida en oficina"
    assert dichas["idioma", "es", "es"] == "Español"
    assert dichas["idioma", "es", "en"] == "Spanish"
    assert dichas["institucion", "CAJ", "es"] == "Corporación de Asistencia Judicial"


@pytest.mark.parametrize("rol", ["coordinacion", "profesional", "recepcion", "administrador"])
def test_una_persona_no_lee_los_hechos(client: FlaskClient, oficina: Any, rol: str) -> None:
    assert client.get(HECHOS, headers=oficina.bearer(rol)).status_code == 403


def test_nadie_los_lee_sin_identificarse(client: FlaskClient) -> None:
    assert client.get(f"{HECHOS}?limite=x").status_code == 401


@pytest.mark.parametrize(
    ("consulta", "campo"), [("desde=ayer", "desde"), ("limite=0", "limite"), ("limite=x", "limite")]
)
def test_una_pregunta_mala_dice_su_campo(
    client: FlaskClient, oficina: Any, consulta: str, campo: str
) -> None:
    answer = client.get(f"{HECHOS}?{consulta}", headers=oficina.bearer("servicio"))

    assert answer.status_code == 422
    assert any(campo in ruta for ruta in answer.get_json()["errors"])


@pytest.mark.parametrize("cambio", [-(10**30), -1, 10**30, 2**63])
def test_un_cursor_que_no_cabe_no_es_un_cursor(cambio: int) -> None:
    with pytest.raises(DatosInvalidos):
        Cursor.leer(f"{cambio}.{UUID(int=1)}")
