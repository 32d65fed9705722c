"""What waits is found at once, however much is finished and whatever the statistics say"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0002"
down_revision = "oficina_0001"
branch_labels = None
depends_on = None

# A row that was finished leaves its entry in the small indexes of what waits until a vacuum; by
# default that comes when a fifth of the table has changed: with 10⁷ rows, after two million.
TABLES = ("inbox", "outbox")
OPTIONS = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "50000",
    "vacuum_index_cleanup": "on",
}


def upgrade() -> None:
    _waiting("publicado IS NULL AND id > 0")
    if op.get_bind().dialect.name == "postgresql":
        options = ", ".join(f"{name} = {value}" for name, value in OPTIONS.items())
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} SET ({options})")


def downgrade() -> None:
    _waiting("publicado IS NULL")
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} RESET ({', '.join(OPTIONS)})")


def _waiting(condition: str) -> None:
    where = sa.text(condition)
    op.drop_index("ix_outbox_pendiente", table_name="outbox")
    op.create_index(
        "ix_outbox_pendiente", "outbox", ["id"], sqlite_where=where, postgresql_where=where
    )
