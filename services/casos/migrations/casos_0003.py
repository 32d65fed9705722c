"""A derivation that expired is presumed, one that was taken back has no evidence"""

from alembic import op

revision = "casos_0003"
down_revision = "casos_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without its number a row is told again to whoever follows the facts.
    op.execute(
        "UPDATE derivaciones SET grado_evidencia = 'D', cambio = NULL WHERE estado = 'vencida'"
    )
    op.execute(
        "UPDATE derivaciones SET grado_evidencia = NULL, cambio = NULL"
        " WHERE estado = 'anulada' AND grado_evidencia IS NOT NULL"
    )


def downgrade() -> None:
    pass
