"""Documents that are about to expire: a task once a stage, and a list of whom the reader sees."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.documentos.vencimientos import queries
from casos.documentos.vencimientos.models import AvisoDeDocumento
from casos.documentos.vencimientos.reglas import reglas
from casos.documentos.vencimientos.tasks import seguir_documentos
from casos.expedientes.models import Caso, Confidencialidad
from casos.personas.models import DocumentoIdentidad, EstadoPersona, Persona
from casos.tareas.models import Tarea
from oficina import clock
from oficina.audit import Auditoria
from oficina.db import uuid7
from oficina.identity_docs import TipoDocumento

HOY = date(2026, 11, 9)
PASAPORTE, PRIMERA, SEGUNDA = "pasaporte", 120, 30


@pytest.fixture(autouse=True)
def _hoy() -> Iterator[None]:
    clock.move_to(HOY)
    yield
    clock.move_to(None)


def _persona(ventanilla: Ventanilla, dias: int, tipo: str = PASAPORTE) -> tuple[str, str]:
    """Somebody whose document expires in so many days: their id and its."""
    persona = ventanilla.persona()["id"]
    documento: Any = ventanilla.api(
        "POST",
        f"/personas/{persona}/documentos",
        json={
            "documento_tipo": tipo,
            "documento_numero": uuid7().hex[-9:].upper(),
            "documento_pais": "COL",
            "vence_el": str(clock.today() + timedelta(days=dias)),
        },
    )
    assert documento.status_code == 201, documento.text
    return persona, documento.json["id"]


def _caso(ventanilla: Ventanilla, persona: str) -> dict[str, Any]:
    """One in work, for which the professional answers."""
    caso = ventanilla.en_gestion(persona_id=persona)
    assert ventanilla.paso(caso, "asignacion").status_code == 200
    return caso


def _barrer(ventanilla: Ventanilla) -> None:
    seguir_documentos(ventanilla.app.extensions["env"])


def _tareas(ventanilla: Ventanilla, caso: dict[str, Any]) -> list[Tarea]:
    with ventanilla.db.read() as session:
        suyas = select(Tarea).where(Tarea.caso_id == UUID(caso["id"])).order_by(Tarea.id)
        return list(session.scalars(suyas))


def _listados(ventanilla: Ventanilla, rol: str = "recepcion", consulta: str = "") -> set[str]:
    hechas: set[str] = set()
    pagina, paginas = 1, 1
    while pagina <= paginas:
        hecho: Any = ventanilla.api(
            "GET", f"/documentos/por-vencer?dias=366&pagina={pagina}{consulta}", rol
        )
        assert hecho.status_code == 200, hecho.text
        hechas |= {uno["documento_id"] for uno in hecho.json["documentos"]}
        pagina, paginas = pagina + 1, hecho.json["paginas"]
    return hechas


def test_los_dias_son_datos_con_version_y_fuente() -> None:
    datos = json.loads(
        (files("casos.documentos.vencimientos") / "reglas.json").read_text(encoding="utf-8")
    )

    assert datos["fuente"]
    assert reglas().version == datos["version"]
    assert datos["dias_antes"][PASAPORTE] == [PRIMERA, SEGUNDA]
    for tipo in datos["dias_antes"]:
        suyas = [una for una in reglas().etapas if TipoDocumento(tipo) in una.tipos]
        cubiertos = sorted(dia for una in suyas for dia in range(una.hasta + 1, una.dias + 1))
        assert cubiertos == list(range(max(datos["dias_antes"][tipo]) + 1)), tipo


def test_quien_responde_por_el_caso_recibe_una_tarea_por_etapa(ventanilla: Ventanilla) -> None:
    persona, documento = _persona(ventanilla, PRIMERA)
    caso = _caso(ventanilla, persona)

    _barrer(ventanilla)
    _barrer(ventanilla)

    (tarea,) = _tareas(ventanilla, caso)
    with ventanilla.db.read() as session:
        numero = session.get_one(DocumentoIdentidad, UUID(documento)).numero
    assert "Pasaporte" in tarea.que
    assert f"{HOY + timedelta(days=PRIMERA):%d-%m-%Y}" in tarea.que
    assert numero not in tarea.que
    assert tarea.responsable_id == ventanilla.funcionario_id("profesional")

    # The next stage waits for the first task to end, and comes once.
    clock.move_to(HOY + timedelta(days=PRIMERA - SEGUNDA))
    _barrer(ventanilla)
    assert len(_tareas(ventanilla, caso)) == 1
    fin = {"texto": "Pidió hora"}
    hecha = ventanilla.api(
        "POST", f"/tareas/{tarea.id}/hecha", "profesional", json=fin, headers={"If-Match": "*"}
    )
    assert hecha.status_code == 200, hecha.text
    _barrer(ventanilla)
    _barrer(ventanilla)
    assert len(_tareas(ventanilla, caso)) == 2


def test_lo_que_se_renovo_vuelve_a_avisarse_cuando_vence_otra_vez(ventanilla: Ventanilla) -> None:
    persona, documento = _persona(ventanilla, SEGUNDA)
    caso = _caso(ventanilla, persona)
    _barrer(ventanilla)
    assert len(_tareas(ventanilla, caso)) == 1
    with ventanilla.db.begin() as session:
        uno = session.get_one(DocumentoIdentidad, UUID(documento))
        uno.vence_el = HOY + timedelta(days=1000)

    _barrer(ventanilla)
    assert len(_tareas(ventanilla, caso)) == 1
    clock.move_to(HOY + timedelta(days=1000 - PRIMERA))
    _barrer(ventanilla)
    assert len(_tareas(ventanilla, caso)) == 2


@pytest.mark.parametrize(
    "como", ["lejos", "vencido", "retirado", "fallecida", "bloqueada", "fusionada", "partida"]
)
def test_de_lo_que_no_corresponde_no_se_avisa_ni_se_lista(
    ventanilla: Ventanilla, como: str
) -> None:
    dias = {"lejos": PRIMERA + 1, "vencido": -1}.get(como, SEGUNDA)
    tipo = "partida_nacimiento" if como == "partida" else PASAPORTE
    persona, documento = _persona(ventanilla, dias, tipo)
    caso = _caso(ventanilla, persona)
    if como == "retirado":
        ventanilla.api("POST", f"/documentos/{documento}/desuso", json={"motivo": "perdido"})
    elif como == "fallecida":
        murio = ventanilla.api(
            "POST", f"/personas/{persona}/defunciones", json={"fuente": "familia"}
        )
        assert murio.status_code == 201, murio.text
    elif como in {"bloqueada", "fusionada"}:
        with ventanilla.db.begin() as session:
            session.get_one(Persona, UUID(persona)).estado = EstadoPersona(como)

    _barrer(ventanilla)

    assert _tareas(ventanilla, caso) == []
    esta = documento in _listados(ventanilla)
    assert esta is (como in {"lejos", "partida"}), "the list looks further, and tells of any kind"
    if como == "vencido":
        assert documento in _listados(ventanilla, consulta="&vencidos=1")


def test_sin_quien_responda_no_hay_a_quien_avisar(ventanilla: Ventanilla) -> None:
    persona, documento = _persona(ventanilla, SEGUNDA)
    caso = ventanilla.caso(persona_id=persona)

    _barrer(ventanilla)

    assert _tareas(ventanilla, caso) == []
    assert documento in _listados(ventanilla)


def test_la_lista_es_de_quienes_ve_el_lector_y_queda_anotada(ventanilla: Ventanilla) -> None:
    persona, documento = _persona(ventanilla, SEGUNDA)
    caso = _caso(ventanilla, persona)
    for rol in ("recepcion", "profesional", "coordinacion"):
        assert documento in _listados(ventanilla, rol)
    assert documento in _listados(ventanilla, "profesional", "&mios=1")
    assert documento not in _listados(ventanilla, "coordinacion", "&mios=1")
    assert documento not in _listados(ventanilla, consulta="&tipo=dni_cedula_origen")
    with ventanilla.db.begin() as session:
        sellado = session.get_one(Caso, UUID(caso["id"]))
        sellado.confidencialidad = Confidencialidad.SELLADO

    assert documento not in _listados(ventanilla, "recepcion")
    assert documento not in _listados(ventanilla, "coordinacion")
    assert documento in _listados(ventanilla, "profesional")
    assert ventanilla.api("GET", "/documentos/por-vencer", "administrador").status_code == 403
    assert ventanilla.api("GET", "/documentos/por-vencer?dias=0").status_code == 422
    with ventanilla.db.read() as session:
        dichas = session.scalars(
            select(Auditoria.cantidad).where(Auditoria.accion == "casos.documento.por_vencer")
        ).all()
        numero = session.get_one(DocumentoIdentidad, UUID(documento)).numero
    assert dichas
    pagina = ventanilla.pagina("/documentos/por-vencer?dias=60", "profesional")
    assert "Documentos por vencer" in pagina.text
    assert numero not in pagina.text
    assert ventanilla.pagina("/documentos/por-vencer?dias=nada", "profesional").status_code == 200


def test_lo_que_dejo_de_ser_asi_mientras_tanto_no_se_avisa(ventanilla: Ventanilla) -> None:
    persona, documento = _persona(ventanilla, SEGUNDA)
    caso = _caso(ventanilla, persona)
    with ventanilla.db.read() as session:
        debidos = queries.por_avisar(session, HOY)
    suyo = next(uno for uno in debidos if str(uno.documento_id) == documento)
    assert suyo.dias == SEGUNDA
    ventanilla.api("POST", f"/documentos/{documento}/desuso", json={"motivo": "reemplazado"})

    with ventanilla.db.begin() as session:
        assert queries.documento_por_avisar(session, suyo) is None

    assert _tareas(ventanilla, caso) == []
    with ventanilla.db.read() as session:
        hechos = select(AvisoDeDocumento).where(AvisoDeDocumento.documento_id == UUID(documento))
        assert session.scalars(hechos).all() == []
