"""Relations: seen right from both ends, and never to somebody whom the reader may not know."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text as sql
from sqlalchemy import update
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Caso, Confidencialidad
from casos.vinculos.catalogo import inverso, tipos


def _anotar(ventanilla: Ventanilla, persona: str, **datos: Any) -> Any:
    return ventanilla.api("POST", f"/personas/{persona}/vinculos", json=datos)


def _ver(ventanilla: Ventanilla, persona: str, rol: str = "recepcion") -> list[Any]:
    vinculos: Any = ventanilla.api("GET", f"/personas/{persona}/vinculos", rol).json
    return [(uno["tipo"], uno["nombre"]) for uno in vinculos["vinculos"]]


def test_cada_vinculo_tiene_su_reves() -> None:
    codigos = {codigo for codigo, _dicho in tipos()}
    assert {inverso(codigo) for codigo in codigos} == codigos
    assert all(inverso(inverso(codigo)) == codigo for codigo in codigos)


def test_se_ve_al_reves_desde_la_otra_y_un_nombre_sin_ficha_queda_cifrado(
    ventanilla: Ventanilla,
) -> None:
    hija, madre = (ventanilla.persona(nombres=n)["id"] for n in ("Ana", "Rosa"))
    assert _anotar(ventanilla, hija, tipo="progenitor", otra_id=madre).status_code == 201
    assert _ver(ventanilla, hija) == [("progenitor", "Rosa Sintética")]
    assert _ver(ventanilla, madre) == [("hijo", "Ana Sintética")]
    repetido = _anotar(ventanilla, madre, tipo="hijo", otra_id=hija)
    assert repetido.status_code == 409
    assert _anotar(ventanilla, hija, tipo="tio", nombre="Gumersindo").status_code == 201
    with ventanilla.db.read() as session:
        assert "Gumersindo" not in str(session.execute(sql("SELECT * FROM vinculos")).all())
    assert ventanilla.auditadas(madre).count("casos.vinculo.anotar") == 1


def test_termina_o_fue_un_error_y_queda_dicho(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()["id"]
    hecho = _anotar(ventanilla, persona, tipo="pareja", nombre="Luz", desde="2026-01-01")
    ruta = f"/vinculos/{hecho.json['vinculos'][0]['id']}"
    antes = ventanilla.api("POST", f"{ruta}/termino", json={"hasta": "2025-12-31"})
    assert (antes.status_code, list(antes.json["errors"])) == (422, ["hasta"])  # type: ignore[index]  # it is an object
    assert "Luz" in ventanilla.pagina(f"{ruta}/terminar").text
    assert ventanilla.enviar(f"{ruta}/terminar", {"por_error": "true"}).status_code == 303
    assert ventanilla.api("POST", f"{ruta}/termino", json={}).status_code == 409
    assert "Se anotó por error" in ventanilla.pagina(f"/personas/{persona}/familia").text


@pytest.mark.parametrize("confidencialidad", ["normal", "sellado"])
def test_a_quien_no_se_puede_saber_que_existe_no_se_la_nombra(
    ventanilla: Ventanilla, confidencialidad: str
) -> None:
    hija = ventanilla.persona(nombres="Ana")["id"]
    otra = ventanilla.persona(nombres=f"Oculta{confidencialidad}")["id"]
    hecho = _anotar(ventanilla, hija, tipo="progenitor", otra_id=otra)
    vinculo = hecho.json["vinculos"][0]["id"]
    caso = UUID(ventanilla.caso(persona_id=otra)["id"])
    puesto = {"confidencialidad": Confidencialidad(confidencialidad), "responsable_id": uuid4()}
    with ventanilla.db.begin() as session:
        session.execute(update(Caso).where(Caso.id == caso).values(puesto))
    assert _ver(ventanilla, hija, "profesional") == []
    pagina = ventanilla.pagina(f"/personas/{hija}/familia", "profesional").text
    assert f"Oculta{confidencialidad}" not in pagina
    for metodo, cuerpo in (("GET", None), ("POST", {})):
        ruta = f"/vinculos/{vinculo}/termino"
        assert ventanilla.api(metodo, ruta, "profesional", json=cuerpo).status_code in {404, 405}
    assert ventanilla.pagina(f"/vinculos/{vinculo}/terminar", "profesional").status_code == 404
    # Nor may the relation be written again, which would tell that she is there.
    assert (
        ventanilla.api(
            "POST",
            f"/personas/{hija}/vinculos",
            "profesional",
            json={"tipo": "progenitor", "otra_id": otra},
        ).status_code
        == 404
    )


def test_la_pagina_pide_una_persona_de_una_forma(ventanilla: Ventanilla) -> None:
    hija, madre = (ventanilla.persona() for _ in range(2))
    ruta = f"/personas/{hija['id']}/vinculos"
    for quien, nombre in (("", ""), (madre["folio"], "Rosa"), ("P-2020-999999", "")):
        datos = {"vinculo.tipo": "tio", "vinculo.quien": quien, "vinculo.nombre": nombre}
        assert ventanilla.enviar(ruta, datos).status_code == 422
    misma = {"vinculo.tipo": "tio", "vinculo.quien": hija["folio"]}
    assert "Elija a otra persona" in ventanilla.enviar(ruta, misma).text
    datos = {"vinculo.tipo": "tio", "vinculo.quien": madre["folio"]}
    assert ventanilla.enviar(ruta, datos).status_code == 303
    assert _ver(ventanilla, madre["id"]) == [("sobrino", "Marie Sintética")]


def test_al_unir_van_y_al_deshacer_vuelven_tambien_los_de_la_otra_punta(
    ventanilla: Ventanilla,
) -> None:
    queda, sobra, hija = (ventanilla.persona(nombres=n)["id"] for n in ("Una", "Dos", "Hija"))
    _anotar(ventanilla, hija, tipo="progenitor", otra_id=sobra)
    _anotar(ventanilla, sobra, tipo="hermano", otra_id=queda)
    ventanilla.api(
        "POST", f"/personas/{hija}/representantes", json={"tipo": "tutela", "otra_id": sobra}
    )
    pedido = {"vigente_id": queda, "absorbida_id": sobra, "motivo": "Trajo los dos papeles."}
    pedido |= {"vigente_version": 1, "absorbida_version": 1}
    fusion: Any = ventanilla.api("POST", "/fusiones", "coordinacion", json=pedido)
    assert fusion.status_code == 201, fusion.text
    assert _ver(ventanilla, queda) == [("hijo", "Hija Sintética")]
    assert _ver(ventanilla, hija) == [("progenitor", "Una Sintética")]
    tutela: Any = ventanilla.api("GET", f"/personas/{hija}/representantes").json
    assert tutela["representantes"][0]["nombre"] == "Una Sintética"
    reversion = f"/fusiones/{fusion.json['id']}/reversion"
    motivo = {"motivo": "Son dos hermanas."}
    como = {"headers": {"If-Match": "*"}}
    assert ventanilla.api("POST", reversion, "coordinacion", json=motivo, **como).status_code == 200
    assert _ver(ventanilla, queda) == [("hermano", "Dos Sintética")]
    assert set(_ver(ventanilla, sobra)) == {
        ("hijo", "Hija Sintética"),
        ("hermano", "Una Sintética"),
    }
