"""A gateway's answer, or its silence, decides what is known of a message."""

import base64
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.configuracion import (
    Autenticacion,
    Condicion,
    Configurado,
    Formato,
    Metodo,
    Peticion,
    Respuesta,
    Tipo,
)
from notificaciones.proveedores.http import HttpSmsProvider
from notificaciones.proveedores.resultados import Desenlace, Resultado
from oficina.db import uuid7
from unit.notificaciones.proveedores.pasarela import Contesta, Pasarela

ENVIO = Envio(
    mensaje_id=uuid7(),
    canal=Canal.SMS,
    destino="+56987654321",
    idioma="es",
    asunto=None,
    cuerpo='Dice "sí" a {destino} & más',
)
Hacer = Callable[[], Pasarela]


def _entregar(url: str, **cambios: Any) -> Resultado:
    peticion = {
        "url": url,
        "metodo": Metodo.POST,
        "formato": Formato.JSON,
        "cuerpo": {"to": "{destino}", "sms": [{"text": "{texto}"}], "ref": "{mensaje_id}"},
        "cabeceras": {},
        "autenticacion": Autenticacion(),
        "respuesta": Respuesta(referencia="/ids/0", codigo="/error"),
        "espera": 5.0,
    } | cambios
    proveedor = HttpSmsProvider(
        Configurado(
            clave="p",
            nombre="P",
            tipo=Tipo.SMS_HTTP,
            costo_por_segmento=Decimal(20),
            remitente="Muni",
            peticion=Peticion(**peticion),
        )
    )
    try:
        return proveedor.entregar(ENVIO)
    finally:
        proveedor.cerrar()


@pytest.mark.parametrize(
    ("contesta", "desenlace", "detalle"),
    [
        (Contesta(cuerpo={"ids": ["r1"]}), Desenlace.ENTREGADO, "HTTP 200"),
        (Contesta(status=202, cuerpo="no es JSON"), Desenlace.ENTREGADO, "HTTP 202"),
        (Contesta(status=400, cuerpo={"error": "malo"}), Desenlace.DEFINITIVO, "HTTP 400 malo"),
        # What it says of a person is not kept.
        (
            Contesta(status=422, cuerpo={"error": "+569 mal"}),
            Desenlace.DEFINITIVO,
            "HTTP 422 569mal",
        ),
        (Contesta(status=401), Desenlace.TRANSITORIO, "HTTP 401"),
        (Contesta(status=302), Desenlace.TRANSITORIO, "HTTP 302"),
        (Contesta(status=503), Desenlace.TRANSITORIO, "HTTP 503"),
        (Contesta(status=500), Desenlace.INCIERTO, "HTTP 500"),
        (Contesta(status=504), Desenlace.INCIERTO, "HTTP 504"),
        (Contesta(corta=True), Desenlace.INCIERTO, "conexion_cortada"),
    ],
)
def test_lo_que_contesta_decide(
    pasarela: Hacer, contesta: Contesta, desenlace: Desenlace, detalle: str
) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: contesta

    resultado = _entregar(una.url)

    assert (resultado.desenlace, resultado.detalle) == (desenlace, detalle)
    assert len(una.pedidos) == 1


@pytest.mark.parametrize("cuando", ["espera", "gotea"])
def test_lo_que_no_contesta_a_tiempo_queda_en_duda(pasarela: Hacer, cuando: str) -> None:
    una = pasarela()
    suelta = threading.Event()
    lenta = Contesta(suelta=suelta) if cuando == "espera" else Contesta(gotea=0.02)
    una.contesta = lambda _pedido: lenta

    resultado = _entregar(una.url, espera=0.3)
    suelta.set()

    assert (resultado.desenlace, resultado.detalle) == (Desenlace.INCIERTO, "sin_respuesta")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://nadie.invalid/x"])
def test_lo_que_no_se_alcanza_no_deja_duda(url: str) -> None:
    resultado = _entregar(url)

    assert (resultado.desenlace, resultado.detalle) == (Desenlace.TRANSITORIO, "sin_conexion")


def test_pide_que_lo_dejen_en_paz(pasarela: Hacer) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(status=429, cabeceras=("Retry-After: 40",))

    resultado = _entregar(una.url)

    assert (resultado.desenlace, resultado.espera) == (
        Desenlace.TRANSITORIO,
        timedelta(seconds=40),
    )


def test_la_referencia_y_lo_que_lleva_la_peticion(pasarela: Hacer) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(cuerpo={"ids": [77]})

    resultado = _entregar(una.url, autenticacion=Autenticacion(usuario="muni", clave="ñ:1"))

    assert resultado.referencia == "77"
    assert una.pedidos == [
        {"to": ENVIO.destino, "sms": [{"text": ENVIO.cuerpo}], "ref": str(ENVIO.mensaje_id)}
    ]
    (cabeceras,) = una.cabeceras
    assert base64.b64decode(cabeceras["authorization"].split()[1]).decode() == "muni:ñ:1"
    assert cabeceras["host"] == f"127.0.0.1:{una.puerto}"


@pytest.mark.parametrize("formato", [Formato.FORMULARIO, Formato.CONSULTA])
def test_como_formulario_o_en_la_direccion(pasarela: Hacer, formato: Formato) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(cuerpo="OK ID: abc-9 fin")

    resultado = _entregar(
        una.url,
        metodo=Metodo.GET if formato is Formato.CONSULTA else Metodo.POST,
        formato=formato,
        cuerpo={"to": "{destino_sin_mas}", "text": "{texto}", "from": "{remitente}"},
        respuesta=Respuesta(formato=Formato.TEXTO, referencia=r"ID: (\S+)"),
    )

    assert (resultado.desenlace, resultado.referencia) == (Desenlace.ENTREGADO, "abc-9")
    said = una.lineas[0] if formato is Formato.CONSULTA else una.pedidos[0]["crudo"]
    assert "to=56987654321&text=Dice+%22s%C3%AD%22+a+%7Bdestino%7D+%26+m%C3%A1s&from=Muni" in said


def test_en_un_200_el_cuerpo_dice_si_lo_acepto(pasarela: Hacer) -> None:
    una = pasarela()
    respuesta = Respuesta(
        referencia="/id",
        aceptada=Condicion(status=frozenset({200}), en="/estado", valores=frozenset({"ok"})),
        rechazada=Condicion(en="/estado", valores=frozenset({"invalid"})),
        transitoria=Condicion(en="/estado", valores=frozenset({"busy"})),
    )
    for estado, desenlace in [
        ("ok", Desenlace.ENTREGADO),
        ("invalid", Desenlace.DEFINITIVO),
        ("busy", Desenlace.TRANSITORIO),
        ("quién sabe", Desenlace.INCIERTO),
    ]:
        una.contesta = lambda _pedido, said=estado: Contesta(cuerpo={"estado": said, "id": "1"})  # type: ignore[misc]  # bound now
        assert _entregar(una.url, respuesta=respuesta).desenlace is desenlace
