"""What institutions say of their own services"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0047"
down_revision = "casos_0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consultas_red",
        sa.Column("institucion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "abierta",
                "contestada",
                "sin_respuesta",
                "retirada",
                name="estadoconsulta",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pedida_por", sa.String(length=160), nullable=False),
        sa.Column("pedida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminada_por", sa.String(length=160), nullable=False),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institucion_id"], ["instituciones.id"], name=op.f("fk_consultas_red_institucion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultas_red")),
    )
    with op.batch_alter_table("consultas_red", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultas_red_estado"), ["estado"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consultas_red_institucion_id"), ["institucion_id"], unique=False
        )

    op.create_table(
        "enlaces_de_consulta",
        sa.Column("consulta_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vence_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("abierto_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aperturas", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consulta_id"], ["consultas_red.id"], name=op.f("fk_enlaces_de_consulta_consulta_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enlaces_de_consulta")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enlaces_de_consulta_token_hash")),
    )
    with op.batch_alter_table("enlaces_de_consulta", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enlaces_de_consulta_consulta_id"), ["consulta_id"], unique=False
        )

    op.create_table(
        "preguntas_red",
        sa.Column("consulta_id", sa.Uuid(), nullable=False),
        sa.Column("servicio_id", sa.Uuid(), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "por_contestar",
                "conforme",
                "por_revisar",
                "aceptada",
                "descartada",
                name="estadopregunta",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("propone", sa.Text(), nullable=False),
        sa.Column("contestada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "motivo",
            sa.Enum(
                "no_es_asi",
                "ya_estaba",
                "se_corrigio_a_mano",
                name="motivodenocorregir",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decidida_por", sa.String(length=160), nullable=False),
        sa.Column("decidida_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vaciada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consulta_id"], ["consultas_red.id"], name=op.f("fk_preguntas_red_consulta_id")
        ),
        sa.ForeignKeyConstraint(
            ["servicio_id"], ["servicios_red.id"], name=op.f("fk_preguntas_red_servicio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preguntas_red")),
        sa.UniqueConstraint(
            "consulta_id", "servicio_id", name=op.f("uq_preguntas_red_consulta_id_servicio_id")
        ),
    )
    with op.batch_alter_table("preguntas_red", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preguntas_red_estado"), ["estado"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_preguntas_red_servicio_id"), ["servicio_id"], unique=False
        )

    with op.batch_alter_table("servicios_red", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "verificado_fuente",
                sa.Enum(
                    "oficina",
                    "institucion",
                    "importacion",
                    name="fuentedato",
                    native_enum=False,
                    length=40,
                ),
                nullable=True,
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("servicios_red", schema=None) as batch_op:
        batch_op.drop_column("verificado_fuente")

    with op.batch_alter_table("preguntas_red", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preguntas_red_servicio_id"))
        batch_op.drop_index(batch_op.f("ix_preguntas_red_estado"))

    op.drop_table("preguntas_red")
    with op.batch_alter_table("enlaces_de_consulta", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enlaces_de_consulta_consulta_id"))

    op.drop_table("enlaces_de_consulta")
    with op.batch_alter_table("consultas_red", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultas_red_institucion_id"))
        batch_op.drop_index(batch_op.f("ix_consultas_red_estado"))

    op.drop_table("consultas_red")
