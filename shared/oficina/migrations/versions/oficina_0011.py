"""Records that their owner joined to another one"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0011"
down_revision = "oficina_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("personas_apartadas", sa.Column("vigente_id", sa.Uuid(), nullable=True))
    op.add_column("personas_apartadas", sa.Column("movidas", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("personas_apartadas", "movidas")
    op.drop_column("personas_apartadas", "vigente_id")
