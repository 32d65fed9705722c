"""What somebody saw and confirmed before a derivation was sent leaves its mark"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0026"
down_revision = "casos_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "derivaciones", sa.Column("huella_confirmada", sa.String(length=64), nullable=True)
    )


def downgrade() -> None:
    with op.batch_alter_table("derivaciones") as tabla:
        tabla.drop_column("huella_confirmada")
