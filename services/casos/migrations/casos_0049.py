"""A deadline keeps what its service had promised when it began"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0049"
down_revision = "casos_0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plazos", sa.Column("acuerdo_dias", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("plazos", "acuerdo_dias")
