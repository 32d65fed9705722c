"""What is past its period is emptied, a closed case may be kept for longer, and gender is sealed"""

import sqlalchemy as sa
from alembic import op

from oficina.privacy import current_keyring

revision = "casos_0006"
down_revision = "casos_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("derivaciones", "importaciones"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("vaciada_en", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "conservaciones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caso_id", sa.Uuid(), nullable=False),
        sa.Column("motivo", sa.String(length=40), nullable=False),
        sa.Column("decidida_por_id", sa.Uuid(), nullable=False),
        sa.Column("decidida_por", sa.String(length=120), nullable=False),
        sa.Column("decidida_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hasta", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["caso_id"], ["casos.id"], name=op.f("fk_conservaciones_caso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conservaciones")),
    )
    op.create_index(op.f("ix_conservaciones_caso_id"), "conservaciones", ["caso_id"])
    op.add_column("personas", sa.Column("genero_cifrado", sa.Text(), nullable=True))
    _seal()


def _seal() -> None:
    """What is in plain goes into the sealed column. The version before shows none meanwhile."""
    personas = sa.table("personas", *map(sa.column, ("id", "genero", "genero_cifrado")))
    known = sa.select(personas.c.id, personas.c.genero).where(personas.c.genero.is_not(None))
    connection = op.get_bind()
    for row in connection.execute(known).all():
        # Only an office that has people has keys.
        sealed = current_keyring().encrypt(row.genero, "casos.persona.genero")
        connection.execute(
            personas.update()
            .where(personas.c.id == row.id)
            .values(genero=None, genero_cifrado=sealed)
        )


def downgrade() -> None:
    personas = sa.table("personas", *map(sa.column, ("id", "genero", "genero_cifrado")))
    known = sa.select(personas.c.id, personas.c.genero_cifrado).where(
        personas.c.genero_cifrado.is_not(None)
    )
    connection = op.get_bind()
    for row in connection.execute(known).all():
        opened = current_keyring().decrypt(row.genero_cifrado, "casos.persona.genero")
        connection.execute(
            personas.update().where(personas.c.id == row.id).values(genero=opened)
        )
    op.drop_column("personas", "genero_cifrado")
    op.drop_table("conservaciones")
    for table in ("derivaciones", "importaciones"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("vaciada_en")
