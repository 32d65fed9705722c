"""The tray that people read."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.models import Respuesta
from oficina import clock
from oficina.audit import Auditoria
from oficina.db import uuid7

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
BANDEJA = "/notificaciones/respuestas"


@pytest.fixture(autouse=True)
def _con_respuestas(casa: Any) -> None:
    """One that waits for somebody, one that did by itself what it had to, one of nobody known."""
    casa.ir_a(LUNES)
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=47))
    casa.barrer()
    for de, texto in (
        ("+56987654321", "¿Puedo ir el viernes?"),
        ("+56987654321", "si"),
        ("+56911111111", "equivocado <b>numero</b>"),
    ):
        with casa.db.begin() as session:
            recibir(
                session,
                Entrante(
                    proveedor="prueba",
                    de=de,
                    texto=texto,
                    referencia=str(uuid7()),
                    recibido_en=clock.now(),
                ),
            )
    casa.circular()


def test_muestra_lo_que_espera_con_el_numero_enmascarado(casa: Any) -> None:
    page = casa.oficina.entrar(casa.app, "recepcion").get(BANDEJA).text

    assert "¿Puedo ir el viernes?" in page
    assert ">si</span>»" not in page
    assert "•••321" in page
    assert "87654321" not in page
    assert "equivocado &lt;b&gt;numero&lt;/b&gt;" in page
    assert "/casos/personas/" in page


def test_todas_dicen_que_hizo_cada_una(casa: Any) -> None:
    page = casa.oficina.entrar(casa.app, "profesional").get(BANDEJA + "?estado=todas").text

    assert "Confirma su cita: quedó anotado en ella." in page
    assert "/agenda/citas/" in page


def test_se_atiende_una_vez_y_con_su_version(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "recepcion")
    page = browser.get(BANDEJA).text
    action = re.findall(r'action="([^"]+/atencion)"', page)[-1]

    sin_version = browser.post(action, data={})
    vieja = browser.post(action, data={"version": "99"})
    hecha = browser.post(action, data={"version": "1"}, follow_redirects=True)
    otra_vez = browser.post(action, data={"version": "2"})

    assert [sin_version.status_code, vieja.status_code] == [422, 412]
    assert "La respuesta quedó atendida." in hecha.text
    assert action not in hecha.text
    assert otra_vez.status_code == 409
    with casa.db.read() as session:
        filas = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso == "respuesta")
        ).all()
    assert filas.count("notificaciones.respuesta.atender") == 1
    assert "notificaciones.respuesta.listar" in filas


def test_quien_no_puede_ver_a_la_persona_no_ve_lo_que_contesto(casa: Any) -> None:
    with casa.db.begin() as session:
        for una in session.scalars(select(Respuesta).where(Respuesta.persona_id.is_not(None))):
            # A case that is not in casos, as one that is not the reader's.
            una.caso_id = uuid7()
            respuesta_id = una.id
    headers = casa.oficina.bearer("recepcion")
    client = casa.app.test_client()

    todas = client.get("/notificaciones/api/v1/respuestas", headers=headers).json
    una_sola = client.get(f"/notificaciones/api/v1/respuestas/{respuesta_id}", headers=headers)
    atencion = client.post(
        f"/notificaciones/api/v1/respuestas/{respuesta_id}/atencion",
        headers=headers | {"If-Match": "*"},
    )

    assert [una["texto"] for una in todas] == ["equivocado <b>numero</b>"]
    assert (una_sola.status_code, atencion.status_code) == (404, 404)
    for rol in ("administrador", "auditor", "analista"):
        bearer = casa.oficina.bearer(rol)
        assert client.get("/notificaciones/api/v1/respuestas", headers=bearer).status_code == 403


def test_por_api_se_atiende_lo_que_se_leyo(casa: Any) -> None:
    headers = casa.oficina.bearer("profesional")
    client = casa.app.test_client()
    pendientes = client.get(
        "/notificaciones/api/v1/respuestas", query_string={"estado": "pendiente"}, headers=headers
    ).json
    una = client.get(f"/notificaciones/api/v1/respuestas/{pendientes[0]['id']}", headers=headers)

    hecha = client.post(
        f"/notificaciones/api/v1/respuestas/{pendientes[0]['id']}/atencion",
        headers=headers | {"If-Match": una.headers["ETag"]},
    )

    assert len(pendientes) == 2
    assert (hecha.status_code, hecha.json["estado"]) == (200, "atendida")
