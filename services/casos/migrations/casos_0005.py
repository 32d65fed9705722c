"""Consents say who gave them and until when, and are withdrawn"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0005"
down_revision = "casos_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consentimientos", schema=None) as batch_op:
        batch_op.alter_column("destinatario_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(
            sa.Column(
                "otorgado_por",
                sa.Enum(
                    "persona", "representante", name="otorgante", native_enum=False, length=40
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("representante", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("evidencia", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("desde", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hasta", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE consentimientos SET desde = registrado_en")
    with op.batch_alter_table("consentimientos", schema=None) as batch_op:
        # Version N-1 writes no `desde`; what it writes holds from when it was registered.
        batch_op.alter_column(
            "desde",
            existing_type=sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        )

    op.create_table(
        "retiros_consentimiento",
        sa.Column("consentimiento_id", sa.Uuid(), nullable=False),
        sa.Column(
            "motivo",
            sa.Enum(
                "decision_de_la_persona",
                "ya_no_hace_falta",
                "registrado_por_error",
                name="motivoretiro",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column(
            "pedido_por",
            sa.Enum("persona", "representante", name="otorgante", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("registrado_por_id", sa.Uuid(), nullable=False),
        sa.Column("registrado_por", sa.String(length=160), nullable=False),
        sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consentimiento_id"],
            ["consentimientos.id"],
            name=op.f("fk_retiros_consentimiento_consentimiento_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retiros_consentimiento")),
        sa.UniqueConstraint(
            "consentimiento_id", name=op.f("uq_retiros_consentimiento_consentimiento_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("retiros_consentimiento")
    op.execute("DELETE FROM consentimientos WHERE destinatario_id IS NULL")
    with op.batch_alter_table("consentimientos", schema=None) as batch_op:
        for columna in ("hasta", "desde", "evidencia", "representante", "otorgado_por"):
            batch_op.drop_column(columna)
        batch_op.alter_column("destinatario_id", existing_type=sa.Uuid(), nullable=False)
