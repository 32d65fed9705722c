"""Alembic's entrance, run by `oficina.migrations` on the connection that it is given."""

from importlib import import_module
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from oficina.db import OficinaBase, UtcDateTime
from oficina.migrations import load_tables


def render_item(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """A migration is history and must not import today's types."""
    if kind != "type":
        return False
    if isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if type(thing).__module__ == "oficina.privacy":
        return "sa.Text()"
    return False


configuration = context.config
servicio = configuration.attributes["servicio"]
line = configuration.attributes.get("line", servicio)
load_tables()
models = import_module(f"{servicio}.models")
# A new migration describes one line of history; the other line's tables are not its business.
metadata = OficinaBase.metadata if line == "oficina" else models.Base.metadata
ours = set(metadata.tables)


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:  # noqa: FBT001
    """Compare only the tables of the line at hand."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", None)
    return table in ours


connection: sa.Connection = configuration.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    include_object=include_object,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
