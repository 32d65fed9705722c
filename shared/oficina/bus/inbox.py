"""Hearing: who wants which fact, and the row that makes hearing it twice harmless."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Dialect
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from oficina.bus import hints
from oficina.bus.envelope import Sobre, SobreInvalido, read_sobre
from oficina.clock import real_now
from oficina.db import UtcDateTime
from oficina.events import Clasificacion, Evento

__all__ = ["Handlers", "Mensaje", "Sobre", "recibir"]

E = TypeVar("E", bound=Evento)
Handler = Callable[[Session, E, Sobre], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mensaje:
    """A fact under way: its JSON text, which nobody writes anew, and what was read out of it."""

    evento_id: UUID
    tipo: str
    ce_type: str
    agregado: str
    secuencia: int
    clasificacion: Clasificacion
    cuerpo: str
    """The whole CloudEvent."""

    @classmethod
    def read(cls, cuerpo: str | bytes) -> "Mensaje":
        """The message of the JSON text of a CloudEvent. Raises SobreInvalido."""
        try:
            texto = cuerpo if isinstance(cuerpo, str) else cuerpo.decode()
            read = json.loads(texto)
        except ValueError as error:
            raise SobreInvalido("not JSON") from error
        if not isinstance(read, dict):
            raise SobreInvalido("not an object")
        return cls._of(read, texto)

    @classmethod
    def of(cls, cuerpo: Mapping[str, Any]) -> "Mensaje":
        """The message of a CloudEvent. Raises SobreInvalido."""
        return cls._of(cuerpo, json.dumps(cuerpo, ensure_ascii=False))

    @classmethod
    def _of(cls, cuerpo: Mapping[str, Any], texto: str) -> "Mensaje":
        sobre = read_sobre(cuerpo)
        return cls(
            evento_id=sobre.id,
            tipo=sobre.tipo,
            ce_type=sobre.ce_type,
            agregado=sobre.subject,
            secuencia=sobre.sequence,
            clasificacion=sobre.clasificacion,
            cuerpo=texto,
        )


class Handlers:
    """What one service does about the facts of others; its `handlers.py` fills it.

    A handler runs in the transaction of its inbox row, so it may only write to its own database
    and must be short: no HTTP, no files, no waiting. What takes longer is a row that it writes.
    """

    def __init__(self, consumidor: str, *, ordenado: bool = True) -> None:
        """`consumidor` is the name of the service.

        With `ordenado=False` each fact runs as soon as it can, whatever became of the earlier ones
        of its aggregate: for handlers to which it is all the same which comes first.
        """
        self.consumidor = consumidor
        self.ordenado = ordenado
        self._by_type: dict[str, list[Handler[Any]]] = {}
        self._by_pattern: list[tuple[str, Handler[Any]]] = []
        self._keys: set[str] = set()
        self._found: dict[str, Sequence[Handler[Any]]] = {}

    def on(self, *kinds: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Decorator: run for each fact of these kinds, in this version of theirs."""

        def register(handler: Handler[E]) -> Handler[E]:
            for kind in kinds:
                self._by_type.setdefault(kind.ce_type(), []).append(handler)
                self._keys.add(kind.tipo)
            self._found.clear()
            return handler

        return register

    def on_pattern(self, pattern: str) -> Callable[[Handler[Evento]], Handler[Evento]]:
        """Decorator: run for each fact whose routing key matches a topic (`*` a word, `#` many)."""

        def register(handler: Handler[Evento]) -> Handler[Evento]:
            self._by_pattern.append((pattern, handler))
            self._keys.add(pattern)
            self._found.clear()
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
        found = self._found.get(ce_type)
        if found is None:
            by_pattern = [handler for topic, handler in self._by_pattern if _matches(topic, tipo)]
            found = [*self._by_type.get(ce_type, ()), *by_pattern]
            if found:  # a type that somebody made up is not remembered
                self._found[ce_type] = found
        return found


# One statement a batch, whatever its size: a statement a row costs more than the row.
_COLUMNS = """(consumidor, visible, recibido, estado, intentos,
    evento_id, tipo, agregado, secuencia, cuerpo)"""
# The workers of other processes are woken by the same statement: another round trip would cost as
# much as the row.
# Lists travel in binary (%b): as text, each quote of each body would be escaped.
_POSTGRES_INSERT = f"""
WITH nuevas AS (
  INSERT INTO inbox {_COLUMNS}
  SELECT %(consumidor)s, %(moment)s, %(moment)s, 'pendiente', 0, una.*
  FROM unnest(CAST(%(ids)b AS uuid[]), CAST(%(tipos)b AS text[]), CAST(%(agregados)b AS text[]),
    CAST(%(secuencias)b AS bigint[]), CAST(%(cuerpos)b AS json[])) AS una
  ON CONFLICT DO NOTHING
)
SELECT pg_notify(%(channel)s, %(sender)s)"""  # noqa: S608  no value is written into it


def recibir(connection: Connection, consumidor: str, mensajes: Sequence[Mensaje]) -> None:
    """Write the inbox rows of messages; one that is already there stays as it is."""
    if not mensajes:
        return
    moment = real_now()
    if connection.dialect.name == "postgresql":
        values = {
            "channel": hints.INBOX,
            "sender": hints.sender(),
            "consumidor": consumidor,
            "moment": moment,
            "ids": [one.evento_id for one in mensajes],
            "tipos": [one.tipo for one in mensajes],
            "agregados": [one.agregado for one in mensajes],
            "secuencias": [one.secuencia for one in mensajes],
            "cuerpos": [one.cuerpo for one in mensajes],
        }
        connection.exec_driver_sql(_POSTGRES_INSERT, values)
        return
    stored = _stored_moment(connection.dialect)
    rows = (
        (one.evento_id.hex, one.tipo, one.agregado, one.secuencia, one.cuerpo) for one in mensajes
    )
    written = (consumidor, stored(moment), *chain.from_iterable(rows))
    connection.exec_driver_sql(_sqlite_insert(len(mensajes)), written)


@lru_cache(maxsize=8)
def _sqlite_insert(rows: int) -> str:
    row = "(?1, ?2, ?2, 'pendiente', 0, ?, ?, ?, ?, ?)"
    values = ", ".join([row] * rows)
    return f"INSERT INTO inbox {_COLUMNS} VALUES {values} ON CONFLICT DO NOTHING"  # noqa: S608


def _stored_moment(dialect: Dialect) -> Callable[[datetime], Any]:
    """How a moment of ours is written in a column."""
    stored = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    if stored is None:
        raise TypeError(f"{dialect.name} takes moments as they are")
    return stored


def _matches(topic: str, key: str) -> bool:
    return _match_words(topic.split("."), key.split("."))


def _match_words(topic: Sequence[str], words: Sequence[str]) -> bool:
    if not topic:
        return not words
    if topic[0] == "#":
        return any(_match_words(topic[1:], words[start:]) for start in range(len(words) + 1))
    return bool(words) and topic[0] in {"*", words[0]} and _match_words(topic[1:], words[1:])
