"""Incidents on pages and over the API, who may see them, and what leaves with the register."""

import csv
import re
from io import StringIO
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.unit.casos.derivaciones.casos_app import Casos

from casos.expedientes.models import Caso
from casos.incidentes.models import IncidenteSeguridad
from casos.personas.models import Persona
from oficina import clock
from oficina.audit import Auditoria

DELEGADA = "delegado_datos"
CLASIFICACION = {
    "naturalezas": ["confidencialidad"],
    "categorias": ["contacto", "salud"],
    "sistemas": ["correo"],
    "riesgo": "medio",
    "efectos": "=Pudieron llamar a las personas",
    "personas_aprox": 12,
}
MEDIDA = {"clase": "contener", "texto": "Se pidió borrar el correo."}
LOS_DOS = ["agencia", "personas"]


def _hoy() -> dict[str, str]:
    return {"conocido_el": str(clock.today())}


def _reporte() -> dict[str, str]:
    return {"causa": "envio_equivocado", "relato": "Se envió una lista a otro correo."} | _hoy()


def _reportado(casos: Casos, rol: str = "recepcion") -> dict[str, Any]:
    made = casos.api(rol, "POST", "/incidentes", _reporte())
    assert made.status_code == 201, made.json
    return dict(made.json)


def _dar(casos: Casos, cual: str, paso: str, json: object, etag: str = "") -> Any:
    """A step over the API, on the version that was just read unless another one is said."""
    leida = etag or casos.api(DELEGADA, "GET", f"/incidentes/{cual}").headers["ETag"]
    ruta = f"/incidentes/{cual}/{paso}"
    return casos.api(DELEGADA, "POST", ruta, json, **{"If-Match": leida})


