"""Views that people keep of lists"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0036"
down_revision = "casos_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vistas_guardadas",
        sa.Column("lista", sa.String(length=40), nullable=False),
        sa.Column("nombre", sa.String(length=80), nullable=False),
        sa.Column("consulta", sa.JSON(), nullable=False),
        sa.Column("de_id", sa.Uuid(), nullable=False),
        sa.Column("de_nombre", sa.String(length=160), nullable=False),
        sa.Column("compartida", sa.Boolean(), nullable=False),
        sa.Column("guardada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vistas_guardadas")),
        sa.UniqueConstraint(
            "de_id", "lista", "nombre", name=op.f("uq_vistas_guardadas_de_id_lista_nombre")
        ),
    )
    op.create_index(
        "ix_vistas_guardadas_lista_compartida", "vistas_guardadas", ["lista", "compartida"]
    )
    op.create_table(
        "vistas_por_omision",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("lista", sa.String(length=40), nullable=False),
        sa.Column("vista_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vista_id"], ["vistas_guardadas.id"], name=op.f("fk_vistas_por_omision_vista_id")
        ),
        sa.PrimaryKeyConstraint("funcionario_id", "lista", name=op.f("pk_vistas_por_omision")),
    )
    op.create_index("ix_vistas_por_omision_vista_id", "vistas_por_omision", ["vista_id"])


def downgrade() -> None:
    op.drop_table("vistas_por_omision")
    op.drop_table("vistas_guardadas")
