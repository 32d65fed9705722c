"""People are found by each two of their words"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from casos.personas import nombres

revision = "casos_0053"
down_revision = "casos_0050"
branch_labels = None
depends_on = None

BATCH = 1000

personas = sa.table(
    "personas",
    *map(
        sa.column,
        (
            "id",
            "nombres",
            "primer_apellido",
            "segundo_apellido",
            "nombre_social",
            "fusionada_en_id",
        ),
    ),
)
tokens = sa.table("tokens_nombre", sa.column("token"), sa.column("persona_id"))


def upgrade() -> None:
    # The rows that are read and written stay one batch, whatever the office has.
    connection = op.get_bind()
    # Nobody else is found by a name: not who was joined to another record, nor who was erased.
    found = sa.select(tokens.c.persona_id).where(tokens.c.persona_id == personas.c.id).exists()
    known = sa.select(personas).where(found).order_by(personas.c.id).limit(BATCH)
    rows = connection.execute(known).all()
    while rows:
        called = {row.id: _names(row) for row in rows}
        joined = sa.select(personas).where(personas.c.fusionada_en_id.in_(list(called)))
        for row in connection.execute(joined.order_by(personas.c.id)):
            called[row.fusionada_en_id] += _names(row)
        made = [
            {"persona_id": persona_id, "token": token}
            for persona_id, names in called.items()
            for token in nombres.tokens(*names)
            if token.startswith("+")
        ]
        if made:
            connection.execute(tokens.insert(), made)
        rows = connection.execute(known.where(personas.c.id > rows[-1].id)).all()


def _names(row: sa.Row[Any]) -> list[str]:
    return [" ".join(filter(None, row[1:4])), row.nombre_social or ""]


def downgrade() -> None:
    op.execute(tokens.delete().where(tokens.c.token.startswith("+")))
