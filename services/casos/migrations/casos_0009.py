"""People's data may be blocked, and erased through every service"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0009"
down_revision = "casos_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added as they are, without making the table anew: the version before goes on writing to it.
    op.add_column(
        "personas",
        sa.Column("estado", sa.String(length=40), nullable=False, server_default="activa"),
    )
    op.add_column("personas", sa.Column("codigo_cifras", sa.Uuid(), nullable=True))
    apartadas = sa.text("estado <> 'activa'")
    op.create_index(
        "ix_personas_apartadas",
        "personas",
        ["estado"],
        sqlite_where=apartadas,
        postgresql_where=apartadas,
    )
    op.create_table(
        "bloqueos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("solicitud_id", sa.Uuid(), nullable=False),
        sa.Column("causa", sa.String(length=40), nullable=False),
        sa.Column("puesto_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("puesto_por_id", sa.Uuid(), nullable=False),
        sa.Column("puesto_por", sa.String(length=160), nullable=False),
        sa.Column("levantado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("levantado_por_id", sa.Uuid(), nullable=True),
        sa.Column("levantado_por", sa.String(length=160), nullable=False),
        sa.Column("levantado_motivo", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_bloqueos_persona_id")
        ),
        sa.ForeignKeyConstraint(
            ["solicitud_id"], ["solicitudes_derecho.id"], name=op.f("fk_bloqueos_solicitud_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bloqueos")),
    )
    op.create_index(op.f("ix_bloqueos_persona_id"), "bloqueos", ["persona_id"])
    op.create_index(op.f("ix_bloqueos_solicitud_id"), "bloqueos", ["solicitud_id"])
    vigente = sa.text("levantado_en IS NULL")
    op.create_index(
        "uq_bloqueos_vigente",
        "bloqueos",
        ["persona_id"],
        unique=True,
        sqlite_where=vigente,
        postgresql_where=vigente,
    )
    _supresiones()


def _supresiones() -> None:
    op.create_table(
        "supresiones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("solicitud_id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("reglas_version", sa.String(length=20), nullable=False),
        sa.Column("propuesta_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("propuesta_por_id", sa.Uuid(), nullable=False),
        sa.Column("propuesta_por", sa.String(length=160), nullable=False),
        sa.Column("decidida_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decidida_por_id", sa.Uuid(), nullable=True),
        sa.Column("decidida_por", sa.String(length=160), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=True),
        sa.Column("borrado", sa.JSON(), nullable=False),
        sa.Column("certificado_id", sa.Uuid(), nullable=True),
        sa.Column("certificado_huella", sa.String(length=64), nullable=True),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cierre_id", sa.Uuid(), nullable=True),
        sa.Column("cierre_huella", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_supresiones_persona_id")
        ),
        sa.ForeignKeyConstraint(
            ["solicitud_id"],
            ["solicitudes_derecho.id"],
            name=op.f("fk_supresiones_solicitud_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supresiones")),
    )
    op.create_index(op.f("ix_supresiones_estado"), "supresiones", ["estado"])
    op.create_index(op.f("ix_supresiones_solicitud_id"), "supresiones", ["solicitud_id"])
    viva = sa.text("estado <> 'negada'")
    op.create_index(
        "uq_supresiones_viva",
        "supresiones",
        ["persona_id"],
        unique=True,
        sqlite_where=viva,
        postgresql_where=viva,
    )
    op.create_table(
        "purgas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supresion_id", sa.Uuid(), nullable=False),
        sa.Column("servicio", sa.String(length=20), nullable=False),
        sa.Column("pedida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("borrado", sa.JSON(), nullable=False),
        sa.Column("certificado_id", sa.Uuid(), nullable=True),
        sa.Column("certificado_huella", sa.String(length=64), nullable=True),
        sa.Column("avisada_en", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["supresion_id"], ["supresiones.id"], name=op.f("fk_purgas_supresion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purgas")),
        sa.UniqueConstraint("supresion_id", "servicio", name=op.f("uq_purgas_supresion_id")),
    )


def downgrade() -> None:
    op.drop_table("purgas")
    op.drop_table("supresiones")
    op.drop_table("bloqueos")
    op.drop_index("ix_personas_apartadas", table_name="personas")
    op.drop_column("personas", "codigo_cifras")
    op.drop_column("personas", "estado")
