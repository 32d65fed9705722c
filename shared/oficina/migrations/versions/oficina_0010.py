"""People set apart, and certificates of the erasure of one of them"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0010"
down_revision = "oficina_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personas_apartadas",
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("situacion", sa.String(length=40), nullable=False),
        sa.Column("desde", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supresion_id", sa.Uuid(), nullable=True),
        sa.Column("confirmada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cantidades", sa.JSON(), nullable=False),
        sa.Column("certificado_id", sa.Uuid(), nullable=True),
        sa.Column("certificado_huella", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("persona_id", name=op.f("pk_personas_apartadas")),
    )
    op.add_column(
        "certificados_de_borrado", sa.Column("asunto", sa.String(length=80), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("certificados_de_borrado", "asunto")
    op.drop_table("personas_apartadas")
