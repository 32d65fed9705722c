"""The outbox is in the order in which messages leave"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0002"
down_revision = "notificaciones_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sale_en",
                sa.DateTime(timezone=True),
                sa.Computed("coalesce(entregado_en, enviar_en)", persisted=True),
                nullable=False,
            )
        )
        batch_op.create_index("ix_mensajes_sale_en_id", ["sale_en", "id"], unique=False)



def downgrade() -> None:
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.drop_index("ix_mensajes_sale_en_id")
        batch_op.drop_column("sale_en")

