"""Webhooks against real systems that are slow, away, busy, gone or hanging; and one that is well.

Signatures are verified as the Standard Webhooks specification says, by code of this test alone.
"""

import base64
import hashlib
import hmac
import json
import signal
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from notificaciones.suscripciones import actions, envio
from notificaciones.suscripciones.enviadores import Enviadores
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.reintentos import leer_retry_after, reintentos
from notificaciones.suscripciones.states import Estado, Falla, Motivo
from notificaciones.vigia import Vigia
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.events.casos import CasoAbierto, CasoCerrado
from oficina.settings import Settings
from unit.notificaciones.suscripciones.conftest import ADMIN, Suscriptores, atencion
from unit.notificaciones.suscripciones.receptor import Receptor, Recibido, Respuesta

Sistemas = Callable[..., Receptor]


def _signed_with(recibido: Recibido, secreto: str) -> bool:
    headers = {name.lower(): value for name, value in recibido.headers.items()}
    content = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), recibido.body]
    )
    key = base64.b64decode(secreto.split("_", 1)[1])
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    assert all(version == "v1" for version, _ in given)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    return any(hmac.compare_digest(signature, expected) for _, signature in given)


def test_llega_firmado_y_una_vez(unidades: Suscriptores, receptor: Sistemas) -> None:
    sistema = receptor()
    una, secreto = unidades.crear(sistema.url)
    for _ in range(3):
        unidades.oir()

    unidades.enviar(una)
    unidades.enviar(una)

    assert len(sistema.recibidos) == 3
    for recibido, entrega in zip(sistema.recibidos, unidades.entregas(una), strict=True):
        assert _signed_with(recibido, secreto)
        assert not _signed_with(recibido, "whsec_" + base64.b64encode(b"x" * 32).decode())
        assert recibido.headers["webhook-id"] == json.loads(recibido.body)["id"] == str(entrega.id)
        assert recibido.path == "/hechos?de=acogida"
        assert recibido.headers["Content-Type"] == "application/cloudevents+json"
        assert entrega.estado is EstadoDeEntrega.HECHO
        assert entrega.ultimo_status == 204
    assert [uno.status for uno in unidades.intentos()] == [204] * 3
    assert unidades.suscripcion(una).vista_en is not None


