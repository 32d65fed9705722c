"""The outbox that people read, and the story of each message."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.derivaciones.states import Estado as EstadoDerivacion
from casos.red.actions import sembrar
from notificaciones import direcciones
from notificaciones.mensajes.costos import tarifas
from notificaciones.mensajes.queries import Filtro, mensajes
from notificaciones.plantillas.catalogo import Clave
from oficina.audit import Auditoria
from oficina.web.i18n import COOKIE
from unit.casos.derivaciones.mundo import crear_mundo

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _con_mensajes(casa: Any) -> None:
    """Two reminders and one link to an institution."""
    casa.ir_a(LUNES)
    casa.cita(JUEVES_10_30)
    with casa.db_casos.begin() as session:
        sembrar(session, demo=True)
    crear_mundo(casa.db_casos).en(EstadoDerivacion.ENVIADA, LUNES)
    casa.circular()
    casa.barrer()


def _correo(casa: Any) -> Any:
    (mensaje,) = [mensaje for mensaje in casa.mensajes() if mensaje.derivacion_id]
    return mensaje


def test_cada_rol_ve_lo_suyo(casa: Any) -> None:
    def pagina(rol: str) -> Any:
        return casa.oficina.entrar(casa.app, rol).get("/notificaciones/salida")

    assert "Derivación enviada a una institución" in pagina("profesional").text
    assert "Derivación enviada a una institución" not in pagina("recepcion").text
    lista = pagina("recepcion").text
    assert lista.count("Recordatorio de cita</a>") == 2
    # To whom is said as far as a list may: enough to know one from another.
    destinos = {uno.destino for uno in casa.mensajes() if uno.cita_id and uno.destino}
    assert destinos
    assert not [destino for destino in destinos if destino in lista]
    assert all(direcciones.enmascarada(destino) in lista for destino in destinos)
    assert "Derivación enviada a una institución" not in pagina("administrador").text
    assert "Recordatorio de cita" not in pagina("administrador").text
    assert pagina("auditor").status_code == 403

    recepcion = casa.oficina.entrar(casa.app, "recepcion")
    assert recepcion.get(f"/notificaciones/{_correo(casa).id}").status_code == 404


def test_se_filtra_por_tipo_estado_y_cita(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "coordinacion")

    def enlaces(query: str) -> int:
        text: str = browser.get(f"/notificaciones/salida/lista?{query}").text
        return text.count("<tr>") - 1 if "<tr>" in text else 0

    assert enlaces("") == 3
    assert enlaces("tipo=recordatorio_cita") == 2
    assert enlaces("estado=entregada_a_proveedor") == 1
    assert enlaces(f"cita={casa.mensajes(regla='cita_3h')[0].cita_id}") == 2
    assert enlaces("estado=fallida") == 0
    assert browser.get("/notificaciones/salida?estado=ninguno").status_code == 422


def test_la_lista_sigue_el_orden_de_lo_que_sale_tambien_de_pagina_en_pagina(
    casa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    casa.cita(JUEVES_10_30 - timedelta(hours=20))  # written last, leaves before the others
    casa.barrer()
    monkeypatch.setattr("notificaciones.mensajes.queries.LIMITE", 2)
    monkeypatch.setattr("notificaciones.alcance.LIMITE", 2)

    todos = casa.mensajes()
    filtro = Filtro(visibles=frozenset(Clave))
    with casa.db.read() as session:
        primeros = mensajes(session, filtro)
        siguientes = mensajes(session, filtro, antes_de=primeros[-1])
    pagina = casa.oficina.entrar(casa.app, "coordinacion").get("/notificaciones/salida").text

    salen = sorted(((uno.entregado_en or uno.enviar_en, uno.id) for uno in todos), reverse=True)
    assert salen[0][1] != max(uno.id for uno in todos)
    assert [uno.id for uno in (*primeros, *siguientes)] == [uno for _sale, uno in salen[:4]]
    assert re.findall(r"/notificaciones/([0-9a-f-]{36})", pagina) == [
        str(uno.id) for uno in primeros
    ]


def test_la_lista_vive_y_no_cambia_sin_motivo(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "profesional")
    primera = browser.get("/notificaciones/salida/lista")

    igual = browser.get(
        "/notificaciones/salida/lista", headers={"If-None-Match": primera.headers["ETag"]}
    )
    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()
    distinta = browser.get(
        "/notificaciones/salida/lista", headers={"If-None-Match": primera.headers["ETag"]}
    )

    assert igual.status_code == 304
    assert distinta.status_code == 200


def test_el_enlace_a_la_institucion_se_puede_seguir_desde_la_salida(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "profesional")

    page = browser.get(f"/notificaciones/{_correo(casa).id}")

    assert page.status_code == 200
    assert f'<a href="{_correo(casa).enlace}">' in page.text
    assert "nada salió de ella" in page.text
    assert "Intento 1 de enviarlo" in page.text


def test_el_enlace_no_se_muestra_antes_de_que_salga(casa: Any) -> None:
    casa.cambiar(lambda mensaje: setattr(mensaje, "proveedor", "smtp"))
    browser = casa.oficina.entrar(casa.app, "profesional")

    page = browser.get(f"/notificaciones/{_correo(casa).id}")

    assert "/casos/enlace/" not in page.text
    assert "[…]" in page.text


def test_un_recordatorio_dice_cuanto_ocupa_y_por_que_no_llego(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "recepcion")
    mensaje = casa.mensajes(regla="cita_3h")[0]

    espera = browser.get(f"/notificaciones/{mensaje.id}").text
    casa.cancelar(str(mensaje.cita_id))
    cancelado = browser.get(f"/notificaciones/{mensaje.id}").text

    assert re.search(r"1 segmento \(GSM-7, \d+ unidades\)\.", espera)
    assert 'lang="ht"' in espera
    assert "kreyòl ayisyen" in espera
    assert "Se canceló antes de salir. La cita se canceló." in cancelado


def _con_tildes(casa: Any, tildes: str) -> None:
    """The office's choice."""
    settings = replace(casa.env.settings, sms_tildes=tildes)
    casa.app.extensions["env"] = replace(casa.env, settings=settings)


