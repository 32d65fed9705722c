"""The letter of a derivation: no name on paper, and a link that opens with a key."""

import json
import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text

from casos.derivaciones.models import Enlace
from casos.derivaciones.states import Accion, Estado, Grado
from casos.enlaces.actions import CLAVES
from casos.oficios import actions
from casos.oficios.actions import Impresion
from casos.oficios.documento import documento
from oficina.audit import Auditoria
from oficina.errors import NoEncontrado, TransicionInvalida
from oficina.membrete import Membrete

from .casos_app import Casos
from .mundo import LUNES, PROFESIONAL, SECRETOS, Mundo


def _imprimir(mundo: Mundo, derivacion_id: UUID) -> Impresion:
    with mundo.db.begin() as session:
        return actions.imprimir(session, derivacion_id, "https://x.example", PROFESIONAL, LUNES)


def _token(impresion: Impresion) -> str:
    return impresion.url.rpartition("/")[2]


def _abrir_con_clave(casos: Casos, impresion: Impresion) -> FlaskClient:
    """A browser whose person has the sheet with the key."""
    browser = casos.app.test_client()
    sent = browser.post(f"/casos/enlace/{_token(impresion)}/clave", data={"clave": impresion.clave})
    assert sent.status_code == 303, sent.text
    return browser


