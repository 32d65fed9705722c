"""Sheets of orientation, and those that were given"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0039"
down_revision = "casos_0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fichas_orientacion",
        sa.Column("codigo", sa.String(length=40), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("temas", sa.JSON(), nullable=False),
        sa.Column("textos", sa.JSON(), nullable=False),
        sa.Column("fuente", sa.String(length=500), nullable=False),
        sa.Column("fuente_el", sa.Date(), nullable=True),
        sa.Column("por_confirmar", sa.Boolean(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("vigente_desde", sa.Date(), nullable=True),
        sa.Column("vigente_hasta", sa.Date(), nullable=True),
        sa.Column("revisar_el", sa.Date(), nullable=True),
        sa.Column("revisada_por", sa.String(length=120), nullable=False),
        sa.Column("editada_por", sa.String(length=120), nullable=False),
        sa.Column("editada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publicada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retirada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retiro_motivo", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichas_orientacion")),
        sa.UniqueConstraint("codigo", "numero", name=op.f("uq_fichas_orientacion_codigo_numero")),
    )
    op.create_index(
        "ix_fichas_orientacion_publicada",
        "fichas_orientacion",
        ["codigo"],
        unique=True,
        sqlite_where=sa.text("estado = 'publicada'"),
        postgresql_where=sa.text("estado = 'publicada'"),
    )
    op.create_table(
        "orientaciones",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("ficha_id", sa.Uuid(), nullable=False),
        sa.Column("tema", sa.String(length=40), nullable=False),
        sa.Column("idioma", sa.String(length=2), nullable=True),
        sa.Column("comprendida", sa.String(length=40), nullable=False),
        sa.Column("entrega", sa.String(length=40), nullable=False),
        sa.Column("atencion_id", sa.Uuid(), nullable=True),
        sa.Column("caso_id", sa.Uuid(), nullable=True),
        sa.Column("dada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("funcionario_id", sa.Uuid(), nullable=True),
        sa.Column("funcionario_nombre", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["atencion_id"], ["atenciones.id"], name=op.f("fk_orientaciones_atencion_id")
        ),
        sa.ForeignKeyConstraint(["caso_id"], ["casos.id"], name=op.f("fk_orientaciones_caso_id")),
        sa.ForeignKeyConstraint(
            ["ficha_id"], ["fichas_orientacion.id"], name=op.f("fk_orientaciones_ficha_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orientaciones")),
        sa.UniqueConstraint("folio", name=op.f("uq_orientaciones_folio")),
    )
    for columna in ("atencion_id", "caso_id", "dada_en", "ficha_id"):
        op.create_index(f"ix_orientaciones_{columna}", "orientaciones", [columna])


def downgrade() -> None:
    op.drop_table("orientaciones")
    op.drop_table("fichas_orientacion")
