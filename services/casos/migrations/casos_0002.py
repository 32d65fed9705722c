"""A deadline that fails waits, and others have their turn"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0002"
down_revision = "casos_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("intentos", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("visible", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.drop_column("visible")
        batch_op.drop_column("intentos")
