"""Sealing anew, with the key that writes now, whatever older keys sealed: while the office works.

The state of a rotation is the data itself: each sealed text names its key. So a rotation that is
killed goes on where it stopped, and to know how far it is one counts.

Rows are taken in small batches in the order of their keys. A row that somebody is writing is left
for the next round, so nobody waits for this and this waits for nobody. Only the sealed columns are
written, by name: a row's `version` and its marks of change stay, and no form grows stale.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    MetaData,
    Select,
    String,
    Table,
    TableClause,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    inspect,
    or_,
    select,
    table,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from oficina.db import Database
from oficina.privacy import EncryptedText, Keyring, KeyringError

BATCH = 100
PAUSE_SECONDS = 0.02
"""Between batches, so that somebody at the counter who waits to write gets in."""
ROUNDS = 60
LOCK_SECONDS = 1

_SEALED = "v1.________.%"

AlAvanzar = Callable[[int], None]
"""Told after each batch how many texts were sealed in it."""


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns, by name alone: nothing that models do on writing is done."""

    name: str
    clause: TableClause
    keys: tuple[ColumnElement[Any], ...]
    contexts: dict[str, str]
    """The context of each sealed column."""

    @classmethod
    def of(cls, one: Table) -> "SealedTable | None":
        """What a table of the models has sealed; None when it has nothing."""
        contexts = {
            each.name: each.type.context
            for each in one.columns
            if isinstance(each.type, EncryptedText)
        }
        if not contexts:
            return None
        keys = [column(each.name, each.type) for each in one.primary_key]
        clause = table(one.name, *keys, *(column(name, Text) for name in contexts))
        return cls(one.name, clause, tuple(keys), contexts)


@dataclass
class Resealed:
    """What sealing anew came to."""

    done: int = 0
    unopened: dict[str, int] = field(default_factory=dict)
    """Texts that do not open, by column: altered, or their key is not here."""
    left: int = 0
    """Texts under another key in the end, those that do not open among them."""


def sealed_tables(*metadatas: MetaData) -> list[SealedTable]:
    """Every table of these that has a sealed column."""
    found = [SealedTable.of(one) for metadata in metadatas for one in metadata.sorted_tables]
    return [one for one in found if one is not None]


def count(session: Session, sealed: SealedTable) -> dict[str, Counter[str]]:
    """How many texts of each column each key holds; under no name, those that are not sealed."""
    found: dict[str, Counter[str]] = {}
    for name in sealed.contexts:
        one = sealed.clause.c[name]
        key = case((one.like(_SEALED), func.substr(one, 4, 8)), else_="").label("clave")
        rows = session.execute(
            select(key, func.count()).where(one.is_not(None)).group_by(text("1"))
        )
        found[name] = Counter({str(key_id): int(many) for key_id, many in rows})
    return found


def holders(session: Session, key_id: str) -> dict[str, int]:
    """Where in the database, whatever the models say of it, there is a text under a key.

    Outbox, inbox, snapshots and tables of another version are looked through too.
    """
    found: dict[str, int] = {}
    inspector = inspect(session.connection())
    for name in sorted(inspector.get_table_names()):
        for one in inspector.get_columns(name):
            if not isinstance(one["type"], (String, JSON)):
                continue
            where = cast(column(one["name"]), Text).like(f"%v1.{key_id}.%")
            many = session.scalar(select(func.count()).select_from(table(name)).where(where))
            if many:
                found[f"{name}.{one['name']}"] = int(many)
    return found


def wait_for_writers(db: Database, tables: Sequence[SealedTable]) -> bool:
    """Return when every transaction that writes these tables now has ended; False if one does not.

    Who begins later seals with the key of later. On SQLite there is one writer at a time, and
    whoever counts afterwards comes after it.
    """
    if db.is_sqlite:
        with db.begin():
            return True
    return all(_barrier(db, one.name) for one in tables)


