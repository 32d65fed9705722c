"""What a second factor is, and when what somebody typed is right."""

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from identidad.base import Base
from oficina.db import Identified
from oficina.privacy import EncryptedText

# What every authenticator reads: RFC 6238 with its defaults.
DIGITOS = 6
PASO = 30
TOLERANCIA = 1
"""Steps that a telephone's clock may be early or late."""
FALLOS = 5
ESPERA = timedelta(minutes=15)
EMISOR = "Acogida"


class SegundoFactor(Identified, Base):
    """The secret that a person's telephone shares with us, sealed; it counts once it was tried.

    `ultimo_paso` is the step of the last code that was accepted: neither that code nor an older one
    is accepted again. Failures are counted here, where no cache can forget them.
    """

    __tablename__ = "segundos_factores"

    funcionario_id: Mapped[UUID] = mapped_column(ForeignKey("funcionarios.id"), unique=True)
    secreto: Mapped[str] = mapped_column(EncryptedText("identidad.segundo_factor.secreto"))
    creado_en: Mapped[datetime]
    activado_en: Mapped[datetime | None]
    ultimo_paso: Mapped[int] = mapped_column(BigInteger, default=0)
    fallos: Mapped[int] = mapped_column(default=0)
    espera_hasta: Mapped[datetime | None]

    @classmethod
    def nuevo(cls, funcionario_id: UUID, ahora: datetime) -> "SegundoFactor":
        """One with a fresh secret of 160 bits, which does not count yet."""
        return cls(
            funcionario_id=funcionario_id,
            secreto=base64.b32encode(secrets.token_bytes(20)).decode(),
            creado_en=ahora,
            activado_en=None,
            ultimo_paso=0,
            fallos=0,
            espera_hasta=None,
        )

    @property
    def activo(self) -> bool:
        """Whether its person has shown a code of it."""
        return self.activado_en is not None

    def direccion(self, usuario: str) -> str:
        """The otpauth:// address that a telephone reads from the picture."""
        return self._totp().get_provisioning_uri(usuario, EMISOR)

    def aceptar(self, codigo: str, ahora: datetime) -> bool:
        """Whether it is a code of now that was not used yet; it is used from here on."""
        now = int(ahora.timestamp()) // PASO
        for paso in range(now - TOLERANCIA, now + TOLERANCIA + 1):
            expected = self._totp().generate(paso * PASO)
            if constant_time.bytes_eq(expected, codigo.encode()) and paso > self.ultimo_paso:
                self.ultimo_paso = paso
                return True
        return False

    def espera(self, ahora: datetime) -> int:
        """Seconds until another code may be tried."""
        if self.espera_hasta is None or self.espera_hasta <= ahora:
            return 0
        return max(1, round((self.espera_hasta - ahora).total_seconds()))

    def contar_fallo(self, ahora: datetime) -> None:
        """One more wrong code; after some, the next has to wait."""
        self.fallos += 1
        if self.fallos >= FALLOS:
            self.fallos, self.espera_hasta = 0, ahora + ESPERA

    def _totp(self) -> TOTP:
        return TOTP(base64.b32decode(self.secreto), DIGITOS, SHA1(), PASO)  # noqa: S303  RFC 6238


class CodigoDeRecuperacion(Identified, Base):
    """A code for who lost their telephone: 80 random bits, kept as a hash, used once."""

    __tablename__ = "codigos_de_recuperacion"

    funcionario_id: Mapped[UUID] = mapped_column(ForeignKey("funcionarios.id"), index=True)
    codigo_hash: Mapped[str] = mapped_column(String(64))
    usado_en: Mapped[datetime | None]
