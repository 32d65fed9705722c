"""The pages of imports: bring, look, load, follow, discard. All people are synthetic."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.atenciones.models import Atencion
from casos.importacion import tasks
from casos.importacion.models import ArchivoImportado, Importacion
from oficina.clock import local
from oficina.db import Database
from oficina.env import Env

Hacer = Callable[..., bytes]
COORDINACION = "coordinacion"


def _traer(ventanilla: Ventanilla, contenido: bytes, nombre: str = "registro.xlsx") -> TestResponse:
    return ventanilla.enviar(
        "/importaciones", {"archivo": (BytesIO(contenido), nombre)}, COORDINACION
    )


def _cuantas(db: Database, tabla: type[Any]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(tabla)) or 0


def _env(ventanilla: Ventanilla) -> Env:
    found: Env = ventanilla.app.extensions["env"]
    return found


@pytest.fixture
def traida(ventanilla: Ventanilla, registro: Hacer, request: pytest.FixtureRequest) -> str:
    """The address of a register of this test's own, brought and not yet loaded."""
    nombre = f"Ana {request.node.name[-20:]}"
    fila = {"NOMBRE COMPLETO": nombre, "OBSERVACIONES": "<b>volver</b>"}
    answer = _traer(ventanilla, registro(fila, {"FECHA ATENCIÓN": "lunes"}))
    assert answer.status_code == 303, answer.text
    return answer.location.removeprefix("/casos")


def test_solo_la_coordinacion_importa(ventanilla: Ventanilla) -> None:
    assert ventanilla.pagina("/importaciones", COORDINACION).status_code == 200
    for rol in ("recepcion", "profesional", "administrador"):
        assert ventanilla.pagina("/importaciones", rol).status_code == 403


def test_se_ve_fila_por_fila_antes_de_cargar_nada(ventanilla: Ventanilla, traida: str) -> None:
    antes = _cuantas(ventanilla.db, Atencion)

    todo = ventanilla.pagina(traida, COORDINACION)
    problemas = ventanilla.pagina(f"{traida}?ver=problemas", COORDINACION)

    assert todo.status_code == 200
    assert "Cargar 1 filas" in todo.text
    assert "ENERO 2024 2" in todo.text
    assert "«lunes», no es una fecha" in todo.text
    assert "ENERO 2024 2" not in problemas.text
    assert "ENERO 2024 3" in problemas.text
    assert _cuantas(ventanilla.db, Atencion) == antes
    assert "casos.importacion.ver" in ventanilla.auditadas(traida.rpartition("/")[2])


@pytest.mark.parametrize("consulta", ["?pagina=99", "?pagina=2&ver=problemas"])
def test_una_pagina_mas_alla_del_final_esta_vacia(
    ventanilla: Ventanilla, traida: str, consulta: str
) -> None:
    assert ventanilla.pagina(f"{traida}{consulta}", COORDINACION).status_code == 200


@pytest.mark.parametrize("consulta", ["?pagina=0", "?pagina=x", "?ver=nada"])
def test_una_pagina_que_no_existe_se_dice(
    ventanilla: Ventanilla, traida: str, consulta: str
) -> None:
    assert ventanilla.pagina(f"{traida}{consulta}", COORDINACION).status_code == 422


def test_la_tarea_carga_y_la_pagina_cuenta_que_paso(ventanilla: Ventanilla, traida: str) -> None:
    antes = _cuantas(ventanilla.db, Atencion)

    assert ventanilla.enviar(f"{traida}/cargar", {}, COORDINACION).status_code == 303
    cargando = ventanilla.pagina(traida, COORDINACION)
    tasks.cargar_importacion(_env(ventanilla), traida.rpartition("/")[2])
    avance = ventanilla.pagina(f"{traida}/avance", COORDINACION)
    terminada = ventanilla.pagina(traida, COORDINACION)

    assert f'data-vivo="/casos{traida}/avance"' in cargando.text
    assert "1 de 1 filas" in avance.text
    assert "data-vivo" not in terminada.text
    assert "«lunes», no es una fecha" in terminada.text
    assert _cuantas(ventanilla.db, Atencion) == antes + 1
    igual = ventanilla.pagina(
        f"{traida}/avance", COORDINACION, headers={"If-None-Match": avance.headers["ETag"]}
    )
    assert igual.status_code == 304
    assert ventanilla.enviar(f"{traida}/cargar", {}, COORDINACION).status_code == 409


def test_de_lo_importado_se_muestra_el_dia_y_ninguna_hora(
    ventanilla: Ventanilla, traida: str
) -> None:
    ventanilla.enviar(f"{traida}/cargar", {}, COORDINACION)
    tasks.cargar_importacion(_env(ventanilla), traida.rpartition("/")[2])
    with ventanilla.db.read() as session:
        atencion = session.scalars(select(Atencion).order_by(Atencion.id.desc())).first()
    assert atencion is not None
    dia = local(atencion.inicio).date()

    ficha = ventanilla.pagina(f"/personas/{atencion.persona_id}", COORDINACION).text
    api = ventanilla.api("GET", f"/atenciones?persona_id={atencion.persona_id}", COORDINACION).json

    assert str(dia.year) in ficha[ficha.index('id="atenciones"') :]
    assert "12:00" not in ficha
    assert [una["con_hora"] for una in api["atenciones"]] == [False]  # type: ignore[index]  # an object


def test_el_barrido_encuentra_una_carga_que_nadie_empezo(
    ventanilla: Ventanilla, traida: str
) -> None:
    ventanilla.enviar(f"{traida}/cargar", {}, COORDINACION)

    tasks.seguir_importaciones(_env(ventanilla))

    with ventanilla.db.read() as session:
        importacion = session.get_one(Importacion, UUID(traida.rpartition("/")[2]))
    assert (importacion.estado, importacion.nuevas) == ("terminada", 1)


def test_descartar_borra_el_archivo(ventanilla: Ventanilla, traida: str) -> None:
    antes = _cuantas(ventanilla.db, ArchivoImportado)

    assert ventanilla.enviar(f"{traida}/descartar", {}, COORDINACION).status_code == 303

    assert _cuantas(ventanilla.db, ArchivoImportado) == antes - 1
    assert ventanilla.enviar(f"{traida}/cargar", {}, COORDINACION).status_code == 409


def test_sin_archivo_se_pide(ventanilla: Ventanilla) -> None:
    answer = ventanilla.enviar("/importaciones", {}, COORDINACION)

    assert answer.status_code == 422
    assert "Elija el archivo" in answer.text


@pytest.mark.parametrize(
    ("contenido", "motivo"),
    [
        (b"fecha;nombre", "No se reconoce por sus títulos"),
        (b"PK\x03\x04fecha", "No es un libro de Excel"),
        (b"\xd0\xcf\x11\xe0\x00\x00", "No es un archivo CSV ni un libro de Excel"),
        (b"", "está vacío"),
    ],
)
def test_un_archivo_ilegible_dice_que_se_esperaba_y_no_se_guarda(
    ventanilla: Ventanilla, contenido: bytes, motivo: str
) -> None:
    antes = _cuantas(ventanilla.db, Importacion)

    answer = _traer(ventanilla, contenido)

    assert answer.status_code == 422
    assert motivo in answer.text
    assert _cuantas(ventanilla.db, Importacion) == antes


def test_una_importacion_ajena_no_existe(ventanilla: Ventanilla) -> None:
    nadie = "/importaciones/00000000-0000-7000-8000-000000000000"

    assert ventanilla.pagina(nadie, COORDINACION).status_code == 404
    assert ventanilla.pagina(f"{nadie}/avance", COORDINACION).status_code == 404
