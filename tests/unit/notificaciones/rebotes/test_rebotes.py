"""A mail that came back: its message did not arrive, and a dead address is written to no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import despachos
from notificaciones.bajas import actions as bajas
from notificaciones.bajas.models import Baja
from notificaciones.bajas.states import Origen
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.proveedores.models import Recibo
from notificaciones.rebotes.reglas import reglas
from oficina.actor import Actor
from oficina.db import uuid7
from unit.notificaciones.proveedores.servidor import Servidor
from unit.notificaciones.rebotes import cartas

MEDIODIA = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
DOMINIO = "rebotes.acogida.example"
CLAVE = "secreto de prueba"
RUTA = "/notificaciones/recibos/correo/rebotes"
CASILLA = "wideline@correo.example"


@pytest.fixture(autouse=True)
def _con_rebotes(casa: Any, servidor: Servidor) -> None:
    """An office whose mail leaves, and comes back to it."""
    casa.ir_a(MEDIODIA)
    settings = replace(
        casa.env.settings,
        smtp_url=servidor.url,
        rebotes_dominio=DOMINIO,
        rebotes_clave=CLAVE,
    )
    casa.app.extensions["env"] = replace(casa.env, settings=settings)


def _enviar(casa: Any, plantilla: Clave = Clave.AVISO_GENERAL, a: str = CASILLA) -> UUID:
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
        mensaje.preparar(Canal.CORREO, a, "es", Redaccion("es", "Aviso", "Cerramos el viernes."))
    despachos.enviar(casa.env, mensaje.id)
    return mensaje.id


def _vuelve(casa: Any, carta: bytes, clave: str = CLAVE) -> int:
    """The mail server hands it over."""
    answer = casa.app.test_client().post(
        RUTA, data=carta, content_type="message/rfc822", headers={"X-Acogida-Clave": clave}
    )
    return int(answer.status_code)


def _rebota(casa: Any, servidor: Servidor, status: str = "5.1.1", **mas: Any) -> UUID:
    """A mail leaves and comes back to the sender of its envelope."""
    mensaje_id = _enviar(casa, **mas)
    carta = cartas.informe(servidor.recibidas[-1].remitente, status=status, diagnostico="")
    assert _vuelve(casa, carta) == 204
    return mensaje_id


def _estado(casa: Any, mensaje_id: UUID) -> tuple[Estado, Motivo | None]:
    (mensaje,) = casa.mensajes(id=mensaje_id)
    return mensaje.estado, mensaje.motivo


def _bajas(casa: Any) -> list[tuple[Origen, str | None]]:
    with casa.db.read() as session:
        return [
            (baja.origen, baja.direccion)
            for baja in session.scalars(select(Baja).order_by(Baja.id))
            if baja.levantada_en is None
        ]


def test_cada_correo_lleva_su_propio_sobre_y_el_remitente_no_cambia(
    casa: Any, servidor: Servidor
) -> None:
    _enviar(casa)
    _enviar(casa)

    sobres = {carta.remitente for carta in servidor.recibidas}
    assert len(sobres) == 2
    assert all(sobre.endswith(f"@{DOMINIO}") for sobre in sobres)
    assert {str(carta.correo["From"]) for carta in servidor.recibidas} == {
        "oficina@acogida.example"
    }


def test_si_la_direccion_no_existe_no_se_le_escribe_mas(casa: Any, servidor: Servidor) -> None:
    mensaje_id = _rebota(casa, servidor)
    otra_vez = _vuelve(casa, cartas.informe(servidor.recibidas[-1].remitente))
    siguiente = _enviar(casa)

    assert otra_vez == 204
    assert _estado(casa, mensaje_id) == (Estado.REBOTADA, Motivo.REBOTADO)
    assert _bajas(casa) == [(Origen.REBOTE, CASILLA)]
    assert _estado(casa, siguiente) == (Estado.SUPRIMIDA, Motivo.DIRECCION_REBOTA)
    assert len(servidor.recibidas) == 1
    casa.circular()
    assert casa.hechos().count("fallido") == 1

    browser = casa.oficina.entrar(casa.app, "coordinacion")
    page = browser.get(f"/notificaciones/{mensaje_id}").text
    assert "El correo volvió: esa dirección no existe. (5.1.1)" in page
    assert "A esa dirección no se le escribe más: está en Bajas." in page
    assert page.count("Se supo que no llegó") == 1
    assert "Revise el número o el correo" in page
    page = browser.get(f"/notificaciones/{siguiente}").text
    assert "Los correos a esa dirección vuelven" in page
    assert "Los correos ahí vuelven: no le llegan" in browser.get("/notificaciones/bajas").text


def test_los_pasajeros_se_cuentan_y_los_que_bastan_la_detienen(
    casa: Any, servidor: Servidor
) -> None:
    bastan = reglas().pasajeros
    for n in range(bastan):
        assert _bajas(casa) == [], n
        mensaje_id = _rebota(casa, servidor, "4.2.2")
        assert _estado(casa, mensaje_id)[0] is Estado.REBOTADA

    assert _bajas(casa) == [(Origen.REBOTE, CASILLA)]

    # Somebody asks the person, who has made room: what came back before counts no more.
    with casa.db.begin() as session:
        (baja,) = session.scalars(select(Baja))
        bajas.levantar(session, baja, "Ya tiene espacio", Actor.sistema("notificaciones"))
    _rebota(casa, servidor, "4.2.2")
    assert _bajas(casa) == []


def test_los_de_hace_mucho_no_cuentan(casa: Any, servidor: Servidor) -> None:
    for _ in range(reglas().pasajeros - 1):
        _rebota(casa, servidor, "5.2.2")
    with casa.db.begin() as session:
        for recibo in session.scalars(select(Recibo)):
            recibo.recibido_en -= reglas().plazo + timedelta(hours=1)
    _rebota(casa, servidor, "5.2.2")

    assert _bajas(casa) == []


def test_lo_que_es_culpa_de_la_oficina_no_detiene_a_nadie(casa: Any, servidor: Servidor) -> None:
    for _ in range(reglas().pasajeros + 1):
        mensaje_id = _rebota(casa, servidor, "5.7.26")

    assert _bajas(casa) == []
    page = casa.oficina.entrar(casa.app, "coordinacion").get(f"/notificaciones/{mensaje_id}").text
    assert "ese servidor no acepta los de la oficina" in page
    assert "Revise el número o el correo" not in page


def test_a_una_institucion_se_le_corrige_en_el_directorio(casa: Any, servidor: Servidor) -> None:
    mensaje_id = _rebota(casa, servidor, plantilla=Clave.DERIVACION_ENVIADA)

    assert _estado(casa, mensaje_id)[0] is Estado.REBOTADA
    assert _bajas(casa) == []


def test_un_servidor_que_la_rechaza_al_recibirla_tambien_lo_dice(
    casa: Any, servidor: Servidor
) -> None:
    servidor.rcpt = lambda _a: "550 5.1.1 <wideline@correo.example> no such user"
    mensaje_id = _enviar(casa)

    assert _estado(casa, mensaje_id) == (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA)
    assert _bajas(casa) == [(Origen.REBOTE, CASILLA)]

    servidor.rcpt = lambda _a: "550 no"
    otro = _enviar(casa, a="otra@correo.example")
    assert _estado(casa, otro) == (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA)
    assert len(_bajas(casa)) == 1


def test_ni_sin_la_clave_ni_con_un_sobre_falso_cambia_nada(casa: Any, servidor: Servidor) -> None:
    mensaje_id = _enviar(casa)
    sobre = servidor.recibidas[-1].remitente
    falso = sobre[:30] + ("a" if sobre[30] != "a" else "b") + sobre[31:]

    assert _vuelve(casa, cartas.informe(sobre), clave="otra") == 401
    assert _vuelve(casa, cartas.informe(sobre), clave="") == 401
    for carta in (cartas.informe(falso), cartas.ausente(sobre), cartas.respuesta(sobre)):
        assert _vuelve(casa, carta) == 204

    assert _estado(casa, mensaje_id)[0] is Estado.ENTREGADA
    assert _bajas(casa) == []


def test_sin_dominio_nadie_entrega_nada(casa: Any) -> None:
    settings = replace(casa.env.settings, rebotes_dominio="", rebotes_clave="")
    casa.app.extensions["env"] = replace(casa.env, settings=settings)

    assert _vuelve(casa, cartas.informe(f"r-a@{DOMINIO}"), clave="") == 401
