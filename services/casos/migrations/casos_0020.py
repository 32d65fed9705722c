"""Households, and who belongs to them"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0020"
down_revision = "casos_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hogares",
        sa.Column("definicion_version", sa.String(length=20), nullable=False),
        sa.Column("formado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formado_por", sa.String(length=160), nullable=False),
        sa.Column("cambiado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hogares")),
    )
    op.create_table(
        "integrantes_de_hogar",
        sa.Column("hogar_id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("rol", sa.String(length=40), nullable=False),
        sa.Column("desde", sa.Date(), nullable=False),
        sa.Column("hasta", sa.Date(), nullable=True),
        sa.Column("salida_motivo", sa.String(length=40), nullable=True),
        sa.Column("anotado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anotado_por", sa.String(length=160), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminado_por", sa.String(length=160), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hogar_id"], ["hogares.id"], name=op.f("fk_integrantes_de_hogar_hogar_id")
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_integrantes_de_hogar_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrantes_de_hogar")),
    )
    op.create_index("ix_integrantes_de_hogar_hogar_id", "integrantes_de_hogar", ["hogar_id"])
    op.create_index("ix_integrantes_de_hogar_persona_id", "integrantes_de_hogar", ["persona_id"])
    op.create_index(
        "uq_integrantes_de_hogar_persona_vigente",
        "integrantes_de_hogar",
        ["persona_id"],
        unique=True,
        sqlite_where=sa.text("hasta IS NULL"),
        postgresql_where=sa.text("hasta IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("integrantes_de_hogar")
    op.drop_table("hogares")
