"""What a provider is: one small interface.

A provider answers one of four things, and "perhaps" is one of them: only an answer that it has the
message, or a failure before it could have it, leaves no doubt.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.resultados import Resultado


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

    nombre: str
    """Its key: what a message keeps of who carried it."""

    @abstractmethod
    def entregar(self, envio: Envio) -> Resultado:
        """Hand a message over; waits seconds, never minutes."""

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """Whether a message was handed over, None when the provider cannot tell."""
        return None

    def cerrar(self) -> None:  # noqa: B027  most hold nothing
        """Let go of what it holds open."""
