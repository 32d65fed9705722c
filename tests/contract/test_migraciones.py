"""What migrations do to rows that were there before them: the same on either database."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from casos.personas.models import Persona
from columns import COLUMNS
from identidad.actions import autenticar_cliente
from identidad.secretos import hash_secreto
from oficina.db import Database
from oficina.migrations import upgrade
from oficina.privacy import Keyring, use_keyring
from oficina.settings import Settings

CAMBIO = 7
"""The number under which every row of these tests was told."""


class Antes:
    """A database as an older version left it, with rows that are written by name."""

    def __init__(self, db: Database, revision: str, servicio: str = "casos") -> None:
        self.db = db
        self.servicio = servicio
        self._subir(revision)
        self.tablas = sa.MetaData()
        self.tablas.reflect(db.engine)

    def poner(self, tabla: str, **valores: Any) -> Any:
        """Write a row and whatever it must refer to; what is not said is anything. Its id."""
        esta = self.tablas.tables[tabla]
        for columna in esta.columns:
            if columna.name not in valores and not columna.nullable:
                valores[columna.name] = self._algo(columna)
        with self.db.engine.begin() as connection:
            connection.execute(esta.insert().values(valores))
        return valores.get("id")

    def subir(self) -> None:
        """Bring it to what this version expects."""
        self._subir("heads")

    def leer(self, tabla: str, identificador: Any, *columnas: str) -> tuple[Any, ...]:
        """These columns of one row."""
        esta = self.tablas.tables[tabla]
        consulta = sa.select(*(esta.c[una] for una in columnas)).where(esta.c.id == identificador)
        with self.db.engine.connect() as connection:
            return tuple(connection.execute(consulta).one())

    def _subir(self, revision: str) -> None:
        upgrade(self.servicio, self.db, revision)

    def _algo(self, columna: sa.Column[Any]) -> Any:
        for llave in columna.foreign_keys:
            return self.poner(llave.column.table.name)
        unico = uuid4()
        match columna.type:
            case sa.Uuid():
                return unico
            case sa.String(length=largo):
                return unico.hex[:largo]
            case sa.Boolean():
                return False
            case sa.Integer():
                return 0
            case sa.DateTime():
                return datetime(2026, 11, 23, tzinfo=UTC)
            case sa.JSON():
                return []
            case otro:
                raise AssertionError(f"{columna}: {otro}")


@pytest.mark.parametrize("column", COLUMNS)
def test_casos_0006_cifra_el_genero(
    column: str, empty_db: Callable[[str], Database], tmp_path: Path
) -> None:
    use_keyring(Keyring.load(tmp_path / "claves"))
    antes = Antes(empty_db(column), "casos_0003")
    antes.poner("personas", folio="con", genero="no binario")
    antes.poner("personas", folio="sin", genero=None)

    antes.subir()

    with Session(antes.db.engine) as session:
        leidos = session.execute(
            sa.select(Persona.folio, Persona.genero, Persona.genero_en_claro)
        ).all()
        cifrado = session.scalar(sa.text("SELECT max(genero_cifrado) FROM personas"))
    assert sorted(leidos) == [("con", "no binario", None), ("sin", None, None)]
    assert str(cifrado).startswith("v1.")


@pytest.fixture(params=COLUMNS)
def casos_0002(request: pytest.FixtureRequest, empty_db: Callable[[str], Database]) -> Antes:
    """Before derivations that the office itself ended lost the evidence of what came earlier."""
    return Antes(empty_db(request.param), "casos_0002")


@pytest.mark.parametrize(
    ("estado", "grado", "despues"),
    [
        ("vencida", None, "D"),
        ("vencida", "B", "D"),
        ("anulada", "A", None),
    ],
)
def test_casos_0003_corrige_la_evidencia_y_vuelve_a_contar_la_fila(
    casos_0002: Antes, estado: str, grado: str | None, despues: str | None
) -> None:
    una = casos_0002.poner("derivaciones", estado=estado, grado_evidencia=grado, cambio=CAMBIO)

    casos_0002.subir()

    assert casos_0002.leer("derivaciones", una, "estado", "grado_evidencia", "cambio") == (
        estado,
        despues,
        None,
    )


@pytest.mark.parametrize(
    ("estado", "grado"),
    [("anulada", None), ("recibida", "B"), ("verificada", "C"), ("rechazada", "A")],
)
def test_casos_0003_deja_las_demas_como_estaban(
    casos_0002: Antes, estado: str, grado: str | None
) -> None:
    una = casos_0002.poner("derivaciones", estado=estado, grado_evidencia=grado, cambio=CAMBIO)

    casos_0002.subir()

    assert casos_0002.leer("derivaciones", una, "estado", "grado_evidencia", "cambio") == (
        estado,
        grado,
        CAMBIO,
    )


@pytest.fixture(params=COLUMNS)
def casos_0003(request: pytest.FixtureRequest, empty_db: Callable[[str], Database]) -> Antes:
    """Before consents said since when they hold, and clocks were of cases only."""
    return Antes(empty_db(request.param), "casos_0003")


def test_casos_0005_deja_lo_que_habia_aunque_otras_filas_lo_nombren(casos_0003: Antes) -> None:
    """SQLite makes the tables anew whose columns become optional; nothing of them is lost."""
    derivacion = casos_0003.poner("derivaciones")
    (consentimiento,) = casos_0003.leer("derivaciones", derivacion, "consentimiento_id")
    (institucion,) = casos_0003.leer("consentimientos", consentimiento, "destinatario_id")
    plazo = casos_0003.poner("plazos", derivacion_id=derivacion)

    casos_0003.subir()
    casos_0003.tablas.clear()
    casos_0003.tablas.reflect(casos_0003.db.engine)

    leido = casos_0003.leer("consentimientos", consentimiento, "destinatario_id", "otorgado_por")
    assert leido == (institucion, None)
    assert casos_0003.leer("plazos", plazo, "derivacion_id", "solicitud_id") == (derivacion, None)


@pytest.fixture(params=COLUMNS)
def casos_0050(request: pytest.FixtureRequest, empty_db: Callable[[str], Database]) -> Antes:
    """Before people were found by each two of their words."""
    return Antes(empty_db(request.param), "casos_0050")


def test_casos_0053_halla_a_cada_persona_por_los_pares_de_sus_palabras(casos_0050: Antes) -> None:
    una = _llamada(casos_0050, "Ana", "Rojas", social="Luz")
    unida = _llamada(casos_0050, "Anna", "Díaz", fusionada_en_id=una)
    borrada = _llamada(casos_0050, "", "")
    for palabra in ("ana", "rojas", "luz"):
        casos_0050.poner("tokens_nombre", persona_id=una, token=palabra)
    muchas = [_llamada(casos_0050, f"Juan N{n}", "Paz") for n in range(1200)]
    for otra in muchas:
        casos_0050.poner("tokens_nombre", persona_id=otra, token="juan")

    casos_0050.subir()

    escritos = casos_0050.tablas.tables["tokens_nombre"]
    with Session(casos_0050.db.engine) as session:
        pares = {
            quien: set(session.scalars(sa.select(escritos.c.token).filter_by(persona_id=quien)))
            for quien in (una, unida, borrada, muchas[-1])
        }
    assert pares[una] >= {"+ana rojas", "+ana luz", "+luz rojas", "+ana diaz", "+diaz rojas"}
    assert "+anna rojas" in pares[una], "by how she was called in the record that was joined"
    assert any(par.startswith("+~") for par in pares[una])
    assert not pares[unida]
    assert not pares[borrada]
    assert "+juan paz" in pares[muchas[-1]]


def _llamada(antes: Antes, de_pila: str, apellido: str, **mas: Any) -> Any:
    return antes.poner(
        "personas",
        nombres=de_pila,
        primer_apellido=apellido,
        segundo_apellido="",
        nombre_social=mas.pop("social", None),
        **mas,
    )


@pytest.fixture(params=COLUMNS)
def identidad_0001(request: pytest.FixtureRequest, empty_db: Callable[[str], Database]) -> Antes:
    """Before units were rows."""
    return Antes(empty_db(request.param), "identidad_0001", "identidad")


def test_identidad_0002_hace_filas_de_lo_que_decian_las_cuentas(identidad_0001: Antes) -> None:
    escritas = [
        ("Oficina de Migración", "migracion"),
        ("oficina  de migracion", "migracion"),
        ("DIDECO", "dideco"),
        ("Dpto. de Vivienda", "dpto_de_vivienda"),
        ("dpto de vivienda", "dpto_de_vivienda"),
        ("2ª Oficina", "unidad_2a_oficina"),
        ("移民", "unidad"),
        ("", ""),
    ]
    cuentas = {
        identidad_0001.poner("funcionarios", unidad=escrita): codigo for escrita, codigo in escritas
    }
    programa = identidad_0001.poner("clientes_api", unidad="Dpto. de Vivienda")

    identidad_0001.subir()

    for cuenta, codigo in cuentas.items():
        assert identidad_0001.leer("funcionarios", cuenta, "unidad") == (codigo,)
    assert identidad_0001.leer("clientes_api", programa, "unidad") == ("dpto_de_vivienda",)
    with identidad_0001.db.engine.connect() as connection:
        nombres = dict(connection.execute(sa.text("SELECT codigo, nombre FROM unidades")).all())
    assert nombres["dpto_de_vivienda"] == "Dpto. de Vivienda"
    assert nombres["unidad"] == "移民"
    assert nombres["migracion"] == "Oficina de Migración"
    assert "" not in nombres


@pytest.fixture(params=COLUMNS)
def identidad_0004(request: pytest.FixtureRequest, empty_db: Callable[[str], Database]) -> Antes:
    """Before programs had several secrets."""
    return Antes(empty_db(request.param), "identidad_0004", "identidad")


def test_identidad_0005_conserva_el_secreto_de_cada_programa(identidad_0004: Antes) -> None:
    programa = identidad_0004.poner(
        "clientes_api", client_id="tablero", secreto_hash=hash_secreto("el de siempre"), activo=True
    )

    identidad_0004.subir()

    settings = Settings(service_secret="otro")
    with identidad_0004.db.read() as session:
        found = autenticar_cliente(session, settings, "tablero", "el de siempre")
        assert found is not None
        assert found[0].id == UUID(str(programa))
        assert found[0].alcances is None
        assert autenticar_cliente(session, settings, "tablero", "otro") is None
