"""For whom the figures are that somebody asks for, and whether they may have them."""

from collections.abc import Sequence

from oficina.errors import NoPermitido
from oficina.web.auth import puede
from reportes.states import Alcance


def alcances() -> Sequence[Alcance]:
    """What whoever asks may read, the most complete first."""
    return tuple(Alcance) if puede("reportes.completas.ver") else (Alcance.PUBLICABLE,)


def alcance(pedido: Alcance | None) -> Alcance:
    """What is read: what was asked for, or the most that may be. Raises NoPermitido."""
    suyos = alcances()
    if pedido is None:
        return suyos[0]
    if pedido not in suyos:
        raise NoPermitido
    return pedido
