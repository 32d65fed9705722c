"""Deadlines are followed up page by page: the place of one among those that are due is indexed"""

from alembic import op

revision = "casos_0031"
down_revision = "casos_0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_plazos_estado_siguiente_en_id", "plazos", ["estado", "siguiente_en", "id"]
    )
    op.drop_index("ix_plazos_estado_siguiente_en", table_name="plazos")


def downgrade() -> None:
    op.create_index("ix_plazos_estado_siguiente_en", "plazos", ["estado", "siguiente_en"])
    op.drop_index("ix_plazos_estado_siguiente_en_id", table_name="plazos")
