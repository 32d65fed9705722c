"""A message that somebody asked for keeps who, what and how urgently"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0009"
down_revision = "notificaciones_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pedido_por", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("pedido_huella", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("canal_pedido", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("valores", sa.Text(), nullable=True))
        batch_op.add_column(
            sa.Column("prioridad", sa.String(length=40), server_default="normal", nullable=False)
        )
        batch_op.create_index("ix_mensajes_pedido_por", ["pedido_por"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.drop_index("ix_mensajes_pedido_por")
        batch_op.drop_column("prioridad")
        batch_op.drop_column("valores")
        batch_op.drop_column("canal_pedido")
        batch_op.drop_column("pedido_huella")
        batch_op.drop_column("pedido_por")
