"""One message and several ways: another one at once, never twice, and no more than was agreed."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import despachos
from notificaciones import tasks
from notificaciones.mensajes import carriles, envio
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal, Clave
from notificaciones.proveedores import actions, consumos
from notificaciones.proveedores.models import ConsumoDeProveedor
from notificaciones.proveedores.queries import que_esperan
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.proveedores.tablero import FALLAS, Salud
from oficina import clock
from oficina.actor import Actor
from oficina.clock import today
from oficina.db import uuid7
from unit.notificaciones.proveedores.conftest import Taller, sms_http
from unit.notificaciones.proveedores.pasarela import Contesta, Pasarela, hasta

Hacer = Callable[[], Pasarela]
UNICA = Clave.AVISO_GENERAL
"""A message that is never sent twice."""
ADMIN = Actor(
    id=uuid7(), nombre="Ada", roles=frozenset({"administrador"}), unidad="migracion", tipo="persona"
)


def _dos(taller: Taller, pasarela: Hacer, **mas: Any) -> tuple[Pasarela, Pasarela]:
    """A cheap gateway and a dear one."""
    barata, cara = pasarela(), pasarela()
    taller.proveedores(
        sms_http("cara", cara.url, costo_por_segmento="30"),
        sms_http("barata", barata.url, costo_por_segmento="20"),
        **mas,
    )
    return barata, cara


def _consumo(taller: Taller, clave: str) -> tuple[int, int, int]:
    with taller.db.read() as session:
        row = session.get(ConsumoDeProveedor, (today(), clave))
        return (row.mensajes, row.segmentos, row.costo) if row else (0, 0, 0)


def test_sale_por_el_mas_barato(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    mensaje_id = taller.sms()

    despachos.enviar(taller.env, mensaje_id)

    mensaje = taller.mensaje(mensaje_id)
    assert (mensaje.estado, mensaje.proveedor, mensaje.referencia) == (
        Estado.ENTREGADA,
        "barata",
        "r-1",
    )
    assert barata.recibidos == [str(mensaje_id)]
    assert cara.recibidos == []
    assert _consumo(taller, "barata") == (1, 1, 20_000)


def test_si_uno_no_puede_sale_de_inmediato_por_otro(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    barata.contesta = lambda _pedido: Contesta(status=503)
    mensaje_id = taller.sms(UNICA)

    despachos.enviar(taller.env, mensaje_id)

    mensaje = taller.mensaje(mensaje_id)
    assert (mensaje.estado, mensaje.proveedor, mensaje.intentos) == (Estado.ENTREGADA, "cara", 1)
    assert taller.intentos(mensaje_id) == [
        ("barata", "transitorio", "HTTP 503"),
        ("cara", "entregado", "HTTP 200"),
    ]
    # What was not taken is not paid.
    assert _consumo(taller, "barata") == (0, 0, 0)
    assert _consumo(taller, "cara") == (1, 1, 30_000)
    assert cara.recibidos == [str(mensaje_id)]


def test_un_rechazo_definitivo_no_se_intenta_por_otro(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    barata.contesta = lambda _pedido: Contesta(status=422)
    mensaje_id = taller.sms()

    despachos.enviar(taller.env, mensaje_id)

    assert taller.mensaje(mensaje_id).motivo is Motivo.PROVEEDOR_RECHAZA
    assert cara.recibidos == []


@pytest.mark.parametrize(
    ("plantilla", "estado", "de_la_otra"),
    [(UNICA, Estado.INCIERTA, 0), (Clave.DERIVACION_ENVIADA, Estado.ENTREGADA, 1)],
)
def test_en_duda_solo_se_repite_lo_que_se_puede(
    taller: Taller, pasarela: Hacer, plantilla: Clave, estado: Estado, de_la_otra: int
) -> None:
    barata, cara = _dos(taller, pasarela)
    barata.contesta = lambda _pedido: Contesta(corta=True)
    mensaje_id = taller.sms(plantilla)

    despachos.enviar(taller.env, mensaje_id)
    tasks.barrer(taller.env)

    assert taller.mensaje(mensaje_id).estado is estado
    assert len(barata.recibidos) == 1
    assert len(cara.recibidos) == de_la_otra
    # Nobody knows whether it was taken: it counts as taken.
    assert _consumo(taller, "barata")[0] == 1


def test_a_la_quinta_falla_nadie_le_pregunta(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    barata.contesta = lambda _pedido: Contesta(status=503)

    ids = [taller.sms() for _ in range(FALLAS + 3)]
    for mensaje_id in ids:
        despachos.enviar(taller.env, mensaje_id)

    assert len(barata.recibidos) == FALLAS
    assert cara.recibidos == [str(mensaje_id) for mensaje_id in ids]
    assert taller.desvio.marca("barata").salud(clock.real_now().timestamp()) is Salud.ABIERTO


def test_a_quien_pide_tiempo_se_le_da(taller: Taller, pasarela: Hacer) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(status=429, cabeceras=("Retry-After: 50",))
    taller.proveedores(sms_http("una", una.url))
    primero, segundo = taller.sms(), taller.sms()

    despachos.enviar(taller.env, primero)
    despachos.enviar(taller.env, segundo)

    assert len(una.recibidos) == 1
    for mensaje_id, intentos in ((primero, 1), (segundo, 0)):
        mensaje = taller.mensaje(mensaje_id)
        assert (mensaje.estado, mensaje.motivo) == (Estado.LISTA, Motivo.PROVEEDOR_NO_DISPONIBLE)
        # Nobody was asked for the second one: it is no try of its own.
        assert mensaje.intentos == intentos
        wait = mensaje.visible - clock.real_now()
        assert timedelta(seconds=40) < wait <= timedelta(seconds=51)


def test_un_texto_en_unicode_no_va_por_quien_no_lo_lleva(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = pasarela(), pasarela()
    taller.proveedores(
        sms_http("barata", barata.url, unicode=False),
        sms_http("cara", cara.url, costo_por_segmento="30"),
    )
    llano, con_tildes = taller.sms(texto="hola"), taller.sms(texto="regularización á")

    for mensaje_id in (llano, con_tildes):
        despachos.enviar(taller.env, mensaje_id)

    assert barata.recibidos == [str(llano)]
    assert cara.recibidos == [str(con_tildes)]


# Budgets, limits, pauses.


def _avisos(taller: Taller) -> list[Mensaje]:
    with taller.db.read() as session:
        query = select(Mensaje).where(Mensaje.plantilla == Clave.AVISO_PRESUPUESTO)
        return list(session.scalars(query.order_by(Mensaje.id)))


def test_agotado_el_presupuesto_de_uno_sale_por_otro_y_agotado_el_de_todos_espera(
    taller: Taller, pasarela: Hacer
) -> None:
    barata, cara = pasarela(), pasarela()
    taller.proveedores(
        sms_http("barata", barata.url, limites={"segmentos_por_dia": 2}),
        sms_http("cara", cara.url, costo_por_segmento="30"),
        oficina={"pesos_por_dia": "100"},
    )
    ids = [taller.sms(destino=f"+5698765432{n}") for n in range(5)]

    for mensaje_id in ids:
        despachos.enviar(taller.env, mensaje_id)

    # 20 + 20 + 30 + 30 = 100; one more would pass it.
    assert len(barata.recibidos) == 2
    assert len(cara.recibidos) == 2
    ultimo = taller.mensaje(ids[4])
    assert (ultimo.estado, ultimo.motivo) == (Estado.LISTA, Motivo.PRESUPUESTO_AGOTADO)
    assert _consumo(taller, consumos.OFICINA) == (4, 4, 100_000)
    avisos = _avisos(taller)
    assert [uno.datos["presupuesto"] for uno in avisos] == ["barata", consumos.OFICINA]
    assert {uno.caduca_en for uno in avisos} == {consumos.fin_del_dia()}
    with taller.db.read() as session:
        assert que_esperan(session) == 1
    # Until the office's day ends, twelve hours from noon.
    wait = ultimo.visible - clock.real_now()
    assert timedelta(hours=11) < wait <= timedelta(hours=12, minutes=1)
    taller.cambiar(ids[4], visible=clock.real_now())
    clock._shift += timedelta(days=1)
    despachos.enviar(taller.env, ids[4])
    assert taller.mensaje(ids[4]).estado is Estado.ENTREGADA


def test_nadie_pasa_del_presupuesto_aunque_envien_muchos_a_la_vez(
    taller: Taller, pasarela: Hacer
) -> None:
    una = pasarela()
    taller.proveedores(sms_http("una", una.url, limites={"segmentos_por_dia": 7}))
    ids = [taller.sms() for _ in range(20)]
    threads = [threading.Thread(target=despachos.enviar, args=(taller.env, uno)) for uno in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(una.recibidos) == 7
    assert _consumo(taller, "una")[1] == 7
    assert len(_avisos(taller)) == 1, "told once a day, however many it held back"


def test_una_direccion_recibe_lo_que_se_permite(taller: Taller, pasarela: Hacer) -> None:
    una = pasarela()
    taller.proveedores(
        sms_http("una", una.url), destinatario={"sms": {"por_hora": 2, "por_dia": 9}}
    )
    ids = [taller.sms() for _ in range(3)]
    otra = taller.sms(destino="+56911112222")

    for mensaje_id in (*ids, otra):
        despachos.enviar(taller.env, mensaje_id)

    assert una.recibidos == [str(ids[0]), str(ids[1]), str(otra)]
    tercero = taller.mensaje(ids[2])
    assert (tercero.motivo, tercero.intentos) == (Motivo.LIMITE_DE_DESTINATARIO, 0)
    assert timedelta(minutes=58) < tercero.visible - clock.real_now() <= timedelta(hours=1)


def test_lo_que_no_se_entrego_no_gasta_el_cupo(taller: Taller, pasarela: Hacer) -> None:
    una = pasarela()
    una.contesta = lambda _pedido: Contesta(status=503)
    taller.proveedores(sms_http("una", una.url), destinatario={"sms": {"por_hora": 1}})
    primero, segundo = taller.sms(), taller.sms()
    despachos.enviar(taller.env, primero)

    una.contesta = lambda _pedido: Contesta(cuerpo={"id": "x"})
    despachos.enviar(taller.env, segundo)

    assert taller.mensaje(segundo).estado is Estado.ENTREGADA


def test_uno_en_pausa_no_lleva_nada(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    with taller.db.begin() as session:
        actions.pausar(session, "barata", ADMIN)
    primero = taller.sms()
    despachos.enviar(taller.env, primero)
    with taller.db.begin() as session:
        actions.pausar(session, "cara", ADMIN)
    segundo = taller.sms()
    despachos.enviar(taller.env, segundo)

    assert cara.recibidos == [str(primero)]
    assert taller.mensaje(segundo).motivo is Motivo.PROVEEDOR_EN_PAUSA
    with taller.db.begin() as session:
        actions.reanudar(session, "barata", ADMIN)
    taller.cambiar(segundo, visible=clock.real_now())
    despachos.enviar(taller.env, segundo)
    assert barata.recibidos == [str(segundo)]


# Whatever dies in between.


def test_dos_entregas_de_la_misma_tarea_durante_una_llamada_lenta_son_una_llamada(
    taller: Taller, pasarela: Hacer
) -> None:
    una = pasarela()
    suelta = threading.Event()
    una.contesta = lambda _pedido: Contesta(cuerpo={"id": "1"}, suelta=suelta)
    taller.proveedores(sms_http("una", una.url))
    mensaje_id = taller.sms()
    first = threading.Thread(target=despachos.enviar, args=(taller.env, mensaje_id))
    first.start()
    assert hasta(lambda: len(una.recibidos) == 1)

    despachos.enviar(taller.env, mensaje_id)
    tasks.barrer(taller.env)
    suelta.set()
    first.join()

    assert len(una.recibidos) == 1
    assert taller.mensaje(mensaje_id).estado is Estado.ENTREGADA


@pytest.mark.parametrize(
    ("plantilla", "estado"), [(UNICA, Estado.INCIERTA), (Clave.DERIVACION_ENVIADA, Estado.LISTA)]
)
def test_quien_muere_llamando_deja_dicho_a_quien_llamo(
    taller: Taller, pasarela: Hacer, plantilla: Clave, estado: Estado
) -> None:
    barata, _cara = _dos(taller, pasarela)
    mensaje_id = taller.sms(plantilla)
    ruta = taller.desvio.rutas["barata"]
    despachos.llamar(taller.db, mensaje_id, ruta)
    vence = taller.mensaje(mensaje_id).reservada_hasta
    assert vence is not None
    assert vence - clock.real_now() < timedelta(seconds=58)
    taller.cambiar(mensaje_id, reservada_hasta=clock.real_now())

    (abandonado,) = [taller.mensaje(mensaje_id)]
    envio.recuperar(taller.env, abandonado)

    assert taller.mensaje(mensaje_id).estado is estado
    assert taller.intentos(mensaje_id) == [("barata", "incierto", "interrumpido")]
    assert barata.recibidos == []


def test_lo_retirado_mientras_uno_fallaba_no_sale_por_otro(taller: Taller, pasarela: Hacer) -> None:
    barata, cara = _dos(taller, pasarela)
    mensaje_id = taller.sms(UNICA)

    def withdraw(_pedido: dict[str, Any]) -> Contesta:
        taller.cambiar(mensaje_id, retirado_por=Motivo.CITA_CANCELADA)
        return Contesta(status=503)

    barata.contesta = withdraw
    despachos.enviar(taller.env, mensaje_id)

    assert taller.mensaje(mensaje_id).estado is Estado.CANCELADA
    assert cara.recibidos == []


# Lanes.


def test_un_recordatorio_no_espera_detras_de_un_envio_masivo(
    taller: Taller, pasarela: Hacer
) -> None:
    una = pasarela()
    suelta = threading.Event()
    taller.proveedores(sms_http("una", una.url))
    masivos = {str(taller.sms(prioridad=Prioridad.MASIVA)) for _ in range(30)}

    def answer(pedido: dict[str, Any]) -> Contesta:
        return Contesta(cuerpo={"id": "1"}, suelta=suelta if pedido["ref"] in masivos else None)

    una.contesta = answer
    stop = threading.Event()
    loop = threading.Thread(target=carriles.correr, args=(taller.env, stop))
    loop.start()
    try:
        assert hasta(lambda: len(una.recibidos) == carriles.MASIVOS)
        despues = [taller.sms(), taller.sms(prioridad=Prioridad.URGENTE)]
        carriles.atender(taller.env)
        assert hasta(lambda: all(taller.mensaje(uno).estado is Estado.ENTREGADA for uno in despues))
        # The bulk holds its own senders and no other.
        assert len(set(una.recibidos) & masivos) == carriles.MASIVOS
        suelta.set()
        assert hasta(lambda: len(set(una.recibidos)) == len(masivos) + 2, 20)
    finally:
        suelta.set()
        stop.set()
        loop.join()
        assert len(una.recibidos) == len(masivos) + 2


def test_lo_urgente_tiene_siempre_un_lugar(taller: Taller, pasarela: Hacer) -> None:
    una = pasarela()
    suelta = threading.Event()
    taller.proveedores(sms_http("una", una.url))
    lentos = {str(taller.sms()) for _ in range(carriles.ENVIADORES + 4)}

    def answer(pedido: dict[str, Any]) -> Contesta:
        return Contesta(cuerpo={"id": "1"}, suelta=suelta if pedido["ref"] in lentos else None)

    una.contesta = answer
    stop = threading.Event()
    loop = threading.Thread(target=carriles.correr, args=(taller.env, stop))
    loop.start()
    try:
        assert hasta(lambda: len(una.recibidos) == carriles.ENVIADORES - 1)
        urgente = taller.sms(prioridad=Prioridad.URGENTE)
        carriles.atender(taller.env)
        assert hasta(lambda: taller.mensaje(urgente).estado is Estado.ENTREGADA)
    finally:
        suelta.set()
        stop.set()
        loop.join()


# From one channel to another.


@pytest.mark.parametrize("con_regla", [True, False])
def test_un_sms_rechazado_sigue_por_correo_si_su_regla_lo_dice(
    taller: Taller, pasarela: Hacer, *, con_regla: bool
) -> None:
    taller.proveedores(sms_http("una", pasarela().url))
    cita, persona = uuid7(), uuid7()
    mensaje_id = taller.sms(
        cita_id=cita, persona_id=persona, regla="cita_48h", regla_version=1 if con_regla else None
    )
    taller.cambiar(mensaje_id, plantilla=Clave.RECORDATORIO_CITA)
    ruta = taller.desvio.rutas["una"]

    for _ in range(2):
        _reject(taller, mensaje_id, ruta)

    with taller.db.read() as session:
        copia = session.scalars(select(Mensaje).where(Mensaje.id != mensaje_id)).one_or_none()
    if not con_regla:
        assert copia is None
        return
    assert copia is not None
    assert (copia.canal_pedido, copia.estado) == (Canal.CORREO, Estado.PROGRAMADA)
    assert (copia.cita_id, copia.persona_id, copia.regla) == (cita, persona, "cita_48h")


def _reject(taller: Taller, mensaje_id: UUID, ruta: Any) -> None:
    tomado = despachos.reservar(taller.db, mensaje_id)
    if tomado is None:
        return
    llamada = despachos.autorizar(taller.db, tomado, ruta)
    assert llamada is not None
    despachos.asentar(taller.db, llamada, Resultado(Desenlace.DEFINITIVO, detalle="HTTP 422"))


_MUERE = """
import sys
from datetime import timedelta
from pathlib import Path
from notificaciones.mensajes import carriles
from oficina import clock
from oficina.db import Database
from oficina.env import Env
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings
from oficina.web.client import ServiceClient