def reseal(
    db: Database, tables: Sequence[SealedTable], ring: Keyring, al_avanzar: AlAvanzar | None = None
) -> Resealed:
    """Seal with the key that writes now all that another one sealed, and say what is left."""
    told = al_avanzar or (lambda _many: None)
    works = [_Work(db, one, ring) for one in tables]
    for turn in range(ROUNDS):
        for work in works:
            if turn == 0 or not work.is_done:
                work.round(told)
        if all(work.is_done for work in works):
            break
        # Somebody holds a row, or wrote with what was the key until a moment ago.
        time.sleep(1)
    result = Resealed()
    for work in works:
        result.done += work.done
        result.left += work.left
        result.unopened |= work.unopened
    return result


class _Work:
    """One table on its way to the key that writes when its turn comes."""

    def __init__(self, db: Database, sealed: SealedTable, ring: Keyring) -> None:
        self._db = db
        self._sealed = sealed
        self._ring = ring
        self._key_id = ring.writes.id
        self._keys = sealed.keys
        self._stale = _stale(sealed, self._key_id)
        self._update = _update(sealed)
        self.done = self.left = 0
        self.unopened: dict[str, int] = {}
        """Texts that do not open, by column."""

    @property
    def is_done(self) -> bool:
        """Whether only what does not open is left."""
        return self.left <= sum(self.unopened.values())

    def round(self, al_avanzar: AlAvanzar) -> None:
        """Go through the table once, a batch a transaction."""
        unopened: Counter[str] = Counter()
        query = self._stale
        while True:
            with self._db.begin() as session:
                rows = session.execute(query).all()
                many = self._seal(session, rows, unopened)
            if not rows:
                break
            self.done += many
            al_avanzar(many)
            query = self._stale.where(self._after(tuple(rows[-1][: len(self._keys)])))
            time.sleep(PAUSE_SECONDS)
        self.unopened = {f"{self._sealed.name}.{name}": n for name, n in unopened.items()}
        with self._db.read() as session:
            counted = count(session, self._sealed)
        self.left = sum(by_key.total() - by_key[self._key_id] for by_key in counted.values())

    def _after(self, last: tuple[Any, ...]) -> ColumnElement[bool]:
        # A tuple of one is no tuple to SQLite.
        mine: Any = self._keys[0] if len(last) == 1 else tuple_(*self._keys)
        later: ColumnElement[bool] = mine > (last[0] if len(last) == 1 else tuple_(*last))
        return later

    def _seal(self, session: Session, rows: Sequence[Any], unopened: Counter[str]) -> int:
        many, written = 0, []
        for row in rows:
            keys, texts = row[: len(self._keys)], row[len(self._keys) :]
            values = {f"pk_{number}": value for number, value in enumerate(keys)}
            for (name, context), old in zip(self._sealed.contexts.items(), texts, strict=True):
                values[f"new_{name}"] = old
                if old is None or old.startswith(f"v1.{self._key_id}."):
                    continue
                try:
                    text = self._ring.decrypt(old, context)
                except KeyringError:
                    unopened[name] += 1
                    continue
                values[f"new_{name}"] = self._ring.encrypt(text, context)
                many += 1
            written.append(values)
        if many:
            session.connection().execute(self._update, written)
        return many


def _stale(sealed: SealedTable, key_id: str) -> Select[Any]:
    """A batch of rows with a text under another key, of those that nobody is writing."""
    own = [sealed.clause.c[name] for name in sealed.contexts]
    other = [and_(one.is_not(None), one.not_like(f"v1.{key_id}.%")) for one in own]
    return (
        select(*sealed.keys, *own)
        .where(or_(*other))
        .order_by(*sealed.keys)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    )


def _update(sealed: SealedTable) -> Update:
    mine = [
        key == bindparam(f"pk_{number}", type_=key.type) for number, key in enumerate(sealed.keys)
    ]
    values = {name: bindparam(f"new_{name}", type_=Text) for name in sealed.contexts}
    return update(sealed.clause).where(*mine).values(values)


def _barrier(db: Database, name: str) -> bool:
    """Hold the table for a moment against who writes: granted when those before have ended."""
    for _try in range(ROUNDS):
        try:
            with db.begin() as session:
                session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
                # A name of our own models.
                session.execute(text(f'LOCK TABLE "{name}" IN SHARE MODE'))
            return True
        except OperationalError:
            # Somebody writes for long; nobody else is kept waiting behind us meanwhile.
            time.sleep(LOCK_SECONDS)
    return False
