"""The lists of casos through their pages and their API: filters, views and files."""

import csv
import re
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import g
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, select, update
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Caso, Hito, Prioridad, Riesgo
from casos.listas.casos import CASOS
from casos.listas.models import VistaGuardada, VistaPorOmision
from casos.listas.presentacion import columnas_a_la_vista
from casos.personas.models import Persona
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.calendar_cl import siguiente_habil
from oficina.db import uuid7
from oficina.errors import NoPermitido

MIA = "profesional"


@pytest.fixture(scope="module")
def casos(ventanilla: Ventanilla) -> list[dict[str, Any]]:
    """Thirty cases that nobody has, one of them unlike the others."""
    persona = ventanilla.persona(primer_apellido="=cmd|calc")
    hechos = [ventanilla.caso(persona_id=persona["id"]) for _ in range(30)]
    raro = UUID(hechos[7]["id"])
    nina = ventanilla.persona(nombres="Niña", fecha_nacimiento="2015-05-05")
    with ventanilla.db.begin() as session:
        session.execute(
            update(Caso)
            .where(Caso.id == raro)
            .values(
                prioridad=Prioridad.URGENTE,
                riesgo=Riesgo.ALTO,
                unidad="dideco",
                tema="VIV.DESALOJO",
                persona_id=UUID(nina["id"]),
            )
        )
        hace = clock.now() - timedelta(days=40)
        session.execute(update(Hito).where(Hito.caso_id == raro).values(ocurrido_en=hace))
        session.execute(update(Caso).where(Caso.id == raro).values(abierto_en=hace))
    return hechos


def _pedir(ventanilla: Ventanilla, consulta: str, rol: str = "coordinacion") -> dict[str, Any]:
    answer = ventanilla.api("GET", f"/casos?{consulta}", rol)
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[no-any-return]  # it is an object


@pytest.mark.parametrize(
    "consulta",
    [
        "prioridad=urgente",
        "riesgo=alto",
        "unidad=dideco",
        "tema=VIV",
        "tema=VIV.DESALOJO",
        "senal=nna",
        "sin_actividad=30",
        "abierto_hasta={ayer}",
        "prioridad=urgente&senal=nna&estado=abierto&de=sin_asignar",
    ],
)
def test_cada_filtro_halla_solo_lo_suyo(
    ventanilla: Ventanilla, casos: list[dict[str, Any]], consulta: str
) -> None:
    ayer = clock.today() - timedelta(days=1)
    hallado = _pedir(ventanilla, consulta.format(ayer=ayer))
    assert [caso["id"] for caso in hallado["casos"]] == [casos[7]["id"]]
    assert hallado["total"] == 1


@pytest.mark.parametrize(
    "consulta",
    ["prioridad=nunca", "sin_actividad=0", "abierto_desde=ayer", "orden=nombre", "despues=x"],
)
def test_un_filtro_que_no_es_se_rechaza(ventanilla: Ventanilla, consulta: str) -> None:
    assert ventanilla.api("GET", f"/casos?{consulta}", MIA).status_code == 422


@pytest.mark.parametrize("orden", ["urgencia", "recientes", "antiguos", "prioridad", "vence"])
def test_las_paginas_de_cada_orden_llevan_a_cada_caso_una_vez(
    ventanilla: Ventanilla, casos: list[dict[str, Any]], orden: str
) -> None:
    primera = _pedir(ventanilla, f"orden={orden}")
    segunda = _pedir(ventanilla, f"orden={orden}&despues={primera['despues']}")
    ids = [caso["id"] for caso in primera["casos"] + segunda["casos"]]
    assert len(primera["casos"]) == 25
    assert segunda["despues"] is None
    assert len(ids) == len(set(ids)) == primera["total"]
    assert {caso["id"] for caso in casos} <= set(ids)


