"""The operator's page of providers, and who carried a message on the page of that message."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import despachos
from notificaciones.app import create_app
from notificaciones.mensajes.models import Mensaje
from oficina.audit import Auditoria
from unit.notificaciones.proveedores.conftest import Taller, sms_http
from unit.notificaciones.proveedores.pasarela import Contesta

MARTES = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def sitio(oficina: Any, taller: Taller, pasarela: Any) -> Any:
    """The service with two gateways, the cheap one of which is down, and a message that left."""
    caida, viva = pasarela(), pasarela()
    caida.contesta = lambda _pedido: Contesta(status=503)
    taller.proveedores(
        sms_http("caida", caida.url),
        sms_http("viva", viva.url, costo_por_segmento="30", limites={"segmentos_por_dia": 1}),
        oficina={"pesos_por_dia": "500"},
    )
    despachos.enviar(taller.env, taller.sms())
    rutas = replace(
        oficina.settings,
        data_dir=taller.env.settings.data_dir,
        proveedores=taller.env.settings.proveedores,
    )
    app = create_app(rutas, oficina.client)
    oficina.mount(app)
    yield app
    app.extensions["env"].db.close()


def test_la_pagina_dice_como_esta_cada_uno_y_cuanto_se_uso(oficina: Any, sitio: Any) -> None:
    page = oficina.entrar(sitio, "coordinacion").get("/notificaciones/proveedores").text

    assert "Caida" in page
    assert "Viva" in page
    assert "1 fallas, 0 rechazados, 0 en duda" in page
    assert "Presupuesto de hoy agotado" in page
    assert "1 de 1" in page
    assert "30 de 500 pesos" in page
    # Coordination looks on.
    assert "Pausar" not in page


def test_agotado_el_presupuesto_se_dice_cuantos_esperan(
    oficina: Any, sitio: Any, taller: Taller
) -> None:
    # Four more until nobody asks the one that is down; from then on the budget alone decides.
    for _vez in range(4 + 2):
        despachos.enviar(taller.env, taller.sms())

    page = oficina.entrar(sitio, "administrador").get("/notificaciones/proveedores").text
    assert "2 mensajes esperan hasta mañana." in page
    figures = sitio.test_client().get("/metrics").text
    assert "acogida_mensajes_sin_presupuesto 2.0" in figures
    api = "/notificaciones/api/v1/proveedores"
    said = sitio.test_client().get(api, headers=oficina.bearer("administrador")).json
    assert said["esperan_presupuesto"] == 2


def test_administracion_pausa_y_reanuda(oficina: Any, sitio: Any, taller: Taller) -> None:
    browser = oficina.entrar(sitio, "administrador")
    here = "/notificaciones/proveedores"

    paused = browser.post(f"{here}/caida/pausa", follow_redirects=True)
    assert "En pausa" in paused.text
    assert browser.post(f"{here}/caida/pausa").status_code == 303
    assert "En pausa" in browser.get(f"{here}/tabla").text
    resumed = browser.post(f"{here}/caida/reanudacion", follow_redirects=True)
    assert "En pausa" not in resumed.text
    assert browser.post(f"{here}/nadie/pausa").status_code == 404
    assert oficina.entrar(sitio, "coordinacion").post(f"{here}/caida/pausa").status_code == 403

    with taller.db.read() as session:
        notes = session.query(Auditoria).filter(Auditoria.recurso == "proveedor").all()
    assert [(uno.accion, uno.motivo_codigo) for uno in notes] == [
        ("notificaciones.proveedor.pausar", "caida"),
        ("notificaciones.proveedor.reanudar", "caida"),
    ]


def test_lo_mismo_para_programas(oficina: Any, sitio: Any) -> None:
    client, headers = sitio.test_client(), oficina.bearer("administrador")
    here = "/notificaciones/api/v1/proveedores"

    found = client.get(here, headers=headers).json
    assert [(uno["clave"], uno["salud"], uno["hoy"]["fallas"]) for uno in found["proveedores"]] == [
        ("caida", "cerrado", 1),
        ("viva", "cerrado", 0),
        ("salida", "cerrado", 0),
    ]
    assert (found["oficina"]["costo"], found["oficina"]["agotado"]) == ("30", False)
    paused = client.post(f"{here}/viva/pausa", headers=headers).json
    assert [uno["en_pausa"] for uno in paused["proveedores"]] == [False, True, False]
    assert client.post(f"{here}/viva/reanudacion", headers=headers).status_code == 200
    assert client.post(f"{here}/nadie/pausa", headers=headers).status_code == 404


def test_la_pagina_de_un_mensaje_dice_quien_lo_llevo(
    oficina: Any, sitio: Any, taller: Taller
) -> None:
    with taller.db.read() as session:
        mensaje_id = session.query(Mensaje.id).scalar()

    page = oficina.entrar(sitio, "profesional").get(f"/notificaciones/{mensaje_id}").text

    for said in ("Caida: no pudo en ese momento", "HTTP 503", "Viva: lo recibió"):
        assert said in page
