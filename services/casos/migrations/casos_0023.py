"""An evaluation keeps what was asked and what was answered, and is not rewritten"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0023"
down_revision = "casos_0033"
branch_labels = None
depends_on = None

# What is sealed may be sealed anew under another key.
FIJAS = (
    "caso_id, riesgo, amerita_derivacion, instrumento, instrumento_version, "
    "funcionario_id, realizada_en"
)


def upgrade() -> None:
    op.add_column("evaluaciones", sa.Column("instrumento", sa.String(length=40), nullable=True))
    op.add_column(
        "evaluaciones", sa.Column("instrumento_version", sa.String(length=20), nullable=True)
    )
    op.add_column("evaluaciones", sa.Column("respuestas_selladas", sa.Text(), nullable=True))
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END"
        if op.get_bind().dialect.name == "sqlite"
        else "FOR EACH ROW EXECUTE FUNCTION libro_no_cambia()"
    )
    op.execute(
        f"CREATE TRIGGER evaluaciones_no_cambia BEFORE UPDATE OF {FIJAS} ON evaluaciones {refuse}"
    )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON evaluaciones"
    op.execute(f"DROP TRIGGER evaluaciones_no_cambia{on}")
    for columna in ("respuestas_selladas", "instrumento_version", "instrumento"):
        op.drop_column("evaluaciones", columna)