def _en_portugues(casa: Any) -> Any:
    """A reminder with letters that the short alphabet lacks, written and waiting."""
    cita = casa.cita(LUNES + timedelta(days=7, hours=2), casa.persona(idiomas=["por"]))
    casa.barrer()
    return casa.mensajes(cita_id=UUID(cita), regla="cita_3h")[0]


def test_se_ve_el_caracter_que_encarece_y_lo_que_cuesta(casa: Any) -> None:
    _con_tildes(casa, "conservar")
    mensaje = _en_portugues(casa)
    posicion = mensaje.cuerpo.index("ó") + 1

    browser = casa.oficina.entrar(casa.app, "recepcion")
    pagina = browser.get(f"/notificaciones/{mensaje.id}").text
    browser.set_cookie(COOKIE, "en")
    page = browser.get(f"/notificaciones/{mensaje.id}").text
    url = f"/notificaciones/api/v1/mensajes/{mensaje.id}"
    api = casa.app.test_client().get(url, headers=casa.oficina.bearer("recepcion")).json

    assert f"2 segmentos (UCS-2 por «ó» en la posición {posicion}, " in pagina
    assert "; sin tildes sería 1." in pagina
    units = len(mensaje.cuerpo)
    assert f"2 segments (UCS-2 because of «ó» at position {posicion}, {units} units); " in page
    assert "; without accents it would be 1." in page
    assert "Costaría</dt>" in pagina
    assert "50 CLP: 2 segmentos de 25 CLP. Tarifa 2026-1 (por confirmar)." in pagina
    assert api["segmentos"] == {
        "codificacion": "UCS-2",
        "unidades": len(mensaje.cuerpo),
        "partes": 2,
        "culpables": ["ó"],
        "posicion": posicion,
        "dobles": [],
        "con_tildes": None,
        "sin_tildes": 1,
        "sin_equivalente": [],
        "costo": "50",
        "tarifa": {
            "clave": "2026-1",
            "desde": "2026-01-01",
            "por_segmento": "25",
            "moneda": "CLP",
            "confirmada": False,
            "fuente": tarifas()["2026-1"].fuente,
        },
    }


