"""Another priority: told, audited, and the clocks of the case follow it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Hito, TipoHito
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from oficina import clock
from oficina.bus.tables import Outbox


def _reloj(ventanilla: Ventanilla, caso: dict[str, Any], reloj: str) -> Plazo:
    with ventanilla.db.read() as session:
        return session.scalars(
            select(Plazo).where(
                Plazo.caso_id == UUID(caso["id"]),
                Plazo.reloj == reloj,
                Plazo.estado == EstadoPlazo.CORRIENDO,
            )
        ).one()


def _evaluado_despues(ventanilla: Ventanilla, **datos: Any) -> dict[str, Any]:
    """A case whose evaluation is due."""
    caso = ventanilla.caso(**datos)
    assert ventanilla.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
    return caso


@pytest.fixture(autouse=True)
def _lunes() -> Any:
    clock.move_to(date(2026, 11, 9))
    yield
    clock.move_to(None)


def _fin(prioridad: str, desde: datetime) -> datetime:
    return reglas().relojes["evaluacion"].fin(prioridad, desde)


def test_lo_que_apura_se_cuenta_desde_ahora_y_nadie_queda_atrasado(
    ventanilla: Ventanilla,
) -> None:
    caso = _evaluado_despues(ventanilla)
    antes = _reloj(ventanilla, caso, "evaluacion")
    clock.move_to(date(2026, 11, 16))

    answer = ventanilla.paso(caso, "prioridad", prioridad="urgente", texto="Quedó sin techo")

    assert answer.status_code == 200, answer.text
    assert answer.json["prioridad"] == "urgente"
    ahora = _reloj(ventanilla, caso, "evaluacion")
    assert ahora.vence_en == _fin("urgente", clock.now())
    assert clock.now() < ahora.vence_en < antes.vence_en
    assert ahora.prioridad == "urgente"
    assert "casos.caso.priorizar" in ventanilla.auditadas(caso["id"])
    with ventanilla.db.read() as session:
        hito = session.scalars(
            select(Hito).where(Hito.caso_id == UUID(caso["id"]), Hito.tipo == TipoHito.PRIORIDAD)
        ).one()
        hecho = session.scalars(
            select(Outbox).where(
                Outbox.agregado == f"caso/{caso['id']}", Outbox.tipo == "casos.caso.repriorizado"
            )
        ).one()
    assert hecho.cuerpo["data"] == {
        "caso_id": caso["id"],
        "prioridad": "urgente",
        "antes": "normal",
    }
    assert [uno["reloj"] for uno in hito.datos["plazos"]] == ["evaluacion"]
    pagina = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert "Cambió la prioridad del caso" in pagina
    assert "Normal → Urgente" in pagina
    assert "Quedó sin techo" in pagina


def test_lo_que_se_alarga_termina_cuando_habria_terminado(ventanilla: Ventanilla) -> None:
    caso = _evaluado_despues(ventanilla, prioridad="urgente")
    antes = _reloj(ventanilla, caso, "evaluacion")

    assert ventanilla.paso(caso, "prioridad", prioridad="alta", texto="Hay red").status_code == 200

    ahora = _reloj(ventanilla, caso, "evaluacion")
    assert ahora.vence_en == _fin("alta", antes.inicia_en) > antes.vence_en


def test_un_plazo_que_ya_vencio_no_deja_de_estar_vencido(ventanilla: Ventanilla) -> None:
    caso = _evaluado_despues(ventanilla, prioridad="urgente")
    antes = _reloj(ventanilla, caso, "evaluacion")
    clock.move_to(antes.vence_en.date() + timedelta(days=3))

    assert ventanilla.paso(caso, "prioridad", prioridad="normal", texto="x").status_code == 200

    assert _reloj(ventanilla, caso, "evaluacion").vence_en == antes.vence_en


def test_de_un_caso_reservado_no_se_dice_que_tan_urgente_es(ventanilla: Ventanilla) -> None:
    quien = str(ventanilla.funcionario_id("profesional"))
    caso = _evaluado_despues(ventanilla, responsable_id=quien)
    secreto = {"confidencialidad": "reservado", "motivo": "Riesgo"}
    assert ventanilla.paso(caso, "confidencialidad", **secreto).status_code == 204

    assert ventanilla.paso(caso, "prioridad", prioridad="alta", texto="x").status_code == 200

    assert "casos.caso.repriorizado" not in ventanilla.hechos(f"caso/{caso['id']}")


def test_por_la_pagina_con_su_razon_y_no_la_misma(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}/prioridad"
    datos = {"prioridad.version": "1", "prioridad.prioridad": "alta"}

    sin_razon = ventanilla.enviar(path, datos, "profesional")
    igual = ventanilla.paso(caso, "prioridad", prioridad="normal", texto="x")
    hecho = ventanilla.enviar(path, datos | {"prioridad.texto": "Tiene hijos"}, "profesional")

    assert sin_razon.status_code == 422
    assert 'id="campo-prioridad-texto-error"' in sin_razon.text
    assert (igual.status_code, igual.json["detail"]) == (409, "El caso ya tiene esa prioridad.")
    assert hecho.status_code == 303
    assert ventanilla.guardado(caso).prioridad.value == "alta"
    ajena = ventanilla.enviar(path, datos | {"prioridad.texto": "x"}, "recepcion")
    assert ajena.status_code == 403
