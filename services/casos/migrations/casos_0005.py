"""Consents say who gave them and are withdrawn; people ask for their rights, with a clock"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0005"
down_revision = "casos_0004"
branch_labels = None
depends_on = None

_DERECHOS = ("acceso", "rectificacion", "supresion", "oposicion", "portabilidad", "bloqueo")
_ESTADOS = ("recibida", "en_tramite", "prorrogada", "respondida", "rechazada")
_ACCIONES = ("tramitar", "prorrogar", "responder", "rechazar")
_CANALES = ("presencial", "telefono", "terreno", "correo", "mensajeria")
_IDENTIDADES = (
    "documento_a_la_vista",
    "datos_cotejados",
    "conocida_por_el_equipo",
    "poder_a_la_vista",
)
_COPIAS = ("pedida", "en_proceso", "lista", "fallida", "caducada")


def _enum(nombre: str, *valores: str) -> sa.Enum:
    return sa.Enum(*valores, name=nombre, native_enum=False, length=40)


def upgrade() -> None:
    with op.batch_alter_table("consentimientos", schema=None) as batch_op:
        batch_op.alter_column("destinatario_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(
            sa.Column(
                "otorgado_por",
                sa.Enum(
                    "persona", "representante", name="otorgante", native_enum=False, length=40
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("representante", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("evidencia", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hasta", sa.DateTime(timezone=True), nullable=True))

    op.create_table(
        "retiros_consentimiento",
        sa.Column("consentimiento_id", sa.Uuid(), nullable=False),
        sa.Column(
            "motivo",
            sa.Enum(
                "decision_de_la_persona",
                "ya_no_hace_falta",
                "registrado_por_error",
                name="motivoretiro",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column(
            "pedido_por",
            sa.Enum("persona", "representante", name="otorgante", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("registrado_por_id", sa.Uuid(), nullable=False),
        sa.Column("registrado_por", sa.String(length=160), nullable=False),
        sa.Column("retirado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consentimiento_id"],
            ["consentimientos.id"],
            name=op.f("fk_retiros_consentimiento_consentimiento_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retiros_consentimiento")),
        sa.UniqueConstraint(
            "consentimiento_id", name=op.f("uq_retiros_consentimiento_consentimiento_id")
        ),
    )

    op.create_table(
        "solicitudes_derecho",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("derecho", _enum("derecho", *_DERECHOS), nullable=False),
        sa.Column("estado", _enum("estado", *_ESTADOS), nullable=False),
        sa.Column("canal", _enum("canal", *_CANALES), nullable=False),
        sa.Column("pedida_por", _enum("otorgante", "persona", "representante"), nullable=False),
        sa.Column("representante", sa.Text(), nullable=True),
        sa.Column("identidad", _enum("identidad", *_IDENTIDADES), nullable=False),
        sa.Column("detalle", sa.Text(), nullable=True),
        sa.Column("recibida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recibida_por_id", sa.Uuid(), nullable=False),
        sa.Column("recibida_por", sa.String(length=160), nullable=False),
        sa.Column("delegado_id", sa.Uuid(), nullable=True),
        sa.Column("delegado_nombre", sa.String(length=160), nullable=False),
        sa.Column("respuesta", sa.Text(), nullable=True),
        sa.Column("entrega", _enum("entrega", "en_persona", "correo", "carta"), nullable=True),
        sa.Column("rechazo_codigo", sa.String(length=40), nullable=True),
        sa.Column("terminada_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("catalogo_version", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_solicitudes_derecho_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solicitudes_derecho")),
        sa.UniqueConstraint("folio", name=op.f("uq_solicitudes_derecho_folio")),
    )
    with op.batch_alter_table("solicitudes_derecho", schema=None) as batch_op:
        for columna in ("estado", "persona_id", "terminada_en"):
            batch_op.create_index(
                batch_op.f(f"ix_solicitudes_derecho_{columna}"), [columna], unique=False
            )
    op.create_table(
        "pasos_de_solicitud",
        sa.Column("solicitud_id", sa.Uuid(), nullable=False),
        sa.Column("accion", _enum("accion", *_ACCIONES), nullable=True),
        sa.Column("estado", _enum("estado", *_ESTADOS), nullable=False),
        sa.Column("texto", sa.Text(), nullable=True),
        sa.Column("quien", sa.String(length=160), nullable=False),
        sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["solicitud_id"],
            ["solicitudes_derecho.id"],
            name=op.f("fk_pasos_de_solicitud_solicitud_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasos_de_solicitud")),
    )
    with op.batch_alter_table("pasos_de_solicitud", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pasos_de_solicitud_solicitud_id"), ["solicitud_id"], unique=False
        )
    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.alter_column("caso_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column("solicitud_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("vence_en_original", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("prorrogado_en", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_plazos_solicitud_id"), "solicitudes_derecho", ["solicitud_id"], ["id"]
        )
        batch_op.create_index(
            batch_op.f("ix_plazos_solicitud_id"), ["solicitud_id"], unique=False
        )

    op.create_table(
        "copias_de_datos",
        sa.Column("solicitud_id", sa.Uuid(), nullable=False),
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("estado", _enum("estadocopia", *_COPIAS), nullable=False),
        sa.Column("progreso", sa.Integer(), nullable=False),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("tomada_hasta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pedida_por_id", sa.Uuid(), nullable=False),
        sa.Column("pedida_por", sa.String(length=160), nullable=False),
        sa.Column("pedida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lista_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("caduca_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256_pdf", sa.String(length=64), nullable=True),
        sa.Column("sha256_json", sa.String(length=64), nullable=True),
        sa.Column("pdf_sellado", sa.Text(), nullable=True),
        sa.Column("json_sellado", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f("fk_copias_de_datos_persona_id")
        ),
        sa.ForeignKeyConstraint(
            ["solicitud_id"],
            ["solicitudes_derecho.id"],
            name=op.f("fk_copias_de_datos_solicitud_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copias_de_datos")),
    )
    with op.batch_alter_table("copias_de_datos", schema=None) as batch_op:
        batch_op.create_index(
            "ix_copias_de_datos_estado", ["estado", "tomada_hasta"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_copias_de_datos_solicitud_id"), ["solicitud_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("copias_de_datos")
    op.execute("DELETE FROM plazos WHERE caso_id IS NULL")
    with op.batch_alter_table("plazos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plazos_solicitud_id"))
        batch_op.drop_constraint(batch_op.f("fk_plazos_solicitud_id"), type_="foreignkey")
        for columna in ("prorrogado_en", "vence_en_original", "solicitud_id"):
            batch_op.drop_column(columna)
        batch_op.alter_column("caso_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("pasos_de_solicitud")
    op.drop_table("solicitudes_derecho")
    op.drop_table("retiros_consentimiento")
    op.execute("DELETE FROM consentimientos WHERE destinatario_id IS NULL")
    with op.batch_alter_table("consentimientos", schema=None) as batch_op:
        for columna in ("hasta", "evidencia", "representante", "otorgado_por"):
            batch_op.drop_column(columna)
        batch_op.alter_column("destinatario_id", existing_type=sa.Uuid(), nullable=False)
