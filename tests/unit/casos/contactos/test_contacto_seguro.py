"""By which ways, at which hours and with which word somebody may be reached: said, kept, shown to
whoever may see the contact, and honoured by what leaves the office.
"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.derivaciones.mundo import PROFESIONAL, Mundo, crear_mundo

from casos.alcance import SIN_LIMITE, Alcance
from casos.contactos.actions import acordar
from casos.contactos.queries import contacto_de
from casos.contactos.schemas import NuevoContactoSeguro
from casos.derivaciones import actions as derivaciones
from casos.derivaciones.queries import datos_de_persona
from casos.expedientes.models import Caso
from casos.personas.models import CanalPreferido
from casos.red.actions import sembrar
from oficina import clock
from oficina.errors import Conflicto

SEGURO: dict[str, Any] = {
    "canales_vedados": ["sms"],
    "desde": "09:00",
    "hasta": "13:00",
    "palabra_clave": "Girasol",
    "indicaciones": "Si contesta otra persona, cuelgue.",
}


def _poner(ventanilla: Ventanilla, persona: str, **otro: Any) -> Any:
    ruta = f"/personas/{persona}/contacto-seguro"
    return ventanilla.api("PUT", ruta, json=SEGURO | otro, headers={"If-Match": "*"})


def test_se_guarda_cifrado_se_cambia_y_lo_anterior_queda(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(telefono="9 8623 0047")["id"]
    puesto = _poner(ventanilla, persona)
    assert puesto.status_code == 200, puesto.text
    assert puesto.json["palabras_clave"] == ["Girasol"]
    cambiado = _poner(ventanilla, persona, palabra_clave="Canelo", canales_vedados=[])
    assert cambiado.json["canales_vedados"] == []
    assert [uno["palabra_clave"] for uno in cambiado.json["entradas"]] == ["Canelo", "Girasol"]
    assert cambiado.json["entradas"][1]["terminado_por"] == "Persona de recepcion"
    with ventanilla.db.read() as session:
        guardado = str(session.execute(sql("SELECT * FROM contactos_seguros")).all())
    assert "Girasol" not in guardado
    assert "cuelgue" not in guardado
    assert ventanilla.auditadas(persona).count("casos.contacto_seguro.acordar") == 2
    # Nothing outside learns that she must be reached with care.
    assert ventanilla.hechos(f"persona/{persona}")[-1] == "casos.persona.actualizada"
    nada = _poner(
        ventanilla,
        persona,
        **dict.fromkeys(("desde", "hasta", "palabra_clave", "indicaciones")),
        canales_vedados=[],
    )
    assert (nada.json["palabras_clave"], nada.json["desde"]) == ([], None)


def test_quien_escribe_sobre_algo_mas_nuevo_lo_sabe(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()["id"]
    ruta = f"/personas/{persona}/contacto-seguro"
    visto = ventanilla.api("GET", ruta).headers["ETag"]
    assert ventanilla.api("PUT", ruta, json=SEGURO).status_code == 428
    primera = ventanilla.api("PUT", ruta, json=SEGURO, headers={"If-Match": visto})
    assert primera.status_code == 200
    assert ventanilla.api("PUT", ruta, json=SEGURO, headers={"If-Match": visto}).status_code == 412
    formulario = SEGURO | {"version": visto.strip('"')}
    tarde = ventanilla.enviar(f"/personas/{persona}/contacto-seguro", formulario)
    assert (tarde.status_code, "Girasol" in tarde.text) == (412, True)


@pytest.mark.parametrize(
    ("otro", "campo"),
    [
        ({"hasta": None}, "hasta"),
        ({"desde": None}, "desde"),
        ({"desde": "13:00"}, "hasta"),
        ({"desde": "las nueve"}, "desde"),
        ({"canales_vedados": ["paloma"]}, "canales_vedados.0"),
        ({"palabra_clave": "x" * 61}, "palabra_clave"),
    ],
)
def test_lo_que_no_se_puede_cumplir_no_se_guarda(
    ventanilla: Ventanilla, otro: dict[str, Any], campo: str
) -> None:
    negado = _poner(ventanilla, ventanilla.persona()["id"], **otro)
    assert (negado.status_code, list(negado.json["errors"])) == (422, [campo])


def test_la_palabra_se_ve_con_el_contacto_y_queda_anotado(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(telefono="9 8623 0047")["id"]
    formulario = SEGURO | {"version": "0"}
    hecho = ventanilla.enviar(f"/personas/{persona}/contacto-seguro", formulario)
    assert hecho.status_code == 303
    antes = ventanilla.auditadas(persona).count("casos.persona.ver_contacto")

    tapada = ventanilla.pagina(f"/personas/{persona}").text
    assert ("Contacto con cuidado" in tapada, "Girasol" in tapada) == (True, False)
    assert "No contactar por: Mensaje de texto" in tapada
    assert ventanilla.auditadas(persona).count("casos.persona.ver_contacto") == antes

    entera = ventanilla.pagina(f"/personas/{persona}?mostrar=contacto").text
    assert "Girasol" in entera
    assert ventanilla.auditadas(persona).count("casos.persona.ver_contacto") == antes + 1
    caso = ventanilla.caso(persona_id=persona)["id"]
    assert "Girasol" not in ventanilla.pagina(f"/expedientes/{caso}", "profesional").text
    con_contacto = ventanilla.pagina(f"/expedientes/{caso}?mostrar=contacto", "profesional").text
    assert "Girasol" in con_contacto


def test_al_unir_valen_las_precauciones_de_las_dos(ventanilla: Ventanilla) -> None:
    una, otra = (ventanilla.persona()["id"] for _ in range(2))
    _poner(ventanilla, una, canales_vedados=["sms"], desde="09:00", hasta="12:00")
    _poner(ventanilla, otra, canales_vedados=["correo"], desde="11:00", hasta="14:00")
    ver = f"/personas/{una}/contacto-seguro"
    solo = ventanilla.api("GET", ver).json
    pedido = {"vigente_id": una, "absorbida_id": otra, "motivo": "Es la misma: trajo los papeles."}
    pedido |= {"vigente_version": 1, "absorbida_version": 1}
    fusion = ventanilla.api("POST", "/fusiones", "coordinacion", json=pedido)
    assert fusion.status_code == 201, fusion.text
    junto: Any = ventanilla.api("GET", ver).json
    assert sorted(junto["canales_vedados"]) == ["correo", "sms"]
    assert (junto["desde"], junto["hasta"]) == ("11:00", "12:00")
    ventanilla.api(
        "POST",
        f"/fusiones/{fusion.json['id']}/reversion",  # type: ignore[index]  # it is an object
        "coordinacion",
        json={"motivo": "Son dos hermanas."},
        headers={"If-Match": "*"},
    )
    assert ventanilla.api("GET", ver).json == solo


def test_lo_que_sale_en_una_derivacion_lo_respeta(ventanilla: Ventanilla) -> None:
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    mundo = crear_mundo(ventanilla.db)
    borrador = mundo.preparar()
    _acordar(mundo, canales_vedados=frozenset({CanalPreferido.SMS, CanalPreferido.LLAMADA}))

    # What was prepared before says what does not hold any more.
    with pytest.raises(Conflicto, match="Cambió cómo"), mundo.db.begin() as session:
        derivaciones.enviar(session, borrador, PROFESIONAL, clock.now())
    with mundo.db.read() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        _persona, _pauta, datos = datos_de_persona(session, persona_id, Alcance.de(PROFESIONAL))
    assert "telefono" not in {dato.categoria for dato in datos}
    paquete = mundo.derivacion(mundo.preparar()).contenido
    assert (paquete.contacto_permitido, paquete.contacto.canales_vedados) == (
        True,
        ("llamada", "sms"),
    )
    _acordar(mundo, canales_vedados=frozenset(CanalPreferido))
    callado = mundo.preparar()
    assert mundo.derivacion(callado).contenido.contacto_permitido is False
    with mundo.db.begin() as session:
        derivaciones.enviar(session, callado, PROFESIONAL, clock.now())


def _acordar(mundo: Mundo, **otro: Any) -> None:
    nada = dict.fromkeys(("desde", "hasta", "palabra_clave", "indicaciones"))
    with mundo.db.begin() as session:
        persona_id = session.scalars(select(Caso.persona_id).where(Caso.id == mundo.caso_id)).one()
        datos = NuevoContactoSeguro(**(nada | otro))
        visto = contacto_de(session, persona_id, SIN_LIMITE).version
        acordar(session, persona_id, datos, version=visto, actor=PROFESIONAL, ahora=clock.now())
