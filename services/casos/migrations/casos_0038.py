"""Sub-themes of the office's own"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0038"
down_revision = "casos_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subtemas",
        sa.Column("codigo", sa.String(length=40), nullable=False),
        sa.Column("padre", sa.String(length=40), nullable=False),
        sa.Column("etiquetas", sa.JSON(), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creado_por", sa.String(length=120), nullable=False),
        sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subtemas")),
        sa.UniqueConstraint("codigo", name=op.f("uq_subtemas_codigo")),
    )


def downgrade() -> None:
    op.drop_table("subtemas")