def test_la_pagina_lleva_su_filtro_a_la_siguiente_y_vuelve(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    assert casos
    primera = ventanilla.pagina("/?estado=abierto&orden=recientes", MIA).text
    adelante = _enlace(primera, "next")
    assert parse_qs(urlsplit(adelante).query)["orden"] == ["recientes"]
    segunda = ventanilla.pagina(adelante.removeprefix("/casos"), MIA).text
    atras = ventanilla.pagina(_enlace(segunda, "prev").removeprefix("/casos"), MIA).text
    assert _folios(atras) == _folios(primera)
    assert not set(_folios(segunda)) & set(_folios(primera))


def test_quien_no_ve_el_riesgo_no_busca_por_el_ni_se_lo_lleva(
    ventanilla: Ventanilla,
) -> None:
    """A program of the coordination whose scopes leave the evaluation out."""
    alcances = frozenset({"casos.caso.bandeja", "casos.lista.exportar"})
    programa = Actor(uuid7(), "Tablero", frozenset({"coordinacion"}), "", "cliente", alcances)
    with ventanilla.app.test_request_context("/casos/"):
        g.actor = programa
        CASOS.exigir({"prioridad": "alta", "senal": "nna"})
        for pedido in ({"riesgo": "alto"}, {"senal": "derivacion_activa"}):
            with pytest.raises(NoPermitido):
                CASOS.filtro(pedido)
        titulos = [str(una.titulo) for una in columnas_a_la_vista(CASOS)]
    assert "Riesgo" not in titulos
    assert "Folio" in titulos


def _enlace(pagina: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', pagina)
    assert found, pagina
    return found[1].replace("&amp;", "&")


def _folios(pagina: str) -> list[str]:
    return re.findall(r">(OM-\d+-\d+) ·", pagina)


# Views.


@pytest.fixture
def sin_vistas(ventanilla: Ventanilla) -> Ventanilla:
    """Nobody keeps any view."""
    with ventanilla.db.begin() as session:
        session.execute(delete(VistaPorOmision))
        session.execute(delete(VistaGuardada))
    return ventanilla


def _guardar(ventanilla: Ventanilla, nombre: str, rol: str = MIA, **mas: Any) -> str:
    datos = {"nombre": nombre, "consulta": "prioridad=urgente&estado=abierto"} | mas
    answer = ventanilla.enviar("/listas/casos/vistas", datos, rol)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _vistas(ventanilla: Ventanilla, rol: str = MIA) -> list[dict[str, Any]]:
    answer = ventanilla.api("GET", "/listas/casos/vistas", rol)
    assert answer.status_code == 200
    return answer.json["vistas"]  # type: ignore[index,no-any-return]  # it is an object


def test_una_vista_se_guarda_se_abre_se_reemplaza_y_se_borra(sin_vistas: Ventanilla) -> None:
    _guardar(sin_vistas, "Urgentes")
    [vista] = _vistas(sin_vistas)
    assert vista["consulta"] == {"prioridad": "urgente", "estado": "abierto"}
    abierta = sin_vistas.pagina(f"/?vista={vista['id']}", MIA)
    assert abierta.status_code == 303
    assert parse_qs(urlsplit(abierta.location).query)["prioridad"] == ["urgente"]
    pagina = sin_vistas.pagina(abierta.location.removeprefix("/casos"), MIA).text
    assert "Vistas guardadas: Urgentes" in pagina
    _guardar(sin_vistas, "Urgentes", consulta="orden=antiguos&nada=1")
    [otra] = _vistas(sin_vistas)
    assert (otra["id"], otra["consulta"]) == (vista["id"], {"orden": "antiguos"})
    assert (
        sin_vistas.enviar(f"/listas/casos/vistas/{vista['id']}/borrado", {}, MIA).status_code == 303
    )
    assert _vistas(sin_vistas) == []
    hechas = sin_vistas.auditadas(vista["id"])
    assert hechas == ["casos.vista.guardar", "casos.vista.guardar", "casos.vista.borrar"]


def test_la_lista_se_abre_con_la_vista_elegida_hasta_que_se_deja(sin_vistas: Ventanilla) -> None:
    _guardar(sin_vistas, "Para empezar", por_omision="1")
    [vista] = _vistas(sin_vistas)
    assert vista["por_omision"]
    sola = sin_vistas.pagina("/", MIA)
    assert sola.status_code == 303
    assert "prioridad=urgente" in sola.location
    assert sin_vistas.pagina("/?vista=0", MIA).status_code == 200
    assert sin_vistas.pagina("/?estado=todos", MIA).status_code == 200
    assert sin_vistas.pagina("/", "coordinacion").status_code == 200
    assert sin_vistas.enviar("/listas/casos/sin-vista-inicial", {}, MIA).status_code == 303
    assert sin_vistas.pagina("/", MIA).status_code == 200


def test_la_coordinacion_comparte_y_los_demas_no(sin_vistas: Ventanilla) -> None:
    datos = {"nombre": "De todos", "consulta": "estado=abierto", "compartida": "1"}
    assert sin_vistas.enviar("/listas/casos/vistas", datos, MIA).status_code == 403
    _guardar(sin_vistas, "De la oficina", "coordinacion", compartida="1")
    _guardar(sin_vistas, "Solo de coordinación", "coordinacion")
    [vista] = _vistas(sin_vistas)
    assert (vista["nombre"], vista["propia"]) == ("De la oficina", False)
    elegir = f"/listas/casos/vistas/{vista['id']}/inicial"
    assert sin_vistas.enviar(elegir, {}, MIA).status_code == 303
    assert sin_vistas.pagina("/", MIA).status_code == 303
    ajena = f"/listas/casos/vistas/{vista['id']}/borrado"
    assert sin_vistas.enviar(ajena, {}, MIA).status_code == 403
    # No longer shared, it opens nobody else's list.
    _guardar(sin_vistas, "De la oficina", "coordinacion")
    assert _vistas(sin_vistas) == []
    assert sin_vistas.pagina("/", MIA).status_code == 200
    assert sin_vistas.enviar(ajena, {}, MIA).status_code == 404


@pytest.mark.parametrize(
    "datos",
    [
        {"nombre": "", "consulta": "estado=abierto"},
        {"nombre": "x" * 81, "consulta": "estado=abierto"},
        {"nombre": "Rota", "consulta": "estado=no-hay"},
    ],
)
def test_una_vista_que_no_es_no_se_guarda_y_lo_dice(
    sin_vistas: Ventanilla, datos: dict[str, str]
) -> None:
    answer = sin_vistas.enviar("/listas/casos/vistas", datos, MIA)
    assert answer.status_code == 303
    assert "alert-danger" in sin_vistas.pagina(answer.location.removeprefix("/casos"), MIA).text
    assert _vistas(sin_vistas) == []


# Files.


def test_el_archivo_lleva_la_lista_como_esta_y_deja_dicho_que_se_llevo(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    path = "/listas/casos.csv?estado=abierto&orden=antiguos"
    assert ventanilla.pagina(path, MIA).status_code == 403
    answer = ventanilla.pagina(path, "coordinacion")
    assert answer.status_code == 200
    filas = list(csv.DictReader(StringIO(answer.get_data(as_text=True))))
    total = _pedir(ventanilla, "estado=abierto", "coordinacion")["total"]
    assert len(filas) == total > 25
    assert next(f for f in filas if f["Folio"] == casos[7]["folio"])["Prioridad"] == "Urgente"
    assert casos[0]["folio"] in {fila["Folio"] for fila in filas}
    with ventanilla.db.read() as session:
        dicha = session.scalars(
            select(Auditoria)
            .where(Auditoria.accion == "casos.caso.exportar")
            .order_by(Auditoria.id.desc())
        ).first()
    assert dicha is not None
    assert (dicha.cantidad, dicha.motivo_codigo) == (total, "estado=abierto&orden=antiguos")


def test_el_archivo_no_lleva_los_casos_que_la_lista_no_muestra(ventanilla: Ventanilla) -> None:
    """The coordination gets those in which they are named, and counts no other."""
    caso = ventanilla.caso(responsable_id=str(ventanilla.funcionario_id(MIA)))
    antes = _pedir(ventanilla, "estado=todos")["total"]
    datos = {"confidencialidad": "reservado", "motivo": "Riesgo"}
    assert ventanilla.paso(caso, "confidencialidad", MIA, **datos).status_code == 204
    folio = ventanilla.guardado(caso).folio
    cuerpo = ventanilla.pagina("/listas/casos.csv?estado=todos", "coordinacion").text
    assert folio not in cuerpo
    assert len(cuerpo.splitlines()) == antes
    assert _pedir(ventanilla, "estado=todos")["total"] == antes - 1
    assert folio in ventanilla.pagina("/?estado=todos&orden=recientes", MIA).text


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_ninguna_celda_es_una_formula(
    ventanilla: Ventanilla, casos: list[dict[str, Any]], formato: str
) -> None:
    with ventanilla.db.begin() as session:
        session.execute(
            update(Persona)
            .where(Persona.id == UUID(casos[0]["persona"]["id"]))
            .values(nombres="=HYPERLINK(1)")
        )
    cuerpo = ventanilla.pagina(f"/listas/casos.{formato}", "coordinacion").get_data()
    if formato == "csv":
        assert b",'=HYPERLINK(1)" in cuerpo
        return
    assert b"<f>" not in cuerpo
    libro = CalamineWorkbook.from_filelike(BytesIO(cuerpo))
    filas = libro.get_sheet_by_index(0).to_python()
    assert filas[0][:2] == ["Folio", "Persona"]
    assert any(str(fila[1]).startswith("=HYPERLINK(1)") for fila in filas)


def test_cada_lista_sale_como_archivo_y_como_pagina(
    ventanilla: Ventanilla, casos: list[dict[str, Any]]
) -> None:
    caso = ventanilla.en_gestion(responsable_id=str(ventanilla.funcionario_id(MIA)))
    dia = str(siguiente_habil(clock.today()))
    hecha = ventanilla.paso(caso, "tareas", que="Llamar al CESFAM", vence_el=dia)
    assert hecha.status_code == 201, hecha.text
    assert "Llamar al CESFAM" in ventanilla.pagina("/tareas?orden=recientes", MIA).text
    assert "Llamar al CESFAM" not in ventanilla.pagina("/tareas?atrasadas=1", MIA).text
    for lista in ("casos", "tareas", "derivaciones", "postulaciones"):
        for formato in ("csv", "xlsx"):
            answer = ventanilla.pagina(f"/listas/{lista}.{formato}", "coordinacion")
            assert answer.status_code == 200, (lista, formato)
            assert f"acogida-{lista}-" in answer.headers["Content-Disposition"]
    todas = ventanilla.pagina("/listas/tareas.csv?de=todas", "coordinacion")
    assert "Llamar al CESFAM" in todas.get_data(as_text=True)
    assert ventanilla.pagina("/derivaciones?estado=todas", MIA).status_code == 200
