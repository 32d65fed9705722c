"""Sheets given and the community's rooms are counted; anonymous reports are emptied"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0050"
down_revision = "casos_0049"
branch_labels = None
depends_on = None

_CONTADAS = (
    "orientaciones",
    "reportes_de_discriminacion",
    "obstaculos",
    "mediaciones",
    "organizaciones_migrantes",
)


def upgrade() -> None:
    for tabla in _CONTADAS:
        op.add_column(tabla, sa.Column("cambio", sa.BigInteger(), nullable=True))
        op.create_index(f"ix_{tabla}_cambio", tabla, ["cambio"])
    op.add_column(
        "reportes_de_discriminacion",
        sa.Column("vaciado_en", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    op.drop_column("reportes_de_discriminacion", "vaciado_en")
    for tabla in _CONTADAS:
        op.drop_index(f"ix_{tabla}_cambio", tabla)
        op.drop_column(tabla, "cambio")
