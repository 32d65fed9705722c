"""Who wants no more messages gets none, until they or the office say otherwise."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from identidad.clientes.actions import NuevoCliente, crear_cliente
from notificaciones.bajas.actions import NuevaBaja, dar_de_baja
from notificaciones.bajas.models import Baja
from notificaciones.bajas.states import Origen
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.states import Efecto
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas import actions as plantillas
from notificaciones.plantillas.catalogo import Ajustes, Clave, Tema, de_fabrica
from oficina import clock
from oficina.actor import Actor
from oficina.db import uuid7

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
NUMERO = "+56987654321"
BAJAS = "/notificaciones/bajas"


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


def _llega(casa: Any, texto: str) -> Efecto:
    with casa.db.begin() as session:
        respuesta = recibir(
            session,
            Entrante(
                proveedor="prueba",
                de=NUMERO,
                texto=texto,
                referencia=str(uuid7()),
                recibido_en=clock.now(),
            ),
        )
    casa.circular()
    casa.barrer()
    efecto: Efecto = respuesta.efecto
    return efecto


def _anotar(casa: Any, tema: Tema | None = None) -> None:
    with casa.db.begin() as session:
        nueva = NuevaBaja(direccion="9 8765 4321", tema=tema)
        dar_de_baja(session, nueva, Origen.PALABRA, Actor.sistema("notificaciones"))


def _recordar(casa: Any) -> Any:
    """The first reminder of an appointment, when its hour came."""
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=47))
    casa.barrer()
    return casa.mensajes(plantilla=Clave.RECORDATORIO_CITA)[0]


def test_baja_detiene_lo_que_esperaba_y_alta_lo_deja_salir(casa: Any) -> None:
    assert _recordar(casa).estado is Estado.ENTREGADA

    assert _llega(casa, "BAJA") is Efecto.DE_BAJA
    casa.ir_a(JUEVES_10_30 - timedelta(hours=1))
    casa.barrer()

    detenido = casa.mensajes(plantilla=Clave.RECORDATORIO_CITA)[1]
    assert (detenido.estado, detenido.motivo) == (Estado.SUPRIMIDA, Motivo.DIRECCION_DE_BAJA)
    (contestado,) = casa.mensajes(plantilla=Clave.RESPUESTA_BAJA)
    assert (contestado.estado, contestado.idioma) == (Estado.ENTREGADA, "ht")
    page = casa.oficina.entrar(casa.app, "recepcion").get(f"/notificaciones/{detenido.id}").text
    assert "se pidió no recibir más mensajes de esto" in page

    assert _llega(casa, "alta por favor") is Efecto.DE_ALTA
    casa.ir_a(JUEVES_10_30 + timedelta(days=1))
    casa.cita(JUEVES_10_30 + timedelta(days=7))
    casa.barrer()
    casa.ir_a(JUEVES_10_30 + timedelta(days=7) - timedelta(hours=47))
    casa.barrer()
    assert casa.mensajes(plantilla=Clave.RECORDATORIO_CITA)[2].estado is Estado.ENTREGADA
    with casa.db.read() as session:
        (baja,) = session.scalars(select(Baja))
    assert (baja.origen, baja.levantada_origen) == (Origen.PALABRA, Origen.PALABRA)


@pytest.mark.parametrize(
    ("tema", "estado"),
    [
        (None, Estado.SUPRIMIDA),
        (Tema.CITAS, Estado.SUPRIMIDA),
        (Tema.INFORMACION, Estado.ENTREGADA),
    ],
)
def test_se_detiene_el_tema_de_que_no_se_quiere_saber(
    casa: Any, tema: Tema | None, estado: Estado
) -> None:
    _anotar(casa, tema)
    _anotar(casa, tema)

    assert _recordar(casa).estado is estado
    with casa.db.read() as session:
        assert len(session.scalars(select(Baja)).all()) == 1


def test_lo_que_una_ley_obliga_sale_y_su_pagina_dice_por_que(casa: Any) -> None:
    de_hoy = de_fabrica()[Clave.RECORDATORIO_CITA]
    ajustes = Ajustes(
        no_duplicar=True,
        respeta_ventana=True,
        tema=Tema.CITAS,
        por_ley="Ley de prueba, art. 1",
    )
    contenido = plantillas.Contenido(textos=de_hoy.textos, ajustes=ajustes)
    with casa.app.test_request_context(), casa.db.begin() as session:
        plantillas.sembrar(session)
        plantillas.publicar(
            session, Clave.RECORDATORIO_CITA, contenido, Actor.sistema("notificaciones")
        )
    _anotar(casa)

    mensaje = _recordar(casa)

    assert (mensaje.estado, mensaje.pese_a_baja) == (Estado.ENTREGADA, "Ley de prueba, art. 1")
    page = casa.oficina.entrar(casa.app, "recepcion").get(f"/notificaciones/{mensaje.id}").text
    assert "Sale pese a una baja" in page
    assert "Ley de prueba, art. 1" in page


def test_la_oficina_anota_y_levanta_con_un_motivo_y_queda_la_historia(casa: Any) -> None:
    browser = casa.oficina.entrar(casa.app, "recepcion")
    sin_motivo = browser.post(BAJAS, data={"direccion": "nada", "motivo": ""})
    pedida = {"direccion": "9 8765 4321", "tema": "citas", "motivo": "Lo pidió en el mesón"}
    anotada = browser.post(BAJAS, data=pedida, follow_redirects=True)
    repetida = browser.post(BAJAS, data=pedida, follow_redirects=True)
    enlace = re.search(rf'href="({BAJAS}/[^"]+/levantar)"', anotada.text)
    assert enlace is not None

    vieja = browser.post(enlace[1], data={"motivo": "Cambió de idea", "version": "9"})
    hecha = browser.post(
        enlace[1], data={"motivo": "Cambió de idea", "version": "1"}, follow_redirects=True
    )
    otra_vez = browser.post(enlace[1], data={"motivo": "Otra vez", "version": "2"})

    assert sin_motivo.status_code == 422
    assert "Escriba un teléfono o un correo." in sin_motivo.text
    assert "•••321" in anotada.text
    assert repetida.status_code == 200
    assert "87654321" not in anotada.text
    assert [vieja.status_code, otra_vez.status_code] == [412, 409]
    assert "Levantada" in hecha.text
    assert "Cambió de idea" in hecha.text
    assert casa.oficina.entrar(casa.app, "administrador").get(BAJAS).status_code == 403
    with casa.db.read() as session:
        (fila,) = session.execute(text("SELECT * FROM bajas")).all()
    assert "87654321" not in str(fila)
    assert "mesón" not in str(fila)


def _programa(casa: Any, client_id: str) -> dict[str, str]:
    """Headers of a program that attends at the counter."""
    identidad = casa.oficina.identidad
    nuevo = NuevoCliente(
        client_id=client_id, nombre="Programa", secreto="s" * 43, roles=["recepcion"]
    )
    with identidad.test_request_context(), identidad.extensions["env"].db.begin() as session:
        crear_cliente(session, nuevo, Actor.sistema("identidad"))
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "s" * 43}
    answer = identidad.test_client().post("/identidad/oauth/token", data=form)
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_por_api_un_programa_anota_y_levanta_las_suyas_y_ve_solo_esas(casa: Any) -> None:
    _anotar(casa, Tema.INFORMACION)
    client, raiz = casa.app.test_client(), "/notificaciones/api/v1/bajas"
    programa, otro = _programa(casa, "uno"), _programa(casa, "otro")
    pedida = {"direccion": "red@example.org", "tema": "citas", "motivo": "Lo pidió en el mesón"}

    for mal in ({"motivo": ""}, {"tema": "cuentas"}, {"direccion": "nada"}):
        assert client.post(raiz, json=pedida | mal, headers=programa).status_code == 422
    anotada = client.post(raiz, json=pedida, headers=programa)
    assert anotada.status_code == 201
    assert (anotada.json["direccion"], anotada.json["origen"]) == ("r•••@example.org", "oficina")
    assert client.post(raiz, json=pedida, headers=programa).json["id"] == anotada.json["id"]

    assert [una["id"] for una in client.get(raiz, headers=programa).json] == [anotada.json["id"]]
    assert client.get(raiz, headers=otro).json == []
    una = f"{raiz}/{anotada.json['id']}"
    assert client.get(una, headers=otro).status_code == 404
    con = {"If-Match": client.get(una, headers=programa).headers["ETag"]}
    dicho, camino = {"motivo": "Cambió de idea"}, f"{una}/levantamiento"
    assert client.post(camino, json=dicho, headers=otro | con).status_code == 404
    assert client.post(camino, json=dicho, headers=programa).status_code == 428
    levantada = client.post(camino, json=dicho, headers=programa | con)
    assert (levantada.status_code, levantada.json["levantada_motivo"]) == (200, "Cambió de idea")
    assert client.post(camino, json=dicho, headers=programa | con).status_code == 412
    # Whoever stands at the counter sees them all.
    page = casa.oficina.entrar(casa.app, "recepcion").get(BAJAS).text
    assert page.count("No se le escribe") == 1
    assert "r•••@example.org" in page
