"""Letters with a link that opens with a key; derivations that only the person closes"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0027"
down_revision = "casos_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "oficios",
        sa.Column("numero", sa.String(length=20), nullable=False),
        sa.Column("derivacion_id", sa.Uuid(), nullable=False),
        sa.Column("impresiones", sa.Integer(), nullable=False),
        sa.Column("emitido_por", sa.String(length=160), nullable=False),
        sa.Column("emitido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("impreso_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("docdigital", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["derivacion_id"], ["derivaciones.id"], name=op.f("fk_oficios_derivacion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oficios")),
        sa.UniqueConstraint("derivacion_id", name=op.f("uq_oficios_derivacion_id")),
        sa.UniqueConstraint("numero", name=op.f("uq_oficios_numero")),
    )
    op.add_column("enlaces", sa.Column("clave_hash", sa.String(length=64), nullable=True))
    op.add_column(
        "enlaces", sa.Column("claves_erradas", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "respuestas_derivacion", sa.Column("dicha_por", sa.String(length=160), nullable=True)
    )
    op.add_column("respuestas_derivacion", sa.Column("dicha_el", sa.Date(), nullable=True))
    with op.batch_alter_table("derivaciones") as tabla:
        tabla.alter_column("consentimiento_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    # Refused while there are derivations that share nothing: the version before cannot hold them.
    with op.batch_alter_table("derivaciones") as tabla:
        tabla.alter_column("consentimiento_id", existing_type=sa.Uuid(), nullable=False)
    for columna in ("dicha_el", "dicha_por"):
        with op.batch_alter_table("respuestas_derivacion") as tabla:
            tabla.drop_column(columna)
    with op.batch_alter_table("enlaces") as tabla:
        tabla.drop_column("claves_erradas")
        tabla.drop_column("clave_hash")
    op.drop_table("oficios")
