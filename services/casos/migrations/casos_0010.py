"""Two records of one person may be made one, and two again"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0010"
down_revision = "casos_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added as it is, without making the table anew: the version before goes on writing to it.
    una = sa.Column("fusionada_en_id", sa.Uuid(), sa.ForeignKey("personas.id"), nullable=True)
    op.add_column("personas", una, inline_references=True)
    fusionadas = sa.text("fusionada_en_id IS NOT NULL")
    op.create_index(
        "ix_personas_fusionadas",
        "personas",
        ["fusionada_en_id"],
        sqlite_where=fusionadas,
        postgresql_where=fusionadas,
    )
    op.create_table(
        "fusiones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vigente_id", sa.Uuid(), nullable=False),
        sa.Column("absorbida_id", sa.Uuid(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=True),
        sa.Column("mapa", sa.JSON(), nullable=False),
        sa.Column("reglas_version", sa.String(length=20), nullable=False),
        sa.Column("hecha_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hecha_por_id", sa.Uuid(), nullable=False),
        sa.Column("hecha_por", sa.String(length=160), nullable=False),
        sa.Column("reversible_hasta", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deshecha_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deshecha_por_id", sa.Uuid(), nullable=True),
        sa.Column("deshecha_por", sa.String(length=160), nullable=False),
        sa.Column("deshecha_motivo", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["absorbida_id"], ["personas.id"], name=op.f("fk_fusiones_absorbida_id")
        ),
        sa.ForeignKeyConstraint(
            ["vigente_id"], ["personas.id"], name=op.f("fk_fusiones_vigente_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fusiones")),
    )
    op.create_index(op.f("ix_fusiones_absorbida_id"), "fusiones", ["absorbida_id"])
    op.create_index(op.f("ix_fusiones_vigente_id"), "fusiones", ["vigente_id"])


def downgrade() -> None:
    op.drop_table("fusiones")
    op.drop_index("ix_personas_fusionadas", table_name="personas")
    op.drop_column("personas", "fusionada_en_id")
