"""The words of a person are read from the index alone"""

from alembic import op

revision = "casos_0052"
down_revision = "casos_0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tokens_nombre_persona_id_token", "tokens_nombre", ["persona_id", "token"])
    op.drop_index("ix_tokens_nombre_persona_id", "tokens_nombre")


def downgrade() -> None:
    op.create_index("ix_tokens_nombre_persona_id", "tokens_nombre", ["persona_id"])
    op.drop_index("ix_tokens_nombre_persona_id_token", "tokens_nombre")
