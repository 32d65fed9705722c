"""A unit may have a queue of its own, and say how much its endpoint takes at once"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0008"
down_revision = "notificaciones_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("suscripciones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("simultaneas", sa.Integer(), nullable=True))
    op.create_table(
        "colas",
        sa.Column("suscripcion_id", sa.Uuid(), nullable=False),
        sa.Column("nombre", sa.String(length=160), nullable=False),
        sa.Column("clave", sa.String(length=64), nullable=False),
        sa.Column("revisada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "falla",
            sa.Enum(
                "sin_gestion",
                "sin_respuesta",
                "sin_permiso",
                "rechazada",
                name="falladecola",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("mensajes", sa.Integer(), nullable=True),
        sa.Column("lectores", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["suscripcion_id"], ["suscripciones.id"], name=op.f("fk_colas_suscripcion_id")
        ),
        sa.PrimaryKeyConstraint("suscripcion_id", name=op.f("pk_colas")),
        sa.UniqueConstraint("nombre", name=op.f("uq_colas_nombre")),
    )


def downgrade() -> None:
    op.drop_table("colas")
    with op.batch_alter_table("suscripciones", schema=None) as batch_op:
        batch_op.drop_column("simultaneas")
