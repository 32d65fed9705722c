"""The domain's signature on each mail (DKIM, RFC 6376), and the DNS record to check it with.

What stops a mail is signed with it (RFC 8058 §4): nobody on the way puts another address there. A
header that a mail does not have is signed as absent.
"""

import base64
from dataclasses import dataclass, field
from functools import cached_property

from oficina.settings import Settings, SettingsError

CABECERAS = (
    "From",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
    "Auto-Submitted",
    "Reply-To",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
BITS = 1024
"""Shorter keys are believed by nobody (RFC 8301)."""


class SelloInvalido(SettingsError):
    """The settings of the signature cannot be used; says which and why."""


@dataclass(frozen=True)
class Sello:
    """A domain, the name of one key of it, and that key (PEM)."""

    dominio: str
    selector: str
    clave: str = field(repr=False)

    @classmethod
    def de(cls, settings: Settings) -> "Sello | None":
        """The one of the settings; None when there is none. Raises SelloInvalido."""
        if not settings.dkim_selector:
            return None
        dominio = settings.dkim_dominio or dominio_de(settings.mail_from)
        sello = cls(dominio, settings.dkim_selector, settings.dkim_clave)
        _ = sello.registro  # what cannot be read is told at the start, not at the first mail
        return sello

    def cubre(self, remitente: str) -> bool:
        """Whether mail of a sender is signed with it: that of its domain, or of one below."""
        suyo = dominio_de(remitente)
        return suyo == self.dominio or suyo.endswith(f".{self.dominio}")

    def firmar(self, correo: bytes) -> bytes:
        """The same mail, signed."""
        import dkim  # noqa: PLC0415  an office that does not sign does not load it

        firma: bytes = dkim.sign(
            correo,
            self.selector.encode(),
            self.dominio.encode(),
            self.clave.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode() for name in CABECERAS],
        )
        return firma + correo

    @property
    def nombre(self) -> str:
        """Where the record is published."""
        return f"{self.selector}._domainkey.{self.dominio}"

    @cached_property
    def registro(self) -> str:
        """What it says (TXT)."""
        return f"v=DKIM1; k=rsa; p={self._publica()}"

    def _publica(self) -> str:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  few sign
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415

        try:
            clave = serialization.load_pem_private_key(self.clave.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise SelloInvalido(
                "ACOGIDA_DKIM_CLAVE: no es una clave privada en PEM, sin contraseña"
            ) from error
        if not isinstance(clave, RSAPrivateKey) or clave.key_size < BITS:
            raise SelloInvalido(f"ACOGIDA_DKIM_CLAVE: debe ser RSA, de {BITS} bits o más")
        public = clave.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(public).decode()


def dominio_de(remitente: str) -> str:
    """The domain of a sender, also when it comes with a name."""
    return remitente.rpartition("@")[2].strip("<> ").lower()


def dice_lo_mismo(publicado: str, registro: str) -> bool:
    """Whether a published record holds the same key as ours, however it is written."""
    suyo, nuestro = _tags(publicado), _tags(registro)
    return suyo.get("p") == nuestro["p"] and suyo.get("k", "rsa") == "rsa"


def _tags(record: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in record.split(";") if "=" in one)
    return {name.strip(): "".join(value.split()) for name, _igual, value in pairs}
