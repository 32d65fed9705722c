"""Files of the network, until they are loaded"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0029"
down_revision = "casos_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cargas_de_red",
        sa.Column("contenido", sa.Text(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("traida_por_id", sa.Uuid(), nullable=False),
        sa.Column("traida_por", sa.String(length=160), nullable=False),
        sa.Column("traida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nuevas", sa.Integer(), nullable=False),
        sa.Column("cambiadas", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cargas_de_red")),
    )


def downgrade() -> None:
    op.drop_table("cargas_de_red")