def _vista(page: str) -> dict[str, str]:
    """The version that the form of a page carries."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return {"version": found[1]}


def _folio(casos: Casos) -> str:
    with casos.db.read() as session:
        persona_id = session.get_one(Caso, casos.mundo.caso_id).persona_id
        return session.get_one(Persona, persona_id).folio


def test_quien_reporta_ve_en_que_esta_lo_suyo_y_nada_mas(casos: Casos) -> None:
    browser = casos.como("contraparte_unidad")

    vacio = browser.post("/casos/incidentes/reportar", data={})
    hecho = browser.post("/casos/incidentes/reportar", data=_reporte())
    page = browser.get(hecho.location).text

    assert vacio.status_code == 422
    for falta in ("Elija qué pasó", "Cuente qué pasó", "Indique qué día"):
        assert falta in vacio.text
    folio = re.search(r"IS-\d{4}-\d{6}", page)
    assert folio
    with casos.db.read() as session:
        uno = session.scalars(
            select(IncidenteSeguridad).where(IncidenteSeguridad.folio == folio[0])
        ).one()
    _dar(casos, str(uno.id), "abrir", CLASIFICACION)
    _dar(casos, str(uno.id), "medida", MEDIDA)
    page = browser.get("/casos/incidentes/reportar").text
    assert re.search(rf"{folio[0]}</strong>\s*<span[^>]*>Abierto", page)
    for ajeno in ("una lista", "llamar a las personas", "borrar el correo", "Persona de delegado"):
        assert ajeno not in page
    assert browser.get(f"/casos/incidentes/{uno.id}").status_code == 403
    # Somebody else who reports sees nothing of it.
    assert folio[0] not in casos.como("recepcion").get("/casos/incidentes/reportar").text


def test_cualquiera_que_trabaja_aqui_reporta_y_solo_la_delegada_ve(casos: Casos) -> None:
    for rol in ("administrador", "analista", "auditor", "profesional", "coordinacion"):
        hecho = _reportado(casos, rol)
        assert set(hecho) == {"id", "folio", "causa", "estado", "reportado_en"}
        mios = casos.api(rol, "GET", "/incidentes/mios").json["reportes"]
        assert [uno["id"] for uno in mios] == [hecho["id"]]
        for ruta in ("/incidentes", f"/incidentes/{hecho['id']}", "/incidentes/registro"):
            assert casos.api(rol, "GET", ruta).status_code == 403, (rol, ruta)
        browser = casos.como(rol)
        for page in ("", "/registro.csv", "/registro.json", f"/{hecho['id']}/abrir"):
            assert browser.get(f"/casos/incidentes{page}").status_code == 403, (rol, page)
    assert casos.api(DELEGADA, "GET", f"/incidentes/{hecho['id']}").status_code == 200


def test_la_delegada_lo_lleva_de_la_sospecha_al_cierre_en_las_paginas(casos: Casos) -> None:
    cual = _reportado(casos)["id"]
    browser = casos.como(DELEGADA)
    url = f"/casos/incidentes/{cual}"
    folio = _folio(casos)
    ahora = clock.local(clock.now())
    avisado = {"avisado_el": str(ahora.date()), "avisado_a_las": f"{ahora:%H:%M}"}

    assert cual in browser.get("/casos/incidentes").text
    for accion, datos in (
        ("abrir", CLASIFICACION),
        ("medida", MEDIDA),
        ("vincular", {"personas": folio}),
        ("decidir", {"destinatarios": LOS_DOS, "notificar": "1", "motivo": "Hay datos de salud"}),
        ("decidir", {"destinatarios": "csirt", "notificar": "0", "motivo": "No es significativo"}),
        ("avisar", {"destinatario": "agencia", "medio": "sede_electronica", **avisado}),
        ("avisar", {"destinatario": "personas", "medio": "carta", **avisado}),
        ("cerrar", {"texto": "Se revisaron las listas de correo."}),
    ):
        vista = browser.get(f"{url}/{accion}")
        assert browser.post(f"{url}/{accion}", data={}).status_code == 422
        assert browser.post(f"{url}/{accion}", data=datos).status_code == 428
        hecho = browser.post(f"{url}/{accion}", data=datos | _vista(vista.text))
        assert hecho.status_code == 303, hecho.text
    page = browser.get(url).text

    for dicho in (
        *("La ley los protege más: datos sensibles", folio, "Hay datos de salud"),
        *("Se revisaron las listas", "Personas afectadas: se comunica", "CSIRT Nacional"),
    ):
        assert dicho in page, dicho
    assert "Marie" not in page
    assert cual not in browser.get("/casos/incidentes").text
    assert cual in browser.get("/casos/incidentes?ver=todos").text
    with casos.db.read() as session:
        acciones = set(
            session.scalars(
                select(Auditoria.accion).where(
                    Auditoria.recurso_id == UUID(cual), Auditoria.actor_nombre != "recepcion"
                )
            )
        )
    hechas = ("reportar", "ver", "abrir", "medida", "vincular", "decidir", "avisar", "cerrar")
    assert {f"casos.incidente.{una}" for una in hechas} <= acciones


def test_antes_de_tiempo_no_se_cierra_y_se_dice_que_falta(casos: Casos) -> None:
    cual = _reportado(casos)["id"]
    assert _dar(casos, cual, "abrir", CLASIFICACION).status_code == 200

    browser, url = casos.como(DELEGADA), f"/casos/incidentes/{cual}/cerrar"
    page = browser.post(url, data={"texto": "Ya"} | _vista(browser.get(url).text))
    por_api = _dar(casos, cual, "cerrar", {"texto": "Ya"})
    sin_decidir = _dar(
        casos,
        cual,
        "avisar",
        {
            "destinatario": "agencia",
            "avisado_el": str(clock.today()),
            "avisado_a_las": "00:00",
            "medio": "correo",
        },
    )

    assert page.status_code == 409
    assert "Falta anotar al menos una medida." in page.text
    assert "Ya</textarea>" in page.text
    assert (por_api.status_code, por_api.json["faltas"]) == (409, ["decision", "medida"])
    assert sin_decidir.status_code == 409


def test_una_categoria_que_nadie_conoce_es_422_y_un_desconocido_no_se_vincula(
    casos: Casos,
) -> None:
    cual = _reportado(casos)["id"]

    inventada = _dar(casos, cual, "abrir", CLASIFICACION | {"categorias": ["horoscopo"]})
    _dar(casos, cual, "abrir", CLASIFICACION)
    nadie = _dar(casos, cual, "vincular", {"personas": ["P-1999-000009"]})

    assert (inventada.status_code, list(inventada.json["errors"])) == (422, ["categorias.0"])
    assert nadie.status_code == 422
    assert "P-1999-000009" in nadie.text


def test_quien_vio_otra_version_no_escribe_encima(casos: Casos) -> None:
    cual = _reportado(casos)["id"]
    _dar(casos, cual, "abrir", CLASIFICACION)
    etag = casos.api(DELEGADA, "GET", f"/incidentes/{cual}").headers["ETag"]
    assert _dar(casos, cual, "medida", MEDIDA, etag=etag).status_code == 200

    assert _dar(casos, cual, "medida", MEDIDA, etag=etag).status_code == 412
    assert casos.api(DELEGADA, "POST", f"/incidentes/{cual}/medida", MEDIDA).status_code == 428


def test_en_las_paginas_tampoco_se_escribe_encima_y_lo_escrito_no_se_pierde(casos: Casos) -> None:
    """Two delegates classify: the second sees what the first wrote before writing over it."""
    cual = _reportado(casos)["id"]
    _dar(casos, cual, "abrir", CLASIFICACION)
    browser, url = casos.como(DELEGADA), f"/casos/incidentes/{cual}/clasificar"
    vista = _vista(browser.get(url).text)
    primera = CLASIFICACION | {"efectos": "Lo que escribió la primera"}
    segunda = CLASIFICACION | {"efectos": "Lo que escribió la segunda"}
    assert browser.post(url, data=primera | vista).status_code == 303

    tarde = browser.post(url, data=segunda | vista)

    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert " Se clasificó de nuevo." in tarde.text
    assert "Ahora está así: Abierto." in tarde.text
    assert '<span class="of-texto">Lo que escribió la primera</span>' in tarde.text
    assert "Lo que escribió la segunda</textarea>" in tarde.text
    assert casos.api(DELEGADA, "GET", f"/incidentes/{cual}").json["efectos"] == primera["efectos"]
    assert browser.post(url, data=segunda | _vista(tarde.text)).status_code == 303
    assert casos.api(DELEGADA, "GET", f"/incidentes/{cual}").json["efectos"] == segunda["efectos"]


def test_un_incidente_que_ya_se_descarto_lo_dice_y_no_pierde_lo_escrito(casos: Casos) -> None:
    cual = _reportado(casos)["id"]
    browser, path = casos.como(DELEGADA), f"/casos/incidentes/{cual}"
    vista = _vista(browser.get(f"{path}/abrir").text)
    etag = casos.api(DELEGADA, "GET", f"/incidentes/{cual}").headers["ETag"]
    _dar(casos, cual, "descartar", {"texto": "Era un correo de prueba"})

    tarde = browser.post(f"{path}/abrir", data=CLASIFICACION | vista)
    otra_vez = browser.post(f"{path}/abrir", data=CLASIFICACION | _vista(tarde.text))
    por_api = _dar(casos, cual, "abrir", CLASIFICACION, etag=etag)

    assert (tarde.status_code, otra_vez.status_code, por_api.status_code) == (412, 409, 412)
    for page in (tarde.text, otra_vez.text):
        assert " Se descartó." in page
        assert "Ahora está así: Descartado." in page
        assert f'href="{path}/reabrir">Reabrir</a>' in page
        assert f'href="{path}/abrir"' not in page
        assert f"{CLASIFICACION['efectos']}</textarea>" in page
    assert por_api.json["estado_actual"] == "descartado"
    assert por_api.json["transiciones_permitidas"] == ["reabrir"]


def test_el_registro_dice_lo_que_la_agencia_pide_y_no_nombra_a_nadie(casos: Casos) -> None:
    descartado, cual = _reportado(casos), _reportado(casos)
    _dar(casos, descartado["id"], "descartar", {"texto": "Era un correo de prueba"})
    _dar(casos, cual["id"], "abrir", CLASIFICACION)
    _dar(casos, cual["id"], "medida", MEDIDA)
    _dar(casos, cual["id"], "vincular", {"personas": [_folio(casos)]})
    _dar(
        casos,
        cual["id"],
        "decidir",
        {"destinatarios": ["agencia"], "notificar": True, "motivo": "Riesgo razonable"},
    )
    browser = casos.como(DELEGADA)

    archivo = browser.get("/casos/incidentes/registro.csv")
    json = browser.get("/casos/incidentes/registro.json")
    por_api = casos.api(DELEGADA, "GET", "/incidentes/registro").json

    (fila,) = [f for f in csv.DictReader(StringIO(archivo.text)) if f["Folio"] == cual["folio"]]
    assert fila["Personas, aproximadamente"] == "12"
    assert fila["Personas identificadas"] == "1"
    assert fila["Datos protegidos"] == "datos sensibles"
    assert fila["Medidas adoptadas"] == MEDIDA["texto"]
    # A spreadsheet must not take what was written for a formula.
    assert fila["Efectos"] == f"'{CLASIFICACION['efectos']}"
    assert "attachment" in json.headers["Content-Disposition"]
    assert json.json["incidentes"] == por_api["incidentes"]
    (asiento,) = [a for a in por_api["incidentes"] if a["folio"] == cual["folio"]]
    assert asiento["medidas"][0]["texto"] == MEDIDA["texto"]
    assert [(a["destinatario"], a["avisado_en"]) for a in asiento["avisos"]] == [("agencia", None)]
    for texto in (archivo.text, json.text):
        assert descartado["folio"] not in texto
        for ajeno in ("Marie", "Persona de", _folio(casos), "una lista"):
            assert ajeno not in texto


def test_lo_escrito_no_esta_en_claro_en_la_base(casos: Casos) -> None:
    cual = _reportado(casos)["id"]
    _dar(casos, cual, "abrir", CLASIFICACION)
    _dar(casos, cual, "medida", MEDIDA)
    decidir = {"destinatarios": ["agencia"], "notificar": True, "motivo": "Riesgo razonable"}
    _dar(casos, cual, "decidir", decidir)

    with casos.db.read() as session:
        connection = session.connection()
        filas = str(
            [
                connection.exec_driver_sql(f"SELECT * FROM {tabla}").all()
                for tabla in ("incidentes", "pasos_de_incidente", "avisos_de_incidente")
            ]
        )

    for escrito in ("una lista", "Pudieron llamar", "borrar el correo", "Riesgo razonable"):
        assert escrito not in filas
