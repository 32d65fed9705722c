"""The staff may get their notices together each morning"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0011"
down_revision = "notificaciones_0010"
branch_labels = None
depends_on = None

_WAITS = sa.text("en_resumen AND resumen_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "preferencias_de_avisos",
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column(
            "modo",
            sa.Enum(
                "al_momento",
                "resumen",
                "resumen_y_urgentes",
                name="modo",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cambiada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("funcionario_id", name=op.f("pk_preferencias_de_avisos")),
    )
    # Added one by one: the table is not made anew, which its generated column would not survive.
    op.add_column(
        "mensajes", sa.Column("en_resumen", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("mensajes", sa.Column("resumen_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_mensajes_resumen_id"), "mensajes", ["resumen_id"])
    op.create_index(
        "ix_mensajes_por_resumir",
        "mensajes",
        ["creado_en"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )


def downgrade() -> None:
    op.drop_index("ix_mensajes_por_resumir", "mensajes")
    op.drop_index(op.f("ix_mensajes_resumen_id"), "mensajes")
    op.drop_column("mensajes", "resumen_id")
    op.drop_column("mensajes", "en_resumen")
    op.drop_table("preferencias_de_avisos")
