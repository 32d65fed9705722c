"""Obstacles at institutions, and what was done about them"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0035"
down_revision = "casos_0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
    "obstaculos",
    sa.Column("folio", sa.String(length=20), nullable=False),
    sa.Column("institucion_id", sa.Uuid(), nullable=False),
    sa.Column("tipo", sa.String(length=40), nullable=False),
    sa.Column("estado", sa.String(length=40), nullable=False),
    sa.Column("veces", sa.Integer(), nullable=False),
    sa.Column("primera_el", sa.Date(), nullable=False),
    sa.Column("ultima_el", sa.Date(), nullable=False),
    sa.Column("reglas_version", sa.String(length=20), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["institucion_id"], ["instituciones.id"], name=op.f("fk_obstaculos_institucion_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_obstaculos")),
    sa.UniqueConstraint("folio", name=op.f("uq_obstaculos_folio")),
    )
    op.create_index("ix_obstaculos_estado", "obstaculos", ["estado"])
    op.create_index("ix_obstaculos_institucion_id", "obstaculos", ["institucion_id"])
    op.create_table(
    "pasos_de_obstaculo",
    sa.Column("obstaculo_id", sa.Uuid(), nullable=False),
    sa.Column("accion", sa.String(length=40), nullable=False),
    sa.Column("origen", sa.String(length=40), nullable=True),
    sa.Column("nota", sa.Text(), nullable=True),
    sa.Column("dia", sa.Date(), nullable=False),
    sa.Column("por_id", sa.Uuid(), nullable=False),
    sa.Column("por", sa.String(length=160), nullable=False),
    sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["obstaculo_id"], ["obstaculos.id"], name=op.f("fk_pasos_de_obstaculo_obstaculo_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_obstaculo")),
    )
    op.create_index("ix_pasos_de_obstaculo_obstaculo_id", "pasos_de_obstaculo", ["obstaculo_id"])


def downgrade() -> None:
    op.drop_table("pasos_de_obstaculo")
    op.drop_table("obstaculos")
