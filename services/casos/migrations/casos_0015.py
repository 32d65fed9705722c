"""Some cases are closed by two people; a case has tasks"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0015"
down_revision = "casos_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cierres_propuestos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("motivo", sa.String(length=40), nullable=False),
        sa.Column("resultado", sa.String(length=40), nullable=False),
        sa.Column("texto", sa.Text(), nullable=True),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("propuesto_por_id", sa.Uuid(), nullable=False),
        sa.Column("propuesto_por", sa.String(length=120), nullable=False),
        sa.Column("propuesto_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decidido_por_id", sa.Uuid(), nullable=True),
        sa.Column("decidido_por", sa.String(length=120), nullable=False),
        sa.Column("decidido_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_texto", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["caso_id"], ["casos.id"], name=op.f("fk_cierres_propuestos_caso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cierres_propuestos")),
    )
    op.create_index(op.f("ix_cierres_propuestos_caso_id"), "cierres_propuestos", ["caso_id"])
    pendiente = sa.text("estado = 'pendiente'")
    op.create_index(
        "ix_cierres_propuestos_pendiente",
        "cierres_propuestos",
        ["caso_id"],
        unique=True,
        sqlite_where=pendiente,
        postgresql_where=pendiente,
    )
    op.create_table(
        "tareas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("que", sa.Text(), nullable=False),
        sa.Column("responsable_id", sa.Uuid(), nullable=False),
        sa.Column("responsable_nombre", sa.String(length=120), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("creada_por_id", sa.Uuid(), nullable=False),
        sa.Column("creada_por", sa.String(length=120), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["caso_id"], ["casos.id"], name=op.f("fk_tareas_caso_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tareas")),
    )
    op.create_index(op.f("ix_tareas_caso_id"), "tareas", ["caso_id"])
    op.create_index("ix_tareas_responsable_estado", "tareas", ["responsable_id", "estado"])
    # Added as it is, without making the table anew: the version before goes on writing to it.
    una = sa.Column("tarea_id", sa.Uuid(), sa.ForeignKey("tareas.id"), nullable=True)
    op.add_column("plazos", una, inline_references=True)
    op.create_index(op.f("ix_plazos_tarea_id"), "plazos", ["tarea_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_plazos_tarea_id"), table_name="plazos")
    op.drop_column("plazos", "tarea_id")
    op.drop_table("tareas")
    op.drop_table("cierres_propuestos")
