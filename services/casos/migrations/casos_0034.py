"""Mediations, with who takes part, sessions, promises and follow-ups"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0034"
down_revision = "casos_0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
    "mediaciones",
    sa.Column("folio", sa.String(length=20), nullable=False),
    sa.Column("caso_id", sa.Uuid(), nullable=False),
    sa.Column("estado", sa.String(length=40), nullable=False),
    sa.Column("asunto", sa.Text(), nullable=False),
    sa.Column("mediador_id", sa.Uuid(), nullable=False),
    sa.Column("mediador_nombre", sa.String(length=160), nullable=False),
    sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
    sa.Column("acordada_el", sa.Date(), nullable=True),
    sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
    sa.Column("termino_nota", sa.Text(), nullable=True),
    sa.Column("movimientos", sa.Integer(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["caso_id"], ["casos.id"], name=op.f("fk_mediaciones_caso_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_mediaciones")),
    sa.UniqueConstraint("folio", name=op.f("uq_mediaciones_folio")),
    )
    op.create_index("ix_mediaciones_caso_id", "mediaciones", ["caso_id"])
    op.create_index("ix_mediaciones_estado", "mediaciones", ["estado"])
    op.create_table(
    "partes_de_mediacion",
    sa.Column("mediacion_id", sa.Uuid(), nullable=False),
    sa.Column("clase", sa.String(length=40), nullable=False),
    sa.Column("persona_id", sa.Uuid(), nullable=True),
    sa.Column("organizacion_id", sa.Uuid(), nullable=True),
    sa.Column("institucion_id", sa.Uuid(), nullable=True),
    sa.Column("nombre", sa.Text(), nullable=True),
    sa.Column("participa", sa.String(length=40), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["institucion_id"], ["instituciones.id"], name=op.f("fk_partes_de_mediacion_institucion_id")),
    sa.ForeignKeyConstraint(["mediacion_id"], ["mediaciones.id"], name=op.f("fk_partes_de_mediacion_mediacion_id")),
    sa.ForeignKeyConstraint(["organizacion_id"], ["organizaciones_migrantes.id"], name=op.f("fk_partes_de_mediacion_organizacion_id")),
    sa.ForeignKeyConstraint(["persona_id"], ["personas.id"], name=op.f("fk_partes_de_mediacion_persona_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_partes_de_mediacion")),
    )
    op.create_index("ix_partes_de_mediacion_mediacion_id", "partes_de_mediacion", ["mediacion_id"])
    op.create_index("ix_partes_de_mediacion_persona_id", "partes_de_mediacion", ["persona_id"])
    op.create_table(
    "seguimientos_de_mediacion",
    sa.Column("mediacion_id", sa.Uuid(), nullable=False),
    sa.Column("dias", sa.Integer(), nullable=False),
    sa.Column("vence_el", sa.Date(), nullable=False),
    sa.Column("tarea_id", sa.Uuid(), nullable=False),
    sa.Column("resultado", sa.String(length=40), nullable=True),
    sa.Column("nota", sa.Text(), nullable=True),
    sa.Column("hecho_en", sa.DateTime(timezone=True), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["mediacion_id"], ["mediaciones.id"], name=op.f("fk_seguimientos_de_mediacion_mediacion_id")),
    sa.ForeignKeyConstraint(["tarea_id"], ["tareas.id"], name=op.f("fk_seguimientos_de_mediacion_tarea_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_seguimientos_de_mediacion")),
    )
    op.create_index("ix_seguimientos_de_mediacion_mediacion_id", "seguimientos_de_mediacion", ["mediacion_id"])
    op.create_table(
    "sesiones_de_mediacion",
    sa.Column("mediacion_id", sa.Uuid(), nullable=False),
    sa.Column("dia", sa.Date(), nullable=False),
    sa.Column("lugar", sa.Text(), nullable=False),
    sa.Column("mediador_id", sa.Uuid(), nullable=False),
    sa.Column("mediador_nombre", sa.String(length=160), nullable=False),
    sa.Column("asistieron", sa.JSON(), nullable=False),
    sa.Column("resultado", sa.String(length=40), nullable=False),
    sa.Column("notas", sa.Text(), nullable=True),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["mediacion_id"], ["mediaciones.id"], name=op.f("fk_sesiones_de_mediacion_mediacion_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_sesiones_de_mediacion")),
    )
    op.create_index("ix_sesiones_de_mediacion_mediacion_id", "sesiones_de_mediacion", ["mediacion_id"])
    op.create_table(
    "compromisos_de_mediacion",
    sa.Column("mediacion_id", sa.Uuid(), nullable=False),
    sa.Column("parte_id", sa.Uuid(), nullable=False),
    sa.Column("que", sa.Text(), nullable=False),
    sa.Column("vence_el", sa.Date(), nullable=False),
    sa.Column("estado", sa.String(length=40), nullable=False),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(["mediacion_id"], ["mediaciones.id"], name=op.f("fk_compromisos_de_mediacion_mediacion_id")),
    sa.ForeignKeyConstraint(["parte_id"], ["partes_de_mediacion.id"], name=op.f("fk_compromisos_de_mediacion_parte_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_compromisos_de_mediacion")),
    )
    op.create_index("ix_compromisos_de_mediacion_mediacion_id", "compromisos_de_mediacion", ["mediacion_id"])
    op.create_index("ix_compromisos_de_mediacion_parte_id", "compromisos_de_mediacion", ["parte_id"])


def downgrade() -> None:
    op.drop_table("compromisos_de_mediacion")
    op.drop_table("sesiones_de_mediacion")
    op.drop_table("seguimientos_de_mediacion")
    op.drop_table("partes_de_mediacion")
    op.drop_table("mediaciones")
