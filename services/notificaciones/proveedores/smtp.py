"""E-mail by SMTP."""

import contextlib
import re
import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from notificaciones.proveedores.base import Envio, Proveedor
from notificaciones.proveedores.correo import componer
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.proveedores.sello_dkim import Sello
from notificaciones.rebotes.sobre import sobre_de

NO_ATIENDE = 421
"""It closes the conversation, whatever it was about (RFC 5321 §3.8)."""

_WHY = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= )")


class SmtpProvider(Proveedor):
    """E-mail through the office's own server.

    `smtp://[user:password@]host[:port]` speaks STARTTLS when the server offers it; `smtps://` is
    TLS from the start.
    """

    ESPERA = 10.0

    def __init__(
        self,
        url: str,
        remitente: str,
        nombre: str = "smtp",
        *,
        rebotes_dominio: str = "",
        sello: Sello | None = None,
    ) -> None:
        self.nombre = nombre
        self._url = urlsplit(url)
        self._remitente = remitente
        self._rebotes = rebotes_dominio
        self._sello = sello if sello and sello.cubre(remitente) else None

    def entregar(self, envio: Envio) -> Resultado:
        """Send one mail. Until its text begins to travel, a failure leaves no doubt."""
        try:
            correo = componer(envio.mensaje_id, self._remitente, envio).as_bytes()
            if self._sello is not None:
                correo = self._sello.firmar(correo)
        except ValueError:
            # What cannot be written in a header: an address with a line break or a strange letter.
            return Resultado(Desenlace.DEFINITIVO, detalle="direccion")
        try:
            server = self._connect()
        except smtplib.SMTPResponseException as error:
            # Whom it does not let in, it does not let in for any message: our name or our key.
            return Resultado(Desenlace.TRANSITORIO, detalle=f"SMTP {error.smtp_code}")
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion")
        try:
            return self._transact(server, envio, correo)
        finally:
            server.close()

    def _envelope(self, envio: Envio) -> str:
        """Whom other servers tell that it did not arrive."""
        return sobre_de(envio.mensaje_id, self._rebotes) if self._rebotes else self._remitente

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=self.ESPERA, context=_tls()
            )
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=self.ESPERA)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=_tls())
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

    def _transact(self, server: smtplib.SMTP, envio: Envio, correo: bytes) -> Resultado:
        try:
            server.ehlo_or_helo_if_needed()
            code, _text = server.mail(self._envelope(envio))
            if code != 250:
                return Resultado(Desenlace.TRANSITORIO, detalle=f"SMTP {code}")
            code, text = server.rcpt(envio.destino)
            if code not in {250, 251}:
                return _refused(code, text)
        except UnicodeEncodeError:
            return Resultado(Desenlace.DEFINITIVO, detalle="direccion")
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.TRANSITORIO, detalle="sin_conexion")
        return self._send_text(server, envio, correo)

    def _send_text(self, server: smtplib.SMTP, envio: Envio, correo: bytes) -> Resultado:
        try:
            code, text = server.data(correo)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.INCIERTO, detalle="sin_respuesta")
        if code != 250:
            return _refused(code, text)
        # It has the mail; how the conversation ends does not matter.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        return Resultado(Desenlace.ENTREGADO, str(envio.mensaje_id), f"SMTP {code}")


def _refused(code: int, text: bytes | str) -> Resultado:
    desenlace = Desenlace.DEFINITIVO if code >= 500 else Desenlace.TRANSITORIO
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    # The code of why (RFC 2034), when it begins with one; its words may repeat the address.
    why = _WHY.match(said)
    detalle = f"SMTP {code} {why[0]}" if why else f"SMTP {code}"
    return Resultado(desenlace, detalle=detalle, del_destino=code != NO_ATIENDE)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
