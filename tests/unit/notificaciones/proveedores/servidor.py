"""A mail server that answers as it is told: aiosmtpd on a port of its own.

A letter is taken before its answer is given: one that is refused or left without an answer after
its text is in `recibidas` too, as a real server may have kept it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from servers import free_port


@dataclass(frozen=True)
class Carta:
    """One letter as it came in."""

    remitente: str
    destinos: tuple[str, ...]
    raw: bytes

    @property
    def correo(self) -> EmailMessage:
        """Parsed."""
        return message_from_bytes(self.raw, _class=EmailMessage, policy=default)

    def parte(self, kind: str) -> str:
        """The text of its part of a kind."""
        found = {one.get_content_type(): one.get_content() for one in self.correo.iter_parts()}
        return str(found[kind])


CUELGA = ""
"""In place of an answer: the connection ends."""


@dataclass
class Servidor:
    """What it answers to each step (`CUELGA`: nothing), by default that all is well."""

    rcpt: Callable[[str], str] = lambda _a: "250 ok"
    final: str = "250 queued"
    recibidas: list[Carta] = field(default_factory=list)
    conversaciones: int = 0
    puerto: int = 0

    def __post_init__(self) -> None:
        self.puerto = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.puerto, server_hostname="prueba"
        )

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.puerto}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_EHLO(  # noqa: N802  aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.conversaciones += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(  # noqa: N802  aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = self.rcpt(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self._or_hang_up(server, answer)

    async def handle_DATA(  # noqa: N802  aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        self.recibidas.append(Carta(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        return self._or_hang_up(server, self.final)

    def _or_hang_up(self, server: SMTP, answer: str) -> str:
        if answer == CUELGA:
            assert server.transport is not None
            server.transport.abort()
        return answer
