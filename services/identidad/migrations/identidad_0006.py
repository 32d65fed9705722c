"""Accounts may have a RUN, and links with who their person is elsewhere"""

import sqlalchemy as sa
from alembic import op

revision = "identidad_0006"
down_revision = "identidad_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vinculos_federados",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("emisor", sa.String(length=300), nullable=False),
        sa.Column("sujeto", sa.String(length=255), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["funcionario_id"],
            ["funcionarios.id"],
            name=op.f("fk_vinculos_federados_funcionario_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vinculos_federados")),
        sa.UniqueConstraint("emisor", "sujeto", name=op.f("uq_vinculos_federados_emisor_sujeto")),
    )
    op.create_index(
        op.f("ix_vinculos_federados_funcionario_id"), "vinculos_federados", ["funcionario_id"]
    )
    with op.batch_alter_table("funcionarios") as batch_op:
        batch_op.add_column(sa.Column("run", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("run_indice", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_funcionarios_run_indice"), ["run_indice"])


def downgrade() -> None:
    with op.batch_alter_table("funcionarios") as batch_op:
        batch_op.drop_index(batch_op.f("ix_funcionarios_run_indice"))
        batch_op.drop_column("run_indice")
        batch_op.drop_column("run")
    op.drop_table("vinculos_federados")
