"""Documents are retired with a reason and kept, and one of them is shown first"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0030"
down_revision = "casos_0032"
branch_labels = None
depends_on = None

_VIGENTE = sa.text("retirado_en IS NULL")


def upgrade() -> None:
    op.add_column("personas", sa.Column("documento_principal_id", sa.Uuid(), nullable=True))
    tabla = "documentos_identidad"
    op.add_column(tabla, sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=True))
    por = sa.Column("retirado_por", sa.String(length=160), server_default="", nullable=False)
    op.add_column(tabla, por)
    op.add_column(tabla, sa.Column("retiro_motivo", sa.String(length=40), nullable=True))
    # What was retired may be shown again one day: of those that are of use, each is there once.
    with op.batch_alter_table(tabla) as batch:
        batch.drop_constraint("uq_documentos_identidad_persona_id_tipo_indice", type_="unique")
    op.create_index(
        "uq_documentos_identidad_vigente",
        tabla,
        ["persona_id", "tipo", "indice"],
        unique=True,
        sqlite_where=_VIGENTE,
        postgresql_where=_VIGENTE,
    )


def downgrade() -> None:
    tabla = "documentos_identidad"
    op.execute(sa.text(f"DELETE FROM {tabla} WHERE retirado_en IS NOT NULL"))
    op.drop_index("uq_documentos_identidad_vigente", tabla)
    with op.batch_alter_table(tabla) as batch:
        batch.create_unique_constraint(
            "uq_documentos_identidad_persona_id_tipo_indice", ["persona_id", "tipo", "indice"]
        )
    for columna in ("retiro_motivo", "retirado_por", "retirado_en"):
        op.drop_column(tabla, columna)
    op.drop_column("personas", "documento_principal_id")
