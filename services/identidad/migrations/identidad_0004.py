"""Second factors, and from where a session was opened"""

import sqlalchemy as sa
from alembic import op

revision = "identidad_0004"
down_revision = "identidad_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segundos_factores",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("secreto", sa.Text(), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ultimo_paso", sa.BigInteger(), nullable=False),
        sa.Column("fallos", sa.Integer(), nullable=False),
        sa.Column("espera_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["funcionario_id"],
            ["funcionarios.id"],
            name=op.f("fk_segundos_factores_funcionario_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segundos_factores")),
        sa.UniqueConstraint("funcionario_id", name=op.f("uq_segundos_factores_funcionario_id")),
    )
    op.create_table(
        "codigos_de_recuperacion",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("codigo_hash", sa.String(length=64), nullable=False),
        sa.Column("usado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["funcionario_id"],
            ["funcionarios.id"],
            name=op.f("fk_codigos_de_recuperacion_funcionario_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codigos_de_recuperacion")),
    )
    op.create_index(
        op.f("ix_codigos_de_recuperacion_funcionario_id"),
        "codigos_de_recuperacion",
        ["funcionario_id"],
    )
    with op.batch_alter_table("sesiones") as batch_op:
        batch_op.add_column(
            sa.Column("con_factor", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("direccion", sa.String(length=45), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("navegador", sa.String(length=200), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("sesiones") as batch_op:
        batch_op.drop_column("navegador")
        batch_op.drop_column("direccion")
        batch_op.drop_column("con_factor")
    op.drop_table("codigos_de_recuperacion")
    op.drop_table("segundos_factores")
