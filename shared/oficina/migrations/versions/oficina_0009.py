"""Certificates of what was forgotten"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0009"
down_revision = "oficina_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificados_de_borrado",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("servicio", sa.String(length=20), nullable=False),
        sa.Column("reglas_version", sa.String(length=20), nullable=False),
        sa.Column("iniciado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cerrado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("borrado", sa.JSON(), nullable=False),
        sa.Column("anterior", sa.String(length=64), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificados_de_borrado")),
    )
    is_open = sa.text("cerrado_en IS NULL")
    op.create_index(
        "uq_certificados_de_borrado_abierto",
        "certificados_de_borrado",
        ["servicio"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_table("certificados_de_borrado")
