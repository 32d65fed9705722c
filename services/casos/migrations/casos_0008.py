"""People are found by how their name sounds"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from casos.personas import nombres

revision = "casos_0008"
down_revision = "casos_0007"
branch_labels = None
depends_on = None

BATCH = 1000

personas = sa.table(
    "personas",
    *map(sa.column, ("id", "nombres", "primer_apellido", "segundo_apellido", "nombre_social")),
)
tokens = sa.table("tokens_nombre", sa.column("token"), sa.column("persona_id"))


def upgrade() -> None:
    # The rows that are read and written stay one batch, whatever the office has.
    connection = op.get_bind()
    known = sa.select(personas).order_by(personas.c.id).limit(BATCH)
    rows = connection.execute(known).all()
    while rows:
        made = [{"persona_id": row.id, "token": token} for row in rows for token in _sounds(row)]
        if made:
            connection.execute(tokens.insert(), made)
        rows = connection.execute(known.where(personas.c.id > rows[-1].id)).all()


def _sounds(row: sa.Row[Any]) -> set[str]:
    words = nombres.palabras_propias(" ".join(filter(None, row[1:4])))
    words += nombres.palabras_propias(row.nombre_social or "")
    return {nombres.token_de_sonido(word) for word in words}


def downgrade() -> None:
    op.execute(tokens.delete().where(tokens.c.token.startswith("~")))
