"""Closings that need a second person: proposed by one, approved or refused by another."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.cierres.models import CierrePropuesto, EstadoPropuesta
from casos.expedientes.states import Estado
from oficina import clock

FIN = {"motivo": "gestion_terminada", "resultado": "logrado", "texto": "Ya tiene su visa"}
SI: dict[str, Any] = {"aprueba": True}
NO: dict[str, Any] = {"aprueba": False, "texto": "Falta hablar con ella"}


def _propuesto(ventanilla: Ventanilla) -> dict[str, Any]:
    """A case of high risk whose closing the professional who answers for it proposed."""
    caso = ventanilla.en_gestion(riesgo="alto")
    assert ventanilla.paso(caso, "asignacion").status_code == 200
    propuesto: Any = ventanilla.paso(caso, "propuesta-de-cierre", **FIN).json
    assert propuesto["cierre_propuesto"]["texto"] == "Ya tiene su visa"
    return caso


def _estados(ventanilla: Ventanilla, caso: dict[str, Any]) -> list[EstadoPropuesta]:
    with ventanilla.db.read() as session:
        return list(
            session.scalars(
                select(CierrePropuesto.estado)
                .where(CierrePropuesto.caso_id == UUID(caso["id"]))
                .order_by(CierrePropuesto.id)
            )
        )


@pytest.mark.parametrize("rol", ["profesional", "coordinacion"])
def test_un_caso_de_riesgo_alto_no_lo_cierra_una_sola_persona(
    ventanilla: Ventanilla, rol: str
) -> None:
    caso = ventanilla.en_gestion(riesgo="alto")

    answer = ventanilla.paso(caso, "cierre", rol, **FIN)

    assert answer.status_code == 409
    assert "dos personas" in answer.text
    assert ventanilla.guardado(caso).estado is Estado.EN_GESTION


def test_lo_que_una_propone_otra_lo_aprueba(ventanilla: Ventanilla) -> None:
    caso = _propuesto(ventanilla)

    aprobado: Any = ventanilla.paso(caso, "decision-de-cierre", "coordinacion", **SI).json

    assert (aprobado["estado"], aprobado["cierre_motivo"]) == ("cerrado", "gestion_terminada")
    assert aprobado["cierre_propuesto"] is None
    assert _estados(ventanilla, caso) == [EstadoPropuesta.APROBADA]
    assert ventanilla.hechos(f"caso/{caso['id']}")[-2:] == [
        "casos.caso.cierre_propuesto",
        "casos.caso.cerrado",
    ]


def test_lo_que_no_se_aprueba_vuelve_con_su_razon_y_se_propone_otra_vez(
    ventanilla: Ventanilla,
) -> None:
    caso = _propuesto(ventanilla)
    sin_razon: Any = ventanilla.paso(caso, "decision-de-cierre", "coordinacion", aprueba=False)
    assert list(sin_razon.json["errors"]) == ["texto"]

    assert ventanilla.paso(caso, "decision-de-cierre", "coordinacion", **NO).status_code == 200

    assert ventanilla.guardado(caso).estado is Estado.EN_GESTION
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert "No se aprobó el cierre propuesto" in page
    assert "Falta hablar con ella" in page
    assert ventanilla.paso(caso, "propuesta-de-cierre", **FIN).status_code == 200
    assert _estados(ventanilla, caso) == [EstadoPropuesta.RECHAZADA, EstadoPropuesta.PENDIENTE]


def test_nadie_aprueba_lo_que_propuso_ni_su_propio_caso(ventanilla: Ventanilla) -> None:
    ajeno = ventanilla.en_gestion(riesgo="alto")
    ventanilla.paso(ajeno, "propuesta-de-cierre", "coordinacion", **FIN)
    suyo = ventanilla.en_gestion(riesgo="alto")
    ventanilla.paso(suyo, "propuesta-de-cierre", **FIN)
    ventanilla.paso(suyo, "asignacion", "coordinacion")

    for caso in (ajeno, suyo):
        answer = ventanilla.paso(caso, "decision-de-cierre", "coordinacion", **SI)
        assert answer.status_code == 403
        assert ventanilla.guardado(caso).estado is Estado.EN_GESTION
        assert _estados(ventanilla, caso) == [EstadoPropuesta.PENDIENTE]
    assert ventanilla.paso(ajeno, "decision-de-cierre", "profesional", **SI).status_code == 403


def test_hay_una_propuesta_a_la_vez_y_solo_donde_hace_falta(ventanilla: Ventanilla) -> None:
    caso = _propuesto(ventanilla)
    normal = ventanilla.en_gestion()

    assert ventanilla.paso(caso, "propuesta-de-cierre", **FIN).status_code == 409
    assert ventanilla.paso(normal, "propuesta-de-cierre", **FIN).status_code == 409
    assert ventanilla.paso(normal, "decision-de-cierre", "coordinacion", **SI).status_code == 409


def test_si_el_caso_toma_otro_camino_ya_no_hay_que_decidir(ventanilla: Ventanilla) -> None:
    caso = _propuesto(ventanilla)
    revision = str(clock.today() + timedelta(days=7))

    suspendido = ventanilla.paso(caso, "suspension", motivo="a_peticion", revision_el=revision)

    assert suspendido.status_code == 200
    assert _estados(ventanilla, caso) == [EstadoPropuesta.SIN_EFECTO]


def test_las_propuestas_esperan_en_la_bandeja_de_quien_puede_decidir(
    ventanilla: Ventanilla,
) -> None:
    caso = _propuesto(ventanilla)
    path = f"/expedientes/{caso['id']}"

    de_coordinacion = ventanilla.pagina("/", "coordinacion").text
    assert "Cierres que esperan su decisión" in de_coordinacion
    assert f"/casos{path}#decision-de-cierre" in de_coordinacion
    assert "Cierres que esperan" not in ventanilla.pagina("/", "profesional").text
    lista: Any = ventanilla.api("GET", "/casos?por_aprobar=1", "coordinacion").json
    assert caso["id"] in {uno["id"] for uno in lista["casos"]}
    assert "Decidir el cierre propuesto" in ventanilla.pagina(path, "coordinacion").text
    assert "Decidir el cierre propuesto" not in ventanilla.pagina(path, "profesional").text

    datos = {"version": str(ventanilla.guardado(caso).version), "aprueba": "1"}
    enviado = ventanilla.enviar(
        f"{path}/decision-de-cierre",
        {f"decision-de-cierre.{campo}": valor for campo, valor in datos.items()},
        "coordinacion",
    )

    assert enviado.status_code == 303
    assert ventanilla.guardado(caso).estado is Estado.CERRADO


def test_lo_escrito_de_un_cierre_va_cifrado(ventanilla: Ventanilla) -> None:
    _propuesto(ventanilla)

    with ventanilla.db.engine.connect() as connection:
        filas = connection.exec_driver_sql("SELECT * FROM cierres_propuestos").all()
    assert filas
    assert "visa" not in str(filas)
