"""Whether who says to be a provider is it: a signature of the body, a password, or a token."""

import base64
import hashlib
import hmac
from contextlib import suppress
from datetime import datetime, timedelta

from werkzeug.datastructures import Headers

from notificaciones.proveedores.configuracion import AutenticacionDeEntrada, Credencial

TOLERANCIA = timedelta(minutes=5)
"""How old a signed moment may be: after that somebody repeats it."""


def es_suyo(auth: AutenticacionDeEntrada, headers: Headers, body: bytes, ahora: datetime) -> bool:
    """Whether a request shows what was agreed with the provider."""
    shown = headers.get(auth.cabecera, "")
    match auth.tipo:
        case Credencial.BASICA:
            pair = base64.b64encode(f"{auth.usuario}:{auth.secreto}".encode()).decode()
            return _same(shown, f"Basic {pair}")
        case Credencial.TOKEN:
            return _same(shown, f"{auth.prefijo}{auth.secreto}")
        case Credencial.HMAC:
            signed = body
            if auth.cabecera_de_tiempo:
                moment = headers.get(auth.cabecera_de_tiempo, "")
                if not _recent(moment, ahora):
                    return False
                signed = f"{moment}.".encode() + body
            digest = hmac.new(auth.secreto.encode(), signed, auth.algoritmo)
            expected = digest.hexdigest()
            if auth.base64:
                expected = base64.b64encode(digest.digest()).decode()
            elif shown.startswith(auth.prefijo):
                shown = auth.prefijo + shown.removeprefix(auth.prefijo).lower()
            return _same(shown, f"{auth.prefijo}{expected}")


def _recent(moment: str, ahora: datetime) -> bool:
    with suppress(ValueError, OverflowError):
        return abs(ahora.timestamp() - float(moment)) <= TOLERANCIA.total_seconds()
    return False


def _same(shown: str, expected: str) -> bool:
    # Of equal length both, so that not even the length can be measured.
    one, other = (hashlib.sha256(text.encode()).digest() for text in (shown, expected))
    return hmac.compare_digest(one, other)
