"""Safe contact, and that somebody died"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0011"
down_revision = "casos_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contactos_seguros",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("canales_vedados", sa.JSON(), nullable=False),
        sa.Column("desde", sa.Time(), nullable=True),
        sa.Column("hasta", sa.Time(), nullable=True),
        sa.Column("palabra_clave", sa.Text(), nullable=True),
        sa.Column("indicaciones", sa.Text(), nullable=True),
        sa.Column("puesto_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("puesto_por_id", sa.Uuid(), nullable=False),
        sa.Column("puesto_por", sa.String(length=160), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminado_por_id", sa.Uuid(), nullable=True),
        sa.Column("terminado_por", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_contactos_seguros_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contactos_seguros")),
    )
    op.create_index(op.f("ix_contactos_seguros_persona_id"), "contactos_seguros", ["persona_id"])
    op.create_table(
        "defunciones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("fecha", sa.Date(), nullable=True),
        sa.Column("fuente", sa.String(length=40), nullable=False),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column("registrada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registrada_por_id", sa.Uuid(), nullable=False),
        sa.Column("registrada_por", sa.String(length=160), nullable=False),
        sa.Column("anulada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("anulada_por_id", sa.Uuid(), nullable=True),
        sa.Column("anulada_por", sa.String(length=160), nullable=False),
        sa.Column("anulada_motivo", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_defunciones_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defunciones")),
    )
    op.create_index(op.f("ix_defunciones_persona_id"), "defunciones", ["persona_id"])


def downgrade() -> None:
    op.drop_table("defunciones")
    op.drop_table("contactos_seguros")
