"""A case is followed, suspended and annulled; a clock that was held goes on"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0014"
down_revision = "casos_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("casos", sa.Column("suspension_motivo", sa.String(length=40), nullable=True))
    op.add_column("casos", sa.Column("estado_previo", sa.String(length=40), nullable=True))
    op.add_column("plazos", sa.Column("corre_desde", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("plazos", "corre_desde")
    op.drop_column("casos", "estado_previo")
    op.drop_column("casos", "suspension_motivo")
