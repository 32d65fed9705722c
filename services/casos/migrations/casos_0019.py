"""What programmes hand over, goods in store and accounts"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0019"
down_revision = "casos_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "articulos",
        sa.Column("programa_id", sa.Uuid(), nullable=False),
        sa.Column("nombre", sa.String(length=120), nullable=False),
        sa.Column("unidad", sa.String(length=40), nullable=False),
        sa.Column("existencias", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("existencias >= 0", name=op.f("ck_articulos_existencias")),
        sa.ForeignKeyConstraint(
            ["programa_id"], ["programas.id"], name=op.f("fk_articulos_programa_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articulos")),
        sa.UniqueConstraint("programa_id", "nombre", name=op.f("uq_articulos_programa_id_nombre")),
    )
    op.create_table(
        "rendiciones",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("programa_id", sa.Uuid(), nullable=False),
        sa.Column("hasta", sa.Date(), nullable=False),
        sa.Column("entregas", sa.Integer(), nullable=False),
        sa.Column("monto_clp", sa.BigInteger(), nullable=False),
        sa.Column("hecha_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hecha_por", sa.String(length=160), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programa_id"], ["programas.id"], name=op.f("fk_rendiciones_programa_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendiciones")),
        sa.UniqueConstraint("folio", name=op.f("uq_rendiciones_folio")),
    )
    op.create_index("ix_rendiciones_programa_id", "rendiciones", ["programa_id"])

    op.create_table(
        "entregas_de_beneficio",
        sa.Column("folio", sa.String(length=20), nullable=False),
        sa.Column("postulacion_id", sa.Uuid(), nullable=False),
        sa.Column("programa_id", sa.Uuid(), nullable=False),
        sa.Column("rendicion_id", sa.Uuid(), nullable=True),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("monto_clp", sa.BigInteger(), nullable=False),
        sa.Column("receptor", sa.String(length=40), nullable=False),
        sa.Column("receptor_nombre", sa.Text(), nullable=True),
        sa.Column("receptor_documento", sa.Text(), nullable=True),
        sa.Column("entregada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entregada_por_id", sa.Uuid(), nullable=False),
        sa.Column("entregada_por", sa.String(length=160), nullable=False),
        sa.Column("autorizada_por", sa.String(length=160), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["postulacion_id"],
            ["postulaciones.id"],
            name=op.f("fk_entregas_de_beneficio_postulacion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["programa_id"], ["programas.id"], name=op.f("fk_entregas_de_beneficio_programa_id")
        ),
        sa.ForeignKeyConstraint(
            ["rendicion_id"], ["rendiciones.id"], name=op.f("fk_entregas_de_beneficio_rendicion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entregas_de_beneficio")),
        sa.UniqueConstraint("folio", name=op.f("uq_entregas_de_beneficio_folio")),
        sa.UniqueConstraint("postulacion_id", name=op.f("uq_entregas_de_beneficio_postulacion_id")),
    )
    op.create_index(
        "ix_entregas_de_beneficio_programa_id", "entregas_de_beneficio", ["programa_id"]
    )
    op.create_index(
        "ix_entregas_de_beneficio_rendicion_id", "entregas_de_beneficio", ["rendicion_id"]
    )

    op.create_table(
        "movimientos_existencia",
        sa.Column("articulo_id", sa.Uuid(), nullable=False),
        sa.Column("entrega_id", sa.Uuid(), nullable=True),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("cantidad", sa.Integer(), nullable=False),
        sa.Column("quedan", sa.Integer(), nullable=False),
        sa.Column("respaldo", sa.String(length=200), nullable=False),
        sa.Column("actor_nombre", sa.String(length=160), nullable=False),
        sa.Column("ocurrido_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["articulo_id"], ["articulos.id"], name=op.f("fk_movimientos_existencia_articulo_id")
        ),
        sa.ForeignKeyConstraint(
            ["entrega_id"],
            ["entregas_de_beneficio.id"],
            name=op.f("fk_movimientos_existencia_entrega_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movimientos_existencia")),
    )
    op.create_index(
        "ix_movimientos_existencia_articulo_id_id", "movimientos_existencia", ["articulo_id", "id"]
    )
    op.create_index(
        "ix_movimientos_existencia_entrega_id", "movimientos_existencia", ["entrega_id"]
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'rows of a ledger are never changed'); END"
        if sqlite
        else "FOR EACH ROW EXECUTE FUNCTION libro_no_cambia()"
    )
    for que, cuando in (("no_cambia", "UPDATE"), ("no_se_borra", "DELETE")):
        op.execute(
            f"CREATE TRIGGER movimientos_existencia_{que} BEFORE {cuando} "
            f"ON movimientos_existencia {refuse}"
        )


def downgrade() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON movimientos_existencia"
    for que in ("no_cambia", "no_se_borra"):
        op.execute(f"DROP TRIGGER movimientos_existencia_{que}{on}")
    op.drop_table("movimientos_existencia")
    op.drop_table("entregas_de_beneficio")
    op.drop_table("articulos")
    op.drop_table("rendiciones")
