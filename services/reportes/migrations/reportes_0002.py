"""Facts of the sheets given and of the community's rooms"""

import sqlalchemy as sa
from alembic import op

revision = "reportes_0002"
down_revision = "reportes_0001"
branch_labels = None
depends_on = None

_COLUMNAS = {"motivo": 40, "lugar": 40, "tipo": 40, "idioma": 5}


def upgrade() -> None:
    for columna, largo in _COLUMNAS.items():
        op.add_column("hechos", sa.Column(columna, sa.String(length=largo), nullable=True))


def downgrade() -> None:
    for columna in reversed(_COLUMNAS):
        op.drop_column("hechos", columna)
