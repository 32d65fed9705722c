"""Tasks of a case: who does what, until when, and what happens when nobody does."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import seguimiento
from casos.plazos.tasks import seguir_plazos
from casos.tareas.models import Tarea
from casos.tareas.states import PASOS, EstadoTarea
from oficina import clock
from oficina.bus.tables import Outbox
from oficina.calendar_cl import sumar_dias_habiles
from oficina.errors import TransicionInvalida

HOY = date(2026, 11, 9)  # a Monday without holidays around
VIERNES = HOY + timedelta(days=4)


@pytest.fixture(autouse=True)
def _hoy() -> Iterator[None]:
    clock.move_to(HOY)
    yield
    clock.move_to(None)


def _caso(ventanilla: Ventanilla) -> dict[str, Any]:
    """One in work, for which the professional answers."""
    caso = ventanilla.en_gestion()
    assert ventanilla.paso(caso, "asignacion").status_code == 200
    return caso


def _agregar(ventanilla: Ventanilla, caso: dict[str, Any], **datos: Any) -> TestResponse:
    datos = {"que": "Pedir el certificado", "vence_el": str(VIERNES)} | datos
    return ventanilla.paso(caso, "tareas", **datos)


def _tarea(ventanilla: Ventanilla, caso: dict[str, Any], **datos: Any) -> dict[str, Any]:
    answer = _agregar(ventanilla, caso, **datos)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _nombrar(ventanilla: Ventanilla, caso: dict[str, Any]) -> UUID:
    """The coordinator, named in the case."""
    jefatura = ventanilla.funcionario_id("coordinacion")
    nombre = {"funcionario_id": str(jefatura), "motivo": "Conoce el trámite"}
    ventanilla.api("POST", f"/casos/{caso['id']}/equipo", "profesional", json=nombre)
    return jefatura


def _hacer(ventanilla: Ventanilla, tarea: dict[str, Any], que: str, **datos: Any) -> TestResponse:
    path, como_este = f"/tareas/{tarea['id']}/{que}", {"If-Match": "*"}
    return ventanilla.api("POST", path, "profesional", json=datos, headers=como_este)


def _relojes(ventanilla: Ventanilla, tarea: dict[str, Any]) -> list[Plazo]:
    suyos = select(Plazo).where(Plazo.tarea_id == UUID(tarea["id"])).order_by(Plazo.id)
    with ventanilla.db.read() as session:
        return list(session.scalars(suyos))


@pytest.mark.parametrize("fin", list(EstadoTarea))
@pytest.mark.parametrize("estado", list(EstadoTarea))
def test_cada_fin_desde_cada_estado(estado: EstadoTarea, fin: EstadoTarea) -> None:
    tarea = Tarea(estado=estado)

    if fin in PASOS[estado]:
        tarea.terminar(fin, clock.now())
        assert (tarea.estado, tarea.terminada_en is None) == (fin, False)
        return
    with pytest.raises(TransicionInvalida):
        tarea.terminar(fin, clock.now())
    assert tarea.estado is estado


def test_una_tarea_tiene_quien_la_hace_y_hasta_cuando(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)

    tarea = _tarea(ventanilla, caso)

    dicho = (tarea["estado"], tarea["responsable_nombre"])
    assert dicho == ("pendiente", "Persona de profesional")
    (reloj,) = _relojes(ventanilla, tarea)
    assert clock.local(reloj.vence_en).date() == VIERNES
    assert ventanilla.hechos(f"tarea/{tarea['id']}") == ["casos.tarea.agregada"]
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert f'<a href="/casos/tareas/{tarea["id"]}">Pedir el certificado</a>' in page
    assert "Se agregó una tarea" in page


def test_lo_que_se_debe_hacer_no_sale_en_un_hecho_y_va_cifrado(ventanilla: Ventanilla) -> None:
    _tarea(ventanilla, _caso(ventanilla), que="Secreto de la tarea")

    with ventanilla.db.engine.connect() as connection:
        for tabla in ("tareas", "hitos", Outbox.__tablename__):
            filas = connection.exec_driver_sql(f"SELECT * FROM {tabla}").all()
            assert filas
            assert "Secreto" not in str(filas)


@pytest.mark.parametrize(
    ("vence_el", "dice"),
    [
        (HOY - timedelta(days=1), "desde hoy"),
        (sumar_dias_habiles(HOY, 251), "desde hoy"),
        (HOY + timedelta(days=5), "el siguiente es el 16-11-2026"),
        (date(2026, 12, 8), "No es día hábil"),
    ],
)
def test_se_pide_para_un_dia_habil_que_las_reglas_permiten(
    ventanilla: Ventanilla, vence_el: date, dice: str
) -> None:
    answer: Any = _agregar(ventanilla, _caso(ventanilla), vence_el=str(vence_el))

    assert answer.status_code == 422
    assert dice in answer.json["errors"]["vence_el"][0]


def test_la_hace_alguien_que_puede_ver_el_caso(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    for quien in (ventanilla.funcionario_id("coordinacion"), uuid4()):
        answer: Any = _agregar(ventanilla, caso, responsable_id=str(quien))
        assert list(answer.json["errors"]) == ["responsable_id"]

    jefatura = _nombrar(ventanilla, caso)

    assert _agregar(ventanilla, caso, responsable_id=str(jefatura)).status_code == 201


def test_fuera_de_la_gestion_no_se_agregan_tareas(ventanilla: Ventanilla) -> None:
    assert _agregar(ventanilla, ventanilla.caso()).status_code == 409


@pytest.mark.parametrize(
    ("que", "estado", "reloj"),
    [
        ("hecha", "hecha", EstadoPlazo.CUMPLIDO),
        ("cancelacion", "cancelada", EstadoPlazo.CANCELADO),
    ],
)
def test_una_tarea_termina_una_vez_y_detiene_su_reloj(
    ventanilla: Ventanilla, que: str, estado: str, reloj: EstadoPlazo
) -> None:
    tarea = _tarea(ventanilla, _caso(ventanilla))

    fin: Any = _hacer(ventanilla, tarea, que, texto="Así fue")

    assert fin.json["estado"] == estado
    assert [uno.estado for uno in _relojes(ventanilla, tarea)] == [reloj]
    assert _hacer(ventanilla, tarea, que, texto="Otra vez").status_code == 409
    cambio = {"responsable_id": tarea["responsable_id"], "vence_el": str(VIERNES)}
    assert _hacer(ventanilla, tarea, "cambio", **cambio).status_code == 409
    assert ventanilla.hechos(f"tarea/{tarea['id']}")[-1] == "casos.tarea.terminada"


def test_mover_una_tarea_empieza_otro_reloj(ventanilla: Ventanilla) -> None:
    tarea = _tarea(ventanilla, _caso(ventanilla))
    lunes = HOY + timedelta(days=14)
    cambio = {"responsable_id": tarea["responsable_id"], "vence_el": str(lunes)}

    assert _hacer(ventanilla, tarea, "cambio", **cambio).status_code == 200

    antes, ahora = _relojes(ventanilla, tarea)
    assert antes.estado is EstadoPlazo.CANCELADO
    assert clock.local(ahora.vence_en).date() == lunes


def test_quien_vio_una_version_vieja_no_cambia_la_tarea(ventanilla: Ventanilla) -> None:
    tarea = _tarea(ventanilla, _caso(ventanilla))
    path, visto = f"/tareas/{tarea['id']}/hecha", {"If-Match": '"1"'}
    cambio = {"responsable_id": str(_nombrar(ventanilla, {"id": tarea["caso_id"]}))}
    _hacer(ventanilla, tarea, "cambio", **cambio, vence_el=str(VIERNES))

    sin_decir = ventanilla.api("POST", path, "profesional", json={"texto": "Lista"})
    vieja = ventanilla.api("POST", path, "profesional", json={"texto": "Lista"}, headers=visto)

    assert (sin_decir.status_code, vieja.status_code) == (428, 412)


def test_de_una_tarea_atrasada_se_avisa_a_quien_la_hace(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    jefatura = _nombrar(ventanilla, caso)
    tarea = _tarea(ventanilla, caso, responsable_id=str(jefatura))
    clock.move_to(VIERNES + timedelta(days=3))

    seguir_plazos(ventanilla.app.extensions["env"])
    seguir_plazos(ventanilla.app.extensions["env"])

    vencidos = select(Outbox).where(Outbox.tipo == "casos.caso.plazo_vencido")
    with ventanilla.db.read() as session:
        datos = [uno.cuerpo["data"] for uno in session.scalars(vencidos)]
        suyos = [uno for uno in datos if (uno["caso_id"], uno["reloj"]) == (caso["id"], "tarea")]
        assert len(suyos) == 1
        assert seguimiento(session, UUID(suyos[0]["plazo_id"])).responsable_id == jefatura
    leida: Any = ventanilla.api("GET", f"/tareas/{tarea['id']}", "coordinacion").json
    assert leida["atrasada"]


def test_mis_tareas_tienen_las_atrasadas_arriba(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    despues = _tarea(ventanilla, caso, que="Segunda", vence_el=str(VIERNES))
    tarde = _tarea(ventanilla, caso, que="Primera", vence_el=str(HOY))
    hecha = _tarea(ventanilla, caso, que="Tercera", vence_el=str(HOY))
    _hacer(ventanilla, hecha, "hecha", texto="Lista")
    clock.move_to(HOY + timedelta(days=2))

    lista: Any = ventanilla.api("GET", "/tareas", "profesional").json
    suyas = [una for una in lista["tareas"] if una["caso_id"] == caso["id"]]
    assert [una["id"] for una in suyas] == [tarde["id"], despues["id"]]
    assert [una["atrasada"] for una in suyas] == [True, False]
    page = ventanilla.pagina("/tareas", "profesional").text
    assert page.index("Primera") < page.index("Segunda")
    assert "Tercera" not in page
    assert "Primera" not in ventanilla.pagina("/tareas", "coordinacion").text
    assert "Primera" in ventanilla.pagina("/tareas?de=todas", "coordinacion").text


def test_con_una_tarea_sin_terminar_el_caso_no_se_cierra(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    tarea = _tarea(ventanilla, caso)
    fin = {"motivo": "gestion_terminada", "resultado": "logrado"}

    answer: Any = ventanilla.paso(caso, "cierre", **fin)
    assert (answer.status_code, answer.json["tareas"]) == (409, 1)
    _hacer(ventanilla, tarea, "hecha", texto="Lista")
    assert ventanilla.paso(caso, "cierre", **fin).status_code == 200


def test_anular_un_caso_cancela_sus_tareas(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    tarea = _tarea(ventanilla, caso)

    ventanilla.paso(caso, "anulacion", texto="Se abrió a otra persona")

    leida: Any = ventanilla.api("GET", f"/tareas/{tarea['id']}", "profesional").json
    assert (leida["estado"], leida["vence_en"]) == ("cancelada", None)


def test_mientras_el_caso_esta_suspendido_la_tarea_espera(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    tarea = _tarea(ventanilla, caso)
    revision = str(HOY + timedelta(days=30))
    ventanilla.paso(caso, "suspension", motivo="a_peticion", revision_el=revision)
    clock.move_to(HOY + timedelta(days=21))

    leida: Any = ventanilla.api("GET", f"/tareas/{tarea['id']}", "profesional").json
    assert (leida["detenida"], leida["atrasada"]) == (True, False)
    ventanilla.paso(caso, "reanudacion", motivo="revision")

    # It had four working days left.
    (reloj,) = _relojes(ventanilla, tarea)
    assert clock.local(reloj.vence_en).date() == VIERNES + timedelta(days=21)


def test_por_la_pagina_vuelve_lo_escrito_con_su_error(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    tarea = _tarea(ventanilla, caso)
    path, version = f"/tareas/{tarea['id']}", str(tarea["version"])
    cambio = {
        "cambio.version": version,
        "cambio.responsable_id": tarea["responsable_id"],
        "cambio.vence_el": str(HOY + timedelta(days=5)),
    }
    resulto = {"hecha.texto": "Lo que resultó"}

    page = ventanilla.enviar(f"{path}/cambio", cambio, "profesional")
    vieja = ventanilla.enviar(f"{path}/hecha", resulto | {"hecha.version": "0"}, "profesional")
    hecha = ventanilla.enviar(f"{path}/hecha", resulto | {"hecha.version": version}, "profesional")

    assert page.status_code == 422
    assert 'id="campo-cambio-vence_el-error"' in page.text
    assert vieja.status_code == 412
    assert "Lo que resultó</textarea>" in vieja.text
    assert hecha.status_code == 303
    assert hecha.headers["Location"] == f"/casos/expedientes/{caso['id']}"
    otra = ventanilla.enviar(
        f"{path}/cancelacion",
        {"cancelacion.version": str(int(version) + 1), "cancelacion.texto": "Ya no hace falta"},
        "profesional",
    )
    assert otra.status_code == 409
    assert "Ahora está así: Hecha." in otra.text
    assert "Lo cambió" in otra.text or "Usted" in otra.text
    assert "Ya no hace falta</textarea>" in otra.text
    ver = ventanilla.pagina(path, "profesional").text
    assert "Hecha" in ver
    assert "Marcar como hecha" not in ver
