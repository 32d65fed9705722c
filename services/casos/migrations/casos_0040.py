"""Reports of discrimination, and what was done about them"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0040"
down_revision = "casos_0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
    "reportes_de_discriminacion",
    sa.Column("folio", sa.String(length=20), nullable=False),
    sa.Column("persona_id", sa.Uuid(), nullable=True),
    sa.Column("caso_id", sa.Uuid(), nullable=True),
    sa.Column("estado", sa.String(length=40), nullable=False),
    sa.Column("motivo", sa.String(length=40), nullable=False),
    sa.Column("lugar", sa.String(length=40), nullable=False),
    sa.Column("via", sa.String(length=40), nullable=True),
    sa.Column("reglas_version", sa.String(length=20), nullable=False),
    sa.Column("institucion_id", sa.Uuid(), nullable=True),
    sa.Column("institucion_otra", sa.Text(), nullable=True),
    sa.Column("ocurrio_el", sa.Date(), nullable=True),
    sa.Column("que_paso", sa.Text(), nullable=False),
    sa.Column("recibido_por_id", sa.Uuid(), nullable=False),
    sa.Column("recibido_por", sa.String(length=160), nullable=False),
    sa.Column("recibido_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["caso_id"], ["casos.id"], name=op.f("fk_reportes_de_discriminacion_caso_id")),
    sa.ForeignKeyConstraint(["institucion_id"], ["instituciones.id"], name=op.f("fk_reportes_de_discriminacion_institucion_id")),
    sa.ForeignKeyConstraint(["persona_id"], ["personas.id"], name=op.f("fk_reportes_de_discriminacion_persona_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_reportes_de_discriminacion")),
    sa.UniqueConstraint("folio", name=op.f("uq_reportes_de_discriminacion_folio")),
    )
    op.create_index("ix_reportes_de_discriminacion_caso_id", "reportes_de_discriminacion", ["caso_id"])
    op.create_index("ix_reportes_de_discriminacion_estado", "reportes_de_discriminacion", ["estado"])
    op.create_index("ix_reportes_de_discriminacion_persona_id", "reportes_de_discriminacion", ["persona_id"])
    op.create_table(
    "pasos_de_reporte",
    sa.Column("reporte_id", sa.Uuid(), nullable=False),
    sa.Column("accion", sa.String(length=40), nullable=False),
    sa.Column("via", sa.String(length=40), nullable=True),
    sa.Column("nota", sa.Text(), nullable=True),
    sa.Column("por_id", sa.Uuid(), nullable=False),
    sa.Column("por", sa.String(length=160), nullable=False),
    sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["reporte_id"], ["reportes_de_discriminacion.id"], name=op.f("fk_pasos_de_reporte_reporte_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_reporte")),
    )
    op.create_index("ix_pasos_de_reporte_reporte_id", "pasos_de_reporte", ["reporte_id"])


def downgrade() -> None:
    op.drop_table("pasos_de_reporte")
    op.drop_table("reportes_de_discriminacion")
