"""Migratory status says until when it holds, of which application, and how the office knows"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0012"
down_revision = "casos_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added as they are, without making the table anew: the version before goes on writing to it.
    tabla = "situaciones_migratorias"
    op.add_column(tabla, sa.Column("numero_solicitud", sa.Text(), nullable=True))
    op.add_column(tabla, sa.Column("vigente_hasta", sa.Text(), nullable=True))
    fuente = sa.Column("fuente", sa.String(length=40), server_default="declarada", nullable=False)
    op.add_column(tabla, fuente)


def downgrade() -> None:
    for columna in ("fuente", "vigente_hasta", "numero_solicitud"):
        op.drop_column("situaciones_migratorias", columna)
