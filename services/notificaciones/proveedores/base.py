"""What a provider is: one small interface.

A provider answers one of four things, and "perhaps" is one of them: only an answer that it has the
message, or a failure before it could have it, leaves no doubt.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.acuses import Dicho, Escrito
from notificaciones.proveedores.resultados import Resultado


@dataclass(frozen=True)
class Pie:
    """How the reader of a mail stops others like it: an address, and what it is called."""

    url: str
    frase: str


@dataclass(frozen=True, kw_only=True)
class Envio:
    """What a provider is given. `destino` is a telephone (E.164) or a mail address."""

    mensaje_id: UUID
    canal: Canal
    destino: str
    idioma: str
    asunto: str | None
    cuerpo: str
    pie: Pie | None = None


Oyente = Callable[[str, Dicho | Escrito], None]
"""Takes what a provider says later. When it raises, the provider says it again."""


class Proveedor(ABC):
    """One way out of the office."""

    nombre: str
    """Its key: what a message keeps of who carried it."""

    avisa: bool = False
    """Whether it says later, by the way by which it is spoken to, what became of a message."""

    @abstractmethod
    def entregar(self, envio: Envio) -> Resultado:
        """Hand a message over; waits seconds, never minutes."""

    def recibido(self, mensaje_id: UUID) -> bool | None:
        """Whether a message was handed over, None when the provider cannot tell."""
        return None

    def abrir(self, oyente: Oyente) -> None:  # noqa: B027  most are asked and no more
        """Begin to hear what it says by itself; called by a process that sends."""

    def cerrar(self) -> None:  # noqa: B027  most hold nothing
        """Let go of what it holds open."""
