"""Documents that are about to expire"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0048"
down_revision = "casos_0052"
branch_labels = None
depends_on = None

_VENCEN = sa.text("vence_el IS NOT NULL AND retirado_en IS NULL")


def upgrade() -> None:
    op.create_table(
        "avisos_de_documento",
        sa.Column("documento_id", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("vence_el", sa.Date(), nullable=False),
        sa.Column("dias", sa.Integer(), nullable=False),
        sa.Column("tarea_id", sa.Uuid(), nullable=False),
        sa.Column("avisado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_de_documento")),
        sa.UniqueConstraint(
            "documento_id",
            "caso_id",
            "vence_el",
            "dias",
            name=op.f("uq_avisos_de_documento_documento_id_caso_id_vence_el_dias"),
        ),
    )
    with op.batch_alter_table("avisos_de_documento", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_avisos_de_documento_caso_id"), ["caso_id"], unique=False
        )
    op.create_index(
        "ix_documentos_identidad_vencen",
        "documentos_identidad",
        ["vence_el"],
        sqlite_where=_VENCEN,
        postgresql_where=_VENCEN,
    )


def downgrade() -> None:
    op.drop_index("ix_documentos_identidad_vencen", table_name="documentos_identidad")
    with op.batch_alter_table("avisos_de_documento", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_avisos_de_documento_caso_id"))
    op.drop_table("avisos_de_documento")
