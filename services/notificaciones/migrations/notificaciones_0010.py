"""Reminders are rules that the office writes"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0010"
down_revision = "notificaciones_0009"
branch_labels = None
depends_on = None

_NOBODY = UUID(int=0)


def _says(nombre: str, antes: int, margen: int, caduca: int) -> dict[str, Any]:
    return {
        "nombre": nombre,
        "antes_horas": antes,
        "a_las": None,
        "ventana": {"desde": "09:00", "hasta": "21:00", "en_feriados": False},
        "vispera": "18:00",
        "margen_horas": margen,
        "caduca_antes_horas": caduca,
        "canal": "preferido",
        "otra_via": True,
        "idioma": "persona",
        "plantilla": "recordatorio_cita",
        "lugares": [],
    }


# What every office did until now: its first version.
_RULES = (
    ("cita_48h", UUID("01900000-0000-7000-8000-000000000048"), _says("Dos días antes", 48, 24, 12)),
    ("cita_3h", UUID("01900000-0000-7000-8000-000000000003"), _says("Tres horas antes", 3, 1, 0)),
)


def upgrade() -> None:
    reglas = op.create_table(
        "reglas",
        sa.Column("clave", sa.String(length=40), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reglas")),
        sa.UniqueConstraint("clave", name=op.f("uq_reglas_clave")),
    )
    versiones = op.create_table(
        "versiones_de_regla",
        sa.Column("regla_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("dice", sa.JSON(), nullable=False),
        sa.Column(
            "origen",
            sa.Enum("fabrica", "oficina", name="origen", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("hecha_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hecha_por", sa.String(length=200), nullable=False),
        sa.Column("hecha_por_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["regla_id"], ["reglas.id"], name=op.f("fk_versiones_de_regla_regla_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versiones_de_regla")),
        sa.UniqueConstraint(
            "regla_id", "numero", name=op.f("uq_versiones_de_regla_regla_id_numero")
        ),
    )
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("regla_version", sa.Integer(), nullable=True))
    ahora = datetime.now(UTC)
    op.bulk_insert(
        reglas,
        [
            {"id": id_, "clave": clave, "numero": 1, "activa": True, "version": 1}
            for clave, id_, _dice in _RULES
        ],
    )
    op.bulk_insert(
        versiones,
        [
            {
                "id": id_,
                "regla_id": id_,
                "numero": 1,
                "activa": True,
                "dice": dice,
                "origen": "fabrica",
                "hecha_en": ahora,
                "hecha_por": "notificaciones",
                "hecha_por_id": _NOBODY,
            }
            for _clave, id_, dice in _RULES
        ],
    )
    op.execute("UPDATE mensajes SET regla_version = 1 WHERE regla IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("mensajes", schema=None) as batch_op:
        batch_op.drop_column("regla_version")
    op.drop_table("versiones_de_regla")
    op.drop_table("reglas")
