"""Two mail servers: when one cannot, the other one at once; never twice what the first one took."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

import despachos
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal, Clave
from notificaciones.proveedores.tablero import FALLAS, Salud, tablero
from unit.notificaciones.proveedores.conftest import Taller
from unit.notificaciones.proveedores.servidor import CUELGA, Servidor

CASILLA = "buzon@institucion.example"


@pytest.fixture
def dos(taller: Taller, servidor: Servidor) -> Iterator[tuple[Servidor, Servidor]]:
    """The first one of the file, and the other one."""
    otro = Servidor()
    otro.start()
    taller.proveedores(
        *(
            {"tipo": "smtp", "clave": clave, "nombre": clave.title(), "url": uno.url}
            for clave, uno in (("uno", servidor), ("otro", otro))
        )
    )
    yield servidor, otro
    otro.stop()


def _enviar(
    taller: Taller, plantilla: Clave = Clave.DERIVACION_ENVIADA
) -> tuple[Estado, list[str]]:
    """How it ended, and what each server that was asked answered."""
    mensaje_id = taller.sms(plantilla, destino=CASILLA, canal=Canal.CORREO)
    despachos.enviar(taller.env, mensaje_id)
    despachos.enviar(taller.env, mensaje_id)  # a task that comes twice
    said = [f"{clave} {fin} {detalle}" for clave, fin, detalle in taller.intentos(mensaje_id)]
    return taller.mensaje(mensaje_id).estado, said


def test_lo_que_uno_tomo_no_se_da_al_otro(taller: Taller, dos: tuple[Servidor, Servidor]) -> None:
    uno, otro = dos

    assert _enviar(taller) == (Estado.ENTREGADA, ["uno entregado SMTP 250"])
    assert (len(uno.recibidas), otro.conversaciones) == (1, 0)


@pytest.mark.parametrize(
    ("rcpt", "final", "dicho"),
    [
        ("450 4.2.1 busy", "", "SMTP 450 4.2.1"),
        ("421 4.3.2 closing", "", "SMTP 421 4.3.2"),
        (CUELGA, "", "sin_conexion"),
        ("250 ok", "451 4.3.0 local error", "SMTP 451 4.3.0"),
    ],
    ids=["450", "421", "cut", "451 after the text"],
)
def test_cuando_uno_no_puede_sale_de_inmediato_por_el_otro(
    taller: Taller, dos: tuple[Servidor, Servidor], rcpt: str, final: str, dicho: str
) -> None:
    uno, otro = dos
    uno.rcpt, uno.final = (lambda _a: rcpt), final

    fin, asked = _enviar(taller, Clave.AVISO_GENERAL)

    assert (fin, asked) == (
        Estado.ENTREGADA,
        [f"uno transitorio {dicho}", "otro entregado SMTP 250"],
    )
    assert len(otro.recibidas) == 1


@pytest.mark.parametrize(("rcpt", "final"), [("550 5.1.1 nobody", ""), ("250 ok", "554 5.6.0 no")])
def test_lo_que_uno_rechaza_para_siempre_no_se_prueba_con_el_otro(
    taller: Taller, dos: tuple[Servidor, Servidor], rcpt: str, final: str
) -> None:
    uno, otro = dos
    uno.rcpt, uno.final = (lambda _a: rcpt), final

    fin, asked = _enviar(taller)

    assert fin is Estado.FALLIDA
    assert [said.split()[:2] for said in asked] == [["uno", "definitivo"]]
    assert otro.conversaciones == 0


@pytest.mark.parametrize(
    ("plantilla", "fin", "por_otro"),
    [
        (Clave.AVISO_GENERAL, Estado.INCIERTA, 0),
        (Clave.DERIVACION_ENVIADA, Estado.ENTREGADA, 1),
    ],
)
def test_si_se_corta_despues_del_texto_decide_la_plantilla(
    taller: Taller,
    dos: tuple[Servidor, Servidor],
    plantilla: Clave,
    fin: Estado,
    por_otro: int,
) -> None:
    uno, otro = dos
    uno.final = CUELGA

    hallado, asked = _enviar(taller, plantilla)

    assert hallado is fin
    assert asked[0] == "uno incierto sin_respuesta"
    assert (len(uno.recibidas), len(otro.recibidas)) == (1, por_otro)


def test_el_que_falla_seguido_no_se_pregunta_mas_hasta_que_uno_lo_prueba(
    taller: Taller, dos: tuple[Servidor, Servidor]
) -> None:
    uno, otro = dos
    uno.rcpt = lambda _a: "421 4.3.2 closing"

    for _ in range(FALLAS + 3):
        assert _enviar(taller)[0] is Estado.ENTREGADA

    assert uno.conversaciones == FALLAS
    assert len(otro.recibidas) == FALLAS + 3
    assert taller.desvio.marca("uno").salud(time.time()) is Salud.ABIERTO

    # The pause ends, and it is well again.
    tablero(taller.env.settings).cambiar(
        "uno", lambda marca: (replace(marca, hasta=time.time() - 1), 0.0)
    )
    uno.rcpt = lambda _a: "250 ok"
    assert _enviar(taller) == (Estado.ENTREGADA, ["uno entregado SMTP 250"])
    assert taller.desvio.marca("uno").salud(time.time()) is Salud.CERRADO


def test_cuando_ninguno_puede_espera_y_lo_dice(
    taller: Taller, dos: tuple[Servidor, Servidor]
) -> None:
    for servidor in dos:
        servidor.rcpt = lambda _a: "450 4.2.1 busy"
    mensaje_id = taller.sms(destino=CASILLA, canal=Canal.CORREO)

    despachos.enviar(taller.env, mensaje_id)

    mensaje = taller.mensaje(mensaje_id)
    assert (mensaje.estado, mensaje.motivo) == (Estado.LISTA, Motivo.PROVEEDOR_NO_DISPONIBLE)
    assert [clave for clave, _fin, _dicho in taller.intentos(mensaje_id)] == ["uno", "otro"]
