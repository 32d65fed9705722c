"""Households: who belongs to which, since when, and how much each reader may know of it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Caso, Confidencialidad
from casos.hogares.models import Integrante
from oficina import clock


def _formar(ventanilla: Ventanilla, persona: str, **lugar: Any) -> Any:
    lugar = {"rol": "jefatura", "desde": "2026-01-10"} | lugar
    return ventanilla.api("POST", f"/personas/{persona}/hogar", json=lugar)


def _agregar(ventanilla: Ventanilla, persona: str, otra: str, **lugar: Any) -> Any:
    pedido = {"persona_id": otra, "rol": "hijo", "desde": "2026-02-01"} | lugar
    ruta = f"/personas/{persona}/hogar/integrantes"
    return ventanilla.api("POST", ruta, json=pedido, headers={"If-Match": "*"})


def _ver(ventanilla: Ventanilla, persona: str, rol: str = "recepcion") -> Any:
    return ventanilla.api("GET", f"/personas/{persona}/hogar", rol).json


def _quienes(hogar: Any) -> set[str]:
    return {uno["persona"]["id"] for uno in hogar["hogar"]["integrantes"]}


def _de(hogar: Any, persona: str) -> str:
    integrantes = hogar["hogar"]["integrantes"]
    return next(str(uno["id"]) for uno in integrantes if uno["persona"]["id"] == persona)


def _caso_de(ventanilla: Ventanilla, persona: str, confidencialidad: str) -> None:
    """A case of somebody for which the coordination answers, of a confidentiality."""
    caso = UUID(ventanilla.caso(persona_id=persona)["id"])
    puesto = {"responsable_id": ventanilla.funcionario_id("coordinacion")}
    puesto |= {"confidencialidad": Confidencialidad(confidencialidad)}
    with ventanilla.db.begin() as session:
        session.execute(update(Caso).where(Caso.id == caso).values(puesto))


def test_un_hogar_se_forma_crece_y_se_cuenta_por_edad(ventanilla: Ventanilla) -> None:
    anio = clock.today().year
    madre = ventanilla.persona(fecha_nacimiento=f"{anio - 40}-01-01")["id"]
    hija = ventanilla.persona(nombres="Ana", fecha_nacimiento=f"{anio - 10}-01-01")["id"]
    assert _ver(ventanilla, madre)["hogar"] is None
    assert _formar(ventanilla, madre).status_code == 201
    assert _formar(ventanilla, madre).status_code == 409
    visto = _agregar(ventanilla, madre, hija)
    assert visto.status_code == 200, visto.text
    assert _quienes(visto.json) == {madre, hija}
    assert visto.json["hogar"]["por_edad"] == [
        {"rango": "6-13", "cuantos": 1},
        {"rango": "30-44", "cuantos": 1},
    ]
    # The same household from whichever of the two.
    assert _ver(ventanilla, hija)["hogar"]["id"] == visto.json["hogar"]["id"]
    assert _agregar(ventanilla, madre, hija).status_code == 409
    segunda = _agregar(ventanilla, madre, ventanilla.persona()["id"], rol="jefatura")
    assert (segunda.status_code, "jefa o jefe" in segunda.json["detail"]) == (409, True)
    assert "casos.hogar.agregar" in ventanilla.auditadas(hija)


def test_nadie_integra_dos_y_quien_se_muda_deja_historia(ventanilla: Ventanilla) -> None:
    una, otra, hija = (ventanilla.persona()["id"] for _ in range(3))
    _formar(ventanilla, una)
    _formar(ventanilla, otra)
    _agregar(ventanilla, una, hija)
    negado = _agregar(ventanilla, otra, hija)
    assert (negado.status_code, negado.json["mudarse"]) == (409, False)
    antes = _agregar(ventanilla, otra, hija, mudarse=True, desde="2026-01-15")
    assert (antes.status_code, list(antes.json["errors"])) == (422, ["desde"])
    pasada = _agregar(ventanilla, otra, hija, mudarse=True, desde="2026-03-01")
    assert pasada.status_code == 200, pasada.text
    assert hija not in _quienes(_ver(ventanilla, una))
    assert [uno["persona"]["id"] for uno in _ver(ventanilla, una)["hogar"]["antes"]] == [hija]
    (anterior,) = _ver(ventanilla, hija)["suyas"]
    assert (anterior["desde"], anterior["hasta"], anterior["salida_motivo"]) == (
        "2026-02-01",
        "2026-03-01",
        "otro_hogar",
    )
    ruta = f"/integrantes/{_de(pasada.json, hija)}/salida"
    como = {"headers": {"If-Match": "*"}}
    sale = ventanilla.api("POST", ruta, json={"motivo": "se_fue"}, **como)
    assert (sale.status_code, sale.json["hogar"]) == (200, None)  # type: ignore[index]  # it is an object
    assert ventanilla.api("POST", ruta, json={"motivo": "se_fue"}, **como).status_code == 409
    with ventanilla.db.read() as session:
        suyas = session.scalars(select(Integrante).where(Integrante.persona_id == UUID(hija))).all()
    assert {una.hasta is None for una in suyas} == {False}


def test_cambia_su_lugar_y_quien_escribe_sobre_algo_mas_nuevo_lo_sabe(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona()["id"]
    _formar(ventanilla, persona)
    visto = ventanilla.api("GET", f"/personas/{persona}/hogar")
    ruta = f"/integrantes/{_de(visto.json, persona)}/lugar"
    assert ventanilla.api("POST", ruta, json={"rol": "pareja"}).status_code == 428
    etag = {"If-Match": visto.headers["ETag"]}
    hecho = ventanilla.api("POST", ruta, json={"rol": "pareja"}, headers=etag)
    assert hecho.status_code == 200, hecho.text
    assert [uno["salida_motivo"] for uno in hecho.json["suyas"]] == ["otro_rol"]  # type: ignore[index]  # it is an object
    tarde = f"/integrantes/{_de(hecho.json, persona)}/salida"
    vieja = ventanilla.enviar(tarde, {"motivo": "se_fue", "version": visto.headers["ETag"][1:-1]})
    assert (vieja.status_code, "cambió este hogar" in vieja.text) == (412, True)


@pytest.mark.parametrize(
    ("otro", "campo"),
    [
        ({"rol": "mascota"}, "rol"),
        ({"rol": None}, "rol"),
        ({"desde": "2999-01-01"}, "desde"),
        ({"desde": "ayer"}, "desde"),
    ],
)
def test_lo_que_no_puede_ser_no_se_anota(
    ventanilla: Ventanilla, otro: dict[str, Any], campo: str
) -> None:
    negado = _formar(ventanilla, ventanilla.persona()["id"], **otro)
    assert (negado.status_code, list(negado.json["errors"])) == (422, [campo])


def test_de_quien_no_se_ve_se_sabe_que_esta_y_de_un_sellado_ni_eso(
    ventanilla: Ventanilla,
) -> None:
    madre, ajena, sellada = (
        ventanilla.persona(nombres=nombre)["id"] for nombre in ("Visible", "Deotra", "Oculta")
    )
    _formar(ventanilla, madre)
    for otra in (ajena, sellada):
        assert _agregar(ventanilla, madre, otra, rol="hermano").status_code == 200
    _caso_de(ventanilla, ajena, "normal")
    _caso_de(ventanilla, sellada, "sellado")

    de_profesional = _ver(ventanilla, madre, "profesional")
    assert _quienes(de_profesional) == {madre}
    assert (de_profesional["hogar"]["otros"], de_profesional["hogar"]["total"]) == (1, 2)
    pagina = ventanilla.pagina(f"/personas/{madre}/hogar", "profesional").text
    assert ("2 integrantes" in pagina, "persona que usted no atiende" in pagina) == (True, True)
    assert not {"Deotra", "Oculta"} & set(pagina.split())
    recepcion = _ver(ventanilla, madre, "recepcion")
    assert (_quienes(recepcion), recepcion["hogar"]["total"]) == ({madre, ajena}, 2)
    assert _ver(ventanilla, madre, "coordinacion")["hogar"]["total"] == 3
    # Nor does a rule tell of somebody who is sealed to the writer.
    nombrada = f"/integrantes/{_de(_ver(ventanilla, madre, 'coordinacion'), sellada)}/salida"
    assert ventanilla.pagina(nombrada, "profesional").status_code == 404


def test_la_pagina_agrega_por_folio_y_dice_que_hacer(ventanilla: Ventanilla) -> None:
    madre, hija = (ventanilla.persona() for _ in range(2))
    ruta = f"/personas/{madre['id']}/hogar"
    assert "Todavía no se sabe" in ventanilla.pagina(ruta).text
    assert ventanilla.enviar(ruta, {"rol": ""}).status_code == 422
    assert ventanilla.enviar(ruta, {"rol": "jefatura"}).status_code == 303
    datos = {"quien": "P-2020-999999", "rol": "hijo", "version": "1"}
    nadie = ventanilla.enviar(f"{ruta}/integrantes", datos)
    assert (nadie.status_code, "No hay una ficha" in nadie.text) == (422, True)
    hecho = ventanilla.enviar(f"{ruta}/integrantes", datos | {"quien": hija["folio"]})
    assert hecho.status_code == 303
    assert hija["folio"] in ventanilla.pagina(ruta).text
    otra = ventanilla.persona()["id"]
    _formar(ventanilla, otra)
    datos = {"quien": hija["folio"], "rol": "hijo", "version": "1"}
    mudarse = ventanilla.enviar(f"/personas/{otra}/hogar/integrantes", datos)
    assert (mudarse.status_code, "diga que pasa a este" in mudarse.text) == (422, True)
    datos["mudarse"] = "true"
    assert ventanilla.enviar(f"/personas/{otra}/hogar/integrantes", datos).status_code == 303
    assert hija["folio"] in ventanilla.pagina(f"/personas/{otra}/hogar").text


def test_al_unir_vale_el_hogar_de_la_que_queda_y_al_deshacer_cada_una_el_suyo(
    ventanilla: Ventanilla,
) -> None:
    una, otra, vecina = (ventanilla.persona()["id"] for _ in range(3))
    _formar(ventanilla, una)
    _formar(ventanilla, vecina)
    _agregar(ventanilla, vecina, otra, rol="hermano")
    pedido = {"vigente_id": una, "absorbida_id": otra, "motivo": "Trajo los dos papeles."}
    pedido |= {"vigente_version": 1, "absorbida_version": 1}
    fusion = ventanilla.api("POST", "/fusiones", "coordinacion", json=pedido)
    assert fusion.status_code == 201, fusion.text
    assert _quienes(_ver(ventanilla, una)) == {una}
    assert _ver(ventanilla, vecina)["hogar"]["total"] == 1
    reversion = f"/fusiones/{fusion.json['id']}/reversion"  # type: ignore[index]  # it is an object
    como = {"headers": {"If-Match": "*"}}
    motivo = {"motivo": "Son dos hermanas."}
    assert ventanilla.api("POST", reversion, "coordinacion", json=motivo, **como).status_code == 200
    assert _quienes(_ver(ventanilla, vecina)) == {vecina, otra}
