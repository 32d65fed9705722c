"""How much Spanish somebody speaks, and who vouches for a document"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0013"
down_revision = "casos_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added as they are, without making the tables anew: the version before goes on writing to them.
    op.add_column("personas", sa.Column("nivel_espanol", sa.String(length=40), nullable=True))
    quien = sa.Column("nivel_por", sa.String(length=160), server_default="", nullable=False)
    op.add_column("documentos_identidad", quien)
    cuando = sa.Column("nivel_en", sa.DateTime(timezone=True), nullable=True)
    op.add_column("documentos_identidad", cuando)


def downgrade() -> None:
    op.drop_column("documentos_identidad", "nivel_en")
    op.drop_column("documentos_identidad", "nivel_por")
    op.drop_column("personas", "nivel_espanol")
