"""Who carries messages: one small interface, the viewable outbox, and SMTP.

A provider answers one of four things, and "perhaps" is one of them: only an answer that it has the
message, or a failure before it could have it, leaves no doubt.
"""

import contextlib
import smtplib
import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

from notificaciones.correo import componer
from notificaciones.models import SALIDA, Salida
from notificaciones.plantillas import Canal
from notificaciones.resultados import Desenlace, Resultado
from oficina.clock import real_now
from oficina.db import Database
from oficina.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Envio:
    """What a provider is given. `destino` is a telephone (E.164) or a mail address."""

    mensaje_id: UUID
    canal: Canal
    destino: str
    idioma: str
    asunto: str | None
    cuerpo: str


class Proveedor(ABC):
    """One way out of the office."""

    nombre: ClassVar[str]

    @abstractmethod
    def entregar(self, envio: Envio) -> Resultado:
        """Hand a message over; waits seconds, never minutes."""

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """Whether a message was handed over, None when the provider cannot tell."""
        return None


class OutboxProvider(Proveedor):
    """Nothing leaves: messages are kept, readable, on the office's own page."""

    nombre = SALIDA

    def __init__(self, db: Database) -> None:
        self._db = db

    def entregar(self, envio: Envio) -> Resultado:
        """Keep it; twice keeps it once."""
        with self._db.begin() as session:
            if session.get(Salida, envio.mensaje_id) is None:
                session.add(Salida(mensaje_id=envio.mensaje_id, recibida_en=real_now()))
        return Resultado(Desenlace.ENTREGADO, str(envio.mensaje_id))

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """It always knows."""
        with self._db.read() as session:
            return session.get(Salida, mensaje_id) is not None


class SmtpProvider(Proveedor):
    """E-mail through the office's own server.

    `smtp://[user:password@]host[:port]` speaks STARTTLS when the server offers it; `smtps://` is
    TLS from the start.
    """

    nombre = "smtp"

    ESPERA = 15.0

    def __init__(self, url: str, remitente: str) -> None:
        self._url = urlsplit(url)
        self._remitente = remitente

    def entregar(self, envio: Envio) -> Resultado:
        """Send one mail. Until its text begins to travel, a failure leaves no doubt."""
        try:
            correo = componer(envio.mensaje_id, self._remitente, envio).as_bytes()
        except ValueError:
            # What cannot be written in a header: an address with a line break or a strange letter.
            return Resultado(Desenlace.DEFINITIVO)
        try:
            server = self._connect()
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.TRANSITORIO)
        try:
            return self._transact(server, envio, correo)
        finally:
            server.close()

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
            code, _text = server.mail(self._remitente)
            if code != 250:
                return _refused(code)
            code, _text = server.rcpt(envio.destino)
            if code not in {250, 251}:
                return _refused(code)
        except UnicodeEncodeError:
            return Resultado(Desenlace.DEFINITIVO)
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.TRANSITORIO)
        return self._send_text(server, envio, correo)

    def _send_text(self, server: smtplib.SMTP, envio: Envio, correo: bytes) -> Resultado:
        try:
            code, _text = server.data(correo)
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Resultado(Desenlace.INCIERTO)
        if code != 250:
            return _refused(code)
        # It has the mail; how the conversation ends does not matter.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        return Resultado(Desenlace.ENTREGADO, str(envio.mensaje_id))


class Desvio:
    """Which provider carries each channel, by Settings."""

    def __init__(self, por_canal: Mapping[Canal, Proveedor]) -> None:
        self._por_canal = por_canal

    @classmethod
    def de(cls, settings: Settings, db: Database) -> "Desvio":
        """Mail by SMTP where there is a server; everything else stays in the outbox."""
        salida = OutboxProvider(db)
        correo = (
            SmtpProvider(settings.smtp_url, settings.mail_from) if settings.smtp_url else salida
        )
        return cls({Canal.SMS: salida, Canal.CORREO: correo})

    def de_canal(self, canal: Canal) -> Proveedor:
        """The provider of a channel."""
        return self._por_canal[canal]


def _refused(code: int) -> Resultado:
    return Resultado(Desenlace.DEFINITIVO if code >= 500 else Desenlace.TRANSITORIO)


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
