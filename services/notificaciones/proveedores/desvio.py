"""Which provider carries each channel."""

from collections.abc import Mapping

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.base import Proveedor
from notificaciones.proveedores.salida import OutboxProvider
from notificaciones.proveedores.smtp import SmtpProvider
from oficina.db import Database
from oficina.settings import Settings


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
