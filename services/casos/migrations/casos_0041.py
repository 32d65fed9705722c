"""How long what was asked of a service holds: hours and contact apart, and what was told"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0041"
down_revision = "casos_0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("servicios_red", sa.Column("contacto_verificado_el", sa.Date(), nullable=True))
    op.add_column(
        "servicios_red",
        sa.Column(
            "contacto_verificado_por", sa.String(length=160), server_default="", nullable=False
        ),
    )
    # Until somebody asks, what is written counts since it was written: of old rows, since today.
    op.execute(
        "UPDATE servicios_red SET actualizado_en = CURRENT_TIMESTAMP WHERE actualizado_en IS NULL"
    )
    op.create_table(
        "avisos_de_verificacion",
        sa.Column("servicio_id", sa.Uuid(), nullable=False),
        sa.Column("clase", sa.String(length=40), nullable=False),
        sa.Column("vence_el", sa.Date(), nullable=False),
        sa.Column("avisado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["servicio_id"],
            ["servicios_red.id"],
            name=op.f("fk_avisos_de_verificacion_servicio_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_de_verificacion")),
        sa.UniqueConstraint(
            "servicio_id", "clase", name=op.f("uq_avisos_de_verificacion_servicio_id_clase")
        ),
    )


def downgrade() -> None:
    op.drop_table("avisos_de_verificacion")
    op.drop_column("servicios_red", "contacto_verificado_por")
    op.drop_column("servicios_red", "contacto_verificado_el")
