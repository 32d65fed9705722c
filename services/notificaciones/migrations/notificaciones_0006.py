"""Staff write templates: each text is a version, and versions stay"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0006"
down_revision = "notificaciones_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plantillas",
        sa.Column("clave", sa.String(length=40), nullable=False),
        sa.Column("propia", sa.Boolean(), nullable=False),
        sa.Column("nombre", sa.String(length=120), nullable=False),
        sa.Column("variables", sa.JSON(), nullable=False),
        sa.Column("vigente", sa.Integer(), nullable=False),
        sa.Column("retirada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plantillas")),
        sa.UniqueConstraint("clave", name=op.f("uq_plantillas_clave")),
    )
    op.create_table(
        "versiones_de_plantilla",
        sa.Column("plantilla_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column(
            "origen",
            sa.Enum("fabrica", "oficina", name="origen", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("restituye", sa.Integer(), nullable=True),
        sa.Column("textos", sa.JSON(), nullable=False),
        sa.Column("no_duplicar", sa.Boolean(), nullable=False),
        sa.Column("respeta_ventana", sa.Boolean(), nullable=False),
        sa.Column(
            "prioridad",
            sa.Enum("urgente", "normal", "masiva", name="prioridad", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "tema",
            sa.Enum(
                "citas",
                "derivaciones",
                "plazos",
                "datos",
                "cuentas",
                "avisos",
                "informacion",
                "pruebas",
                name="tema",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("por_ley", sa.String(length=500), nullable=False),
        sa.Column("retencion_dias", sa.Integer(), nullable=True),
        sa.Column(
            "tildes",
            sa.Enum("conservar", "ahorrar", "gsm", name="tildes", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("publicada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publicada_por", sa.String(length=200), nullable=False),
        sa.Column("publicada_por_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plantilla_id"],
            ["plantillas.id"],
            name=op.f("fk_versiones_de_plantilla_plantilla_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versiones_de_plantilla")),
        sa.UniqueConstraint(
            "plantilla_id", "numero", name=op.f("uq_versiones_de_plantilla_plantilla_id_numero")
        ),
    )


def downgrade() -> None:
    op.drop_table("versiones_de_plantilla")
    op.drop_table("plantillas")
