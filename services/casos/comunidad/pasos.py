"""What was done last about a thing of the community's work, for whoever came too late."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask_babel import LazyString

from oficina.audit import Cambio


class PasoDado(Protocol):
    """A line of the thing's history."""

    @property
    def accion(self) -> str:
        """What was done."""

    @property
    def ocurrido_en(self) -> datetime:
        """When."""

    @property
    def por_id(self) -> UUID:
        """By whom."""

    @property
    def por(self) -> str:
        """How they are called."""


def ultimo(
    pasos: Iterable[PasoDado], historia: Mapping[str, LazyString]
) -> tuple[Cambio | None, str]:
    """Of a history, the newest line first: who took the last step, and it in words."""
    for paso in pasos:
        return Cambio(paso.ocurrido_en, paso.por_id, paso.por), str(historia[paso.accion])
    return None, ""
