"""Organisations of migrants: who they are, who leads them with consent, and until when."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from tests.unit.casos.conftest import Ventanilla
from werkzeug.test import TestResponse

from casos.comunidad.organizaciones.models import Directiva, Organizacion
from casos.comunidad.organizaciones.reglas import reglas
from casos.comunidad.organizaciones.states import Accion, Estado
from casos.comunidad.organizaciones.tasks import seguir_directivas
from casos.retencion import retencion
from oficina import clock
from oficina.errors import TransicionInvalida
from oficina.retencion import periodos

HOY = date(2026, 3, 2)
PROFESIONAL = "profesional"
RUTA = "/comunidad/organizaciones"


def _directiva(desde: date) -> Directiva:
    registrada = datetime(2026, 3, 2, tzinfo=UTC)
    return Directiva(desde=desde, hasta=desde + timedelta(days=700), registrada_en=registrada)


ADMITIDAS = {
    (Estado.ACTIVA, Accion.EDITAR): Estado.ACTIVA,
    (Estado.ACTIVA, Accion.DIRECTIVA): Estado.ACTIVA,
    (Estado.ACTIVA, Accion.RECESO): Estado.EN_RECESO,
    (Estado.ACTIVA, Accion.DISOLVER): Estado.DISUELTA,
    (Estado.ACTIVA, Accion.QUITAR_NOMBRE): Estado.ACTIVA,
    (Estado.EN_RECESO, Accion.EDITAR): Estado.EN_RECESO,
    (Estado.EN_RECESO, Accion.RETOMAR): Estado.ACTIVA,
    (Estado.EN_RECESO, Accion.DISOLVER): Estado.DISUELTA,
    (Estado.EN_RECESO, Accion.QUITAR_NOMBRE): Estado.EN_RECESO,
    (Estado.DISUELTA, Accion.QUITAR_NOMBRE): Estado.DISUELTA,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    una = Organizacion(estado=estado)

    def dar() -> None:
        if accion is Accion.DIRECTIVA:
            una.elegir(_directiva(HOY), [])
        else:
            una.pasar(accion)

    if (estado, accion) in ADMITIDAS:
        dar()
        assert una.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida):
        dar()
    assert una.estado is estado


def test_los_avisos_son_datos_con_fuente() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert "19.418" in reglas().fuente
    assert [reglas().aviso(n) for n in (91, 90, 30, 0)] == [None, 90, 30, 5]


def _datos(**cambios: Any) -> dict[str, Any]:
    return {
        "nombre": "Agrupación Sintética Ayiti",
        "tipo": "cultural",
        "registro": "municipal",
        "personalidad_numero": "1234",
        "nacionalidades": ["HTI", "DOM", "HTI"],
        "temas": ["EDU.MATRICULA"],
        "territorio": "Barrio Juan Antonio Ríos",
        "telefono": "9 8623 0047",
    } | cambios


def _registrar(ventanilla: Ventanilla, **cambios: Any) -> dict[str, Any]:
    answer = ventanilla.api("POST", RUTA, PROFESIONAL, json=_datos(**cambios))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(ventanilla: Ventanilla, una: dict[str, Any], paso: str, **datos: Any) -> TestResponse:
    path = f"{RUTA}/{una['id']}/{paso}"
    return ventanilla.api("POST", path, PROFESIONAL, json=datos, headers={"If-Match": "*"})


def _dia(dias: int) -> str:
    return str(clock.today() + timedelta(days=dias))


def _elegir(ventanilla: Ventanilla, una: dict[str, Any], desde: int, hasta: int, **mas: Any) -> Any:
    answer = _paso(ventanilla, una, "directiva", desde=_dia(desde), hasta=_dia(hasta), **mas)
    assert answer.status_code == 200, answer.text
    return answer.json


def _directivas(ventanilla: Ventanilla, una: dict[str, Any]) -> list[dict[str, Any]]:
    answer = ventanilla.api("GET", f"{RUTA}/{una['id']}/directivas", PROFESIONAL)
    found: list[dict[str, Any]] = answer.json["directivas"]  # type: ignore[index]  # it is an object
    return found


def test_se_registra_y_se_halla_por_lo_que_es(ventanilla: Ventanilla) -> None:
    una = _registrar(ventanilla)
    _registrar(ventanilla, nombre="Fundación Andina", nacionalidades=["PER"], temas=["SAL"])

    assert una["nacionalidades"] == ["HTI", "DOM"]
    assert una["telefono"] == "+56986230047"
    for pedido in ("texto=ayiti sintetica", "texto=rios&nacionalidad=HTI", "nacionalidad=DOM"):
        halladas = ventanilla.api("GET", f"{RUTA}?{pedido}").json["organizaciones"]  # type: ignore[index]  # it is an object
        assert [u["id"] for u in halladas if u["nombre"].startswith("Fundación")] == []
        assert una["id"] in {u["id"] for u in halladas}
    pagina = ventanilla.pagina(f"{RUTA}?tema=SAL").text
    assert "Fundación Andina" in pagina
    assert "Ayiti" not in pagina
    assert ventanilla.hechos(f"organizacion/{una['id']}") == ["casos.organizacion.registrada"]


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"nombre": " "}, "nombre"),
        ({"registro": None}, "registro"),
        ({"personalidad_numero": None}, "personalidad_numero"),
        ({"nacionalidades": ["ZZZ"]}, "nacionalidades"),
        ({"temas": ["NADA"]}, "temas"),
        ({"telefono": "123"}, "telefono"),
        ({"correo": "no es"}, "correo"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ventanilla: Ventanilla, cambios: dict[str, Any], campo: str
) -> None:
    answer = ventanilla.api("POST", RUTA, PROFESIONAL, json=_datos(**cambios))

    assert answer.status_code == 422
    assert [one.split(".")[0] for one in answer.json["errors"]] == [campo]  # type: ignore[index]  # it is an object


def test_solo_se_nombra_a_quien_consintio_y_deja_de_estarlo_cuando_lo_pide(
    ventanilla: Ventanilla,
) -> None:
    una = _registrar(ventanilla)
    nombres = {"presidencia": "Wideline Sintética", "tesoreria": "Jean Sintético"}
    periodo = {"desde": _dia(-10), "hasta": _dia(700)}
    sin_consentir = _paso(ventanilla, una, "directiva", **periodo, **nombres)
    assert list(sin_consentir.json["errors"]) == ["consintieron_el"]  # type: ignore[index]  # it is an object
    manana = _paso(ventanilla, una, "directiva", **periodo, **nombres, consintieron_el=_dia(1))
    assert manana.status_code == 422

    _elegir(ventanilla, una, -10, 700, **nombres, consintieron_el=_dia(-10))
    with ventanilla.db.read() as session:
        guardado = session.execute(text("SELECT presidencia FROM directivas")).scalars().all()
    assert not any("Wideline" in escrito for escrito in guardado if escrito)
    cual = _directivas(ventanilla, una)[0]
    assert cual["nombres"] == nombres
    assert "casos.organizacion.ver" in ventanilla.auditadas(una["id"])

    ficha = ventanilla.pagina(f"{RUTA}/{una['id']}", PROFESIONAL).text
    assert "Wideline" in ficha
    assert "Wideline" not in ventanilla.pagina(f"{RUTA}/{una['id']}", "recepcion").text
    assert ventanilla.api("GET", f"{RUTA}/{una['id']}/directivas").status_code == 403

    quitado = {"directiva_id": cual["id"], "cargo": "presidencia"}
    assert _paso(ventanilla, una, "nombres-quitados", **quitado).status_code == 200
    assert _paso(ventanilla, una, "nombres-quitados", **quitado).status_code == 409
    assert _directivas(ventanilla, una)[0]["nombres"] == {"tesoreria": "Jean Sintético"}
    otra = _registrar(ventanilla)
    ajeno = _paso(ventanilla, otra, "nombres-quitados", **quitado | {"cargo": "tesoreria"})
    assert list(ajeno.json["errors"]) == ["directiva_id"]  # type: ignore[index]  # it is an object


def test_una_directiva_sigue_a_la_anterior_y_la_termina(ventanilla: Ventanilla) -> None:
    una = _registrar(ventanilla)
    _elegir(ventanilla, una, -400, 300)
    antes = {"desde": _dia(-400), "hasta": _dia(900)}
    assert _paso(ventanilla, una, "directiva", **antes).status_code == 422

    hecha = _elegir(ventanilla, una, 0, 700, integrantes=5)

    assert hecha["directiva_hasta"] == _dia(700)
    assert [(d["desde"], d["hasta"]) for d in _directivas(ventanilla, una)] == [
        (_dia(0), _dia(700)),
        (_dia(-400), _dia(-1)),
    ]


def test_se_avisa_una_vez_por_plazo_y_una_vez_que_vencio(ventanilla: Ventanilla) -> None:
    env = ventanilla.app.extensions["env"]
    una = _registrar(ventanilla)
    _elegir(ventanilla, una, -400, 20)
    sujeto = f"organizacion/{una['id']}"
    antes = ["casos.organizacion.registrada", "casos.organizacion.directiva_registrada"]

    seguir_directivas(env)
    seguir_directivas(env)
    assert ventanilla.hechos(sujeto) == [*antes, "casos.organizacion.directiva_por_vencer"]
    assert "Quedan 20 días de directiva" in ventanilla.pagina(f"{RUTA}?directiva=por_vencer").text

    with ventanilla.db.begin() as session:
        guardada = session.get_one(Organizacion, UUID(una["id"]))
        guardada.directiva_hasta = clock.today() - timedelta(days=1)
    seguir_directivas(env)
    seguir_directivas(env)

    assert ventanilla.hechos(sujeto)[3:] == ["casos.organizacion.directiva_vencida"]
    assert "Directiva vencida" in ventanilla.pagina(f"{RUTA}?directiva=vencida").text


def test_receso_vuelta_y_disolucion_quedan_en_su_historia(ventanilla: Ventanilla) -> None:
    una = _registrar(ventanilla, nombre="Colectivo Sintético de Paso")
    for paso, estado in (("receso", "en_receso"), ("vuelta", "activa"), ("disolucion", "disuelta")):
        hecho = _paso(ventanilla, una, paso, nota="Lo dijo la asamblea")
        assert hecho.json["estado"] == estado  # type: ignore[index]  # it is an object
    imposible = _paso(ventanilla, una, "vuelta", nota="Otra vez")

    assert imposible.status_code == 409
    assert imposible.json["transiciones_permitidas"] == ["quitar_nombre"]  # type: ignore[index]  # it is an object
    assert ventanilla.hechos(f"organizacion/{una['id']}")[1:] == [
        "casos.organizacion.en_receso",
        "casos.organizacion.retomada",
        "casos.organizacion.disuelta",
    ]
    ficha = ventanilla.pagina(f"{RUTA}/{una['id']}").text
    assert "Retomó sus actividades" in ficha
    assert una["nombre"] not in ventanilla.pagina(RUTA).text
    assert una["nombre"] in ventanilla.pagina(f"{RUTA}?estado=disuelta").text


def test_las_paginas_registran_corrigen_y_dicen_quien_llego_antes(ventanilla: Ventanilla) -> None:
    datos = _datos(nombre="Club Sintético", registro="", personalidad_numero="")
    hecho = ventanilla.enviar(f"{RUTA}/nueva", datos, PROFESIONAL)
    assert hecho.status_code == 303, hecho.text
    path = hecho.headers["Location"].removeprefix("/casos")
    una = ventanilla.api("GET", path, PROFESIONAL).json
    correccion = datos | {"nombre": "Club Corregido", "version": una["version"]}  # type: ignore[index]  # it is an object

    assert ventanilla.enviar(f"{path}/editar", correccion, PROFESIONAL).status_code == 303
    tarde = ventanilla.enviar(f"{path}/editar", correccion | {"nombre": "Tarde"}, PROFESIONAL)

    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert " Se corrigió." in tarde.text
    assert '<span class="of-texto">Club Corregido</span>' in tarde.text
    assert 'value="Tarde"' in tarde.text
    assert "Club Corregido" in ventanilla.pagina(path).text
    assert ventanilla.enviar(f"{path}/editar", correccion, "recepcion").status_code == 403


def test_la_lista_sale_como_archivo_sin_personas_ni_contactos(ventanilla: Ventanilla) -> None:
    una = _registrar(ventanilla, nombre="=Fórmula Sintética", correo="una@organizacion.example")
    _elegir(ventanilla, una, -1, 9, presidencia="Wideline Sintética", consintieron_el=_dia(-1))
    csv = ventanilla.pagina(f"{RUTA}/lista.csv?texto=formula", PROFESIONAL)
    libro = ventanilla.pagina(f"{RUTA}/lista.xlsx?texto=formula", PROFESIONAL)

    assert csv.text.startswith("Folio,")
    assert "'=Fórmula" in csv.text
    filas = CalamineWorkbook.from_filelike(BytesIO(libro.data)).get_sheet_by_index(0).to_python()
    assert [fila[1] for fila in filas] == ["Nombre", "=Fórmula Sintética"]
    for contenido in (csv.text, str(filas)):
        assert "Haití" in contenido
        assert "Wideline" not in contenido
        assert "organizacion.example" not in contenido
    assert ventanilla.pagina(f"{RUTA}/lista.csv").status_code == 403


def test_los_nombres_se_olvidan_cuando_pasa_su_plazo(ventanilla: Ventanilla) -> None:
    una = _registrar(ventanilla)
    dias = periodos().clases["casos.directiva.nombres"].dias or 0
    nombres = {"presidencia": "Wideline Sintética", "consintieron_el": _dia(-1)}
    _elegir(ventanilla, una, -dias - 900, -dias - 5, **nombres)
    _elegir(ventanilla, una, -200, 300, **nombres)

    retencion.aplicar(ventanilla.db)

    nueva, vieja = _directivas(ventanilla, una)
    assert nueva["nombres"] == {"presidencia": "Wideline Sintética"}
    assert (vieja["nombres"], vieja["consintieron_el"]) == ({}, None)
