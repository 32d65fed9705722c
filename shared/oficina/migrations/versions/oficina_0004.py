"""The answers of requests with a key are kept for a day"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0004"
down_revision = "oficina_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotencia",
        sa.Column("clave", sa.String(length=64), nullable=False),
        sa.Column("cuerpo", sa.String(length=64), nullable=False),
        sa.Column("respuesta", sa.Text(), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clave", name=op.f("pk_idempotencia")),
    )
    op.create_index(op.f("ix_idempotencia_vence_en"), "idempotencia", ["vence_en"])


def downgrade() -> None:
    op.drop_index(op.f("ix_idempotencia_vence_en"), table_name="idempotencia")
    op.drop_table("idempotencia")
