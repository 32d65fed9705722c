"""What becomes of a document: shown first, or of use no more and kept."""

from typing import Any

from tests.unit.casos.conftest import Ventanilla

PASAPORTE = {
    "documento_tipo": "pasaporte",
    "documento_pais": "COL",
}
DNI = {"documento_tipo": "dni_cedula_origen", "documento_pais": "COL"}


def _ver(ventanilla: Ventanilla, persona: str) -> Any:
    return ventanilla.api("GET", f"/personas/{persona}?mostrar=contacto").json


def _buscar(ventanilla: Ventanilla, texto: str) -> list[str]:
    hallado: Any = ventanilla.api("POST", "/personas/buscar", json={"q": texto}).json
    return [uno["persona"]["id"] for uno in hallado["resultados"]]


def _fuera(ventanilla: Ventanilla, documento: str, motivo: str = "perdido") -> Any:
    return ventanilla.api("POST", f"/documentos/{documento}/desuso", json={"motivo": motivo})


def test_un_documento_retirado_queda_y_nadie_se_halla_por_el(ventanilla: Ventanilla) -> None:
    suyo = PASAPORTE | {"documento_numero": "RT445566"}
    persona = ventanilla.persona(**suyo)["id"]
    documento = _ver(ventanilla, persona)["documentos"][0]["id"]
    assert _buscar(ventanilla, "RT445566") == [persona]
    assert _fuera(ventanilla, documento, "cansancio").status_code == 422
    assert _fuera(ventanilla, documento).status_code == 204
    assert _fuera(ventanilla, documento).status_code == 409
    visto = _ver(ventanilla, persona)
    (retirado,) = visto["documentos_retirados"]
    assert visto["documentos"] == []
    assert (retirado["numero"], retirado["retiro_motivo"]) == ("RT445566", "perdido")
    assert retirado["retirado_por"] == "Persona de recepcion"
    assert _buscar(ventanilla, "RT445566") == []
    # Nor is who shows it now alike to whoever had it.
    otra = ventanilla.persona(nombres="Otra", primer_apellido="Distinta", **suyo)
    assert otra["posibles_duplicados"] == []
    # It may come back, and is another entry.
    path = f"/personas/{persona}/documentos"
    assert ventanilla.api("POST", path, json=suyo).status_code == 201
    visto = _ver(ventanilla, persona)
    assert (len(visto["documentos"]), len(visto["documentos_retirados"])) == (1, 1)
    pagina = ventanilla.pagina(f"/personas/{persona}").text
    assert ("Documentos retirados" in pagina, "RT445566" in pagina) == (True, False)
    assert "casos.documento.retirar" in ventanilla.auditadas(persona)


def test_el_principal_va_primero_y_deja_de_serlo_si_se_retira(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(**PASAPORTE, documento_numero="RT112233")["id"]
    path = f"/personas/{persona}/documentos"
    segundo: Any = ventanilla.api("POST", path, json=DNI | {"documento_numero": "99887766"}).json
    assert [uno["principal"] for uno in _ver(ventanilla, persona)["documentos"]] == [False, False]
    assert ventanilla.enviar(f"/documentos/{segundo['id']}/principal", {}).status_code == 303
    vistos = _ver(ventanilla, persona)["documentos"]
    assert (vistos[0]["id"], vistos[0]["principal"]) == (segundo["id"], True)
    assert "Principal" in ventanilla.pagina(f"/personas/{persona}").text
    retirar = f"/documentos/{segundo['id']}/retirar"
    assert ventanilla.enviar(retirar, {}).status_code == 422
    assert ventanilla.enviar(retirar, {"motivo": "reemplazado"}).status_code == 303
    assert "Tiene otro en su lugar" in ventanilla.pagina(retirar).text
    assert [uno["principal"] for uno in _ver(ventanilla, persona)["documentos"]] == [False]
    tarde = ventanilla.api("POST", f"/documentos/{segundo['id']}/principal")
    assert tarde.status_code == 409


def test_al_unir_el_retirado_de_una_no_esconde_el_de_la_otra(ventanilla: Ventanilla) -> None:
    queda, sobra = (
        ventanilla.persona(**PASAPORTE, documento_numero="RT778899")["id"] for _ in range(2)
    )
    viejo = _ver(ventanilla, queda)["documentos"][0]["id"]
    _fuera(ventanilla, viejo, "vencido")
    suyo = _ver(ventanilla, sobra)["documentos"][0]["id"]
    ventanilla.api("POST", f"/documentos/{suyo}/principal")
    vista: Any = ventanilla.api("GET", f"/personas/{queda}/fusion/{sobra}", "coordinacion").json
    pedido = {"vigente_id": queda, "absorbida_id": sobra, "motivo": "Trajo los papeles."}
    pedido |= {f"{cual}_version": vista[cual]["version"] for cual in ("vigente", "absorbida")}
    fusion: Any = ventanilla.api("POST", "/fusiones", "coordinacion", json=pedido)
    assert fusion.status_code == 201, fusion.text
    (documento,) = _ver(ventanilla, queda)["documentos"]
    assert (documento["id"], documento["principal"]) == (suyo, True)
    motivo = {"motivo": "Son dos hermanas."}
    como = {"headers": {"If-Match": "*"}}
    reversion = f"/fusiones/{fusion.json['id']}/reversion"
    assert ventanilla.api("POST", reversion, "coordinacion", json=motivo, **como).status_code == 200
    assert [uno["id"] for uno in _ver(ventanilla, sobra)["documentos"]] == [suyo]
    assert _ver(ventanilla, queda)["documentos"] == []
