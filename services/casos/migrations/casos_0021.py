"""Aid is given once to a household, or once to a person; to which household is kept"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0021"
down_revision = "casos_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added as they are, without making the tables anew: the version before goes on writing to them.
    reparto = sa.Column("reparto", sa.String(length=40), server_default="por_hogar", nullable=False)
    op.add_column("programas", reparto)
    op.add_column("programas", sa.Column("tope_hogar_clp", sa.BigInteger(), nullable=True))
    op.add_column("postulaciones", sa.Column("hogar_id", sa.Uuid(), nullable=True))
    op.create_index("ix_postulaciones_hogar_id", "postulaciones", ["hogar_id"])


def downgrade() -> None:
    op.drop_index("ix_postulaciones_hogar_id", "postulaciones")
    op.drop_column("postulaciones", "hogar_id")
    for columna in ("tope_hogar_clp", "reparto"):
        op.drop_column("programas", columna)
