"""A day on which the municipality does not work moves what runs over it, and says so."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.expedientes.models import Hito, TipoHito
from casos.plazos.actions import iniciar, pausar_de_caso, reanudar_de_caso
from casos.plazos.models import DiaCerrado, Plazo
from casos.plazos.reglas import reglas
from casos.plazos.tasks import seguir_plazos
from oficina import clock
from oficina.calendar_cl import es_habil, fin_de_plazo, termino_movido
from oficina.clock import local

HOY = date(2026, 11, 9)  # a Monday without holidays around
JUEVES = date(2026, 11, 12)
CIERRE = {"dia": str(JUEVES), "motivo": "Aniversario de la comuna", "fuente": "Decreto 1 de 2026"}


@pytest.fixture(autouse=True)
def _hoy(ventanilla: Ventanilla) -> Iterator[None]:
    clock.move_to(HOY)
    yield
    clock.move_to(None)
    with ventanilla.db.begin() as session:
        session.execute(delete(Plazo))
        session.execute(delete(DiaCerrado))


def _evaluacion(ventanilla: Ventanilla) -> dict[str, Any]:
    """A case whose evaluation is due in ten working days: on Monday 23."""
    caso = ventanilla.caso()
    assert ventanilla.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
    return caso


def _cerrar(ventanilla: Ventanilla, **datos: Any) -> TestResponse:
    answer = ventanilla.api("POST", "/plazos/calendario", "coordinacion", json=CIERRE | datos)
    assert answer.status_code == 201, answer.text
    return answer


def _seguir(ventanilla: Ventanilla) -> None:
    seguir_plazos(ventanilla.app.extensions["env"])


def _reloj(ventanilla: Ventanilla, caso: dict[str, Any], reloj: str = "evaluacion") -> Plazo:
    consulta = select(Plazo).where(Plazo.caso_id == UUID(caso["id"]), Plazo.reloj == reloj)
    with ventanilla.db.read() as session:
        return session.scalars(consulta).one()


def _vence(plazo: Plazo) -> date:
    return local(plazo.vence_en).date()


def _movidos(ventanilla: Ventanilla, caso: dict[str, Any]) -> list[Hito]:
    consulta = select(Hito).where(Hito.caso_id == UUID(caso["id"]), Hito.tipo == TipoHito.PLAZO)
    with ventanilla.db.read() as session:
        return [h for h in session.scalars(consulta) if h.datos["hecho"] == "movido"]


def test_un_dia_cerrado_mueve_lo_que_corre_y_guarda_de_donde(ventanilla: Ventanilla) -> None:
    caso = _evaluacion(ventanilla)

    _cerrar(ventanilla)
    _seguir(ventanilla)
    _seguir(ventanilla)

    plazo = _reloj(ventanilla, caso)
    assert _vence(plazo) == date(2026, 11, 24)
    assert plazo.vence_en_original is not None
    assert local(plazo.vence_en_original).date() == date(2026, 11, 23)
    (hito,) = _movidos(ventanilla, caso)
    assert hito.texto == "12-11-2026: Aniversario de la comuna"
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "coordinacion").text
    assert "Se movió un plazo: Evaluación" in page
    assert "Vencía el 23" in page
    assert "Aniversario de la comuna" in page


def test_lo_que_empieza_despues_ya_lo_cuenta_y_nadie_dice_que_se_movio(
    ventanilla: Ventanilla,
) -> None:
    _cerrar(ventanilla)

    caso = _evaluacion(ventanilla)
    _seguir(ventanilla)

    plazo = _reloj(ventanilla, caso)
    assert (_vence(plazo), plazo.vence_en_original) == (date(2026, 11, 24), None)
    assert _movidos(ventanilla, caso) == []


def test_retirar_el_dia_devuelve_el_plazo(ventanilla: Ventanilla) -> None:
    caso = _evaluacion(ventanilla)
    dia = _cerrar(ventanilla).json
    _seguir(ventanilla)

    retiro = f"/plazos/calendario/{dia['id']}/retiro"  # type: ignore[index]  # it is an object
    assert ventanilla.api("POST", retiro, "coordinacion").status_code == 200
    assert ventanilla.api("POST", retiro, "coordinacion").status_code == 409
    _seguir(ventanilla)

    plazo = _reloj(ventanilla, caso)
    assert (_vence(plazo), plazo.vence_en_original) == (date(2026, 11, 23), None)
    assert len(_movidos(ventanilla, caso)) == 2


def test_lo_que_no_cuenta_en_dias_habiles_no_se_mueve(ventanilla: Ventanilla) -> None:
    caso = _evaluacion(ventanilla)
    with ventanilla.db.begin() as session:
        iniciar(session, UUID(caso["id"]), "denuncia", "normal", clock.now())
    antes = _reloj(ventanilla, caso, "denuncia")

    _cerrar(ventanilla, dia=str(HOY + timedelta(days=1)))
    _seguir(ventanilla)

    despues = _reloj(ventanilla, caso, "denuncia")
    assert (despues.vence_en, despues.calendario) == (antes.vence_en, 1)


def test_lo_que_alguien_eligio_solo_deja_un_dia_que_ya_no_se_trabaja(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.en_gestion()
    assert ventanilla.paso(caso, "asignacion").status_code == 200
    for dia in (JUEVES, JUEVES + timedelta(days=1)):
        tarea = ventanilla.paso(caso, "tareas", que="Llamar", vence_el=str(dia))
        assert tarea.status_code == 201, tarea.text

    _cerrar(ventanilla)
    _seguir(ventanilla)

    with ventanilla.db.read() as session:
        tareas = session.scalars(
            select(Plazo)
            .where(Plazo.caso_id == UUID(caso["id"]), Plazo.reloj == "tarea")
            .order_by(Plazo.id)
        ).all()
    assert {_vence(plazo) for plazo in tareas} == {JUEVES + timedelta(days=1)}
    cerrado = ventanilla.paso(caso, "tareas", que="Otra", vence_el=str(JUEVES))
    assert cerrado.status_code == 422


def test_lo_detenido_conserva_los_dias_que_le_quedaban(ventanilla: Ventanilla) -> None:
    caso = _evaluacion(ventanilla)
    with ventanilla.db.begin() as session:
        pausar_de_caso(session, UUID(caso["id"]), clock.now())
    _cerrar(ventanilla)

    clock.move_to(date(2026, 11, 16))
    with ventanilla.db.begin() as session:
        reanudar_de_caso(session, UUID(caso["id"]), clock.now())

    # Ten working days after Monday 16: nothing of them is closed.
    assert _vence(_reloj(ventanilla, caso)) == date(2026, 11, 30)


def test_un_corte_en_medio_no_pierde_ni_repite(ventanilla: Ventanilla) -> None:
    casos = [_evaluacion(ventanilla) for _ in range(3)]
    _cerrar(ventanilla)
    with ventanilla.db.begin() as session:
        session.execute(
            text(
                "CREATE TRIGGER corte BEFORE INSERT ON hitos WHEN NEW.tipo = 'plazo' AND "
                f"NEW.caso_id = '{UUID(casos[1]['id']).hex}' BEGIN SELECT RAISE(ABORT, 'x'); END"
            )
        )
    _seguir(ventanilla)
    assert [len(_movidos(ventanilla, caso)) for caso in casos] == [1, 0, 1]
    with ventanilla.db.begin() as session:
        session.execute(text("DROP TRIGGER corte"))
        session.execute(update(Plazo).where(Plazo.intentos > 0).values(visible=clock.real_now()))
    _seguir(ventanilla)

    assert [len(_movidos(ventanilla, caso)) for caso in casos] == [1, 1, 1]
    assert {_vence(_reloj(ventanilla, caso)) for caso in casos} == {date(2026, 11, 24)}


@pytest.mark.parametrize(
    ("datos", "porque"),
    [
        ({"dia": "2026-11-14"}, "fin de semana"),
        ({"dia": "2026-12-08"}, "Inmaculada"),
        ({"dia": "manana"}, "dia"),
        ({"fuente": ""}, "fuente"),
    ],
)
def test_un_dia_que_no_se_trabaja_de_todos_modos_no_se_anota(
    ventanilla: Ventanilla, datos: dict[str, str], porque: str
) -> None:
    answer = ventanilla.api("POST", "/plazos/calendario", "coordinacion", json=CIERRE | datos)

    assert answer.status_code == 422
    assert porque in answer.text


def test_en_la_pagina_se_anota_y_se_retira(ventanilla: Ventanilla) -> None:
    address = "/plazos/calendario"
    assert "Navidad" in ventanilla.pagina(address, "profesional").text
    ingles = ventanilla.oficina.entrar(ventanilla.app, "profesional")
    ingles.set_cookie("idioma", "en")
    assert "Christmas Day" in ingles.get(f"/casos{address}").text
    assert ventanilla.enviar(address, CIERRE, "profesional").status_code == 403
    assert ventanilla.enviar(address, CIERRE, "coordinacion").status_code == 303
    otra_vez = ventanilla.enviar(address, CIERRE, "coordinacion")
    assert (otra_vez.status_code, "Ese día ya está cerrado" in otra_vez.text) == (422, True)
    with ventanilla.db.read() as session:
        dia_id = session.scalars(select(DiaCerrado.id)).one()

    assert ventanilla.enviar(f"{address}/{dia_id}/retiro", {}, "coordinacion").status_code == 303
    assert "Retirado" in ventanilla.pagina(address, "profesional").text
    assert ventanilla.auditadas(str(dia_id)) == [
        "casos.calendario.cerrar",
        "casos.calendario.retirar",
    ]


DIAS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(es_habil)


@given(st.sets(DIAS, max_size=6), st.sets(DIAS, max_size=6), st.integers(1, 30))
def test_movido_es_lo_mismo_que_contado_de_nuevo(
    antes: set[date], cierres: set[date], dias: int
) -> None:
    inicio = datetime(2026, 5, 15, 15, tzinfo=UTC)
    fin = fin_de_plazo(inicio, dias_habiles=dias, cierres=antes)

    movido = termino_movido(inicio, fin, antes=antes, cierres=cierres)

    assert movido == fin_de_plazo(inicio, dias_habiles=dias, cierres=cierres)
    assert reglas().relojes["evaluacion"].habil
