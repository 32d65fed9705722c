"""A program has scopes, and two secrets while one replaces the other"""

import sqlalchemy as sa
from alembic import op

revision = "identidad_0005"
down_revision = "identidad_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secretos_de_cliente",
        sa.Column("cliente_id", sa.Uuid(), nullable=False),
        sa.Column("secreto_hash", sa.String(length=64), nullable=False),
        sa.Column("creado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cliente_id"], ["clientes_api.id"], name=op.f("fk_secretos_de_cliente_cliente_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secretos_de_cliente")),
    )
    op.create_index(
        op.f("ix_secretos_de_cliente_cliente_id"), "secretos_de_cliente", ["cliente_id"]
    )
    with op.batch_alter_table("clientes_api") as batch_op:
        batch_op.add_column(sa.Column("alcances", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default="1")
        )
    # The one that each has is its first, under the program's own id: no other row has that.
    op.execute(
        "INSERT INTO secretos_de_cliente (id, cliente_id, secreto_hash, creado_en) "
        "SELECT id, id, secreto_hash, creado_en FROM clientes_api"
    )


def downgrade() -> None:
    with op.batch_alter_table("clientes_api") as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("alcances")
    op.drop_table("secretos_de_cliente")
