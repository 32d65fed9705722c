"""The indexes of messages hold only those of whom they say something"""

import sqlalchemy as sa
from alembic import op

revision = "notificaciones_0019"
down_revision = "notificaciones_0015"
branch_labels = None
depends_on = None

_OF_THOSE_THAT_HAVE_IT = {
    "ix_mensajes_persona_id": ["persona_id"],
    "ix_mensajes_caso_id": ["caso_id"],
    "ix_mensajes_derivacion_id": ["derivacion_id"],
    "ix_mensajes_cita_id_regla": ["cita_id", "regla"],
    "ix_mensajes_resumen_id": ["resumen_id"],
    "ix_mensajes_destino_indice": ["destino_indice"],
    "ix_mensajes_referencia": ["referencia"],
}
_SIMULATED = sa.text("proveedor = 'simulador'")
# Nobody looks for a message by who asked for it; what a worker left behind is among the few that
# some worker holds; by when it changed, only what somebody simulated has is looked for.
_GONE = ("pedido_por", "reservada_hasta", "cambiado_en")


def upgrade() -> None:
    for name, columns in _OF_THOSE_THAT_HAVE_IT.items():
        op.drop_index(name, "mensajes")
        has_it = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, "mensajes", columns, sqlite_where=has_it, postgresql_where=has_it)
    op.create_index(
        "ix_mensajes_simulados",
        "mensajes",
        ["cambiado_en"],
        sqlite_where=_SIMULATED,
        postgresql_where=_SIMULATED,
    )
    for column in _GONE:
        op.drop_index(f"ix_mensajes_{column}", "mensajes")


def downgrade() -> None:
    for column in _GONE:
        op.create_index(f"ix_mensajes_{column}", "mensajes", [column])
    op.drop_index("ix_mensajes_simulados", "mensajes")
    for name, columns in _OF_THOSE_THAT_HAVE_IT.items():
        op.drop_index(name, "mensajes")
        op.create_index(name, "mensajes", columns)
