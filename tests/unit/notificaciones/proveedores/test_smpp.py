"""SMS over SMPP 3.4, against an SMSC of another make."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import smpp34

from notificaciones.mensajes.carriles import Carriles
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Canal, Clave
from notificaciones.proveedores.acuses import Dicho
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.configuracion import ServidorSmpp
from notificaciones.proveedores.models import Acuse
from notificaciones.proveedores.resultados import Desenlace
from notificaciones.proveedores.smpp import SmppProvider
from oficina.db import uuid7
from servers import free_port
from unit.notificaciones.proveedores.conftest import Taller
from unit.notificaciones.proveedores.pasarela import hasta
from unit.notificaciones.proveedores.smsc import Smsc


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    one = Smsc(free_port())
    yield one
    if one.vive:
        one.cae()


@pytest.fixture
def une() -> Iterator[Callable[..., tuple[SmppProvider, list[Dicho]]]]:
    """Makes providers that are bound, and what each heard."""
    made: list[SmppProvider] = []

    def make(puerto: int, **mas: Any) -> tuple[SmppProvider, list[Dicho]]:
        servidor = ServidorSmpp(
            host="127.0.0.1", puerto=puerto, usuario="muni", clave="x", **{"espera": 3.0} | mas
        )
        proveedor = SmppProvider("smsc", servidor, "Muni")
        heard: list[Dicho] = []
        proveedor.abrir(lambda _clave, dicho: heard.append(dicho))
        made.append(proveedor)
        return proveedor, heard

    yield make
    for one in made:
        one.cerrar()


def _sms(texto: str) -> Envio:
    return Envio(
        mensaje_id=uuid7(),
        canal=Canal.SMS,
        destino="+56987654321",
        idioma="es",
        asunto=None,
        cuerpo=texto,
    )


def test_uno_corto_y_su_recibo(smsc: Smsc, une: Any) -> None:
    proveedor, heard = une(smsc.puerto)

    resultado = proveedor.entregar(_sms("Mañana a las 10: €5"))

    assert (resultado.desenlace, resultado.referencia) == (Desenlace.ENTREGADO, "id-1")
    (una,) = smsc.recibidas
    assert (una.destino, una.origen) == ("56987654321", "Muni")
    # ñ is 0x7D in the basic alphabet, the euro an escape and 0x65.
    assert una.octetos == b"Ma\x7dana a las 10: \x1b\x655"
    assert (una.data_coding, una.esm_class) == (0, 0)

    assert (
        smsc.dice(b"id:id-1 sub:001 dlvrd:001 submit date:x done date:x stat:DELIVRD err:000") == 0
    )
    assert smsc.dice(b"id:id-2 stat:UNDELIV err:011") == 0
    assert smsc.dice(b"id:id-3 stat:ENROUTE") == 0
    assert [(uno.referencia, uno.acuse, uno.detalle) for uno in heard] == [
        ("id-1", Acuse.CONFIRMADA, "DELIVRD.000"),
        ("id-2", Acuse.REBOTADA, "UNDELIV.011"),
    ]


def test_lo_que_escribe_la_gente_tambien_en_partes(smsc: Smsc, une: Any) -> None:
    proveedor, heard = une(smsc.puerto)
    assert proveedor.entregar(_sms("hola")).desenlace is Desenlace.ENTREGADO

    assert smsc.dice(b"S\x7d \x1b\x65", esm_class=0) == 0
    for number, body in ((2, b"iero"), (1, b"no qu")):
        assert smsc.dice(bytes((5, 0, 3, 7, 2, number)) + body, esm_class=0x40) == 0

    assert [(uno.de, uno.texto) for uno in heard] == [
        ("+56987654321", "Sñ €"),
        ("+56987654321", "no quiero"),
    ]


def test_lo_que_no_se_pudo_anotar_se_dice_otra_vez(smsc: Smsc) -> None:
    servidor = ServidorSmpp(host="127.0.0.1", puerto=smsc.puerto, usuario="muni", clave="x")
    proveedor = SmppProvider("smsc", servidor, "Muni")
    said: list[str] = []

    def away(_clave: str, _dicho: Any) -> None:
        said.append("again")
        if len(said) == 1:
            raise RuntimeError

    proveedor.abrir(away)
    try:
        assert hasta(lambda: smsc.uniones == 1)
        assert smsc.dice(b"id:9 stat:DELIVRD") != 0
        assert smsc.dice(b"id:9 stat:DELIVRD") == 0
    finally:
        proveedor.cerrar()


@pytest.mark.parametrize(
    ("texto", "partes", "codificacion"),
    [("a" * 400, 3, 0), ("á" + "b" * 69, 1, 8), ("☺" * 140, 3, 8)],
)
def test_uno_largo_va_en_partes_que_se_juntan(
    smsc: Smsc, une: Any, texto: str, partes: int, codificacion: int
) -> None:
    proveedor, _heard = une(smsc.puerto)

    assert proveedor.entregar(_sms(texto)).desenlace is Desenlace.ENTREGADO

    assert len(smsc.recibidas) == partes
    joined = b""
    # It takes several at once, in any order: the header puts them in theirs.
    in_order = sorted(smsc.recibidas, key=lambda una: una.octetos[5] if partes > 1 else 0)
    for number, una in enumerate(in_order, start=1):
        assert una.data_coding == codificacion
        body = una.octetos
        if partes > 1:
            assert una.esm_class == 0x40
            assert body[:3] == b"\x05\x00\x03"
            assert (body[4], body[5]) == (partes, number)
            assert body[3] == smsc.recibidas[0].octetos[3]
            body = body[6:]
        joined += body
        assert len(una.octetos) <= (140 if codificacion == 8 else 160)
    assert joined == texto.encode("utf-16-be" if codificacion == 8 else "ascii")


@pytest.mark.parametrize(
    ("status", "desenlace"),
    [
        (smpp34.ESME_RTHROTTLED, Desenlace.TRANSITORIO),
        (smpp34.ESME_RSYSERR, Desenlace.TRANSITORIO),
        (smpp34.ESME_RINVDSTADR, Desenlace.DEFINITIVO),
    ],
)
def test_lo_que_contesta_decide(smsc: Smsc, une: Any, status: int, desenlace: Desenlace) -> None:
    proveedor, _heard = une(smsc.puerto)
    smsc.contesta = lambda _una: status

    resultado = proveedor.entregar(_sms("hola"))

    assert (resultado.desenlace, resultado.detalle) == (desenlace, f"SMPP {status:#x}")
    assert (resultado.espera is not None) is (status == smpp34.ESME_RTHROTTLED)


def test_una_parte_aceptada_y_otra_no_deja_duda(smsc: Smsc, une: Any) -> None:
    proveedor, _heard = une(smsc.puerto)
    smsc.contesta = lambda una: 0 if una.octetos[5] == 1 else smpp34.ESME_RTHROTTLED

    assert proveedor.entregar(_sms("a" * 200)).desenlace is Desenlace.INCIERTO


def test_lo_que_no_contesta_queda_en_duda(smsc: Smsc, une: Any) -> None:
    proveedor, _heard = une(smsc.puerto, espera=0.5)
    smsc.contesta = lambda _una: None

    assert proveedor.entregar(_sms("hola")).detalle == "sin_respuesta"


def test_si_cae_con_algo_en_camino_hay_duda_y_despues_se_une_otra_vez(une: Any) -> None:
    puerto = free_port()
    primero = Smsc(puerto)
    proveedor, _heard = une(puerto, espera=5.0)
    primero.contesta = lambda _una: None
    ended: list[Any] = []
    sending = threading.Thread(target=lambda: ended.append(proveedor.entregar(_sms("uno"))))
    sending.start()
    assert hasta(lambda: len(primero.recibidas) == 1)

    primero.cae()
    sending.join()
    (resultado,) = ended
    assert (resultado.desenlace, resultado.detalle) == (Desenlace.INCIERTO, "conexion_cortada")
    segundo = Smsc(puerto)
    try:
        assert hasta(lambda: segundo.uniones == 1)
        assert proveedor.entregar(_sms("dos")).desenlace is Desenlace.ENTREGADO
    finally:
        segundo.cae()


def test_sin_smsc_no_hay_duda(une: Any) -> None:
    proveedor, _heard = une(free_port(), espera=0.3)

    resultado = proveedor.entregar(_sms("hola"))

    assert (resultado.desenlace, resultado.detalle) == (Desenlace.TRANSITORIO, "sin_conexion")


def test_a_un_enlace_callado_se_le_pregunta_si_vive(smsc: Smsc, une: Any) -> None:
    proveedor, _heard = une(smsc.puerto, pregunta_cada=0.1, espera=1.0)
    assert proveedor.entregar(_sms("uno")).desenlace is Desenlace.ENTREGADO

    threading.Event().wait(1.6)

    # It answered, each time: the bind is the same.
    assert proveedor.entregar(_sms("dos")).desenlace is Desenlace.ENTREGADO
    assert smsc.uniones == 1


def test_de_la_fila_al_recibo(taller: Taller, smsc: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOGIDA_SMSC_CLAVE", "x")
    taller.proveedores(
        {
            "tipo": "smpp",
            "clave": "smsc",
            "nombre": "SMSC",
            "costo_por_segmento": "20",
            "remitente": "Muni",
            "host": "127.0.0.1",
            "puerto": smsc.puerto,
            "usuario": "muni",
            "clave_de_acceso": {"variable": "ACOGIDA_SMSC_CLAVE"},
        }
    )
    stop = threading.Event()
    loop = threading.Thread(target=Carriles(taller.env).run, args=(stop,))
    loop.start()
    try:
        uno, otro = taller.sms(Clave.AVISO_GENERAL), taller.sms()
        assert hasta(lambda: {taller.mensaje(m).estado for m in (uno, otro)} == {Estado.ENTREGADA})
        said = taller.mensaje(uno).referencia
        assert said is not None
        assert smsc.dice(f"id:{said} stat:DELIVRD err:000".encode()) == 0
        assert taller.mensaje(uno).estado is Estado.CONFIRMADA
        assert taller.mensaje(otro).estado is Estado.ENTREGADA
    finally:
        stop.set()
        loop.join()
