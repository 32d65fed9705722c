"""Obstacles at institutions: noted in one step, grouped, raised when they come back, and closed."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.comunidad.obstaculos.models import Obstaculo, PasoDeObstaculo
from casos.comunidad.obstaculos.reglas import reglas
from casos.comunidad.obstaculos.states import PASOS, Accion, Estado
from casos.red.models import Ambito, Institucion, TipoInstitucion
from oficina import clock
from oficina.errors import TransicionInvalida

HOY = date(2026, 3, 2)
COORDINACION = "coordinacion"
RUTA = "/comunidad/obstaculos"

E, A = Estado, Accion
ADMITIDAS = {
    (E.ANOTADO, A.ANOTAR): E.ANOTADO,
    (E.ANOTADO, A.ELEVAR): E.ELEVADO,
    (E.ANOTADO, A.DESCARTAR): E.DESCARTADO,
    (E.ELEVADO, A.ANOTAR): E.ELEVADO,
    (E.ELEVADO, A.TRABAJAR): E.EN_TRABAJO,
    (E.ELEVADO, A.RESOLVER): E.RESUELTO,
    (E.ELEVADO, A.DESCARTAR): E.DESCARTADO,
    (E.EN_TRABAJO, A.ANOTAR): E.EN_TRABAJO,
    (E.EN_TRABAJO, A.TRABAJAR): E.EN_TRABAJO,
    (E.EN_TRABAJO, A.RESOLVER): E.RESUELTO,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    uno = Obstaculo(estado=estado, veces=1, ultima_el=HOY)

    def dar() -> None:
        if accion is Accion.ANOTAR:
            uno.anotar(HOY)
        else:
            uno.pasar(accion)

    if (estado, accion) in ADMITIDAS:
        dar()
        assert uno.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida) as error:
        dar()
    assert uno.estado is estado
    assert error.value.extra["transiciones_permitidas"] == sorted(PASOS[estado])


def test_los_tipos_y_el_umbral_son_datos_con_fuente() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert "3634" in reglas().fuente
    assert (reglas().veces, reglas().dias) == (3, 90)
    assert all({"es", "en"} <= dicho.keys() for dicho in reglas().tipos.values())
    assert reglas().tipo("exige_run", "ht") == reglas().tipo("exige_run", "es")


@pytest.fixture
def institucion(ventanilla: Ventanilla) -> UUID:
    with ventanilla.db.begin() as session:
        una = Institucion(
            sigla=uuid4().hex[:12],
            nombre=f"Consultorio sintético {uuid4().hex[:6]}",
            tipo=TipoInstitucion.MUNICIPAL,
            ambito=Ambito.LOCAL,
        )
        session.add(una)
        session.flush()
        return una.id


def _anotar(ventanilla: Ventanilla, institucion: UUID, **cambios: Any) -> dict[str, Any]:
    datos = {"institucion_id": str(institucion), "tipo": "exige_run", "origen": "atencion"}
    answer = ventanilla.api("POST", RUTA, json=datos | cambios)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _dar(ventanilla: Ventanilla, uno: dict[str, Any], accion: str, rol: str) -> TestResponse:
    path = f"{RUTA}/{uno['id']}/{accion}"
    nota = {"nota": "Se habló con la dirección"}
    return ventanilla.api("POST", path, rol, json=nota, headers={"If-Match": "*"})


def test_lo_mismo_en_la_misma_institucion_se_junta_y_a_la_tercera_se_eleva(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    uno = _anotar(ventanilla, institucion)
    otro = _anotar(ventanilla, institucion, tipo="cobro")
    de_nuevo = _anotar(ventanilla, institucion, origen="derivacion")

    assert otro["id"] != uno["id"]
    assert (de_nuevo["id"], de_nuevo["veces"], de_nuevo["estado"]) == (uno["id"], 2, "anotado")
    tercera = _anotar(ventanilla, institucion, nota="Pide RUN para inscribir")

    assert (tercera["veces"], tercera["estado"]) == (3, "elevado")
    sujeto = f"obstaculo/{uno['id']}"
    assert ventanilla.hechos(sujeto) == [
        *["casos.obstaculo.anotado"] * 3,
        "casos.obstaculo.elevado",
    ]
    assert _anotar(ventanilla, institucion)["estado"] == "elevado"
    assert ventanilla.hechos(sujeto).count("casos.obstaculo.elevado") == 1


def test_lo_de_hace_mucho_no_eleva(ventanilla: Ventanilla, institucion: UUID) -> None:
    for _ in range(2):
        uno = _anotar(ventanilla, institucion)
    with ventanilla.db.begin() as session:
        suyos = select(PasoDeObstaculo).where(PasoDeObstaculo.obstaculo_id == UUID(uno["id"]))
        for paso in session.scalars(suyos):
            paso.dia = clock.today() - timedelta(days=reglas().dias)

    assert _anotar(ventanilla, institucion)["estado"] == "anotado"


def test_la_coordinacion_lo_trabaja_y_dice_que_cambio(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    uno = _anotar(ventanilla, institucion)
    assert _dar(ventanilla, uno, "elevar", "profesional").status_code == 403
    assert _dar(ventanilla, uno, "resolver", COORDINACION).status_code == 409
    for accion, estado in (
        ("elevar", "elevado"),
        ("trabajar", "en_trabajo"),
        ("trabajar", "en_trabajo"),
        ("resolver", "resuelto"),
    ):
        hecho = _dar(ventanilla, uno, accion, COORDINACION)
        assert hecho.json["estado"] == estado  # type: ignore[index]  # it is an object
    assert _dar(ventanilla, uno, "trabajar", COORDINACION).status_code == 409
    assert ventanilla.auditadas(uno["id"]) == [
        f"casos.obstaculo.{que}" for que in ("anotar", "elevar", "trabajar", "trabajar", "resolver")
    ]
    # What comes back after it was said to have changed is another one.
    assert _anotar(ventanilla, institucion)["id"] != uno["id"]


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"institucion_id": str(UUID(int=1))}, "institucion_id"),
        ({"tipo": "nada"}, "tipo"),
        ({"origen": "nada"}, "origen"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ventanilla: Ventanilla, institucion: UUID, cambios: dict[str, Any], campo: str
) -> None:
    datos = {"institucion_id": str(institucion), "tipo": "exige_run", "origen": "atencion"}
    answer = ventanilla.api("POST", RUTA, json=datos | cambios)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_las_paginas_anotan_agrupan_y_dicen_quien_llego_antes(
    ventanilla: Ventanilla, institucion: UUID
) -> None:
    anotar = f"{RUTA}/anotar?institucion={institucion}&origen=derivacion"
    vacio = ventanilla.pagina(anotar).text
    assert f'value="{institucion}" selected' in vacio
    datos = {"institucion_id": str(institucion), "tipo": "cobro", "origen": "derivacion"}
    hecho = ventanilla.enviar(f"{RUTA}/anotar", datos)
    assert hecho.status_code == 303, hecho.text
    path = hecho.headers["Location"].removeprefix("/casos")
    uno = ventanilla.api("GET", path, COORDINACION).json

    lista = ventanilla.pagina(f"{RUTA}?institucion_id={institucion}").text
    assert "Cobra lo que es gratuito" in lista
    paso = {"nota": "Va a la mesa", "version": uno["version"]}  # type: ignore[index]  # it is an object
    assert ventanilla.enviar(f"{path}/elevar", paso, COORDINACION).status_code == 303
    tarde = ventanilla.enviar(f"{path}/descartar", paso | {"nota": "Tarde"}, COORDINACION)

    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert " Se elevó a coordinación." in tarde.text
    assert "Ahora está así: " in tarde.text
    assert f'href="/casos{path}/trabajar"' in tarde.text
    assert "Tarde</textarea>" in tarde.text
    assert "Se elevó a coordinación" in ventanilla.pagina(path).text
    assert ventanilla.pagina(f"{path}/trabajar", "profesional").status_code == 403


def test_la_lista_sale_como_archivo(ventanilla: Ventanilla, institucion: UUID) -> None:
    _anotar(ventanilla, institucion, nota="Nota que no sale")
    pedido = f"?institucion_id={institucion}"
    csv = ventanilla.pagina(f"{RUTA}/lista.csv{pedido}", "profesional").text
    libro = ventanilla.pagina(f"{RUTA}/lista.xlsx{pedido}", "profesional").data
    filas = CalamineWorkbook.from_filelike(BytesIO(libro)).get_sheet_by_index(0).to_python()

    assert csv.startswith("Folio,")
    assert [fila[2] for fila in filas] == ["Obstáculo", "Exige RUN para atender"]
    assert "Nota que no sale" not in csv + str(filas)
    assert ventanilla.pagina(f"{RUTA}/lista.csv").status_code == 403
