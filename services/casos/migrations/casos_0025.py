"""The file of a case as one PDF"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0025"
down_revision = "casos_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expedientes_foliados",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("contiene", sa.JSON(), nullable=False),
        sa.Column("partes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_sellado", sa.Text(), nullable=True),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("progreso", sa.Integer(), nullable=False),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("tomada_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pedida_por_id", sa.Uuid(), nullable=False),
        sa.Column("pedida_por", sa.String(length=160), nullable=False),
        sa.Column("pedida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lista_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("caduca_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caso_id"], ["casos.id"], name=op.f("fk_expedientes_foliados_caso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expedientes_foliados")),
        sa.UniqueConstraint("folio", name=op.f("uq_expedientes_foliados_folio")),
    )
    op.create_index("ix_expedientes_foliados_caso_id", "expedientes_foliados", ["caso_id"])
    op.create_index("ix_expedientes_foliados_sha256", "expedientes_foliados", ["sha256"])
    op.create_index(
        "ix_expedientes_foliados_estado", "expedientes_foliados", ["estado", "tomada_hasta"]
    )


def downgrade() -> None:
    op.drop_table("expedientes_foliados")
