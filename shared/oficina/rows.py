"""Rows that are written and not read again: past the unit of work, for a part of what it costs.

Where a transaction gathers what it writes (`oficina.whole`), they are written with it at its end.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Dialect, Insert, Table, insert
from sqlalchemy.orm import DeclarativeBase, Session, class_mapper
from sqlalchemy.schema import sort_tables

from oficina.gathering import Gathered, failed, row
from oficina.whole import gathering


def write_new(session: Session, things: Iterable[DeclarativeBase]) -> None:
    """Write new things that are in no session, one INSERT a table.

    For who writes rows that this transaction neither loads nor changes again: it costs a part
    of what the unit of work does. A column that nobody set takes its default, which the object
    itself does not learn; a column that counts versions is to be set.
    """
    rows: dict[Table, list[dict[str, Any]]] = {}
    for thing in things:
        table, columns = _columns(type(thing))
        values = {name: one for name, one in vars(thing).items() if name in columns}
        rows.setdefault(table, []).append(values)
    for table in _in_order(frozenset(rows)):
        write_rows(session, table, rows[table])


def write_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that this transaction does not read again: at its end, where that is gathered."""
    if (gathered := gathering(session)) is None:
        session.connection().execute(insert_into(table), rows)
        return
    for values in rows:
        gather(gathered, table, values)


def gather(gathered: Gathered, table: Table, values: Mapping[str, Any]) -> None:
    """Have a row written with all that is gathered; a column that is None takes its default."""
    given = {name: one for name, one in values.items() if one is not None}
    how = row(table, frozenset(given), gathered.dialect)
    gathered.add(how.piece, how.values(given))


def write_many(
    session: Session, model: type[DeclarativeBase], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write many rows at once, by the names of a model: COPY on PostgreSQL, one INSERT on SQLite.

    A column that no row names takes its default. All rows name the same ones.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        if all_rows := list(rows):
            session.execute(insert(model), all_rows)
        return
    rows = iter(rows)
    if (first := next(rows, None)) is None:
        return
    columns = _copied(model, frozenset(first), connection.dialect)
    names = ", ".join(f'"{name}"' for name, _make in columns)
    statement = f'COPY "{model.__tablename__}" ({names}) FROM STDIN'
    cursor = connection.connection.cursor()
    failure = connection.dialect.loaded_dbapi.Error
    try:
        with cursor.copy(statement) as copy:
            for one in chain((first,), rows):
                copy.write_row([make(one) for _name, make in columns])
    except failure as error:
        raise failed(connection, statement, error) from error
    finally:
        cursor.close()


_Made = Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=64)
def _copied(
    model: type[DeclarativeBase], given: frozenset[str], dialect: Dialect
) -> Sequence[tuple[str, _Made]]:
    """The columns to write, each with what makes its value of a row as the driver takes it."""
    columns: list[tuple[str, _Made]] = []
    for attribute in class_mapper(model).column_attrs:
        column = attribute.columns[0]
        bound = column.type.dialect_impl(dialect).bind_processor(dialect)
        if attribute.key in given:
            make: _Made = itemgetter(attribute.key)
        elif column.default is not None:
            make = partial(_default, column.default)
        else:
            continue
        columns.append((column.name, make if bound is None else partial(_bound, bound, make)))
    return columns


def _bound(bound: Callable[[Any], Any], make: _Made, one: Mapping[str, Any]) -> Any:
    return bound(make(one))


def _default(default: Any, _one: Mapping[str, Any]) -> Any:
    return default.arg(None) if default.is_callable else default.arg


@lru_cache(maxsize=64)
def _columns(model: type[DeclarativeBase]) -> tuple[Table, frozenset[str]]:
    """The table of a model, and the names of its columns in it."""
    mapper = class_mapper(model)
    return cast("Table", mapper.local_table), frozenset(mapper.column_attrs.keys())


@lru_cache(maxsize=64)
def insert_into(table: Table) -> Insert:
    """One statement a table, so that it is put together once."""
    return insert(table)


@lru_cache(maxsize=64)
def _in_order(tables: frozenset[Table]) -> Sequence[Table]:
    """A table comes after those that it points to."""
    return sort_tables(tables)
