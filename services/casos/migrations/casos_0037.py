"""What of a batch was done already"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0037"
down_revision = "casos_0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hechos_en_lote",
        sa.Column("clave", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("hecho_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hechos_en_lote")),
        sa.UniqueConstraint("clave", "caso_id", name=op.f("uq_hechos_en_lote_clave_caso_id")),
    )
    op.create_index("ix_hechos_en_lote_hecho_en", "hechos_en_lote", ["hecho_en"])


def downgrade() -> None:
    op.drop_table("hechos_en_lote")
