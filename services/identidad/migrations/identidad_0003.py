"""Links by which a person sets their own password"""

import sqlalchemy as sa
from alembic import op

revision = "identidad_0003"
down_revision = "identidad_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enlaces_de_cuenta",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column(
            "proposito",
            sa.Enum("invitacion", "clave", name="proposito", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("pedido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["funcionario_id"],
            ["funcionarios.id"],
            name=op.f("fk_enlaces_de_cuenta_funcionario_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enlaces_de_cuenta")),
    )
    op.create_index(
        op.f("ix_enlaces_de_cuenta_funcionario_id"), "enlaces_de_cuenta", ["funcionario_id"]
    )
    op.create_table(
        "fichas_de_enlace",
        sa.Column("enlace_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("acunada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enlace_id"], ["enlaces_de_cuenta.id"], name=op.f("fk_fichas_de_enlace_enlace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichas_de_enlace")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_fichas_de_enlace_token_hash")),
    )
    op.create_index(op.f("ix_fichas_de_enlace_enlace_id"), "fichas_de_enlace", ["enlace_id"])


def downgrade() -> None:
    op.drop_table("fichas_de_enlace")
    op.drop_table("enlaces_de_cuenta")