def test_el_oficio_no_dice_de_quien_es_y_su_clave_va_aparte(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    impresion = _imprimir(casos.mundo, derivacion_id)

    with casos.app.test_request_context():
        hecho = documento(
            impresion, Membrete("Municipalidad de Prueba", "Calle 1", "+56 2 2345 6789")
        )
    carta = json.dumps(
        {k: v for k, v in hecho.items() if k not in {"hoja", "clave", "apartes"}},
        ensure_ascii=False,
    )

    assert not any(secreto in json.dumps(hecho) for secreto in (*SECRETOS, "Baptiste"))
    assert impresion.oficio.numero.startswith("OF-")
    for dicho in (
        *(impresion.oficio.numero, impresion.url, "Atención social y ayudas"),
        *("Oficina de Migración · Municipalidad de Prueba", "Calle 1 · +56 2 2345 6789"),
    ):
        assert dicho in carta
    assert impresion.clave not in carta
    assert hecho["clave"].replace(" ", "") == impresion.clave


def test_la_pagina_da_un_pdf_y_guarda_su_numero(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{derivacion_id}"

    pdf = browser.post(f"{url}/oficio")
    carta, clave = (hoja.extract_text() for hoja in PdfReader(BytesIO(pdf.data)).pages)

    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert "/casos/enlace/" in carta.replace("\n", "")
    assert "Baptiste" not in carta + clave
    assert re.search(r"\d{3} \d{3}", clave)
    assert re.search(r'filename="OF-\d{4}-\d{6}\.pdf"', pdf.headers["Content-Disposition"])
    assert "impreso por última vez" in browser.get(url).text
    assert casos.mundo.hitos()[-1].datos["hecho"] == "oficio"


def test_el_enlace_impreso_no_abre_sin_su_clave(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    impresion = _imprimir(casos.mundo, derivacion_id)
    path, ajeno = f"/casos/enlace/{_token(impresion)}", casos.app.test_client()

    for una in (ajeno.get(path), ajeno.get(f"{path}/rechazar"), ajeno.post(f"{path}/aceptar")):
        assert "Escriba la clave" in una.text
        assert "Baptiste" not in una.text
        assert "DIDECO" not in una.text
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.ENVIADA
    api = f"/casos/api/v1/enlace/{_token(impresion)}"
    assert ajeno.get(api).status_code == 403
    assert ajeno.get(api, headers={"X-Acogida-Paso": "0" * 64}).status_code == 403
    ajeno.set_cookie("acogida_paso", "0" * 64)
    assert "Escriba la clave" in ajeno.get(path).text


def test_con_su_clave_se_ve_y_se_responde(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    impresion = _imprimir(casos.mundo, derivacion_id)

    browser = _abrir_con_clave(casos, impresion)
    page = browser.get(f"/casos/enlace/{_token(impresion)}").text
    sent = browser.post(f"/casos/enlace/{_token(impresion)}/aceptar")

    assert "Baptiste" in page
    assert sent.status_code == 303
    derivacion = casos.mundo.derivacion(derivacion_id)
    assert (derivacion.estado, derivacion.grado_evidencia) == (Estado.ACEPTADA, Grado.A)


def test_api_cambia_la_clave_por_un_paso_que_solo_sirve_en_su_enlace(casos: Casos) -> None:
    uno, otro = (_imprimir(casos.mundo, casos.mundo.en(Estado.ENVIADA)) for _ in range(2))
    browser, api = casos.app.test_client(), "/casos/api/v1/enlace"

    dicho = browser.post(
        f"{api}/{_token(uno)}/clave", json={"clave": f" {uno.clave[:3]}-{uno.clave[3:]} "}
    )
    paso = {"X-Acogida-Paso": dicho.json["paso"]}  # type: ignore[index]  # it is an object

    assert browser.get(f"{api}/{_token(uno)}", headers=paso).status_code == 200
    assert browser.get(f"{api}/{_token(otro)}", headers=paso).status_code == 403
    assert browser.post(f"{api}/{_token(otro)}/clave", json={"clave": "no"}).status_code == 422


def test_despues_de_cinco_claves_equivocadas_el_enlace_no_abre_ni_con_la_buena(
    casos: Casos,
) -> None:
    impresion = _imprimir(casos.mundo, casos.mundo.en(Estado.ENVIADA))
    path, browser = f"/casos/enlace/{_token(impresion)}/clave", casos.app.test_client()
    mala = f"{(int(impresion.clave) + 1) % 10**6:06d}"

    dichas = [browser.post(path, data={"clave": mala}).status_code for _ in range(CLAVES)]

    assert dichas == [422] * CLAVES
    assert browser.post(path, data={"clave": impresion.clave}).status_code == 410
    with casos.db.read() as session:
        erradas = session.scalars(
            select(Auditoria.id).where(Auditoria.accion == "casos.enlace.clave_errada")
        ).all()
    assert len(erradas) == CLAVES


def test_imprimir_otra_vez_deja_el_mismo_numero_y_cierra_el_codigo_anterior(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)
    primera = _imprimir(mundo, derivacion_id)
    hitos = len(mundo.hitos())
    segunda = _imprimir(mundo, derivacion_id)

    assert segunda.oficio.numero == primera.oficio.numero
    assert segunda.oficio.impresiones == 2
    assert len(mundo.hitos()) == hitos
    with mundo.db.read() as session:
        vigentes = sorted(session.scalars(select(Enlace.vence_en)))
    assert vigentes[0] < vigentes[1] - timedelta(days=1)


def test_ni_el_token_ni_la_clave_quedan_en_la_base(mundo: Mundo) -> None:
    impresion = _imprimir(mundo, mundo.en(Estado.ENVIADA))

    with mundo.db.read() as session:
        filas = str(session.execute(text("SELECT * FROM enlaces")).all())
        filas += str(session.execute(text("SELECT * FROM oficios")).all())
    assert _token(impresion) not in filas
    assert f"'{impresion.clave}'" not in filas


@pytest.mark.parametrize(
    "estado", [Estado.BORRADOR, Estado.RECHAZADA, Estado.CUMPLIDA, Estado.ANULADA]
)
def test_de_lo_que_no_espera_respuesta_no_se_imprime_oficio(mundo: Mundo, estado: Estado) -> None:
    derivacion_id = mundo.en(estado)

    with pytest.raises(TransicionInvalida):
        _imprimir(mundo, derivacion_id)


def test_el_numero_de_docdigital_se_anota_en_su_oficio(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{derivacion_id}"
    path = f"/derivaciones/{derivacion_id}/oficio"
    assert casos.api("profesional", "GET", path).status_code == 404
    assert browser.post(f"{url}/oficio/docdigital", data={"docdigital": "A-1"}).status_code == 404
    impresa = casos.api("profesional", "POST", path)

    assert impresa.status_code == 201
    assert impresa.json["oficio"]["docdigital"] is None
    con_espacio = casos.api("profesional", "POST", f"{path}/docdigital", {"docdigital": "a b"})
    assert con_espacio.status_code == 422
    assert browser.post(f"{url}/oficio/docdigital", data={"docdigital": "A-1"}).status_code == 303
    assert casos.api("profesional", "GET", path).json["docdigital"] == "A-1"
    assert "En DocDigital: A-1." in browser.get(url).text


def test_lo_que_se_registra_dice_quien_respondio_y_que_dia(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser, url = casos.como("profesional"), f"/casos/derivaciones/{derivacion_id}"
    datos = {"canal": "oficio", "quien": "Jefa de atención", "cuando": "2026-11-10"}
    futuro = browser.post(f"{url}/pasos/aceptar", data=datos | {"cuando": "2999-01-01"})

    sent = browser.post(f"{url}/pasos/aceptar", data=datos)

    assert (futuro.status_code, sent.status_code) == (422, 303)
    page = browser.get(url).text
    assert "respondió Jefa de atención" in page
    assert casos.mundo.derivacion(derivacion_id).grado_evidencia is Grado.B
    (dicha,) = casos.api("profesional", "GET", f"/derivaciones/{derivacion_id}").json["respuestas"]
    assert (dicha["dicha_por"], dicha["dicha_el"]) == ("Jefa de atención", "2026-11-10")


def test_no_hay_oficio_que_anotar_sin_imprimirlo(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)

    with pytest.raises(NoEncontrado), mundo.db.begin() as session:
        actions.anotar_docdigital(session, derivacion_id, "A-1", PROFESIONAL)
    mundo.hacer(derivacion_id, Accion.ANULAR)
