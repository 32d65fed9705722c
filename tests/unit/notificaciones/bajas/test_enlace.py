"""A mail that may be stopped says how, and whoever reads it stops it: with one request, or on a
page in their language, also long after the message is gone.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import despachos
from notificaciones import direcciones, supresion
from notificaciones.bajas.enlaces import Enlace, leer
from notificaciones.bajas.models import Baja
from notificaciones.bajas.queries import temas
from notificaciones.bajas.states import Origen
from notificaciones.bajas.textos import todos
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas import actions as plantillas
from notificaciones.plantillas.catalogo import (
    Ajustes,
    Canal,
    Clave,
    Redaccion,
    Tema,
    de_fabrica,
    idiomas,
)
from oficina.actor import Actor
from oficina.db import uuid7
from unit.notificaciones.proveedores.servidor import Carta, Servidor

MEDIODIA = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
JUEVES = datetime(2026, 12, 17, 13, 30, tzinfo=UTC)
CASILLA = "wideline@correo.example"
UN_TOQUE = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _mediodia(casa: Any) -> None:
    casa.ir_a(MEDIODIA)


def _enviar(
    casa: Any,
    servidor: Servidor,
    plantilla: Clave = Clave.AVISO_GENERAL,
    idioma: str = "ht",
    publica: str = "https://oficina.example",
) -> Carta | None:
    """A mail to the box; None when it did not leave."""
    settings = replace(casa.env.settings, smtp_url=servidor.url, public_url=publica)
    texto = Redaccion(idioma, "Avi", "Biwo a ap fèmen vandredi.\n\nMèsi.")
    with casa.db.begin() as session:
        mensaje = Mensaje(
            id=uuid7(),
            clave_de_negocio=str(uuid7()),
            plantilla=plantilla,
            estado=Estado.PROGRAMADA,
            datos={},
            enviar_en=MEDIODIA,
            creado_en=MEDIODIA,
        )
        session.add(mensaje)
        session.flush()
        mensaje.preparar(Canal.CORREO, CASILLA, idioma, texto)
    antes = len(servidor.recibidas)
    despachos.enviar(replace(casa.env, settings=settings), mensaje.id)
    return servidor.recibidas[antes] if len(servidor.recibidas) > antes else None


def _ruta(carta: Carta | None) -> str:
    assert carta is not None
    return urlsplit(str(carta.correo["List-Unsubscribe"]).strip("<>")).path


def _bajas(casa: Any) -> list[Baja]:
    with casa.db.read() as session:
        return list(session.scalars(select(Baja).order_by(Baja.id)))


def _browser(casa: Any) -> FlaskClient:
    client: FlaskClient = casa.app.test_client()
    return client


def test_el_correo_dice_como_detenerlo_en_su_cabecera_y_a_la_vista(
    casa: Any, servidor: Servidor
) -> None:
    carta = _enviar(casa, servidor)

    assert carta is not None
    url = str(carta.correo["List-Unsubscribe"]).strip("<>")
    assert url.startswith("https://oficina.example/notificaciones/baja/")
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in carta.raw
    assert carta.correo["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    frase = "Pa resevwa mesaj sou enfòmasyon biwo a ankò"
    assert f"{frase}: {url}" in carta.parte("text/plain")
    assert f'<a href="{url}">{frase}</a>' in carta.parte("text/html")
    # The address says neither to whom it went nor which message it was.
    assert "wideline" not in url


def test_sin_https_no_se_promete_lo_que_la_norma_pide_con_el(casa: Any, servidor: Servidor) -> None:
    carta = _enviar(casa, servidor, publica="http://oficina.example")

    assert carta is not None
    assert carta.correo["List-Unsubscribe"] is not None
    assert carta.correo["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("plantilla", [Clave.DERIVACION_ENVIADA, Clave.INVITACION_CUENTA])
def test_lo_que_no_se_detiene_no_lo_ofrece(casa: Any, servidor: Servidor, plantilla: Clave) -> None:
    _no_ofrece(_enviar(casa, servidor, plantilla))


def test_lo_que_una_ley_obliga_sale_igual_y_no_ofrece_detenerlo(
    casa: Any, servidor: Servidor
) -> None:
    ruta = _ruta(_enviar(casa, servidor))
    _browser(casa).post(ruta, data={"que": "todo"})
    de_hoy = de_fabrica()[Clave.AVISO_GENERAL]
    ajustes = Ajustes(
        no_duplicar=True, respeta_ventana=True, tema=Tema.INFORMACION, por_ley="Ley de prueba"
    )
    contenido = plantillas.Contenido(textos=de_hoy.textos, ajustes=ajustes)
    with casa.app.test_request_context(), casa.db.begin() as session:
        plantillas.sembrar(session)
        plantillas.publicar(
            session, Clave.AVISO_GENERAL, contenido, Actor.sistema("notificaciones")
        )

    _no_ofrece(_enviar(casa, servidor))


def _no_ofrece(carta: Carta | None) -> None:
    assert carta is not None
    assert carta.correo["List-Unsubscribe"] is None
    assert "/notificaciones/baja/" not in carta.raw.decode()


def test_un_toque_detiene_ese_tema_y_no_otro_y_dos_veces_da_lo_mismo(
    casa: Any, servidor: Servidor
) -> None:
    ruta = _ruta(_enviar(casa, servidor))

    hechas = [_browser(casa).post(ruta, data=UN_TOQUE) for _ in range(2)]

    assert [hecha.status_code for hecha in hechas] == [200, 200]
    assert all("Set-Cookie" not in hecha.headers for hecha in hechas)
    (baja,) = _bajas(casa)
    assert (baja.origen, baja.tema, baja.canal) == (Origen.ENLACE, Tema.INFORMACION, Canal.CORREO)
    assert baja.direccion == CASILLA
    assert _enviar(casa, servidor) is None
    (detenido,) = casa.mensajes(estado=Estado.SUPRIMIDA)
    assert detenido.motivo is Motivo.DIRECCION_DE_BAJA
    lista = casa.oficina.entrar(casa.app, "recepcion").get("/notificaciones/bajas").text
    assert "Lo pidió por el enlace de un correo" in lista

    casa.cita(JUEVES, casa.persona(correo=CASILLA, canal_preferido="correo"))
    casa.barrer()
    casa.ir_a(JUEVES - timedelta(hours=47))
    casa.barrer()

    recordatorio = casa.mensajes(plantilla=Clave.RECORDATORIO_CITA)[0]
    assert (recordatorio.destino, recordatorio.estado) == (CASILLA, Estado.ENTREGADA)


def test_la_pagina_esta_en_su_idioma_y_abrirla_no_cambia_nada(
    casa: Any, servidor: Servidor
) -> None:
    ruta = _ruta(_enviar(casa, servidor))

    page = _browser(casa).get(ruta)
    otra = _browser(casa).get(ruta, query_string={"idioma": "pt"})

    assert '<html lang="ht">' in page.text
    assert "Mesaj sou enfòmasyon biwo a" in page.text
    assert CASILLA not in page.text
    assert '<html lang="pt">' in otra.text
    assert "As mensagens sobre informações do escritório" in otra.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert _bajas(casa) == []
    assert _enviar(casa, servidor) is not None

    hecha = _browser(casa).post(ruta, data={"que": "todo"})

    assert "sof sa lalwa egzije" in hecha.text
    assert [baja.tema for baja in _bajas(casa)] == [None]
    assert _enviar(casa, servidor) is None


def test_sirve_despues_de_que_el_mensaje_se_borro(casa: Any, servidor: Servidor) -> None:
    ruta = _ruta(_enviar(casa, servidor))
    (mensaje,) = casa.mensajes()
    casa.cambiar(lambda uno: [setattr(uno, columna.key, None) for columna in supresion.SE_VACIAN])
    casa.ir_a(MEDIODIA + timedelta(days=800))

    hecha = _browser(casa).post(ruta, data=UN_TOQUE)

    assert hecha.status_code == 200
    (baja,) = _bajas(casa)
    assert (baja.direccion, baja.indice) == (None, direcciones.indice(CASILLA))
    assert casa.mensajes(id=mensaje.id)[0].estado is Estado.ENTREGADA
    assert _enviar(casa, servidor) is None


def test_un_enlace_que_no_hicimos_no_detiene_nada(casa: Any, servidor: Servidor) -> None:
    ruta = _ruta(_enviar(casa, servidor))
    token = ruta.rpartition("/")[2]
    enlace = leer(token)
    assert enlace is not None
    ajeno = replace(enlace, indice=direcciones.indice("otra@correo.example")).token()
    # The signature of one on what another one says.
    mezcla = token[:20] + ajeno[20:]

    for falso in (mezcla, token[:-2], token + "AA", "x", "%C3%B1", "A" * 200):
        assert _browser(casa).post(f"/notificaciones/baja/{falso}").status_code == 404, falso
    assert _browser(casa).get("/notificaciones/baja/x?idioma=fr").status_code == 404

    assert _bajas(casa) == []


def test_quien_prueba_enlaces_espera_y_quien_tiene_uno_no(casa: Any, servidor: Servidor) -> None:
    ruta = _ruta(_enviar(casa, servidor))

    probados = [_browser(casa).get("/notificaciones/baja/x").status_code for _ in range(31)]
    propia = _browser(casa).post(ruta, data=UN_TOQUE).status_code
    repetida = [_browser(casa).get(ruta).status_code for _ in range(30)]

    assert (probados[:30], probados[30]) == ([404] * 30, 429)
    assert propia == 200
    assert (set(repetida[:29]), repetida[29]) == ({200}, 429)


def test_la_pagina_del_mensaje_lo_dice(casa: Any, servidor: Servidor) -> None:
    _enviar(casa, servidor)
    (mensaje,) = casa.mensajes()

    page = casa.oficina.entrar(casa.app, "coordinacion").get(f"/notificaciones/{mensaje.id}").text

    assert "su lector deja de recibir mensajes de esto" in page
    # Whoever sees it in the office does not hold the reader's key.
    assert "/notificaciones/baja/" not in page

    casa.cambiar(lambda uno: setattr(uno, "proveedor", "salida"))
    page = casa.oficina.entrar(casa.app, "coordinacion").get(f"/notificaciones/{mensaje.id}").text
    enlace = re.search(r'href="[^"]*(/notificaciones/baja/[^"]+)"', page)
    assert enlace is not None
    assert _browser(casa).get(enlace[1]).status_code == 200


def test_hay_textos_en_cada_idioma_de_los_mensajes_y_de_cada_tema() -> None:
    assert todos().keys() == idiomas().keys()
    (frases,) = {frozenset(uno.frases) for uno in todos().values()}
    assert "pie" in frases
    assert {frozenset(uno.temas) for uno in todos().values()} == {temas()}
    assert any(una.tema in temas() and not una.por_ley for una in de_fabrica().values())


def test_un_token_dice_lo_que_se_le_puso(casa: Any) -> None:
    for tema in temas():
        for idioma in todos():
            enlace = Enlace(indice=direcciones.indice(CASILLA), tema=tema, idioma=idioma)
            assert leer(enlace.token()) == enlace
