"""SMS by SMPP 3.4 (docs/decisions/0025): one bind, in one thread of the process that sends.

Whoever sends leaves a message for that thread and waits for its answer. The bind is kept: it is
asked whether it lives (`enquire_link`), and made anew when it does not. A message of several
segments carries the header that joins them. What the SMSC says later of a message comes over the
same bind, and is answered for once it is written down: what is not, comes again.
"""

import contextlib
import re
import select
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from smpplib import consts, exceptions, smpp
from smpplib.client import Client

from notificaciones.mensajes.sms import Parte, descifrar, partir
from notificaciones.proveedores.acuses import Dicho, Escrito
from notificaciones.proveedores.base import Envio, Oyente, Proveedor
from notificaciones.proveedores.configuracion import ServidorSmpp, codigo_de
from notificaciones.proveedores.models import Acuse
from notificaciones.proveedores.resultados import Desenlace, Resultado
from oficina import telemetry

log = telemetry.get_logger("notificaciones.proveedores")

PAUSAS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between two tries to bind."""

PARTES_SUELTAS = 200
"""Messages of several parts whose others are waited for; beyond, the oldest is let go."""

_OCUPADO = frozenset({consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL})
_DEL_MENSAJE = frozenset({consts.SMPP_ESME_RINVDSTADR, consts.SMPP_ESME_RINVMSGLEN})
_BIEN = 0
_ES_RECIBO = 0x04  # esm_class: a delivery receipt of the SMSC
_RECHAZO_POR_AHORA = 0x64  # ESME_RX_T_APPN: not now, say it again
_RECIBO = re.compile(rb"id:(?P<id>\S+).*?stat:(?P<stat>\w+)(?:.*?err:(?P<err>\w+))?", re.DOTALL)
_ACUSES = {
    "DELIVRD": Acuse.CONFIRMADA,
    "EXPIRED": Acuse.REBOTADA,
    "DELETED": Acuse.REBOTADA,
    "UNDELIV": Acuse.REBOTADA,
    "REJECTD": Acuse.REBOTADA,
}
_ERRORES = (
    exceptions.ConnectionError,
    exceptions.PDUError,
    exceptions.UnknownCommandError,
    OSError,
)


@dataclass
class _Pedido:
    """A message that waits for its answers, one for each of its segments."""

    destino: str
    partes: tuple[Parte, ...]
    listo: threading.Event = field(default_factory=threading.Event)
    resultado: Resultado | None = None
    faltan: set[int] = field(default_factory=set)
    enviadas: int = 0
    referencia: str = ""
    rechazo: int = 0
    aceptadas: int = 0

    def terminar(self, resultado: Resultado) -> None:
        """Say how it ended, to whoever waits."""
        self.resultado = resultado
        self.listo.set()

    def contestar(self, sequence: int, status: int, referencia: str) -> None:
        """The answer for one segment."""
        self.faltan.discard(sequence)
        if status == _BIEN:
            self.aceptadas += 1
            self.referencia = self.referencia or referencia
        else:
            self.rechazo = status
        if not self.faltan and self.enviadas == len(self.partes):
            self.terminar(self._result())

    def _result(self) -> Resultado:
        if not self.rechazo:
            return Resultado(Desenlace.ENTREGADO, self.referencia, "SMPP 0x0")
        detalle = f"SMPP {self.rechazo:#x}"
        if self.aceptadas:
            # A part of it is on its way.
            return Resultado(Desenlace.INCIERTO, detalle=detalle)
        if self.rechazo in _DEL_MENSAJE:
            return Resultado(Desenlace.DEFINITIVO, detalle=detalle)
        espera = timedelta(seconds=5) if self.rechazo in _OCUPADO else None
        return Resultado(Desenlace.TRANSITORIO, detalle=detalle, espera=espera)


class SmppProvider(Proveedor):
    """One SMSC."""

    avisa = True

    def __init__(self, clave: str, servidor: ServidorSmpp, remitente: str) -> None:
        self.nombre = clave
        self._servidor = servidor
        self._remitente = remitente
        self._enlace: _Enlace | None = None
        self._lock = threading.Lock()

    def abrir(self, oyente: Oyente) -> None:
        """Bind, and hear what the SMSC says."""
        with self._lock:
            if self._enlace is None:
                self._enlace = _Enlace(self.nombre, self._servidor, self._remitente, oyente)
                self._enlace.start()

    def entregar(self, envio: Envio) -> Resultado:
        """Leave it for the thread, and wait for the answer."""
        with self._lock:
            enlace = self._enlace
        if enlace is None or not enlace.ready.wait(min(3.0, self._servidor.espera)):
            return Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion")
        pedido = _Pedido(envio.destino.removeprefix("+"), partir(envio.cuerpo))
        enlace.pedir(pedido)
        if not pedido.listo.wait(self._servidor.espera):
            return enlace.abandonar(pedido)
        if pedido.resultado is None:
            raise AssertionError("what ended has a result")
        return pedido.resultado

    def cerrar(self) -> None:
        """Unbind."""
        with self._lock:
            enlace, self._enlace = self._enlace, None
        if enlace is not None:
            enlace.stop()
            enlace.join(5)


class _Enlace(threading.Thread):
    """The thread of one bind: nobody else touches its socket."""

    def __init__(self, clave: str, servidor: ServidorSmpp, remitente: str, oyente: Oyente) -> None:
        super().__init__(name=f"smpp-{clave}", daemon=True)
        self._clave = clave
        self._servidor = servidor
        self._remitente = remitente
        self._oyente = oyente
        self._lock = threading.Lock()
        self._queue: deque[_Pedido] = deque()
        self._out: dict[int, _Pedido] = {}
        self._ended = threading.Event()
        self._bell, self._ear = socket.socketpair()
        self._heard = self._asked = 0.0
        self._reference = 0
        self._parts: dict[tuple[str, int, int], dict[int, str]] = {}
        self.ready = threading.Event()

    def pedir(self, pedido: _Pedido) -> None:
        """Leave a message."""
        with self._lock:
            self._queue.append(pedido)
        with contextlib.suppress(OSError):
            self._bell.send(b"1")

    def abandonar(self, pedido: _Pedido) -> Resultado:
        """Nobody waits for it any more; what is known of it."""
        with self._lock:
            if pedido in self._queue:
                self._queue.remove(pedido)
                return Resultado(Desenlace.TRANSITORIO, detalle="sin_turno")
            return pedido.resultado or Resultado(Desenlace.INCIERTO, detalle="sin_respuesta")

    def stop(self) -> None:
        """End it."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._bell.send(b"0")

    def run(self) -> None:
        """Bind, work, and begin anew."""
        failures = 0
        while not self._ended.is_set():
            client = self._client()
            try:
                self._bind(client)
                failures = 0
                self._work(client)
            except Exception as error:  # whatever it is, the bind is made anew
                log.warning("smpp_sin_enlace", proveedor=self._clave, kind=type(error).__name__)
            finally:
                self.ready.clear()
                self._let_go()
                self._close(client)
            self._ended.wait(PAUSAS[min(failures, len(PAUSAS) - 1)])
            failures += 1
        self._bell.close()
        self._ear.close()

    def _client(self) -> Client:
        return Client(
            self._servidor.host,
            self._servidor.puerto,
            timeout=self._servidor.espera,
            allow_unknown_opt_params=True,
        )

    def _bind(self, client: Client) -> None:
        client.connect()
        client.bind_transceiver(system_id=self._servidor.usuario, password=self._servidor.clave)
        self._heard, self._asked = time.monotonic(), 0.0
        self.ready.set()

    def _work(self, client: Client) -> None:
        while not self._ended.is_set():
            self._submit(client)
            readable, _w, _x = select.select([client._socket, self._ear], [], [], 0.5)
            if self._ear in readable:
                self._ear.recv(4096)
            if client._socket in readable:
                self._hear(client, client.read_pdu())
                self._heard, self._asked = time.monotonic(), 0.0
            self._enquire(client)
        with contextlib.suppress(*_ERRORES):
            client.unbind()

    def _submit(self, client: Client) -> None:
        while len(self._out) < self._servidor.ventana:
            with self._lock:
                if not self._queue:
                    return
                pedido = self._queue.popleft()
            self._reference = (self._reference + 1) % 256
            many = len(pedido.partes)
            for number, parte in enumerate(pedido.partes, start=1):
                header = bytes((5, 0, 3, self._reference, many, number)) if many > 1 else b""
                try:
                    sent = self._send(client, pedido.destino, parte, header)
                except _ERRORES:
                    if not pedido.enviadas:
                        # What did not leave whole, nobody has.
                        pedido.terminar(Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion"))
                    raise
                self._out[sent] = pedido
                pedido.faltan.add(sent)
                pedido.enviadas += 1

    def _send(self, client: Client, destino: str, parte: Parte, header: bytes) -> int:
        alphanumeric = not self._remitente.lstrip("+").isdecimal()
        pdu = client.send_message(
            source_addr_ton=consts.SMPP_TON_ALNUM if alphanumeric else consts.SMPP_TON_INTL,
            source_addr_npi=consts.SMPP_NPI_UNK if alphanumeric else consts.SMPP_NPI_ISDN,
            source_addr=self._remitente.lstrip("+"),
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=destino,
            esm_class=consts.SMPP_GSMFEAT_UDHI if header else consts.SMPP_MSGMODE_DEFAULT,
            data_coding=consts.SMPP_ENCODING_ISO10646 if parte.ucs2 else 0,
            registered_delivery=True,
            short_message=header + parte.octetos,
        )
        sequence: int = pdu.sequence
        return sequence

    def _enquire(self, client: Client) -> None:
        now = time.monotonic()
        if self._asked and now - self._asked > self._servidor.espera:
            raise exceptions.ConnectionError
        if not self._asked and now - self._heard > self._servidor.pregunta_cada:
            client.send_pdu(smpp.make_pdu("enquire_link", client=client))
            self._asked = now

    def _hear(self, client: Client, pdu: Any) -> None:
        match pdu.command:
            case "submit_sm_resp" | "generic_nack":
                self._answered(pdu)
            case "deliver_sm":
                self._answer(client, pdu, "deliver_sm_resp", self._said(pdu))
            case "enquire_link":
                self._answer(client, pdu, "enquire_link_resp")
            case "unbind":
                self._answer(client, pdu, "unbind_resp")
                raise exceptions.ConnectionError
            case _:
                pass  # the answer of a question, or what nobody asked for

    def _answer(self, client: Client, pdu: Any, command: str, status: int = _BIEN) -> None:
        answer = smpp.make_pdu(command, client=client, status=status)
        answer.sequence = pdu.sequence
        client.send_pdu(answer)

    def _answered(self, pdu: Any) -> None:
        pedido = self._out.pop(pdu.sequence, None)
        if pedido is not None:
            said = _text(getattr(pdu, "message_id", None))
            pedido.contestar(pdu.sequence, pdu.status, said[:200])

    def _said(self, pdu: Any) -> int:
        """Take what the SMSC says; whether it was taken."""
        dicho = _receipt(pdu) if pdu.esm_class & _ES_RECIBO else self._joined(pdu)
        if dicho is None:
            return _BIEN  # on its way still, or a part that waits for the others
        try:
            self._oyente(self._clave, dicho)
        except Exception as error:  # whatever it is, the SMSC keeps it and says it again
            log.error("recibo_sin_anotar", proveedor=self._clave, kind=type(error).__name__)
            return _RECHAZO_POR_AHORA
        return _BIEN

    def _joined(self, pdu: Any) -> Escrito | None:
        """What somebody wrote, once all its parts are here. A part is known again by its place.

        A part that waits for others is answered for before anything is written down.
        """
        body, de = pdu.short_message or b"", _text(pdu.source_addr)
        reference, many, number = 0, 1, 1
        if pdu.esm_class & consts.SMPP_GSMFEAT_UDHI and body:
            header, body = body[: body[0] + 1], body[body[0] + 1 :]
            if header[:3] == b"\x05\x00\x03" and len(header) == 6:
                reference, many, number = header[3], header[4], header[5]
        text = descifrar(body, pdu.data_coding)
        key = (de, reference, many)
        parts = self._parts.setdefault(key, {}) if many > 1 else {}
        parts[number] = text
        if len(parts) < many:
            while len(self._parts) > PARTES_SUELTAS:
                self._parts.pop(next(iter(self._parts)))
            return None
        whole = "".join(parts[one] for one in sorted(parts))
        self._parts.pop(key, None)
        # An SMSC gives what people write no name: the same within the minute is a repetition.
        minute = int(time.time() // 60)
        return Escrito(de=f"+{de.lstrip('+')}", texto=whole, referencia=f"{minute}-{reference}")

    def _let_go(self) -> None:
        """The bind is gone: of what was under way nobody knows, and the rest was never sent."""
        with self._lock:
            waiting, self._queue = list(self._queue), deque()
            under_way, self._out = {id(one): one for one in self._out.values()}, {}
        for pedido in under_way.values():
            pedido.terminar(Resultado(Desenlace.INCIERTO, detalle="conexion_cortada"))
        for pedido in waiting:
            pedido.terminar(Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion"))

    @staticmethod
    def _close(client: Client) -> None:
        client.state = consts.SMPP_CLIENT_STATE_OPEN  # or it complains of what we know
        with contextlib.suppress(*_ERRORES):
            client.disconnect()


def _receipt(pdu: Any) -> Dicho | None:
    """What a receipt says, when it says an end; None otherwise."""
    found = _RECIBO.search(pdu.short_message or b"")
    if found is None:
        return None
    stat = _text(found["stat"]).upper()
    acuse = _ACUSES.get(stat)
    if acuse is None:
        return None
    said = _text(pdu.receipted_message_id) or _text(found["id"])
    code = f"{stat}.{_text(found['err'])}" if found["err"] else stat
    return Dicho(referencia=said[:200], mensaje_id=None, acuse=acuse, detalle=codigo_de(code))


def _text(said: bytes | str | None) -> str:
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said or ""
    return text.rstrip("\0")
