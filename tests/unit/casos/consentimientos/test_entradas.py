"""What a person agreed to, on its page and over the API, and taking it back."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.unit.casos.derivaciones.casos_app import Casos
from tests.unit.casos.derivaciones.mundo import CAMINO

from casos.derivaciones.states import Estado
from casos.expedientes.models import Caso
from oficina.audit import Auditoria

DADO = {"forma_consentimiento": "verbal", "idioma_consentimiento": "hat"}


def _persona(casos: Casos) -> UUID:
    with casos.db.read() as session:
        return session.get_one(Caso, casos.mundo.caso_id).persona_id


def _consentida(casos: Casos, estado: Estado = Estado.CUMPLIDA) -> UUID:
    derivacion_id = casos.mundo.preparar(casos.mundo.pedido("SJM.LEGAL", consentida=True))
    for accion in CAMINO[estado]:
        casos.mundo.hacer(derivacion_id, accion)
    return derivacion_id


def _leidos(casos: Casos, rol: str) -> list[dict[str, Any]]:
    answer = casos.api(rol, "GET", f"/personas/{_persona(casos)}/consentimientos")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json["consentimientos"]
    return found


def test_la_pagina_dice_en_palabras_que_se_permitio_y_retirar_lo_detiene(casos: Casos) -> None:
    derivacion_id = _consentida(casos)
    token = casos.enlace(derivacion_id)
    browser = casos.como("profesional")
    url = f"/casos/personas/{_persona(casos)}/consentimientos"

    page = browser.get(url).text
    assert "Mwen otorize Biwo Migrasyon an bay Servicio Jesuita a Migrantes" in page
    assert "De palabra · Criollo haitiano" in page
    retirar = page.split('btn-sm" href="')[1].split('"')[0]
    antes = browser.get(retirar).text
    sin_motivo = browser.post(retirar, data={})
    hecho = browser.post(retirar, data={"motivo": "decision_de_la_persona"})

    assert "Se avisa a la institución" in antes
    assert sin_motivo.status_code == 422
    assert hecho.location == url
    assert "Retirado" in browser.get(url).text
    # What was delivered stays so, and its link shows nothing of the person any more.
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.CUMPLIDA
    assert "Marie Ange" not in casos.app.test_client().get(f"/casos/enlace/{token}").text
    refused = casos.api("servicio", "POST", f"/derivaciones/{derivacion_id}/enlace")
    assert refused.status_code == 409
    assert (
        "Consentimiento retirado" in browser.get(f"/casos/expedientes/{casos.mundo.caso_id}").text
    )
    caso = casos.api("profesional", "GET", f"/casos/{casos.mundo.caso_id}").json
    assert caso["consentimiento_retirado"] is True
    en_recepcion = casos.api("recepcion", "GET", f"/casos/{casos.mundo.caso_id}").json
    assert "consentimiento_retirado" not in en_recepcion


def test_recepcion_ve_y_retira_solo_lo_que_no_dice_a_quien_se_derivo(casos: Casos) -> None:
    _consentida(casos)
    ruta = f"/personas/{_persona(casos)}/consentimientos"
    dado = casos.api("recepcion", "POST", ruta, DADO)
    assert dado.status_code == 201, dado.json

    assert [uno["finalidad"] for uno in _leidos(casos, "recepcion")] == ["recordatorios"]
    todos = _leidos(casos, "profesional")
    assert [uno["finalidad"] for uno in todos] == ["recordatorios", "derivacion"]
    ajeno = f"/consentimientos/{todos[1]['id']}/retiro"
    motivo = {"motivo": "ya_no_hace_falta"}
    assert casos.api("recepcion", "POST", ajeno, motivo).status_code == 404
    retirado = casos.api("recepcion", "POST", f"/consentimientos/{dado.json['id']}/retiro", motivo)
    assert (retirado.json["vale"], retirado.json["retiro"]["motivo"]) == (False, "ya_no_hace_falta")


def test_el_formulario_pide_quien_representa_y_vuelve_con_lo_escrito(casos: Casos) -> None:
    url = f"/casos/personas/{_persona(casos)}/consentimientos"
    browser = casos.como("recepcion")
    de_otra = {**DADO, "otorgado_por": "representante", "evidencia": "carpeta 7"}

    falta = browser.post(url, data=de_otra)
    hecho = browser.post(url, data={**de_otra, "representante": "Su madre, con certificado"})

    assert falta.status_code == 422
    assert "Escriba quién lo dio" in falta.text
    assert 'value="carpeta 7"' in falta.text
    assert hecho.status_code == 303
    page = browser.get(url).text
    assert "Su madre, con certificado" in page
    with casos.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso_id == _persona(casos))
        ).all()
    assert "casos.consentimiento.otorgar" in acciones
    assert acciones[-1] == "casos.consentimiento.ver"
