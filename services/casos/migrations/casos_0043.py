"""Files that bring people, the network and programmes; the office's own codes of these"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0043"
down_revision = "casos_0048"
branch_labels = None
depends_on = None


_CON_CODIGO = ("programas", "convenios")


def upgrade() -> None:
    op.add_column(
        "importaciones",
        sa.Column("tipo", sa.String(length=40), nullable=False, server_default="atenciones"),
    )
    op.add_column(
        "importaciones", sa.Column("cambiadas", sa.Integer(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("filas_importadas") as tabla:
        tabla.alter_column("atencion_id", existing_type=sa.Uuid(), nullable=True)
    for nombre in _CON_CODIGO:
        op.add_column(nombre, sa.Column("codigo", sa.String(length=40), nullable=True))
        op.create_index(op.f(f"ix_{nombre}_codigo"), nombre, ["codigo"], unique=True)


def downgrade() -> None:
    for nombre in _CON_CODIGO:
        op.drop_index(op.f(f"ix_{nombre}_codigo"), table_name=nombre)
        op.drop_column(nombre, "codigo")
    op.execute("DELETE FROM filas_importadas WHERE atencion_id IS NULL")
    with op.batch_alter_table("filas_importadas") as tabla:
        tabla.alter_column("atencion_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("importaciones", "cambiadas")
    op.drop_column("importaciones", "tipo")
