"""Who the office is to whoever stands outside it: on paper, and on pages that need no account."""

from dataclasses import dataclass
from email.utils import parseaddr

from flask_babel import gettext as _

from oficina.contacto import presentar_telefono
from oficina.settings import Settings


@dataclass(frozen=True)
class Membrete:
    """The office's letterhead; what its settings do not say is an empty text."""

    municipio: str = ""
    direccion: str = ""
    telefono: str = ""
    correo: str = ""

    @classmethod
    def de(cls, settings: Settings) -> "Membrete":
        """As the settings say it."""
        return cls(
            municipio=settings.municipio,
            direccion=settings.direccion,
            telefono=presentar_telefono(settings.telefono),
            correo=parseaddr(settings.mail_from)[1],
        )

    @property
    def nombre(self) -> str:
        """The office and its municipality, in the reader's language."""
        return " · ".join(uno for uno in (_("Oficina de Migración"), self.municipio) if uno)

    @property
    def contacto(self) -> str:
        """Where it is and how it is reached, in a line; there is always a mailbox."""
        return " · ".join(uno for uno in (self.direccion, self.telefono, self.correo) if uno)
