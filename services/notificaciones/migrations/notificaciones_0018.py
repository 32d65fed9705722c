"""A unit's digest by mail"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0018"
down_revision = "notificaciones_0014"
branch_labels = None
depends_on = None


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("correo", sa.Text(), nullable=True),
        sa.Column("idioma", sa.String(length=20), nullable=True),
        sa.Column(
            "cadencia",
            sa.Enum("diaria", "semanal", name="cadencia", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("dia", sa.Integer(), nullable=True),
        sa.Column("hora", sa.Time(), nullable=True),
        sa.Column("correo_verificado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enlace_huella", sa.String(length=64), nullable=True),
        sa.Column("enlace_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumen_id", sa.Uuid(), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("suscripciones", schema=None) as batch_op:
        for column in _columns():
            batch_op.add_column(column)
        batch_op.create_unique_constraint(
            batch_op.f("uq_suscripciones_enlace_huella"), ["enlace_huella"]
        )


def downgrade() -> None:
    with op.batch_alter_table("suscripciones", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_suscripciones_enlace_huella"), type_="unique")
        for column in reversed(_columns()):
            batch_op.drop_column(column.name)