folder, providers, noon = sys.argv[1:]
clock._shift = timedelta(seconds=float(noon))
settings = Settings(data_dir=Path(folder), proveedores=providers, log_level="WARNING")
use_keyring(Keyring.load(settings.claves))
db = Database(settings.database_for("notificaciones"))
carriles.atender(Env(settings=settings, db=db, client=ServiceClient(settings)))
"""


def test_kill_9_en_medio_de_una_llamada_se_decide_antes_de_un_minuto_y_no_se_repite(
    taller: Taller, pasarela: Hacer
) -> None:
    una = pasarela()
    suelta = threading.Event()
    una.contesta = lambda _pedido: Contesta(cuerpo={"id": "1"}, suelta=suelta)
    taller.proveedores(sms_http("una", una.url))
    mensaje_id = taller.sms(UNICA)
    settings, noon = taller.env.settings, str(clock._shift.total_seconds())
    arguments = [str(settings.data_dir), settings.proveedores, noon]
    worker = subprocess.Popen([sys.executable, "-c", _MUERE, *arguments])
    try:
        assert hasta(lambda: len(una.recibidos) == 1, 20)
    finally:
        worker.kill()
        worker.wait()
        suelta.set()

    held = taller.mensaje(mensaje_id)
    assert (held.estado, held.llamado) == (Estado.RESERVADA, True)
    assert held.reservada_hasta is not None
    # With the sweep of every two seconds, within a minute of the call.
    assert held.reservada_hasta - clock.real_now() < timedelta(seconds=57)
    taller.cambiar(mensaje_id, reservada_hasta=clock.real_now())
    for _ in range(3):
        tasks.barrer(taller.env)

    assert taller.mensaje(mensaje_id).estado is Estado.INCIERTA
    assert len(una.recibidos) == 1


def test_uno_que_no_se_puede_enviar_no_detiene_a_los_que_se_toman_con_el(
    taller: Taller, pasarela: Hacer
) -> None:
    una = pasarela()
    taller.proveedores(sms_http("una", una.url))
    ids = [taller.sms() for _ in range(3)]
    taller.cambiar(ids[0], plantilla="no_hay_tal")
    stop = threading.Event()
    loop = threading.Thread(target=carriles.correr, args=(taller.env, stop))
    loop.start()
    try:
        assert hasta(lambda: taller.mensaje(ids[2]).estado is Estado.ENTREGADA)
    finally:
        stop.set()
        loop.join()

    assert taller.mensaje(ids[1]).estado is Estado.ENTREGADA
    assert taller.mensaje(ids[0]).estado is Estado.LISTA
    assert len(una.recibidos) == 2
