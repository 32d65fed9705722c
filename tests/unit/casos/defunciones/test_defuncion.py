"""That somebody died is written down once, said wherever they are named, and can be taken back."""

from typing import Any

import pytest
from tests.unit.casos.conftest import Ventanilla

from oficina import clock

FALLECIO = {"fuente": "certificado", "fecha": "2026-03-01", "detalle": "Trajo el papel su hermana"}


def _anotar(ventanilla: Ventanilla, persona: str, **otro: Any) -> Any:
    return ventanilla.api("POST", f"/personas/{persona}/defunciones", json=FALLECIO | otro)


def test_se_anota_una_vez_se_dice_en_todas_partes_y_se_anula_con_su_razon(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona(telefono="9 8623 0047", fecha_nacimiento="1950-05-05")["id"]
    caso = ventanilla.caso(persona_id=persona)
    hecha = _anotar(ventanilla, persona)
    assert hecha.status_code == 201, hecha.text
    assert _anotar(ventanilla, persona).status_code == 409
    assert ventanilla.api("GET", f"/personas/{persona}").json["avisos"] == ["fallecida"]
    nombrada = ventanilla.api("GET", f"/personas/nombres?id={persona}").json
    assert nombrada[0]["avisos"] == ["fallecida"]
    contacto = ventanilla.api("GET", f"/personas/{persona}/contacto", "servicio").json
    assert contacto["fallecida"] is True
    # It closes nothing.
    abierto = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json
    assert abierto["estado"] == "abierto"
    for pagina in (f"/personas/{persona}", f"/personas/{persona}/defuncion"):
        assert "La persona falleció" in ventanilla.pagina(pagina).text
    assert "Falleció" in ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text

    ruta = f"/defunciones/{hecha.json['id']}"
    como = {"If-Match": hecha.headers["ETag"]}
    rectificar = f"{ruta}/rectificacion"
    sin_razon = ventanilla.api("POST", rectificar, json={"motivo": " "}, headers=como)
    assert sin_razon.status_code == 422
    razon = {"motivo": "Era su madre"}
    anulada = ventanilla.api("POST", rectificar, json=razon, headers=como)
    assert (anulada.status_code, anulada.json["anulada_motivo"]) == (200, "Era su madre")
    otra_vez = ventanilla.api("POST", rectificar, json=razon, headers={"If-Match": "*"})
    assert otra_vez.status_code == 409
    assert ventanilla.api("GET", f"/personas/{persona}").json["avisos"] == []
    assert "Era su madre" in ventanilla.pagina(f"/personas/{persona}/defuncion").text
    auditadas = ventanilla.auditadas(persona)
    assert ("casos.defuncion.registrar" in auditadas, "casos.defuncion.anular" in auditadas) == (
        True,
        True,
    )
    # The fact says that a contact changed: that somebody died is told to nobody outside.
    assert "casos.defuncion" not in str(ventanilla.hechos(f"persona/{persona}"))


@pytest.mark.parametrize(
    ("otro", "campo"),
    [
        ({"fecha": "2999-01-01"}, "fecha"),
        ({"fecha": "1949-01-01"}, "fecha"),
        ({"fuente": "rumor"}, "fuente"),
        ({"fuente": None}, "fuente"),
    ],
)
def test_lo_que_no_puede_ser_no_se_anota(
    ventanilla: Ventanilla, otro: dict[str, Any], campo: str
) -> None:
    persona = ventanilla.persona(fecha_nacimiento="1950-05-05")["id"]
    negada = _anotar(ventanilla, persona, **otro)
    assert (negada.status_code, list(negada.json["errors"])) == (422, [campo])
    assert ventanilla.api("GET", f"/personas/{persona}").json["avisos"] == []


def test_en_la_pagina_se_anota_y_se_anula(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()["id"]
    ruta = f"/personas/{persona}/defuncion"
    assert ventanilla.enviar(ruta, {}).status_code == 422
    assert ventanilla.enviar(ruta, {"fuente": "familia"}).status_code == 303
    otra_vez = ventanilla.enviar(ruta, {"fuente": "familia"})
    assert otra_vez.status_code == 409
    assert "Ya está anotado" in otra_vez.text
    dicha: Any = ventanilla.api("GET", f"/personas/{persona}/defunciones").json
    (una,) = dicha["defunciones"]
    assert (una["fecha"], una["registrada_en"] <= clock.now().isoformat()) == (None, True)
    anular = f"/defunciones/{una['id']}/anular"
    assert "Por qué se anula" in ventanilla.pagina(anular).text
    assert ventanilla.enviar(anular, {"version": "1"}).status_code == 422
    hecha = ventanilla.enviar(anular, {"version": "1", "motivo": "Fue un error"})
    assert hecha.status_code == 303
    assert "La anuló Persona de recepcion" in ventanilla.pagina(anular).text
    tarde = ventanilla.enviar(anular, {"version": "1", "motivo": "Era otra"}, "coordinacion")
    no_admitida = ventanilla.enviar(anular, {"version": "2", "motivo": "Era otra"}, "coordinacion")
    assert (tarde.status_code, no_admitida.status_code) == (412, 409)
    assert "Otra persona lo modificó mientras usted escribía" in tarde.text
    assert "El estado actual no admite ese paso" in no_admitida.text
    for page in (tarde.text, no_admitida.text):
        assert "Lo cambió Persona de recepcion: " in page
        assert " Se anuló." in page
        assert "Ahora está así: Anulada." in page
        assert "Era otra</textarea>" in page
