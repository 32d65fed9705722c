"""A message as an e-mail: plain text, and the same in sober HTML that every reader can use."""

import re
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from notificaciones.proveedores.base import Pie
from oficina.clock import real_now


class _OnOneLine(UnstructuredHeader, BaseHeader):
    """An address longer than a line is not encoded as a text is: whoever reads it must find it."""

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OnOneLine)
# Nothing on the way has to write it anew, which would break its signature (RFC 6376 §5.3).
_POLICY = SMTP.clone(header_factory=_HEADERS, cte_type="7bit")
_URL = re.compile(r"(https?://[^\s<>\"]+)")
_LAYOUTS = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Escrito(Protocol):
    """What there is to write."""

    @property
    def destino(self) -> str:
        """Address."""

    @property
    def idioma(self) -> str:
        """Language of the text."""

    @property
    def asunto(self) -> str | None:
        """Subject."""

    @property
    def cuerpo(self) -> str:
        """Text."""

    @property
    def pie(self) -> Pie | None:
        """How its reader stops others like it, if they may."""


def componer(mensaje_id: UUID, remitente: str, escrito: Escrito) -> EmailMessage:
    """The mail to send. Its Message-ID is the message's own, so a copy is known as a copy."""
    correo = EmailMessage(policy=_POLICY)
    correo["From"] = remitente
    correo["To"] = escrito.destino
    correo["Subject"] = escrito.asunto or ""
    correo["Date"] = format_datetime(real_now())
    correo["Message-ID"] = f"<{mensaje_id}@{remitente.rpartition('@')[2].strip('<> ')}>"
    correo["Content-Language"] = escrito.idioma
    correo["Auto-Submitted"] = "auto-generated"
    cuerpo = escrito.cuerpo
    if (pie := escrito.pie) is not None:
        correo["List-Unsubscribe"] = f"<{pie.url}>"
        if pie.url.startswith("https:"):
            # One request and no page, which the standard allows by https alone (RFC 8058 §3.1).
            correo["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        cuerpo = f"{cuerpo.rstrip()}\n\n{pie.frase}: {pie.url}\n"
    correo.set_content(cuerpo)
    correo.add_alternative(en_html(escrito), subtype="html")
    return correo


def en_html(escrito: Escrito) -> str:
    """The text as a page: paragraphs, and addresses that can be followed."""
    parrafos = [con_enlaces(parrafo) for parrafo in escrito.cuerpo.split("\n\n")]
    return _LAYOUTS.get_template("notificaciones/correo.html").render(
        idioma=escrito.idioma,
        asunto=escrito.asunto or "",
        parrafos=parrafos,
        pie=escrito.pie,
    )


def con_enlaces(texto: str) -> Markup:
    """Escaped text whose web addresses are links and whose lines are kept."""
    piezas = _URL.split(texto)
    escritas = [
        Markup('<a href="{0}">{0}</a>').format(pieza) if number % 2 else Markup.escape(pieza)
        for number, pieza in enumerate(piezas)
    ]
    return Markup("").join(escritas).replace("\n", Markup("<br>\n"))
