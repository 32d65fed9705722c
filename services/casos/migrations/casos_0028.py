"""The network whole: places, hours, contacts, proposals"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0028"
down_revision = "casos_0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sedes",
        sa.Column("institucion_id", sa.Uuid(), nullable=False),
        sa.Column("nombre", sa.String(length=160), nullable=False),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("direccion", sa.Text(), nullable=True),
        sa.Column("comuna", sa.String(length=80), nullable=False),
        sa.Column("telefono", sa.String(length=40), nullable=True),
        sa.Column("acceso", sa.String(length=500), nullable=False),
        sa.Column("confidencial", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institucion_id"], ["instituciones.id"], name=op.f("fk_sedes_institucion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sedes")),
    )
    op.create_index(op.f("ix_sedes_institucion_id"), "sedes", ["institucion_id"])

    op.create_table(
        "contactos_red",
        sa.Column("institucion_id", sa.Uuid(), nullable=False),
        sa.Column("servicio_id", sa.Uuid(), nullable=True),
        sa.Column("nombre", sa.Text(), nullable=False),
        sa.Column("cargo", sa.String(length=120), nullable=False),
        sa.Column("correo", sa.Text(), nullable=True),
        sa.Column("telefono", sa.Text(), nullable=True),
        sa.Column("publico", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institucion_id"], ["instituciones.id"], name=op.f("fk_contactos_red_institucion_id")
        ),
        sa.ForeignKeyConstraint(
            ["servicio_id"], ["servicios_red.id"], name=op.f("fk_contactos_red_servicio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contactos_red")),
    )
    op.create_index(op.f("ix_contactos_red_institucion_id"), "contactos_red", ["institucion_id"])
    op.create_index(op.f("ix_contactos_red_servicio_id"), "contactos_red", ["servicio_id"])

    op.create_table(
        "cupos_informados",
        sa.Column("servicio_id", sa.Uuid(), nullable=False),
        sa.Column("capacidad", sa.String(length=40), nullable=False),
        sa.Column("nota", sa.String(length=200), nullable=False),
        sa.Column("fuente", sa.String(length=40), nullable=False),
        sa.Column("informado_por", sa.String(length=160), nullable=False),
        sa.Column("informado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["servicio_id"], ["servicios_red.id"], name=op.f("fk_cupos_informados_servicio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cupos_informados")),
    )
    op.create_index(op.f("ix_cupos_informados_servicio_id"), "cupos_informados", ["servicio_id"])

    op.create_table(
        "lugares_de_servicio",
        sa.Column("servicio_id", sa.Uuid(), nullable=False),
        sa.Column("sede_id", sa.Uuid(), nullable=False),
        sa.Column("papel", sa.String(length=40), nullable=False),
        sa.Column("nota", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sede_id"], ["sedes.id"], name=op.f("fk_lugares_de_servicio_sede_id")
        ),
        sa.ForeignKeyConstraint(
            ["servicio_id"], ["servicios_red.id"], name=op.f("fk_lugares_de_servicio_servicio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lugares_de_servicio")),
    )
    op.create_index(op.f("ix_lugares_de_servicio_sede_id"), "lugares_de_servicio", ["sede_id"])
    op.create_index(
        op.f("ix_lugares_de_servicio_servicio_id"), "lugares_de_servicio", ["servicio_id"]
    )

    op.create_table(
        "propuestas_red",
        sa.Column("servicio_id", sa.Uuid(), nullable=False),
        sa.Column("unida_a_id", sa.Uuid(), nullable=True),
        sa.Column("como_llegar", sa.Text(), nullable=False),
        sa.Column("estado", sa.String(length=40), nullable=False),
        sa.Column("motivo", sa.String(length=40), nullable=True),
        sa.Column("propuesta_por_id", sa.Uuid(), nullable=False),
        sa.Column("propuesta_por", sa.String(length=160), nullable=False),
        sa.Column("propuesta_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decidida_por", sa.String(length=160), nullable=False),
        sa.Column("decidida_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["servicio_id"], ["servicios_red.id"], name=op.f("fk_propuestas_red_servicio_id")
        ),
        sa.ForeignKeyConstraint(
            ["unida_a_id"], ["servicios_red.id"], name=op.f("fk_propuestas_red_unida_a_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_propuestas_red")),
        sa.UniqueConstraint("servicio_id", name=op.f("uq_propuestas_red_servicio_id")),
    )
    op.create_index(op.f("ix_propuestas_red_estado"), "propuestas_red", ["estado"])

    op.create_table(
        "horarios",
        sa.Column("lugar_id", sa.Uuid(), nullable=False),
        sa.Column("freq", sa.String(length=10), nullable=False),
        sa.Column("dias", sa.JSON(), nullable=False),
        sa.Column("abre", sa.Time(), nullable=False),
        sa.Column("cierra", sa.Time(), nullable=False),
        sa.Column("desde", sa.Date(), nullable=True),
        sa.Column("hasta", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lugar_id"],
            ["lugares_de_servicio.id"],
            name=op.f("fk_horarios_lugar_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horarios")),
    )
    op.create_index(op.f("ix_horarios_lugar_id"), "horarios", ["lugar_id"])

    op.add_column(
        "instituciones", sa.Column("categorias", sa.JSON(none_as_null=True), nullable=True)
    )
    op.add_column(
        "instituciones",
        sa.Column("descripcion", sa.String(length=2000), server_default="", nullable=False),
    )
    op.add_column("instituciones", sa.Column("sitio", sa.String(length=200), nullable=True))
    op.add_column(
        "instituciones",
        sa.Column("identificadores", sa.JSON(), server_default="[]", nullable=False),
    )
    op.add_column(
        "instituciones", sa.Column("catalogada", sa.Boolean(), server_default="1", nullable=False)
    )

    op.add_column(
        "servicios_red", sa.Column("otros_modos", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column(
        "servicios_red",
        sa.Column("descripcion", sa.String(length=2000), server_default="", nullable=False),
    )
    op.add_column(
        "servicios_red",
        sa.Column("elegibilidad", sa.String(length=1000), server_default="", nullable=False),
    )
    op.add_column(
        "servicios_red",
        sa.Column("costo", sa.String(length=200), server_default="", nullable=False),
    )
    op.add_column(
        "servicios_red", sa.Column("idiomas", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column(
        "servicios_red", sa.Column("interprete", sa.Boolean(), server_default="0", nullable=False)
    )
    op.add_column("servicios_red", sa.Column("edad_min", sa.Integer(), nullable=True))
    op.add_column("servicios_red", sa.Column("edad_max", sa.Integer(), nullable=True))
    op.add_column("servicios_red", sa.Column("plazo_dias", sa.Integer(), nullable=True))
    op.add_column("servicios_red", sa.Column("verificado_el", sa.Date(), nullable=True))
    op.add_column(
        "servicios_red",
        sa.Column("verificado_por", sa.String(length=160), server_default="", nullable=False),
    )
    op.add_column(
        "servicios_red", sa.Column("actualizado_en", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "servicios_red", sa.Column("catalogado", sa.Boolean(), server_default="1", nullable=False)
    )

    sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END"
        if sqlite
        else "FOR EACH ROW EXECUTE FUNCTION libro_no_cambia()"
    )
    for que, cuando in (("no_cambia", "UPDATE"), ("no_se_borra", "DELETE")):
        op.execute(
            f"CREATE TRIGGER cupos_informados_{que} BEFORE {cuando} ON cupos_informados {refuse}"
        )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON cupos_informados"
    for que in ("no_cambia", "no_se_borra"):
        op.execute(f"DROP TRIGGER cupos_informados_{que}{on}")
    op.drop_column("servicios_red", "catalogado")
    op.drop_column("servicios_red", "actualizado_en")
    op.drop_column("servicios_red", "verificado_por")
    op.drop_column("servicios_red", "verificado_el")
    op.drop_column("servicios_red", "plazo_dias")
    op.drop_column("servicios_red", "edad_max")
    op.drop_column("servicios_red", "edad_min")
    op.drop_column("servicios_red", "interprete")
    op.drop_column("servicios_red", "idiomas")
    op.drop_column("servicios_red", "costo")
    op.drop_column("servicios_red", "elegibilidad")
    op.drop_column("servicios_red", "descripcion")
    op.drop_column("servicios_red", "otros_modos")

    op.drop_column("instituciones", "catalogada")
    op.drop_column("instituciones", "identificadores")
    op.drop_column("instituciones", "sitio")
    op.drop_column("instituciones", "descripcion")
    op.drop_column("instituciones", "categorias")

    op.drop_index(op.f("ix_horarios_lugar_id"), table_name="horarios")

    op.drop_table("horarios")
    op.drop_index(op.f("ix_propuestas_red_estado"), table_name="propuestas_red")

    op.drop_table("propuestas_red")
    op.drop_index(op.f("ix_lugares_de_servicio_servicio_id"), table_name="lugares_de_servicio")
    op.drop_index(op.f("ix_lugares_de_servicio_sede_id"), table_name="lugares_de_servicio")

    op.drop_table("lugares_de_servicio")
    op.drop_index(op.f("ix_cupos_informados_servicio_id"), table_name="cupos_informados")

    op.drop_table("cupos_informados")
    op.drop_index(op.f("ix_contactos_red_servicio_id"), table_name="contactos_red")
    op.drop_index(op.f("ix_contactos_red_institucion_id"), table_name="contactos_red")

    op.drop_table("contactos_red")
    op.drop_index(op.f("ix_sedes_institucion_id"), table_name="sedes")

    op.drop_table("sedes")
