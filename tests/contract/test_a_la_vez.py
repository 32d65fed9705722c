"""Two people who do one thing at the same moment, in two web processes, on both columns."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casos.alcance import SIN_LIMITE
from casos.atenciones import actions as atenciones
from casos.atenciones.models import Canal, Resultado
from casos.atenciones.schemas import NuevaAtencion
from casos.expedientes import actions as expedientes
from casos.expedientes.models import ResultadoCierre
from casos.expedientes.queries import caso_por_id
from casos.expedientes.schemas import NuevaOrientacion, NuevoCaso, NuevoCierre
from casos.expedientes.states import MotivoCierre
from casos.importacion import actions as importacion
from casos.importacion.models import ArchivoImportado, Estado, Importacion
from casos.personas import actions as personas
from casos.personas.models import Contacto, TipoContacto
from casos.personas.schemas import DatosContacto, NuevaPersona
from columns import COLUMNS
from contract.mientras import mientras
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database
from oficina.errors import Conflicto, TransicionInvalida
from oficina.privacy import Keyring, use_keyring

ARCHIVO = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
ACTOR = Actor.sistema("casos")
MARIE = NuevaPersona(nombres="Marie", primer_apellido="Sintética")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of casos on one column."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "casos")


def _persona(db: Database) -> UUID:
    with db.begin() as session:
        return personas.registrar(session, MARIE, ACTOR, clock.now()).id


def test_un_boton_apretado_dos_veces_agrega_un_contacto(db: Database) -> None:
    persona_id = _persona(db)
    telefono = DatosContacto(tipo=TipoContacto.TELEFONO, valor="+56986230047")

    def agregar(session: Session) -> None:
        personas.agregar_contacto(session, persona_id, telefono, ACTOR, clock.now())

    assert mientras(db, agregar, agregar) is None
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Contacto)) == 1


def test_un_registro_que_se_carga_no_se_descarta(db: Database) -> None:
    contenido = ARCHIVO.read_bytes()
    with db.begin() as session:
        traida = importacion.traer(
            session, ARCHIVO.name, contenido, importacion.revisar(contenido), ACTOR
        ).id

    refused = mientras(
        db,
        lambda session: importacion.empezar(session, traida, ACTOR),
        lambda session: importacion.descartar(session, traida, ACTOR),
    )

    assert isinstance(refused, TransicionInvalida)
    with db.read() as session:
        assert session.get_one(Importacion, traida).estado is Estado.CARGANDO
        assert session.get(ArchivoImportado, traida) is not None


def test_un_caso_que_se_cierra_no_recibe_otra_atencion(db: Database) -> None:
    persona_id = _persona(db)
    ahora = clock.now()
    with db.begin() as session:
        nuevo = NuevoCaso(persona_id=persona_id, tema="REG.TEMP")
        caso_id = expedientes.abrir(session, nuevo, None, ACTOR, ahora).id
    with db.begin() as session:
        orientacion = NuevaOrientacion(tema="REG.TEMP", texto="Sintética", version=1)
        caso = expedientes.orientar(session, caso_id, orientacion, ACTOR, ahora)
    cierre = NuevoCierre(
        motivo=MotivoCierre.RESUELTO_POR_ORIENTACION,
        resultado=ResultadoCierre.LOGRADO,
        version=caso.version,
    )
    atencion = NuevaAtencion(
        canal=Canal.PRESENCIAL,
        tema="REG.TEMP",
        resultado=Resultado.ORIENTADA,
        persona_id=persona_id,
        caso_id=caso_id,
    )

    refused = mientras(
        db,
        lambda session: expedientes.cerrar(session, caso_id, cierre, ACTOR, ahora),
        lambda session: atenciones.registrar(session, atencion, None, ACTOR, ahora),
    )

    assert isinstance(refused, Conflicto)
    with db.read() as session:
        assert caso_por_id(session, caso_id, SIN_LIMITE).cerrado_en is not None
