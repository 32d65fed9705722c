"""An appointment names an organisation of the community"""

import sqlalchemy as sa
from alembic import op

revision = "agenda_0003"
down_revision = "agenda_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citas", sa.Column("organizacion_id", sa.Uuid(), nullable=True))
    op.add_column("citas", sa.Column("organizacion_nombre", sa.Text(), nullable=True))
    op.create_index("ix_citas_organizacion_id", "citas", ["organizacion_id"])


def downgrade() -> None:
    op.drop_index("ix_citas_organizacion_id", "citas")
    op.drop_column("citas", "organizacion_nombre")
    op.drop_column("citas", "organizacion_id")
