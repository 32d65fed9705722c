"""Hearing: who wants which fact, and the row that makes hearing it twice harmless."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from oficina.bus.envelope import Sobre, read_sobre
from oficina.bus.tables import Estado, Inbox
from oficina.clock import real_now
from oficina.events import Clasificacion, Evento

__all__ = ["Handlers", "Mensaje", "Sobre", "recibir"]

E = TypeVar("E", bound=Evento)
Handler = Callable[[Session, E, Sobre], None]


@dataclass(frozen=True, kw_only=True)
class Mensaje:
    """A fact under way."""

    evento_id: UUID
    tipo: str
    ce_type: str
    agregado: str
    secuencia: int
    clasificacion: Clasificacion
    cuerpo: dict[str, Any]

    @classmethod
    def of(cls, cuerpo: dict[str, Any]) -> "Mensaje":
        """The message of a CloudEvent. Raises SobreInvalido."""
        sobre = read_sobre(cuerpo)
        return cls(
            evento_id=sobre.id,
            tipo=sobre.tipo,
            ce_type=sobre.ce_type,
            agregado=sobre.subject,
            secuencia=sobre.sequence,
            clasificacion=sobre.clasificacion,
            cuerpo=cuerpo,
        )


class Handlers:
    """What one service does about the facts of others; its `handlers.py` fills it.

    A handler runs in the transaction of its inbox row, so it may only write to its own database
    and must be short: no HTTP, no files, no waiting. What takes longer is a row that it writes.
    """

    def __init__(self, consumidor: str) -> None:
        """`consumidor` is the name of the service."""
        self.consumidor = consumidor
        self._by_type: dict[str, list[Handler[Any]]] = {}
        self._by_pattern: list[tuple[str, Handler[Any]]] = []
        self._keys: set[str] = set()

    def on(self, *kinds: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Decorator: run for each fact of these kinds, in this version of theirs."""

        def register(handler: Handler[E]) -> Handler[E]:
            for kind in kinds:
                self._by_type.setdefault(kind.ce_type(), []).append(handler)
                self._keys.add(kind.tipo)
            return handler

        return register

    def on_pattern(self, pattern: str) -> Callable[[Handler[Evento]], Handler[Evento]]:
        """Decorator: run for each fact whose routing key matches a topic (`*` a word, `#` many)."""

        def register(handler: Handler[Evento]) -> Handler[Evento]:
            self._by_pattern.append((pattern, handler))
            self._keys.add(pattern)
            return handler

        return register

    def binding_keys(self) -> list[str]:
        """The binding keys of this service's queue."""
        return sorted(self._keys)

    def wants(self, mensaje: Mensaje) -> bool:
        """Whether any handler runs for it."""
        return bool(self.matching(mensaje.ce_type, mensaje.tipo))

    def matching(self, ce_type: str, tipo: str) -> Sequence[Handler[Any]]:
        """The handlers of a fact, in the order in which they were registered."""
        by_pattern = [handler for topic, handler in self._by_pattern if _matches(topic, tipo)]
        return [*self._by_type.get(ce_type, ()), *by_pattern]


def recibir(connection: Connection, consumidor: str, mensajes: Iterable[Mensaje]) -> None:
    """Write the inbox rows of messages; one that is already there stays as it is."""
    moment = real_now()
    rows = [
        {
            "consumidor": consumidor,
            "evento_id": mensaje.evento_id,
            "tipo": mensaje.tipo,
            "agregado": mensaje.agregado,
            "secuencia": mensaje.secuencia,
            "cuerpo": mensaje.cuerpo,
            "estado": Estado.PENDIENTE,
            "intentos": 0,
            "visible": moment,
            "recibido": moment,
        }
        for mensaje in mensajes
    ]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(Inbox.__table__).on_conflict_do_nothing(), rows)


def _matches(topic: str, key: str) -> bool:
    return _match_words(topic.split("."), key.split("."))


def _match_words(topic: Sequence[str], words: Sequence[str]) -> bool:
    if not topic:
        return not words
    if topic[0] == "#":
        return any(_match_words(topic[1:], words[start:]) for start in range(len(words) + 1))
    return bool(words) and topic[0] in {"*", words[0]} and _match_words(topic[1:], words[1:])
