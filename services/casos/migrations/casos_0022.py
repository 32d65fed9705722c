"""Relations between people, and who represents them"""

import sqlalchemy as sa
from alembic import op

revision = "casos_0022"
down_revision = "casos_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vinculos",
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("otra_id", sa.Uuid(), nullable=True),
        sa.Column("nombre", sa.Text(), nullable=True),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("desde", sa.Date(), nullable=True),
        sa.Column("hasta", sa.Date(), nullable=True),
        sa.Column("por_error", sa.Boolean(), nullable=False),
        *_anotado(),
        *_de_dos("vinculos"),
    )
    op.create_table(
        "representantes",
        sa.Column("persona_id", sa.Uuid(), nullable=False),
        sa.Column("otra_id", sa.Uuid(), nullable=True),
        sa.Column("nombre", sa.Text(), nullable=True),
        sa.Column("telefono", sa.Text(), nullable=True),
        sa.Column("correo", sa.Text(), nullable=True),
        sa.Column("tipo", sa.String(length=40), nullable=False),
        sa.Column("documento", sa.Text(), nullable=True),
        sa.Column("recibe_mensajes", sa.Boolean(), nullable=False),
        sa.Column("desde", sa.Date(), nullable=False),
        sa.Column("hasta", sa.Date(), nullable=True),
        *_anotado(),
        *_de_dos("representantes"),
    )
    for tabla in ("vinculos", "representantes"):
        for columna in ("otra_id", "persona_id"):
            op.create_index(f"ix_{tabla}_{columna}", tabla, [columna])


def _anotado() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("anotado_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anotado_por", sa.String(length=160), nullable=False),
        sa.Column("terminado_en", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminado_por", sa.String(length=160), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _de_dos(tabla: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["otra_id"], ["personas.id"], name=op.f(f"fk_{tabla}_otra_id")
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["personas.id"], name=op.f(f"fk_{tabla}_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{tabla}")),
    )


def downgrade() -> None:
    op.drop_table("representantes")
    op.drop_table("vinculos")
