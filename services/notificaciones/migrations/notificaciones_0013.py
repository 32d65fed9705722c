"""The messages to a person are found by their person"""

from alembic import op

revision = "notificaciones_0013"
down_revision = "notificaciones_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_mensajes_persona_id"), "mensajes", ["persona_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_mensajes_persona_id"), "mensajes")