def test_mientras_se_rota_firman_los_dos_secretos(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    sistema = receptor()
    una, viejo = unidades.crear(sistema.url)
    with unidades.db.begin() as session:
        _, nuevo = actions.rotar(session, una, ADMIN)
    unidades.oir()
    unidades.enviar(una)
    unidades.cambiar(Suscripcion, anterior_hasta=real_now() - timedelta(seconds=1))
    unidades.oir()
    unidades.enviar(una)

    durante, despues = sistema.recibidos
    assert _signed_with(durante, viejo)
    assert _signed_with(durante, nuevo)
    assert not _signed_with(despues, viejo)
    assert _signed_with(despues, nuevo)


def test_una_caida_se_reintenta_con_el_mismo_nombre_y_el_calendario(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    sistema = receptor(Respuesta(status=503), Respuesta(status=500), Respuesta())
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    unidades.oir()

    unidades.enviar(una)
    first, second = unidades.entregas(una)
    # The first one tells of the endpoint: the second is not tried on it now.
    assert (first.intentos, second.intentos) == (1, 0)
    assert second.reservada_hasta is None
    assert timedelta(seconds=4) < first.visible - real_now() <= timedelta(seconds=6)
    assert not unidades.enviar(una)
    assert len(sistema.recibidos) == 1

    unidades.ya()
    unidades.enviar(una)
    first = unidades.entregas(una)[0]
    assert timedelta(minutes=4, seconds=50) < first.visible - real_now() <= timedelta(minutes=6)

    unidades.ya()
    unidades.enviar(una)
    assert [uno.estado for uno in unidades.entregas(una)] == [EstadoDeEntrega.HECHO] * 2
    suyos = [r.headers["webhook-id"] for r in sistema.recibidos]
    assert suyos == [str(first.id)] * 3 + [str(second.id)]
    una_vez = unidades.suscripcion(una)
    assert (una_vez.fallas, una_vez.fallando_desde, una_vez.siguiente_en) == (0, None, None)


def test_el_calendario_es_el_de_la_especificacion_y_tiene_fin(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    horas = [one.total_seconds() for one in reintentos().pausas]
    assert horas == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    for intentos, pausa in enumerate(reintentos().pausas, 1):
        dicha = reintentos().siguiente(intentos, None)
        assert dicha is not None
        assert pausa <= dicha <= pausa * 1.2
    assert reintentos().siguiente(10, None) is None

    una, _ = unidades.crear(receptor(Respuesta(status=400)).url)
    unidades.oir()
    unidades.cambiar(Entrega, intentos=9)
    unidades.enviar(una)
    assert unidades.entregas(una)[0].estado is EstadoDeEntrega.MUERTO


def test_lo_que_se_rechaza_no_detiene_lo_demas(unidades: Suscriptores, receptor: Sistemas) -> None:
    sistema = receptor(Respuesta(status=422), Respuesta())
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    unidades.oir()

    unidades.enviar(una)

    first, second = unidades.entregas(una)
    assert (first.ultimo_status, first.estado) == (422, EstadoDeEntrega.PENDIENTE)
    assert second.estado is EstadoDeEntrega.HECHO
    assert unidades.suscripcion(una).siguiente_en is None


@pytest.mark.parametrize("texto", ["120", "fecha"])
def test_retry_after_se_respeta(unidades: Suscriptores, receptor: Sistemas, texto: str) -> None:
    cuando = real_now() + timedelta(seconds=121)
    valor = f"{cuando:%a, %d %b %Y %H:%M:%S GMT}" if texto == "fecha" else texto
    una, _ = unidades.crear(receptor(Respuesta(status=429, headers={"Retry-After": valor})).url)
    unidades.oir()

    unidades.enviar(una)

    siguiente = unidades.suscripcion(una).siguiente_en
    assert siguiente is not None
    for uno in (siguiente, unidades.entregas(una)[0].visible):
        assert timedelta(seconds=100) < uno - real_now() < timedelta(seconds=125)


LEJOS = "Mon, 01 Jan 99999999999 00:00:00 GMT"
HUSO = "Mon, 01 Jan 2024 00:00:00 +99999999999999999"


@pytest.mark.parametrize("texto", ["", "pronto", "-1", "²", "1e3", LEJOS, HUSO])
def test_un_retry_after_que_no_se_entiende_no_dice_nada(texto: str) -> None:
    assert leer_retry_after(texto, real_now()) is None


def test_un_retry_after_imposible_es_un_intento_como_otro(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    una, _ = unidades.crear(receptor(Respuesta(status=429, headers={"Retry-After": LEJOS})).url)
    unidades.oir()

    unidades.enviar(una)

    (entrega,) = unidades.entregas(una)
    assert (entrega.intentos, entrega.reserva, entrega.ultimo_status) == (1, None, 429)


def test_410_desactiva_y_avisa_a_la_unidad(unidades: Suscriptores, receptor: Sistemas) -> None:
    una, _ = unidades.crear(receptor(Respuesta(status=410)).url)
    unidades.oir()

    unidades.enviar(una)

    desactivada = unidades.suscripcion(una)
    assert (desactivada.estado, desactivada.motivo) == (Estado.DESACTIVADA, Motivo.YA_NO_RECIBE)
    assert unidades.oir() == 0
    _avisada(unidades, una, Motivo.YA_NO_RECIBE)


def test_cinco_dias_de_fallas_desactivan_y_avisan(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    una, _ = unidades.crear(receptor(Respuesta(status=500)).url)
    unidades.oir()
    unidades.enviar(una)
    unidades.ya()
    unidades.cambiar(Suscripcion, fallando_desde=real_now() - timedelta(days=4, hours=23))
    unidades.enviar(una)
    assert unidades.suscripcion(una).estado is Estado.ACTIVA
    unidades.ya()
    unidades.cambiar(Suscripcion, fallando_desde=real_now() - timedelta(days=5))

    unidades.enviar(una)

    assert unidades.suscripcion(una).motivo is Motivo.CINCO_DIAS
    _avisada(unidades, una, Motivo.CINCO_DIAS)
    with unidades.db.begin() as session:
        actions.reanudar(session, una, ADMIN)
    assert unidades.suscripcion(una).fallando_desde is None


def _avisada(unidades: Suscriptores, una: UUID, motivo: Motivo) -> None:
    with unidades.db.read() as session:
        (aviso,) = session.query(Mensaje).filter_by(plantilla=Clave.AVISO_SUSCRIPCION)
    assert aviso.datos == {"suscripcion_id": str(una), "motivo": motivo.value}


def test_no_se_sigue_a_otra_parte(unidades: Suscriptores, receptor: Sistemas) -> None:
    otro = receptor()
    una, _ = unidades.crear(receptor(Respuesta(status=307, headers={"Location": otro.url})).url)
    unidades.oir()

    unidades.enviar(una)

    assert otro.recibidos == []
    (entrega,) = unidades.entregas(una)
    assert (entrega.ultimo_status, entrega.estado) == (307, EstadoDeEntrega.PENDIENTE)


def test_se_mira_otra_vez_al_enviar(unidades: Suscriptores, receptor: Sistemas) -> None:
    """A name that meant one address when it was saved means another when it is sent."""
    sistema = receptor()
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    unidades.cambiar(Suscripcion, url=f"http://tablero.example.cl:{sistema.puerto}/hechos")

    unidades.enviar(una, resolver=lambda _host, _port: ["169.254.169.254"])
    (entrega,) = unidades.entregas(una)
    assert (entrega.error, entrega.ultimo_status) == (Falla.DESTINO_NO_PERMITIDO, None)
    assert sistema.recibidos == []

    unidades.ya()
    unidades.enviar(una, resolver=lambda _host, _port: ["127.0.0.1"])
    assert sistema.recibidos[0].headers["Host"] == f"tablero.example.cl:{sistema.puerto}"


def test_por_https_se_exige_el_certificado_de_ese_nombre(
    unidades: Suscriptores,
    receptor: Sistemas,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The request goes to an address; who answers there must show that it is the one named."""
    monkeypatch.setenv("SSL_CERT_FILE", str(_certificate(tmp_path, "tablero.example.cl")))
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    sistema = receptor(tls=contexto)
    una, _ = unidades.crear("http://127.0.0.1:9/")
    unidades.oir()
    envio.tls.cache_clear()
    try:
        for host, fallas in (("otro.example.cl", 1), ("tablero.example.cl", 0)):
            unidades.cambiar(Suscripcion, url=f"https://{host}:{sistema.puerto}/h")
            unidades.ya()
            unidades.enviar(una, resolver=lambda _host, _port: ["127.0.0.1"])
            assert unidades.suscripcion(una).fallas == fallas
    finally:
        envio.tls.cache_clear()

    assert [uno.falla for uno in unidades.intentos()] == [Falla.SIN_CONEXION, None]
    assert sistema.recibidos[0].headers["Host"] == f"tablero.example.cl:{sistema.puerto}"


def _certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(real_now() - timedelta(days=1))
        .not_valid_after(real_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(cert.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem"


def test_quien_gotea_se_corta(unidades: Suscriptores, receptor: Sistemas) -> None:
    """A byte now and then keeps every timeout of a socket from coming."""
    sistema = receptor(Respuesta(goteo=0.05))
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    vigia = Vigia()
    sending = threading.Thread(target=unidades.enviar, args=(una,), kwargs={"vigia": vigia})
    sending.start()
    sistema.hasta(lambda uno: len(uno.recibidos) == 1)

    vigia.look()
    assert sending.is_alive()
    vigia.look(time.monotonic() + reintentos().espera.total_seconds())
    sending.join(10)

    assert unidades.entregas(una)[0].error == Falla.SIN_RESPUESTA


def test_cerrar_la_oficina_no_es_culpa_de_nadie(unidades: Suscriptores, receptor: Sistemas) -> None:
    nunca = threading.Event()
    sistema = receptor(Respuesta(espera=nunca))
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    vigia = Vigia()
    sending = threading.Thread(target=unidades.enviar, args=(una,), kwargs={"vigia": vigia})
    sending.start()
    sistema.hasta(lambda uno: len(uno.recibidos) == 1)

    vigia.stop()
    sending.join(10)

    (entrega,) = unidades.entregas(una)
    assert (entrega.intentos, entrega.reserva, entrega.error) == (0, None, None)
    assert unidades.suscripcion(una).fallas == 0


def test_lo_ordenado_espera_a_lo_anterior_de_lo_mismo(
    unidades: Suscriptores, receptor: Sistemas
) -> None:
    sistema = receptor(Respuesta(status=400), Respuesta())
    tipos = (CasoAbierto.ce_type(), CasoCerrado.ce_type())
    una, _ = unidades.crear(sistema.url, tipos=tipos, ordenada=True)
    caso, otro = uuid7(), uuid7()
    unidades.oir(_abierto(caso))
    unidades.oir(CasoCerrado(caso_id=caso, motivo_codigo="m", resultado_codigo="r"), sequence=2)
    unidades.oir(_abierto(otro))

    unidades.enviar(una)
    assert [json.loads(r.body)["type"] for r in sistema.recibidos] == [tipos[0]] * 2

    unidades.ya()
    unidades.enviar(una)
    unidades.enviar(una)
    assert [json.loads(r.body)["type"] for r in sistema.recibidos[2:]] == list(tipos)


def _abierto(caso: UUID) -> CasoAbierto:
    return CasoAbierto(caso_id=caso, tipo_caso="t", instancia="i", prioridad="p", unidad="")


def test_uno_que_cuelga_no_detiene_a_los_demas(unidades: Suscriptores, receptor: Sistemas) -> None:
    """The hanging one has everything that its endpoint may have out; the other is served."""
    nunca = threading.Event()
    colgado, sano = receptor(Respuesta(espera=nunca)), receptor()
    unidades.crear(colgado.url)
    una, _ = unidades.crear(sano.url)
    many = reintentos().lote * (reintentos().simultaneas + 1)
    for _ in range(many):
        unidades.oir(atencion())
    stop = threading.Event()
    running = threading.Thread(target=Enviadores(unidades.env, enviadores=6).run, args=(stop,))
    running.start()
    try:
        sano.hasta(lambda uno: len(uno.recibidos) == many)
        assert 1 <= len(colgado.recibidos) <= reintentos().simultaneas
    finally:
        nunca.set()
        stop.set()
        running.join(20)
    assert not running.is_alive()
    # What was out when it was told to stop ends by itself.
    limit = time.monotonic() + 10
    while any(e.estado is not EstadoDeEntrega.HECHO for e in unidades.entregas(una)):
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_muerto_en_medio_no_pierde_nada(unidades: Suscriptores, receptor: Sistemas) -> None:
    """kill -9 while the other side has it: sent once more, under the same name."""
    nunca = threading.Event()
    sistema = receptor(Respuesta(espera=nunca), Respuesta())
    una, _ = unidades.crear(sistema.url)
    unidades.oir()
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from uuid import UUID
        from notificaciones.suscripciones.envio import entregar
        from notificaciones.vigia import Vigia
        from notificaciones.suscripciones.turno import Debida
        from oficina.db import Database
        from oficina.env import Env
        from oficina.privacy import Keyring, use_keyring
        from oficina.settings import Settings
        from oficina.web.client import ServiceClient
        settings = Settings(data_dir=Path(sys.argv[1]), webhook_cidrs="127.0.0.0/8")
        use_keyring(Keyring.load(settings.claves))
        db = Database(settings.database_for("notificaciones"))
        env = Env(settings, db, ServiceClient(settings))
        entregar(env, Debida(UUID(sys.argv[2]), sys.argv[3], 0), Vigia())
    """)
    settings: Settings = unidades.env.settings
    arguments = [str(settings.data_dir), str(una), sistema.url]
    worker = subprocess.Popen([sys.executable, "-c", program, *arguments])
    try:
        sistema.hasta(lambda uno: len(uno.recibidos) == 1)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    assert not unidades.enviar(una)
    assert len(sistema.recibidos) == 1
    unidades.cambiar(Entrega, reservada_hasta=real_now() - timedelta(seconds=1))
    unidades.enviar(una)

    before, after = sistema.recibidos
    assert before.headers["webhook-id"] == after.headers["webhook-id"]
    assert before.body == after.body
    assert unidades.entregas(una)[0].estado is EstadoDeEntrega.HECHO


def test_una_prueba_se_dice_prueba(unidades: Suscriptores, receptor: Sistemas) -> None:
    sistema = receptor()
    una, secreto = unidades.crear(sistema.url)
    with unidades.db.begin() as session:
        actions.probar(session, una, ADMIN)

    unidades.enviar(una)

    (recibido,) = sistema.recibidos
    assert json.loads(recibido.body)["prueba"] is True
    assert _signed_with(recibido, secreto)