def test_sale_lo_que_se_ve_y_el_mes_dice_lo_que_se_ahorro(casa: Any) -> None:
    casa.ir_a(casa.mensajes(regla="cita_3h")[0].enviar_en)
    casa.barrer()  # a Kreyòl one leaves: its letters are all in the alphabet
    _con_tildes(casa, "conservar")
    mensaje = _en_portugues(casa)
    assert mensaje.cuerpo.startswith("Escritório municipal")
    # The office changes its mind: what waits is written anew as it leaves.
    _con_tildes(casa, "ahorrar")
    casa.ir_a(mensaje.enviar_en)
    casa.barrer()

    browser = casa.oficina.entrar(casa.app, "recepcion")
    pagina = browser.get(f"/notificaciones/{mensaje.id}").text
    salida = browser.get("/notificaciones/salida").text

    assert "Escritorio municipal" in pagina
    assert re.search(r"1 segmento \(GSM-7, \d+ unidades\); con tildes serían 2\.", pagina)
    assert (
        "Este mes quedaron 2 mensajes de texto en la bandeja: 2 segmentos, 1 menos por quitar "
        "tildes. Enviarlos costaría 50 CLP. Tarifa 2026-1 (por confirmar)."
    ) in " ".join(salida.split())

    casa.ir_a(mensaje.enviar_en + timedelta(days=4))  # another month
    assert "Este mes" not in browser.get("/notificaciones/salida").text


def test_lo_que_costo_queda_cuando_el_texto_se_olvida(casa: Any) -> None:
    _con_tildes(casa, "conservar")
    mensaje = _en_portugues(casa)
    casa.ir_a(mensaje.enviar_en)
    casa.barrer()
    casa.cambiar(lambda uno: setattr(uno, "cuerpo", None))

    browser = casa.oficina.entrar(casa.app, "recepcion")
    pagina = browser.get(f"/notificaciones/{mensaje.id}").text

    assert "2 segmentos (UCS-2)." in pagina
    assert "50 CLP: 2 segmentos de 25 CLP." in pagina


def test_un_idioma_sin_texto_se_nota(casa: Any) -> None:
    casa.cita(JUEVES_10_30 + timedelta(hours=2), casa.persona(idiomas=["ara"]))
    casa.barrer()
    browser = casa.oficina.entrar(casa.app, "recepcion")
    (mensaje, _otro) = [uno for uno in casa.mensajes() if uno.idioma_pedido == "ara"]

    page = browser.get(f"/notificaciones/{mensaje.id}").text

    assert "No hay texto en el idioma pedido (ara)." in page


def test_la_api_da_lo_mismo_que_la_pagina(casa: Any) -> None:
    api = casa.app.test_client()
    url = "/notificaciones/api/v1/mensajes"
    cita = str(casa.mensajes(regla="cita_3h")[0].cita_id)

    def pedir(rol: str, **params: str) -> Any:
        return api.get(url, query_string=params, headers=casa.oficina.bearer(rol))

    assert len(pedir("profesional").json) == 3
    assert len(pedir("recepcion").json) == 2
    assert [uno["estado"] for uno in pedir("recepcion", cita_id=cita).json] == ["lista", "lista"]
    assert pedir("profesional", estado="x").status_code == 422
    assert pedir("administrador").json == []  # only what is about accounts
    assert pedir("auditor").status_code == 403
    uno = api.get(f"{url}/{_correo(casa).id}", headers=casa.oficina.bearer("profesional")).json
    assert "/casos/enlace/" in uno["cuerpo"]
    for rol in ("recepcion", "administrador"):
        ajeno = api.get(f"{url}/{_correo(casa).id}", headers=casa.oficina.bearer(rol))
        assert ajeno.status_code == 404


def test_leer_un_mensaje_deja_huella_y_nada_queda_en_claro(casa: Any) -> None:
    casa.oficina.entrar(casa.app, "profesional").get(f"/notificaciones/{_correo(casa).id}")

    with casa.db.read() as session:
        acciones = set(session.scalars(select(Auditoria.accion)))
    assert {"notificaciones.mensaje.ver", "notificaciones.mensaje.entregar"} <= acciones
    folder = casa.oficina.settings.data_dir
    raw = b"".join(path.read_bytes() for path in folder.glob("notificaciones.db*"))
    for secreto in (b"+56987654321", b"randevou", b"casos/enlace"):
        assert secreto not in raw
