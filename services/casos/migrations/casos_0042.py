"""Versions of the follow-up rules that an office writes"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0042"
down_revision = "casos_0041"
branch_labels = None
depends_on = None

_FIJA = (("no_cambia", "UPDATE"), ("no_se_borra", "DELETE"))


def upgrade() -> None:
    op.create_table(
        "reglas_de_plazos",
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("vigente_desde", sa.Date(), nullable=False),
        sa.Column("motivo", sa.String(length=500), nullable=False),
        sa.Column("fuente", sa.String(length=200), nullable=False),
        sa.Column("terminos", sa.JSON(), nullable=False),
        sa.Column("escrita_por", sa.String(length=160), nullable=False),
        sa.Column("escrita_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reglas_de_plazos")),
        sa.UniqueConstraint("numero", name=op.f("uq_reglas_de_plazos_numero")),
        sa.UniqueConstraint("vigente_desde", name=op.f("uq_reglas_de_plazos_vigente_desde")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END"
        if sqlite
        else "FOR EACH ROW EXECUTE FUNCTION libro_no_cambia()"
    )
    for que, cuando in _FIJA:
        op.execute(
            f"CREATE TRIGGER reglas_de_plazos_{que} BEFORE {cuando} ON reglas_de_plazos {refuse}"
        )


def downgrade() -> None:
    op.drop_table("reglas_de_plazos")
