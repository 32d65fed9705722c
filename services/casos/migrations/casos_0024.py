"""Attachments, and their content in sealed pieces"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0024"
down_revision = "casos_0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "adjuntos",
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=True),
        sa.Column("documento_id", sa.Uuid(), nullable=True),
        sa.Column("consentimiento_id", sa.Uuid(), nullable=True),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("tipo", sa.String(length=20), nullable=False),
        sa.Column("tamano", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("agregado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agregado_por_id", sa.Uuid(), nullable=False),
        sa.Column("agregado_por", sa.String(length=160), nullable=False),
        sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retirado_por", sa.String(length=160), nullable=True),
        sa.Column("retiro_motivo", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["caso_id"], ["casos.id"], name=op.f("fk_adjuntos_caso_id")),
        sa.ForeignKeyConstraint(
            ["consentimiento_id"], ["consentimientos.id"], name=op.f("fk_adjuntos_consentimiento_id")
        ),
        sa.ForeignKeyConstraint(
            ["documento_id"],
            ["documentos_identidad.id"],
            name=op.f("fk_adjuntos_documento_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_adjuntos_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjuntos")),
    )
    op.create_index("ix_adjuntos_caso_id", "adjuntos", ["caso_id"])
    op.create_index("ix_adjuntos_persona_id", "adjuntos", ["persona_id"])
    op.create_table(
        "trozos_de_adjunto",
        sa.Column("adjunto_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sellado", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adjunto_id"], ["adjuntos.id"], name=op.f("fk_trozos_de_adjunto_adjunto_id")
        ),
        sa.PrimaryKeyConstraint("adjunto_id", "numero", name=op.f("pk_trozos_de_adjunto")),
    )


def downgrade() -> None:
    op.drop_table("trozos_de_adjunto")
    op.drop_table("adjuntos")
