"""Applications to programmes of social aid"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0018"
down_revision = "casos_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "postulaciones",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("programa_id", sa.Uuid(), nullable=False),
        sa.Column("requisitos_id", sa.Uuid(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("monto_clp", sa.BigInteger(), nullable=False),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column("comprobado", sa.Text(), nullable=True),
        sa.Column("periodo_desde", sa.Date(), nullable=True),
        sa.Column("caduca_el", sa.Date(), nullable=True),
        sa.Column("en_espera_desde", sa.DateTime(timezone=True), nullable=True),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creada_por_id", sa.Uuid(), nullable=False),
        sa.Column("creada_por", sa.String(length=160), nullable=False),
        sa.Column("aprobada_por_id", sa.Uuid(), nullable=True),
        sa.Column("aprobada_por", sa.String(length=160), nullable=False),
        sa.Column("motivo_codigo", sa.String(length=40), nullable=True),
        sa.Column("recurso_version", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_postulaciones_persona_id")
        ),
        sa.ForeignKeyConstraint(
            ["programa_id"], ["programas.id"], name=op.f("fk_postulaciones_programa_id")
        ),
        sa.ForeignKeyConstraint(
            ["requisitos_id"],
            ["requisitos_de_programa.id"],
            name=op.f("fk_postulaciones_requisitos_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postulaciones")),
        sa.UniqueConstraint("folio", name=op.f("uq_postulaciones_folio")),
    )
    op.create_index("ix_postulaciones_estado_caduca_el", "postulaciones", ["estado", "caduca_el"])
    op.create_index("ix_postulaciones_persona_id", "postulaciones", ["persona_id"])
    op.create_index(
        "ix_postulaciones_programa_id_estado", "postulaciones", ["programa_id", "estado"]
    )

    op.create_table(
        "pasos_de_postulacion",
        sa.Column("postulacion_id", sa.Uuid(), nullable=False),
        sa.Column("accion", sa.String(length=40), nullable=True),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("texto", sa.Text(), nullable=True),
        sa.Column("actor_nombre", sa.String(length=160), nullable=False),
        sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postulacion_id"],
            ["postulaciones.id"],
            name=op.f("fk_pasos_de_postulacion_postulacion_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_postulacion")),
    )
    op.create_index(
        "ix_pasos_de_postulacion_postulacion_id", "pasos_de_postulacion", ["postulacion_id"]
    )


def downgrade() -> None:
    op.drop_table("pasos_de_postulacion")
    op.drop_table("postulaciones")
