"""Organisations of migrants, their boards and their history"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0033"
down_revision = "casos_0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
    "organizaciones_migrantes",
    sa.Column("folio", sa.String(length=20), nullable=False),
    sa.Column("nombre", sa.String(length=200), nullable=False),
    sa.Column("tipo", sa.String(length=40), nullable=False),
    sa.Column("registro", sa.String(length=40), nullable=True),
    sa.Column("personalidad_numero", sa.String(length=40), nullable=True),
    sa.Column("personalidad_desde", sa.Date(), nullable=True),
    sa.Column("personalidad_hasta", sa.Date(), nullable=True),
    sa.Column("nacionalidades", sa.JSON(), nullable=False),
    sa.Column("territorio", sa.String(length=160), nullable=False),
    sa.Column("temas", sa.JSON(), nullable=False),
    sa.Column("correo", sa.Text(), nullable=True),
    sa.Column("telefono", sa.Text(), nullable=True),
    sa.Column("direccion", sa.Text(), nullable=True),
    sa.Column("estado", sa.String(length=40), nullable=False),
    sa.Column("directiva_hasta", sa.Date(), nullable=True),
    sa.Column("aviso_dias", sa.Integer(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_organizaciones_migrantes")),
    sa.UniqueConstraint("folio", name=op.f("uq_organizaciones_migrantes_folio")),
    )
    op.create_index("ix_organizaciones_migrantes_directiva_hasta", "organizaciones_migrantes", ["directiva_hasta"])
    op.create_index("ix_organizaciones_migrantes_estado", "organizaciones_migrantes", ["estado"])
    op.create_table(
    "directivas",
    sa.Column("organizacion_id", sa.Uuid(), nullable=False),
    sa.Column("desde", sa.Date(), nullable=False),
    sa.Column("hasta", sa.Date(), nullable=False),
    sa.Column("integrantes", sa.Integer(), nullable=True),
    sa.Column("presidencia", sa.Text(), nullable=True),
    sa.Column("vicepresidencia", sa.Text(), nullable=True),
    sa.Column("secretaria", sa.Text(), nullable=True),
    sa.Column("tesoreria", sa.Text(), nullable=True),
    sa.Column("consintieron_el", sa.Date(), nullable=True),
    sa.Column("registrada_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["organizacion_id"], ["organizaciones_migrantes.id"], name=op.f("fk_directivas_organizacion_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_directivas")),
    )
    op.create_index("ix_directivas_organizacion_id", "directivas", ["organizacion_id"])
    op.create_table(
    "pasos_de_organizacion",
    sa.Column("organizacion_id", sa.Uuid(), nullable=False),
    sa.Column("accion", sa.String(length=40), nullable=False),
    sa.Column("nota", sa.Text(), nullable=True),
    sa.Column("por_id", sa.Uuid(), nullable=False),
    sa.Column("por", sa.String(length=160), nullable=False),
    sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["organizacion_id"], ["organizaciones_migrantes.id"], name=op.f("fk_pasos_de_organizacion_organizacion_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_organizacion")),
    )
    op.create_index("ix_pasos_de_organizacion_organizacion_id", "pasos_de_organizacion", ["organizacion_id"])


def downgrade() -> None:
    op.drop_table("pasos_de_organizacion")
    op.drop_table("directivas")
    op.drop_table("organizaciones_migrantes")
