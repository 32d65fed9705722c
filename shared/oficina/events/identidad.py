"""What identidad tells: that a person is to be sent a link to set their password."""

from uuid import UUID

from oficina.events.base import Evento, evento


@evento("identidad.enlace.pedido", sujeto_id="enlace_id")
class EnlaceDeCuentaPedido(Evento):
    """A link to set a password is to be sent; it is made when its message is written."""

    enlace_id: UUID
    funcionario_id: UUID
    proposito: str
