"""Whence an audit row came, and the chain that seals it"""

import sqlalchemy as sa
from alembic import op

revision = "oficina_0003"
down_revision = "oficina_0002"
branch_labels = None
depends_on = None

NEW = ("motivo_codigo", "motivo_sal", "motivo_huella", "direccion", "sesion_id")
# The reason and what its fingerprint was drawn with may be sealed anew, under another key.
FIXED = (
    "id", "ocurrida_en", "actor_id", "actor_tipo", "actor_nombre", "accion", "recurso",
    "recurso_id", "cantidad", "motivo_codigo", "motivo_huella", "correlation_id", "direccion",
    "sesion_id",
)  # fmt: skip
SAYS = "a row of the audit never changes"


def upgrade() -> None:
    op.add_column("auditoria", sa.Column("motivo_codigo", sa.Text(), nullable=True))
    op.add_column("auditoria", sa.Column("motivo_sal", sa.Text(), nullable=True))
    op.add_column("auditoria", sa.Column("motivo_huella", sa.String(length=64), nullable=True))
    op.add_column("auditoria", sa.Column("direccion", sa.String(length=45), nullable=True))
    op.add_column("auditoria", sa.Column("sesion_id", sa.Uuid(), nullable=True))
    op.create_table(
        "auditoria_por_sellar",
        sa.Column("auditoria_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("auditoria_id", name=op.f("pk_auditoria_por_sellar")),
    )
    op.create_table(
        "auditoria_cadena",
        sa.Column("secuencia", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("auditoria_id", sa.Uuid(), nullable=False),
        sa.Column("sellada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("huella", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("secuencia", name=op.f("pk_auditoria_cadena")),
        sa.UniqueConstraint("auditoria_id", name=op.f("uq_auditoria_cadena_auditoria_id")),
    )
    op.execute("INSERT INTO auditoria_por_sellar (auditoria_id) SELECT id FROM auditoria")
    for statement in _triggers(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("encola", "no_cambia", "no_se_borra"):
        op.execute(f"DROP TRIGGER auditoria_{name}" + ("" if is_sqlite else " ON auditoria"))
    if not is_sqlite:
        op.execute("DROP TRIGGER auditoria_no_se_vacia ON auditoria")
    op.drop_table("auditoria_cadena")
    op.drop_table("auditoria_por_sellar")
    if not is_sqlite:
        op.execute("DROP FUNCTION auditoria_encola()")
        op.execute("DROP FUNCTION auditoria_no_cambia()")
    with op.batch_alter_table("auditoria") as batch_op:
        for column in NEW:
            batch_op.drop_column(column)


def _triggers(dialect: str) -> list[str]:
    """Whoever writes a row, it waits to be sealed; what is written stays as it is.

    The triggers stop a slip and whoever does not know them; the chain tells of everybody else.
    """
    fixed = ", ".join(FIXED)
    if dialect == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        return [
            "CREATE TRIGGER auditoria_encola AFTER INSERT ON auditoria "
            "BEGIN INSERT INTO auditoria_por_sellar (auditoria_id) VALUES (NEW.id); END",
            f"CREATE TRIGGER auditoria_no_cambia BEFORE UPDATE OF {fixed} ON auditoria {refuse}",
            f"CREATE TRIGGER auditoria_no_se_borra BEFORE DELETE ON auditoria {refuse}",
            f"CREATE TRIGGER cadena_no_cambia BEFORE UPDATE ON auditoria_cadena {refuse}",
            f"CREATE TRIGGER cadena_no_se_borra BEFORE DELETE ON auditoria_cadena {refuse}",
        ]
    refuse = "EXECUTE FUNCTION auditoria_no_cambia()"
    return [
        "CREATE FUNCTION auditoria_encola() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO auditoria_por_sellar (auditoria_id) VALUES (NEW.id); RETURN NULL; END $$",
        "CREATE FUNCTION auditoria_no_cambia() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{SAYS}'; END $$",
        "CREATE TRIGGER auditoria_encola AFTER INSERT ON auditoria FOR EACH ROW "
        "EXECUTE FUNCTION auditoria_encola()",
        f"CREATE TRIGGER auditoria_no_cambia BEFORE UPDATE OF {fixed} ON auditoria "
        f"FOR EACH ROW {refuse}",
        f"CREATE TRIGGER auditoria_no_se_borra BEFORE DELETE ON auditoria FOR EACH ROW {refuse}",
        f"CREATE TRIGGER auditoria_no_se_vacia BEFORE TRUNCATE ON auditoria {refuse}",
        "CREATE TRIGGER cadena_no_cambia BEFORE UPDATE OR DELETE ON auditoria_cadena "
        f"FOR EACH ROW {refuse}",
        f"CREATE TRIGGER cadena_no_se_vacia BEFORE TRUNCATE ON auditoria_cadena {refuse}",
    ]
