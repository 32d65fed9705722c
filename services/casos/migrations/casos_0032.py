"""The days on which the municipality does not work, and what each deadline knows of them"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0032"
down_revision = "casos_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dias_cerrados",
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("motivo", sa.String(length=120), nullable=False),
        sa.Column("fuente", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("anotado_por", sa.String(length=160), nullable=False),
        sa.Column("anotado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retirado_por", sa.String(length=160), nullable=True),
        sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dias_cerrados")),
    )
    op.create_index(op.f("ix_dias_cerrados_dia"), "dias_cerrados", ["dia"])
    # Added as they are, without making the table anew: the version before goes on writing to it.
    op.add_column(
        "plazos", sa.Column("calendario", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("plazos", sa.Column("cierres", sa.JSON(), server_default="[]", nullable=False))
    op.create_index("ix_plazos_estado_calendario", "plazos", ["estado", "calendario"])


def downgrade() -> None:
    op.drop_index("ix_plazos_estado_calendario", table_name="plazos")
    op.drop_column("plazos", "cierres")
    op.drop_column("plazos", "calendario")
    op.drop_index(op.f("ix_dias_cerrados_dia"), table_name="dias_cerrados")
    op.drop_table("dias_cerrados")
