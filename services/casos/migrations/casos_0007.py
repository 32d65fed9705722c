"""Breaches of people's data are a register with clocks"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0007"
down_revision = "casos_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incidentes",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "reportado",
                "abierto",
                "cerrado",
                "descartado",
                name="estado",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "causa",
            sa.Enum(
                "envio_equivocado",
                "perdida_o_robo",
                "acceso_indebido",
                "cuenta_comprometida",
                "programa_malicioso",
                "publicacion",
                "datos_alterados",
                "sin_servicio",
                "otra",
                name="causa",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("relato", sa.Text(), nullable=False),
        sa.Column("conocido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reportado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reportado_por_id", sa.Uuid(), nullable=False),
        sa.Column("reportado_por", sa.String(length=160), nullable=False),
        sa.Column("delegado_id", sa.Uuid(), nullable=True),
        sa.Column("delegado_nombre", sa.String(length=160), nullable=False),
        sa.Column("naturalezas", sa.JSON(), nullable=False),
        sa.Column("categorias", sa.JSON(), nullable=False),
        sa.Column("sistemas", sa.JSON(), nullable=False),
        sa.Column(
            "riesgo",
            sa.Enum(
                "bajo", "medio", "alto", name="riesgoparapersonas", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column("efectos", sa.Text(), nullable=True),
        sa.Column("personas_aprox", sa.Integer(), nullable=True),
        sa.Column("catalogo_version", sa.String(length=20), nullable=False),
        sa.Column("actualizado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidentes")),
        sa.UniqueConstraint("folio", name=op.f("uq_incidentes_folio")),
    )
    with op.batch_alter_table("incidentes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidentes_estado"), ["estado"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_incidentes_reportado_por_id"), ["reportado_por_id"], unique=False
        )

    op.create_table(
        "avisos_de_incidente",
        sa.Column("incidente_id", sa.Uuid(), nullable=False),
        sa.Column(
            "destinatario",
            sa.Enum(
                "agencia", "personas", "csirt", name="destinatario", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("notificar", sa.Boolean(), nullable=False),
        sa.Column("motivo", sa.Text(), nullable=False),
        sa.Column("decidido_por", sa.String(length=160), nullable=False),
        sa.Column("decidido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("avisado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "medio",
            sa.Enum(
                "sede_electronica",
                "correo",
                "carta",
                "telefono",
                "en_persona",
                "publicacion",
                name="mediodeaviso",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("constancia", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incidente_id"], ["incidentes.id"], name=op.f("fk_avisos_de_incidente_incidente_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos_de_incidente")),
        sa.UniqueConstraint(
            "incidente_id",
            "destinatario",
            name=op.f("uq_avisos_de_incidente_incidente_id_destinatario"),
        ),
    )
    op.create_table(
        "pasos_de_incidente",
        sa.Column("incidente_id", sa.Uuid(), nullable=False),
        sa.Column(
            "accion",
            sa.Enum(
                "abrir",
                "descartar",
                "clasificar",
                "medida",
                "vincular",
                "desvincular",
                "decidir",
                "avisar",
                "cerrar",
                "reabrir",
                name="accion",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "estado",
            sa.Enum(
                "reportado",
                "abierto",
                "cerrado",
                "descartado",
                name="estado",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("codigo", sa.String(length=40), nullable=True),
        sa.Column("cantidad", sa.Integer(), nullable=True),
        sa.Column("texto", sa.Text(), nullable=True),
        sa.Column("quien", sa.String(length=160), nullable=False),
        sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incidente_id"], ["incidentes.id"], name=op.f("fk_pasos_de_incidente_incidente_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_incidente")),
    )
    with op.batch_alter_table("pasos_de_incidente", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pasos_de_incidente_incidente_id"), ["incidente_id"], unique=False
        )

    op.create_table(
        "personas_de_incidente",
        sa.Column("incidente_id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("vinculada_por", sa.String(length=160), nullable=False),
        sa.Column("vinculada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incidente_id"], ["incidentes.id"], name=op.f("fk_personas_de_incidente_incidente_id")
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_personas_de_incidente_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personas_de_incidente")),
        sa.UniqueConstraint(
            "incidente_id",
            "persona_id",
            name=op.f("uq_personas_de_incidente_incidente_id_persona_id"),
        ),
    )
    with op.batch_alter_table("personas_de_incidente", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_personas_de_incidente_persona_id"), ["persona_id"], unique=False
        )

    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incidente_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_plazos_incidente_id"), ["incidente_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_plazos_incidente_id"), "incidentes", ["incidente_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM plazos WHERE incidente_id IS NOT NULL")
    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_plazos_incidente_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_plazos_incidente_id"))
        batch_op.drop_column("incidente_id")
    op.drop_table("personas_de_incidente")
    op.drop_table("pasos_de_incidente")
    op.drop_table("avisos_de_incidente")
    op.drop_table("incidentes")
