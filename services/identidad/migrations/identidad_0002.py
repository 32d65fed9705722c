"""Units are rows with a code; what accounts and programs said in their own words becomes one

Each way of writing a unit that is in use becomes a unit of that name, so that nothing is lost; the
ways that differ only in case, accents or spaces become the same one. The office itself and the
departments that decree 3634/2016 was sent to are there from the beginning.
"""

import re
import unicodedata
from datetime import UTC, datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "identidad_0002"
down_revision = "identidad_0001"
branch_labels = None
depends_on = None

CONOCIDAS = {
    "migracion": "Oficina de Migración",
    "alcaldia": "Alcaldía",
    "secretaria_municipal": "Secretaría Municipal",
    "administrador_municipal": "Administrador Municipal",
    "control": "Control",
    "juridico": "Jurídico",
    "daf": "Administración y Finanzas",
    "secpla": "Secretaría Comunal de Planificación",
    "dideco": "Desarrollo Comunitario",
    "organizaciones_comunitarias": "Organizaciones Comunitarias",
    "oficina_de_partes": "Oficina de Partes",
}
IDS = UUID("0b0f4d5e-6a1f-5a53-9c53-0d5f5a0e7c21")


def upgrade() -> None:
    op.create_table(
        "unidades",
        sa.Column("codigo", sa.String(length=40), nullable=False),
        sa.Column("nombre", sa.String(length=120), nullable=False),
        sa.Column("activa", sa.Boolean(), nullable=False),
        sa.Column("creada_en", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unidades")),
        sa.UniqueConstraint("codigo", name=op.f("uq_unidades_codigo")),
    )
    connection = op.get_bind()
    nombres = dict(CONOCIDAS)
    codigos = {_plano(nombre): codigo for codigo, nombre in CONOCIDAS.items()}
    codigos |= {_plano(codigo): codigo for codigo in CONOCIDAS}
    for tabla in (_tabla("funcionarios"), _tabla("clientes_api")):
        escritas = sa.select(tabla.c.unidad).distinct().order_by(tabla.c.unidad)
        for escrita in connection.scalars(escritas).all():
            if not escrita.strip():
                continue
            llave = _plano(escrita) or escrita.strip()
            if llave not in codigos:
                codigos[llave] = _codigo(llave, nombres)
                nombres[codigos[llave]] = escrita.strip()
            connection.execute(
                tabla.update().where(tabla.c.unidad == escrita).values(unidad=codigos[llave])
            )
    unidades = sa.table(
        "unidades",
        sa.column("id", sa.Uuid()),
        sa.column("codigo"),
        sa.column("nombre"),
        sa.column("activa", sa.Boolean()),
        sa.column("creada_en", sa.DateTime(timezone=True)),
        sa.column("version"),
    )
    connection.execute(
        unidades.insert(),
        [
            {
                "id": uuid5(IDS, codigo),
                "codigo": codigo,
                "nombre": nombre,
                "activa": True,
                "creada_en": datetime.now(UTC),
                "version": 1,
            }
            for codigo, nombre in nombres.items()
        ],
    )


def downgrade() -> None:
    connection = op.get_bind()
    unidades = sa.table("unidades", sa.column("codigo"), sa.column("nombre"))
    nombres = connection.execute(sa.select(unidades.c.codigo, unidades.c.nombre)).all()
    for tabla in (_tabla("funcionarios"), _tabla("clientes_api")):
        for codigo, nombre in nombres:
            connection.execute(
                tabla.update().where(tabla.c.unidad == codigo).values(unidad=nombre[:80])
            )
    op.drop_table("unidades")


def _tabla(nombre: str) -> sa.TableClause:
    return sa.table(nombre, sa.column("unidad"))


def _plano(texto: str) -> str:
    """Letters and numbers alone, without accents or case."""
    sin_acentos = unicodedata.normalize("NFKD", texto.casefold())
    letras = "".join(letra for letra in sin_acentos if not unicodedata.combining(letra))
    return "_".join(re.findall(r"[a-z0-9]+", letras))


def _codigo(llave: str, usados: dict[str, str]) -> str:
    """A code like the words, that no other unit has."""
    base = llave if re.match(r"[a-z][a-z0-9_]*\Z", llave) else f"unidad_{_plano(llave)}"
    base = base[:36].strip("_")
    codigo, numero = base, 2
    while codigo in usados:
        codigo, numero = f"{base}_{numero}", numero + 1
    return codigo
