"""One message leaves once, whatever dies in between."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

import despachos
from casos.plazos import actions as plazos
from notificaciones import supresion, tasks
from notificaciones.mensajes import actions, despacho
from notificaciones.mensajes.intentos import Llamada
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.correo import en_html
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.proveedores.salida import OutboxProvider
from notificaciones.proveedores.smtp import SmtpProvider
from oficina import clock
from oficina.db import uuid7
from oficina.env import Env
from unit.casos.derivaciones.mundo import Mundo

MEDIODIA = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
TEXTO = Redaccion(
    "es", "Derivación D-2026-000001", "Abran:\nhttp://oficina.example/casos/enlace/x9"
)


@pytest.fixture(autouse=True)
def _mediodia(casa: Any) -> None:
    casa.ir_a(MEDIODIA)


def _lista(casa: Any, plantilla: Clave = Clave.DERIVACION_ENVIADA) -> Mensaje:
    """A message that is written and due."""
    with casa.db.begin() as session:
        mensaje = Mensaje(
            id=uuid7(),
            clave_de_negocio=str(uuid7()),
            plantilla=plantilla,
            estado=Estado.PROGRAMADA,
            datos={},
            enviar_en=MEDIODIA,
            creado_en=MEDIODIA,
            enlace="http://oficina.example/casos/enlace/x9",
            caso_id=uuid7(),
        )
        session.add(mensaje)
        session.flush()
        mensaje.preparar(Canal.CORREO, "buzon@institucion.example", "es", TEXTO)
    return mensaje


def _el_mensaje(casa: Any) -> Mensaje:
    (mensaje,) = casa.mensajes()
    return mensaje


def _vence_la_reserva(casa: Any) -> None:
    casa.cambiar(lambda mensaje: setattr(mensaje, "reservada_hasta", clock.real_now()))


# Leases.


def test_dos_que_quieren_el_mismo_mensaje_lo_tiene_uno(casa: Any) -> None:
    mensaje = _lista(casa)

    assert despachos.reservar(casa.db, mensaje.id) is not None
    assert despachos.reservar(casa.db, mensaje.id) is None


def test_la_reserva_corre_con_el_reloj_de_la_maquina(casa: Any) -> None:
    mensaje = _lista(casa)
    despachos.reservar(casa.db, mensaje.id)

    casa.ir_a(MEDIODIA + timedelta(days=40))
    casa.barrer()

    assert _el_mensaje(casa).estado is Estado.RESERVADA


def test_si_muere_antes_de_llamar_se_envia_despues(casa: Any) -> None:
    mensaje = _lista(casa)
    despachos.reservar(casa.db, mensaje.id)
    _vence_la_reserva(casa)

    casa.barrer()

    assert _el_mensaje(casa).estado is Estado.ENTREGADA
    assert _el_mensaje(casa).intentos == 2


@pytest.mark.parametrize("recibido", [True, False])
def test_si_muere_despues_de_llamar_la_salida_sabe_si_lo_tiene(
    casa: Any, *, recibido: bool
) -> None:
    mensaje = _llamada(casa).mensaje
    if recibido:
        OutboxProvider(casa.db).entregar(_envio(mensaje))
    _vence_la_reserva(casa)

    casa.barrer()

    final = _el_mensaje(casa)
    assert final.estado is Estado.ENTREGADA
    assert final.intentos == (1 if recibido else 2)
    assert "enlace/x9" in (final.cuerpo_visible() or "")


@pytest.mark.parametrize(
    ("plantilla", "estado"),
    [(Clave.RECORDATORIO_CITA, Estado.INCIERTA), (Clave.DERIVACION_ENVIADA, Estado.LISTA)],
)
def test_si_el_proveedor_no_sabe_decide_la_plantilla(
    casa: Any, plantilla: Clave, estado: Estado
) -> None:
    mensaje = _llamada(casa, plantilla).mensaje
    _vence_la_reserva(casa)

    with casa.db.begin() as session:
        despacho.recuperar(session, mensaje.id, "smtp", recibido=None)

    final = _el_mensaje(casa)
    assert final.estado is estado
    casa.barrer()
    casa.barrer()
    if estado is Estado.INCIERTA:
        assert _el_mensaje(casa).estado is Estado.INCIERTA
        assert casa.hechos()[-1] == "fallido"


def test_una_respuesta_tardia_aclara_la_duda(casa: Any) -> None:
    llamada = _llamada(casa, Clave.RECORDATORIO_CITA)
    mensaje = llamada.mensaje
    _vence_la_reserva(casa)
    with casa.db.begin() as session:
        despacho.recuperar(session, mensaje.id, "smtp", recibido=None)

    assert despachos.asentar(casa.db, llamada, Resultado(Desenlace.ENTREGADO, "1"))

    assert _el_mensaje(casa).estado is Estado.ENTREGADA


def test_lo_que_se_retira_mientras_se_prepara_el_envio_no_sale(casa: Any) -> None:
    mensaje = _lista(casa)
    tomado = despachos.reservar(casa.db, mensaje.id)
    assert tomado is not None
    casa.cambiar(lambda uno: uno.retirar(Motivo.CITA_CANCELADA))

    assert despachos.autorizar(casa.db, tomado, _ruta(casa)) is None
    assert _el_mensaje(casa).estado is Estado.CANCELADA


@pytest.mark.parametrize("en_duda", [False, True])
def test_lo_que_se_suprime_mientras_se_llama_no_vuelve_con_la_respuesta(
    casa: Any, *, en_duda: bool
) -> None:
    """The provider had it already: that it left stays, and nothing that leads to whom."""
    llamada = _llamada(casa, Clave.RECORDATORIO_CITA)
    caso_id = llamada.mensaje.caso_id
    assert caso_id is not None
    if en_duda:
        despachos.asentar(casa.db, llamada, Resultado(Desenlace.INCIERTO, ""))
    with casa.db.begin() as session:
        assert supresion.borrar(session, uuid7(), [caso_id])[supresion.MENSAJES] == 1

    entregado = Resultado(Desenlace.ENTREGADO, "<1@buzon.institucion.example>")
    assert despachos.asentar(casa.db, llamada, entregado)

    uno = _el_mensaje(casa)
    assert uno.estado is Estado.ENTREGADA
    assert [columna.key for columna in supresion.SE_VACIAN if getattr(uno, columna.key)] == []


def _llamada(casa: Any, plantilla: Clave = Clave.DERIVACION_ENVIADA) -> Llamada:
    return despachos.llamar(casa.db, _lista(casa, plantilla).id, _ruta(casa))


def _ruta(casa: Any) -> Ruta:
    return Ruta(OutboxProvider(casa.db), Canal.CORREO, "Salida")


def _envio(mensaje: Mensaje) -> Envio:
    return Envio(
        mensaje_id=mensaje.id,
        canal=Canal.CORREO,
        destino=mensaje.destino or "",
        idioma="es",
        asunto=mensaje.asunto,
        cuerpo=mensaje.cuerpo or "",
    )


# SMTP, over a real socket.


@dataclass
class Servidor:
    """What the mail server answers, and what it was given."""

    puerto: int = 0
    rcpt: str = "250 ok"
    solo_a: str = ""
    final: str = "250 queued"
    cuelga_tras_el_texto: bool = False
    correos: list[bytes] = field(default_factory=list)


class _Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs."""

    def handle(self) -> None:
        servidor: Servidor = self.server.servidor  # type: ignore[attr-defined]  # given by the fixture
        self._say("220 prueba")
        while line := self.rfile.readline():
            verb = line.split()[0].upper()
            if verb == b"DATA":
                self._say("354 go on")
                servidor.correos.append(self._text())
                if servidor.cuelga_tras_el_texto:
                    return
                self._say(servidor.final)
            elif verb == b"RCPT":
                self._say(servidor.rcpt if servidor.solo_a.encode() in line else "250 ok")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def smtp() -> Iterator[Servidor]:
    """A mail server on a port of its own."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation) as server:
        server.daemon_threads = True
        server.servidor = servidor = Servidor(server.server_address[1])  # type: ignore[attr-defined]  # read by the conversation
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield servidor
        server.shutdown()
        thread.join()


def _con_smtp(casa: Any, puerto: int) -> Env:
    settings = replace(casa.env.settings, smtp_url=f"smtp://127.0.0.1:{puerto}")
    return replace(casa.env, settings=settings)


def test_un_correo_lleva_texto_y_html_y_el_enlace_se_olvida(casa: Any, smtp: Servidor) -> None:
    mensaje = _lista(casa)

    despachos.enviar(_con_smtp(casa, smtp.puerto), mensaje.id)

    (raw,) = smtp.correos
    correo = message_from_bytes(raw, _class=EmailMessage, policy=default)
    assert correo["From"] == "oficina@acogida.example"
    assert correo["To"] == "buzon@institucion.example"
    assert correo["Subject"] == "Derivación D-2026-000001"
    assert str(mensaje.id) in correo["Message-ID"]
    partes = {parte.get_content_type(): parte.get_content() for parte in correo.iter_parts()}
    assert "enlace/x9" in partes["text/plain"]
    assert '<a href="http://oficina.example/casos/enlace/x9">' in partes["text/html"]
    final = _el_mensaje(casa)
    assert (final.estado, final.proveedor) == (Estado.ENTREGADA, "smtp")
    assert final.enlace is None
    assert "x9" not in (final.cuerpo or "")


@pytest.mark.parametrize(
    ("rcpt", "final", "cuelga", "estado", "motivo"),
    [
        ("550 no such box", "", False, Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA),
        ("450 later", "", False, Estado.LISTA, Motivo.PROVEEDOR_NO_DISPONIBLE),
        ("250 ok", "554 no", False, Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA),
        ("250 ok", "451 full", False, Estado.LISTA, Motivo.PROVEEDOR_NO_DISPONIBLE),
        ("250 ok", "", True, Estado.LISTA, Motivo.PROVEEDOR_SIN_RESPUESTA),
    ],
)
def test_lo_que_contesta_el_servidor_decide(
    casa: Any,
    smtp: Servidor,
    rcpt: str,
    final: str,
    *,
    cuelga: bool,
    estado: Estado,
    motivo: Motivo,
) -> None:
    mensaje = _lista(casa)
    smtp.rcpt, smtp.final, smtp.cuelga_tras_el_texto = rcpt, final, cuelga

    despachos.enviar(_con_smtp(casa, smtp.puerto), mensaje.id)

    quedo = _el_mensaje(casa)
    assert (quedo.estado, quedo.motivo) == (estado, motivo)
    if estado is Estado.LISTA:
        assert quedo.visible > clock.real_now()


@pytest.mark.parametrize(
    ("rcpt", "estado", "correos"),
    [("550 no such box", Estado.FALLIDA, 1), ("450 later", Estado.ENTREGADA, 2)],
)
def test_un_buzon_que_rechaza_no_deja_sin_aviso_a_los_demas_ni_lo_repite(
    casa: Any, mundo: Mundo, smtp: Servidor, rcpt: str, estado: Estado, correos: int
) -> None:
    casa.contratar("otra", "coordinacion")
    with mundo.db.begin() as session:
        plazo = plazos.iniciar(session, mundo.caso_id, "primer_contacto", "normal", MEDIODIA)
    with casa.db.begin() as session:
        actions.encargar(
            session,
            "aviso",
            Clave.AVISO_PLAZO_VENCIDO,
            MEDIODIA,
            caso_id=mundo.caso_id,
            datos={
                "plazo_id": str(plazo.id),
                "reloj": plazo.reloj,
                "vence_en": MEDIODIA.isoformat(),
                "nivel": 150,
            },
        )
    env = _con_smtp(casa, smtp.puerto)
    smtp.rcpt, smtp.solo_a = rcpt, "otra@"

    tasks.barrer(env)
    assert len(smtp.correos) == 1
    smtp.rcpt = "250 ok"
    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    tasks.barrer(env)

    quedaron = {mensaje.destino: mensaje.estado for mensaje in casa.mensajes()}
    assert quedaron == {
        "coordinacion@oficina.example": Estado.ENTREGADA,
        "otra@oficina.example": estado,
    }
    assert len(smtp.correos) == correos


@pytest.mark.parametrize("destino", ["b@x.example\r\nBcc: c@x.example", "buzón@x.example"])
def test_una_direccion_que_no_se_puede_escribir_no_se_reintenta(
    casa: Any, smtp: Servidor, destino: str
) -> None:
    mensaje = _lista(casa)
    casa.cambiar(lambda m: setattr(m, "destino", destino))

    despachos.enviar(_con_smtp(casa, smtp.puerto), mensaje.id)

    assert _el_mensaje(casa).estado is Estado.FALLIDA
    assert smtp.correos == []


def test_lo_que_caduca_no_se_reserva(casa: Any) -> None:
    mensaje = _lista(casa)
    casa.cambiar(lambda m: setattr(m, "caduca_en", MEDIODIA))

    assert despachos.reservar(casa.db, mensaje.id) is None


def test_un_recordatorio_cortado_a_la_mitad_queda_en_duda_y_no_se_repite(
    casa: Any, smtp: Servidor
) -> None:
    llamada = _llamada(casa, Clave.RECORDATORIO_CITA)
    smtp.cuelga_tras_el_texto = True
    proveedor = SmtpProvider(f"smtp://127.0.0.1:{smtp.puerto}", "oficina@acogida.example")

    resultado = proveedor.entregar(_envio(llamada.mensaje))
    despachos.asentar(casa.db, llamada, resultado)
    casa.barrer()

    assert _el_mensaje(casa).estado is Estado.INCIERTA
    assert len(smtp.correos) == 1


def test_sin_servidor_el_mensaje_espera_y_al_final_se_rinde(casa: Any) -> None:
    mensaje = _lista(casa)
    env = _con_smtp(casa, _puerto_cerrado())

    despachos.enviar(env, mensaje.id)
    assert _el_mensaje(casa).estado is Estado.LISTA
    casa.cambiar(lambda m: setattr(m, "intentos", despacho.INTENTOS_DE_ENVIO))
    casa.cambiar(lambda m: setattr(m, "visible", clock.real_now()))
    despachos.enviar(env, mensaje.id)

    assert _el_mensaje(casa).estado is Estado.FALLIDA
    assert casa.hechos()[-1] == "fallido"


def _puerto_cerrado() -> int:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


def test_el_html_no_deja_pasar_lo_que_no_es_texto() -> None:
    html = en_html(
        Envio(
            mensaje_id=uuid7(),
            canal=Canal.CORREO,
            destino="a@b.example",
            idioma="es",
            asunto="<script>",
            cuerpo='<script>alert(1)</script>\n\nhttp://x.example/"onclick=1',
        )
    )

    assert "<script>" not in html
    assert '"onclick' not in html
    assert '<html lang="es">' in html
