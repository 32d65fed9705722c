"""Who may know of a case: confidentiality, the people named in it, exceptional accesses, units"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0004"
down_revision = "casos_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("casos", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "confidencialidad",
                sa.Enum(
                    "normal",
                    "reservado",
                    "sellado",
                    name="confidencialidad",
                    native_enum=False,
                    length=40,
                ),
                server_default="normal",
                nullable=False,
            )
        )
        batch_op.create_index("ix_casos_confidencialidad", ["confidencialidad"], unique=False)
    # identidad calls the office itself by a code now; facts of these cases are told again with it.
    op.execute(
        "UPDATE casos SET unidad = 'migracion', cambio = NULL"
        " WHERE unidad = 'Oficina de Migración'"
    )
    with op.batch_alter_table("instituciones", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unidad", sa.String(length=80), nullable=True))
        batch_op.create_index(batch_op.f("ix_instituciones_unidad"), ["unidad"], unique=False)
    op.create_table(
        "miembros_de_caso",
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("nombre", sa.String(length=120), nullable=False),
        sa.Column("desde", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caso_id"], ["casos.id"], name=op.f("fk_miembros_de_caso_caso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_miembros_de_caso")),
        sa.UniqueConstraint(
            "caso_id", "funcionario_id", name=op.f("uq_miembros_de_caso_caso_id")
        ),
    )
    with op.batch_alter_table("miembros_de_caso", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_miembros_de_caso_funcionario_id"), ["funcionario_id"], unique=False
        )
    op.create_table(
        "accesos_excepcionales",
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("funcionario_id", sa.Uuid(), nullable=False),
        sa.Column("funcionario_nombre", sa.String(length=120), nullable=False),
        sa.Column(
            "motivo",
            sa.Enum(
                "riesgo_inmediato",
                "persona_presente",
                "requerimiento_autoridad",
                "nadie_disponible",
                name="motivoacceso",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("reglas_version", sa.String(length=20), nullable=False),
        sa.Column("abierto_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lecturas", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caso_id"], ["casos.id"], name=op.f("fk_accesos_excepcionales_caso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesos_excepcionales")),
    )
    with op.batch_alter_table("accesos_excepcionales", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_accesos_excepcionales_caso_id"), ["caso_id"], unique=False
        )
        batch_op.create_index(
            "ix_accesos_excepcionales_funcionario_id_vence_en",
            ["funcionario_id", "vence_en"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("accesos_excepcionales")
    op.drop_table("miembros_de_caso")
    with op.batch_alter_table("instituciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instituciones_unidad"))
        batch_op.drop_column("unidad")
    with op.batch_alter_table("casos", schema=None) as batch_op:
        batch_op.drop_index("ix_casos_confidencialidad")
        batch_op.drop_column("confidencialidad")
