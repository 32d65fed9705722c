"""A mail that came to our envelope sender, read: a report that one of ours did not arrive
(RFC 3464), or anything else, which says nothing.

Only what such a report says in its own part counts. What people and their programs write (an
answer, an absence, a report of a delay) has none that says `failed`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from uuid import UUID

from notificaciones.rebotes.sobre import mensaje_de

GRANDE = 1024 * 1024
"""What is read of a mail: what was reported comes before the mail that came back."""

_PARA = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SIN_DETALLE = re.compile(r"[45]\.0\.0")


@dataclass(frozen=True)
class Informe:
    """That a message did not arrive, and the code of why (RFC 3463)."""

    mensaje_id: UUID
    codigo: str


def leer(raw: bytes, dominio: str) -> Informe | None:
    """What a mail reports; None when it is no report, or not of a message of ours."""
    try:
        correo = message_from_bytes(raw[:GRANDE])
        mensaje_id = _about(correo, dominio)
        codigo = _failed(correo)
    except (ValueError, LookupError, RecursionError):
        # Mail can be written so that no parser reads it: it reports nothing then.
        return None
    return Informe(mensaje_id, codigo) if mensaje_id and codigo else None


def _about(correo: Message, dominio: str) -> UUID | None:
    """The message whose envelope it was sent to."""
    escritas = [str(uno) for name in _PARA for uno in correo.get_all(name, [])]
    for _nombre, direccion in getaddresses(escritas):
        mensaje_id = mensaje_de(direccion, dominio)
        if mensaje_id is not None:
            return mensaje_id
    return None


def _failed(correo: Message) -> str:
    if correo.get_content_type() != "multipart/report" or not correo.is_multipart():
        return ""
    for parte in correo.get_payload():
        if isinstance(parte, Message) and parte.get_content_type() == "message/delivery-status":
            for bloque in _blocks(parte):
                if str(bloque.get("Action", "")).strip().lower() == "failed":
                    return _code(bloque)
    return ""


def _blocks(parte: Message) -> Iterator[Message]:
    """The one about the whole, and one for each address."""
    bloques = parte.get_payload()
    if isinstance(bloques, list):
        yield from (uno for uno in bloques if isinstance(uno, Message))


def _code(bloque: Message) -> str:
    """The status; what the other server said when that says nothing more."""
    dicho = [str(bloque.get(name, "")) for name in ("Status", "Diagnostic-Code")]
    hallados = [hallado[1] for uno in dicho if (hallado := _STATUS.search(uno))]
    precisos = [uno for uno in hallados if not _SIN_DETALLE.fullmatch(uno)]
    return (precisos or hallados or ["5.0.0"])[0]
