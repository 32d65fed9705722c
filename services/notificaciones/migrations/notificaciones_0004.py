"""An SMS keeps how many segments it took and at which price"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0004"
down_revision = "notificaciones_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:

    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("codificacion", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("segmentos", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("segmentos_con_tildes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tarifa", sa.String(length=20), nullable=True))




def downgrade() -> None:

    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.drop_column("tarifa")
        batch_op.drop_column("segmentos_con_tildes")
        batch_op.drop_column("segmentos")
        batch_op.drop_column("codificacion")


