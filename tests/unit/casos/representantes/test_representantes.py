"""Who represents a minor: needed where the law says so, written to only if that was chosen."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Caso, Confidencialidad
from casos.representantes.catalogo import catalogo
from oficina import clock

DADO = {"forma_consentimiento": "verbal", "idioma_consentimiento": "spa"}
DE_OTRA = DADO | {"otorgado_por": "representante", "representante": "Su madre"}


def _de_edad(ventanilla: Ventanilla, anios: int, **datos: Any) -> str:
    """Somebody who was so many years old this January."""
    nacida = f"{clock.today().year - anios}-01-01"
    return str(ventanilla.persona(fecha_nacimiento=nacida, **datos)["id"])


def _representar(ventanilla: Ventanilla, persona: str, **datos: Any) -> Any:
    pedido = {"tipo": "patria_potestad"} | datos
    return ventanilla.api("POST", f"/personas/{persona}/representantes", json=pedido)


def _consentir(ventanilla: Ventanilla, persona: str, dado: dict[str, Any]) -> Any:
    return ventanilla.api("POST", f"/personas/{persona}/consentimientos", json=dado)


def test_de_una_nina_consiente_quien_la_representa_y_figura_como_tal(
    ventanilla: Ventanilla,
) -> None:
    nina = _de_edad(ventanilla, catalogo().ninez - 1)
    for dado, campo in ((DADO, "otorgado_por"), (DE_OTRA, "representante")):
        negado = _consentir(ventanilla, nina, dado)
        assert (negado.status_code, list(negado.json["errors"])) == (422, [campo])
        assert "Familia y representación" in negado.json["errors"][campo][0]
    assert _representar(ventanilla, nina, nombre="Rosa").status_code == 201
    assert _consentir(ventanilla, nina, DADO).status_code == 422
    assert _consentir(ventanilla, nina, DE_OTRA).status_code == 201
    pagina = ventanilla.pagina(f"/personas/{nina}/consentimientos").text
    assert "La representa: Rosa (Madre o padre)" in pagina


@pytest.mark.parametrize("anios", [catalogo().ninez, catalogo().mayoria])
def test_desde_la_edad_que_dice_la_ley_consiente_sola(ventanilla: Ventanilla, anios: int) -> None:
    assert _consentir(ventanilla, _de_edad(ventanilla, anios), DADO).status_code == 201


def test_vale_mientras_vale(ventanilla: Ventanilla) -> None:
    nina = _de_edad(ventanilla, 10)
    hecho = _representar(ventanilla, nina, nombre="Rosa", desde="2020-01-01")
    uno = hecho.json["representantes"][0]["id"]
    assert ventanilla.pagina(f"/representantes/{uno}/terminar").status_code == 200
    assert ventanilla.enviar(f"/representantes/{uno}/terminar", {}).status_code == 303
    assert ventanilla.api("POST", f"/representantes/{uno}/termino").status_code == 409
    assert _consentir(ventanilla, nina, DE_OTRA).status_code == 422
    (visto,) = ventanilla.api("GET", f"/personas/{nina}/representantes").json["representantes"]  # type: ignore[index]  # it is an object
    assert (visto["nombre"], visto["vale"]) == ("Rosa", False)


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({}, "nombre"),
        ({"nombre": "Rosa", "tipo": "vecina"}, "tipo"),
        ({"nombre": "Rosa", "telefono": "no tiene"}, "telefono"),
        ({"nombre": "Rosa", "recibe_mensajes": True}, "recibe_mensajes"),
        ({"nombre": "Rosa", "hasta": "2020-01-01"}, "hasta"),
        ({"nombre": "Rosa", "desde": "2999-01-01"}, "desde"),
    ],
)
def test_lo_que_no_puede_ser_no_se_anota(
    ventanilla: Ventanilla, datos: dict[str, Any], campo: str
) -> None:
    negado = _representar(ventanilla, _de_edad(ventanilla, 10), **datos)
    assert (negado.status_code, list(negado.json["errors"])) == (422, [campo])


def test_un_menor_no_representa_a_nadie(ventanilla: Ventanilla) -> None:
    hermano = _de_edad(ventanilla, 17)
    negado = _representar(ventanilla, _de_edad(ventanilla, 10), otra_id=hermano)
    assert (negado.status_code, list(negado.json["errors"])) == (422, ["otra_id"])


def _contacto(ventanilla: Ventanilla, persona: str) -> Any:
    return ventanilla.api("GET", f"/personas/{persona}/contacto", "servicio").json


def test_los_mensajes_van_a_quien_la_representa_solo_si_se_eligio(ventanilla: Ventanilla) -> None:
    nina = _de_edad(ventanilla, 10, telefono="9 1111 1111", idiomas=["spa"])
    madre = ventanilla.persona(telefono="9 8623 0047", idiomas=["hat"])["id"]
    _representar(ventanilla, nina, otra_id=madre)
    assert _contacto(ventanilla, nina)["telefono"] == "+56911111111"
    _representar(ventanilla, nina, otra_id=madre, recibe_mensajes=True)
    va = _contacto(ventanilla, nina)
    assert (va["persona_id"], va["telefono"], va["idioma"]) == (nina, "+56986230047", "hat")
    # The precautions of both hold.
    for persona, canal in ((nina, "sms"), (madre, "correo")):
        ventanilla.api(
            "PUT",
            f"/personas/{persona}/contacto-seguro",
            json={"canales_vedados": [canal]},
            headers={"If-Match": "*"},
        )
    assert _contacto(ventanilla, nina)["canales_vedados"] == ["correo", "sms"]
    muerte = {"fuente": "familia"}
    ventanilla.api("POST", f"/personas/{madre}/defunciones", json=muerte)
    assert _contacto(ventanilla, nina)["telefono"] == "+56911111111"
    # An adult is written to, whoever supports them.
    adulta = _de_edad(ventanilla, 40, telefono="9 2222 2222")
    apoyo = {"tipo": "apoyo", "nombre": "Luz", "telefono": "9 3333 3333", "recibe_mensajes": True}
    _representar(ventanilla, adulta, **apoyo)
    assert _contacto(ventanilla, adulta)["telefono"] == "+56922222222"


def test_el_caso_de_un_menor_dice_quien_lo_representa_hasta_donde_se_puede_saber(
    ventanilla: Ventanilla,
) -> None:
    nina = _de_edad(ventanilla, 10)
    caso = ventanilla.caso(persona_id=nina)["id"]
    vista = f"/expedientes/{caso}"
    assert "nadie figura como su representante" in ventanilla.pagina(vista, "profesional").text
    madre = ventanilla.persona(nombres="Magdalena")["id"]
    _representar(ventanilla, nina, otra_id=madre)
    assert "La representa: Magdalena" in ventanilla.pagina(vista, "profesional").text
    de_ella = UUID(ventanilla.caso(persona_id=madre)["id"])
    for confidencialidad, dicho in (
        (Confidencialidad.NORMAL, "una persona que usted no atiende"),
        (Confidencialidad.SELLADO, "nadie figura como su representante"),
    ):
        puesto = {"confidencialidad": confidencialidad, "responsable_id": uuid4()}
        with ventanilla.db.begin() as session:
            session.execute(update(Caso).where(Caso.id == de_ella).values(puesto))
        pagina = ventanilla.pagina(vista, "profesional").text
        assert (dicho in pagina, "Magdalena" in pagina) == (True, False)


def test_la_pagina_anota_por_folio(ventanilla: Ventanilla) -> None:
    nina = _de_edad(ventanilla, 10)
    madre = ventanilla.persona()
    datos = {"representante.tipo": "patria_potestad", "representante.quien": madre["folio"]}
    ruta = f"/personas/{nina}/representantes"
    hermano = ventanilla.persona(fecha_nacimiento=f"{clock.today().year - 9}-01-01")["folio"]
    negado = ventanilla.enviar(ruta, datos | {"representante.quien": hermano})
    assert (negado.status_code, "no representa a nadie" in negado.text) == (422, True)
    assert ventanilla.enviar(ruta, datos).status_code == 303
    pagina = ventanilla.pagina(f"/personas/{nina}/familia").text
    assert ("Menor de 18 años" in pagina, "Vigente" in pagina) == (True, True)
