"""The page on which somebody of the staff writes one message to a person of the office."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from notificaciones.mensajes.states import Estado
from oficina.clock import local

URL = "/notificaciones/escribir"
LUNES_10 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES_10)


def _folio(casa: Any, persona: UUID) -> str:
    answer = casa.casos.test_client().get(
        f"/casos/api/v1/personas/{persona}", headers=casa.oficina.bearer("recepcion")
    )
    return str(answer.json["folio"])


def _forma(quien: str, **cambios: str) -> dict[str, str]:
    return {
        "plantilla": "retiro_listo",
        "clave": str(uuid4()),
        "quien": quien,
        "valores.hasta": "2026-11-30",
        "valores.lugar": "nan biwo a",
        "accion": "enviar",
    } | cambios


def test_se_elige_una_plantilla_y_se_ve_como_se_lee_antes_de_pedirlo(casa: Any) -> None:
    persona = casa.persona()
    browser = casa.oficina.entrar(casa.app, "profesional")

    assert 'href="/notificaciones/escribir"' in browser.get("/notificaciones/salida").text
    elegida = browser.get(f"{URL}?plantilla=retiro_listo").text
    assert 'type="date"' in elegida
    clave = re.search(r'name="clave" value="([^"]+)"', elegida)
    assert clave
    forma = _forma(_folio(casa, persona), clave=clave[1])

    vista = browser.post(URL, data=forma | {"accion": "previa"})

    assert vista.status_code == 200
    assert "jiska lendi 30 novanm, nan biwo a." in vista.text
    assert "Wideline" in vista.text
    assert "1 segmento" in vista.text
    assert "98765 4321" not in vista.text
    assert casa.mensajes() == []

    enviado = browser.post(URL, data=forma)
    otra_vez = browser.post(URL, data=forma)

    (uno,) = casa.mensajes()
    assert enviado.status_code == 303
    assert enviado.headers["Location"] == f"/notificaciones/{uno.id}"
    assert otra_vez.headers["Location"] == enviado.headers["Location"]
    assert (uno.persona_id, uno.pedido_por) == (
        persona,
        casa.oficina.funcionario("profesional").id,
    )


def test_se_halla_por_documento_y_sale_a_la_hora_que_se_dice(casa: Any) -> None:
    persona = casa.persona(documento_tipo="pasaporte", documento_numero="HT900100")
    browser = casa.oficina.entrar(casa.app, "profesional")

    enviado = browser.post(URL, data=_forma("ht 900100", programado_para="2026-11-24T09:30"))

    assert enviado.status_code == 303, enviado.text
    (uno,) = casa.mensajes(persona_id=persona)
    assert f"{local(uno.enviar_en):%d %H:%M}" == "24 09:30"
    assert uno.estado is Estado.LISTA


def test_de_quien_no_quiere_mensajes_se_dice_antes(casa: Any) -> None:
    persona = casa.persona(telefono="+56 2 2345 6789")
    browser = casa.oficina.entrar(casa.app, "profesional")

    vista = browser.post(URL, data=_forma(_folio(casa, persona), accion="previa"))

    assert "No saldría" in vista.text


MALOS = [
    ({"quien": "P-2020-000001"}, "No encontramos a esa persona."),
    ({"quien": ""}, "Falta este dato."),
    ({"valores.hasta": "mañana"}, "No es una fecha: se espera día, mes y año."),
    ({"valores.lugar": ""}, "Falta este dato."),
    ({"programado_para": "2026-11-20T09:30"}, "Ese momento ya pasó."),
    ({"programado_para": "0001-01-01T00:00"}, "Escriba una fecha de este siglo."),
    ({"plantilla": "recordatorio_cita"}, "No hay una plantilla así que se pueda pedir."),
    ({"clave": ""}, "Falta este dato."),
]


def test_lo_que_no_sirve_se_dice_y_no_se_pide_nada(casa: Any) -> None:
    folio = _folio(casa, casa.persona())
    browser = casa.oficina.entrar(casa.app, "profesional")
    for cambio, dice in MALOS:
        answer = browser.post(URL, data=_forma(folio) | cambio)

        assert answer.status_code == 422, cambio
        assert dice in answer.text, cambio
    assert casa.mensajes() == []


def test_un_documento_que_esta_en_dos_fichas_no_dice_de_quien_es(casa: Any) -> None:
    for _ in range(2):
        casa.persona(documento_tipo="pasaporte", documento_numero="HT900100")
    browser = casa.oficina.entrar(casa.app, "profesional")

    answer = browser.post(URL, data=_forma("HT900100"))

    assert answer.status_code == 422
    assert "Ese documento está en más de una ficha: use el folio." in answer.text


def test_solo_quien_puede_pedir_mensajes(casa: Any) -> None:
    for rol in ("recepcion", "auditor"):
        assert casa.oficina.entrar(casa.app, rol).get(URL).status_code == 403
