"""Instruments: which questions are due, what answers are refused, what they suggest, and how an
evaluation is read for ever with the version with which it was made.
"""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import Evaluacion, Riesgo
from casos.instrumentos import vistas
from casos.instrumentos.catalogo import Instrumento, catalogo, leer
from casos.instrumentos.condiciones import leer_condicion
from casos.instrumentos.respuestas import comprobar, corresponden, sugerir
from oficina import clock
from oficina.errors import DatosInvalidos

HOY = date(2026, 11, 26)

SOCIAL: dict[str, Any] = {
    "con_quien_vive": "familia",
    "integrantes": 1,
    "cuidados": ["nadie"],
    "tenencia": "arriendo_con_contrato",
    "por_perderla": "no",
    "piezas": 1,
    "servicios": ["nada"],
    "trabajo": "contrato",
    "ingreso_alcanza": "alcanza",
    "comidas": "no",
    "inscrita": "si",
    "tratamiento": "no",
    "embarazo": "no",
    "situacion": "ninguno",
    "rsh": "si",
    "apoyos": ["familia"],
    "espanol": "si",
    "pide": "Un curso de español",
}
"""Whoever answers so is asked nothing else, and nothing is suggested but a low risk."""


@pytest.fixture(autouse=True)
def _en_la_oficina(ventanilla: Ventanilla) -> Iterator[None]:
    with ventanilla.app.test_request_context(), force_locale("es"):
        yield


def _datos() -> dict[str, Any]:
    texto = (files("casos.instrumentos") / "instrumentos.json").read_text(encoding="utf-8")
    datos: dict[str, Any] = json.loads(texto)
    return datos


def _uno(codigo: str = "evaluacion_social") -> Instrumento:
    found = catalogo().vigente(codigo, HOY)
    assert found is not None
    return found


def _errores(uno: Instrumento, respuestas: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(DatosInvalidos) as caught:
        comprobar(uno, respuestas)
    errores: dict[str, list[str]] = caught.value.errores["respuestas"]
    return errores


@pytest.mark.parametrize("uno", catalogo().instrumentos, ids=lambda uno: uno.codigo)
def test_todo_lo_que_se_lee_se_dice_en_dos_idiomas(uno: Instrumento) -> None:
    dichos = [uno.etiquetas, uno.sin_reglas, *(regla.razon for regla in uno.reglas)]
    dichos += [seccion.etiquetas for seccion in uno.secciones]
    for pregunta in uno.preguntas():
        dichos += [pregunta.etiquetas, *(opcion.etiquetas for opcion in pregunta.opciones)]
        dichos += [pregunta.ayuda] if pregunta.ayuda else []

    assert {frozenset(dicho) for dicho in dichos} == {frozenset({"es", "en"})}
    assert uno.fuente


def test_una_pregunta_se_hace_si_lo_anterior_la_pide() -> None:
    uno = _uno()

    sola = {p.codigo for p in corresponden(uno, {"integrantes": 1})}
    con_ninos = {p.codigo for p in corresponden(uno, {"integrantes": 3, "ninos": 2})}
    # What was answered to a question that is not due opens nothing.
    sin_familia = {p.codigo for p in corresponden(uno, {"integrantes": 1, "ninos": 2})}

    assert {"ninos", "ninos_acompanados"} & sola == set()
    assert {"ninos", "ninos_acompanados", "sin_escuela"} <= con_ninos
    assert "ninos_acompanados" not in sin_familia


@pytest.mark.parametrize(
    ("cambia", "pregunta", "dice"),
    [
        ({"pide": None}, "pide", "Falta"),
        ({"tenencia": "castillo"}, "tenencia", "Elija una"),
        ({"integrantes": 0}, "integrantes", "entre 1 y 30"),
        ({"integrantes": 2.5}, "integrantes", "número"),
        ({"integrantes": True}, "integrantes", "número"),
        ({"apoyos": ["nadie", "familia"]}, "apoyos", "«Nadie» no va"),
        ({"apoyos": ["familia", "familia"]}, "apoyos", "una vez"),
        ({"apoyos": "familia"}, "apoyos", ""),
        ({"embarazo_control": "si"}, "embarazo_control", "no corresponde"),
        ({"situacion": "residencia", "fecha_limite": "2026-02-30"}, "fecha_limite", ""),
        ({"color": "azul"}, "color", "no tiene esa pregunta"),
        ({"embarazo": "si"}, "embarazo_control", "Falta"),
    ],
)
def test_lo_que_falta_sobra_o_no_se_entiende_se_dice_con_su_pregunta(
    cambia: dict[str, Any], pregunta: str, dice: str
) -> None:
    errores = _errores(_uno(), SOCIAL | cambia)

    assert list(errores) == [pregunta]
    assert dice in errores[pregunta][0]


def test_lo_respondido_se_guarda_como_json_y_lo_opcional_puede_faltar() -> None:
    dicho = SOCIAL | {"situacion": "residencia", "fecha_limite": "2027-01-31", "integrantes": "1"}

    assert comprobar(_uno(), dicho) == dicho | {"integrantes": 1}
    assert comprobar(_uno(), SOCIAL) == SOCIAL


@pytest.mark.parametrize(
    ("cambia", "riesgo", "razones"),
    [
        ({}, Riesgo.BAJO, 1),
        ({"comidas": "si"}, Riesgo.MEDIO, 1),
        ({"comidas": "si", "integrantes": 2, "ninos": 1}, Riesgo.ALTO, 2),
        ({"tenencia": "calle"}, Riesgo.ALTO, 1),
        (
            {"trabajo": "no_puede", "ingreso_alcanza": "no_alcanza", "servicios": ["agua", "bano"]},
            Riesgo.MEDIO,
            1,
        ),
    ],
)
def test_las_respuestas_sugieren_un_riesgo_y_dicen_por_que(
    cambia: dict[str, Any], riesgo: Riesgo, razones: int
) -> None:
    sugerencia = sugerir(_uno(), SOCIAL | cambia)

    assert sugerencia.riesgo is riesgo
    assert len(sugerencia.razones) == razones


def test_la_violencia_sugiere_derivar_y_ver_si_hay_que_denunciar() -> None:
    """Código Procesal Penal, arts. 175-176."""
    hallado = sugerir(_uno("riesgo_vulneracion"), {"tipos": ["violencia_familiar"], "armas": "si"})

    assert (hallado.riesgo, hallado.deriva, hallado.denuncia) == (Riesgo.ALTO, True, True)
    assert hallado.razones[0]["es"] == "Hay armas o amenazas de muerte."


@pytest.mark.parametrize(
    "romper",
    [
        lambda p, _d: p[0].update(si={"pregunta": "pide", "es": ["x"]}),
        lambda p, _d: p[1].update(codigo="con_quien_vive"),
        lambda p, _d: p[2].update(si={"pregunta": "con_quien_vive", "es": ["nadie_asi"]}),
        lambda p, _d: p[2].update(si={"puntaje": "otra", "desde": 1}),
        lambda p, _d: p[2].update(si={"pregunta": "con_quien_vive"}),
        lambda _p, d: d["instrumentos"].append({**d["instrumentos"][0], "version": "2"}),
        lambda _p, d: d["instrumentos"][0]["reglas"][0].update(riesgo="sin_evaluar"),
    ],
    ids=["despues", "repetida", "respuesta", "seccion", "condicion", "vigencia", "riesgo"],
)
def test_datos_que_se_contradicen_no_se_leen(romper: Any) -> None:
    datos = _datos()
    romper(datos["instrumentos"][0]["secciones"][0]["preguntas"], datos)

    with pytest.raises(ValueError, match=r"."):
        leer(datos)


def test_una_evaluacion_se_lee_con_la_version_con_que_se_hizo() -> None:
    datos = _datos()
    vieja = datos["instrumentos"][0]
    nueva = copy.deepcopy(vieja) | {"version": "2", "desde": "2026-11-01"}
    nueva["secciones"][0]["preguntas"][0]["etiquetas"] = {"es": "¿Con quién duerme?", "en": "?"}
    vieja["hasta"] = "2026-10-31"
    datos["instrumentos"].append(nueva)
    todos = leer(datos)

    def evaluada(version: str, **cambia: Any) -> vistas.Leida:
        return vistas.leer(
            Evaluacion(
                riesgo=Riesgo.BAJO,
                instrumento="evaluacion_social",
                instrumento_version=version,
                respuestas_selladas=json.dumps(SOCIAL | cambia),
            ),
            "es",
            todos,
        )

    antes, ahora = evaluada("1"), evaluada("2", con_quien_vive="sola")
    comparadas = vistas.comparar([ahora, antes])

    vigente = todos.vigente("evaluacion_social", HOY)
    assert vigente is not None
    assert vigente.version == "2"
    assert antes.secciones[0].respondidas[0].pregunta == "¿Con quién vive?"
    assert ahora.secciones[0].respondidas[0].pregunta == "¿Con quién duerme?"
    assert comparadas is not None
    assert comparadas.cambios == [vistas.Cambio("¿Con quién duerme?", "Con familia", "Sola")]
    # One more was due and left without an answer in both.
    assert comparadas.iguales == len(SOCIAL)


def test_una_condicion_puede_pedir_varias_cosas() -> None:
    una = leer_condicion({"todas": [{"pregunta": "a", "desde": 2, "hasta": 3}, {"no": _ES_X}]})

    assert una.vale({"a": 2, "b": "y"}, {})
    assert not una.vale({"a": 4, "b": "y"}, {})
    assert not una.vale({"a": 2, "b": ["x", "y"]}, {})
    assert not una.vale({"b": "y"}, {})


_ES_X = {"pregunta": "b", "es": ["x"]}


def _por_evaluar(ventanilla: Ventanilla, tema: str = "SOC") -> dict[str, Any]:
    caso = ventanilla.caso(tema=tema)
    assert ventanilla.paso(caso, "segunda-instancia", motivo="riesgo").status_code == 200
    return caso


def _evaluar(ventanilla: Ventanilla, caso: dict[str, Any], **datos: Any) -> Any:
    pedido = {"riesgo": "bajo", "amerita_derivacion": False, "fundamento": "Zmarca: por esto"}
    pedido |= {"instrumento": "evaluacion_social", "respuestas": SOCIAL}
    return ventanilla.paso(caso, "evaluacion", **(pedido | datos))


def test_se_evalua_y_se_lee_por_la_api(ventanilla: Ventanilla) -> None:
    caso = _por_evaluar(ventanilla)
    ofrecidos: Any = ventanilla.api("GET", "/instrumentos", "profesional").json

    hecha = _evaluar(ventanilla, caso)
    leidas: Any = ventanilla.api("GET", f"/casos/{caso['id']}/evaluaciones", "profesional").json

    assert [i["codigo"] for i in ofrecidos["instrumentos"]] == [
        "evaluacion_social",
        "riesgo_vulneracion",
    ]
    assert hecha.status_code == 200, hecha.text
    assert hecha.json["evaluaciones"][0]["instrumento_version"] == "1"
    (una,) = leidas["evaluaciones"]
    assert una["respuestas"] == SOCIAL
    assert (una["riesgo_sugerido"], una["razones"]) == (
        "bajo",
        ["Ninguna respuesta señala un riesgo mayor."],
    )
    assert ventanilla.auditadas(caso["id"])[-1] == "casos.evaluacion.ver"
    assert ventanilla.api("GET", f"/casos/{caso['id']}/evaluaciones").status_code == 403


@pytest.mark.parametrize(
    ("cambia", "campo"),
    [
        ({"respuestas": SOCIAL | {"embarazo_control": "no"}}, "respuestas.embarazo_control"),
        ({"respuestas": {k: v for k, v in SOCIAL.items() if k != "pide"}}, "respuestas.pide"),
        ({"instrumento": "otro"}, "instrumento"),
        ({"instrumento_version": "0"}, "instrumento_version"),
        ({"instrumento": None}, "instrumento"),
    ],
)
def test_la_accion_rehusa_lo_que_el_instrumento_no_admite(
    ventanilla: Ventanilla, cambia: dict[str, Any], campo: str
) -> None:
    caso = _por_evaluar(ventanilla)

    answer = _evaluar(ventanilla, caso, **cambia)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]
    assert ventanilla.guardado(caso).estado == "en_evaluacion"


def test_un_caso_de_vulneracion_se_evalua_con_instrumento(ventanilla: Ventanilla) -> None:
    caso = _por_evaluar(ventanilla, "DER.ABUSO_LABORAL")

    libre = _evaluar(ventanilla, caso, instrumento=None, respuestas={})
    page = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text

    assert libre.status_code == 422
    assert "se evalúa con un instrumento" in libre.text
    assert 'name="evaluacion.fundamento"' not in page
    assert page.index("/nueva/riesgo_vulneracion") < page.index("/nueva/evaluacion_social")


def test_lo_respondido_esta_cifrado_y_no_se_reescribe(ventanilla: Ventanilla) -> None:
    caso = _por_evaluar(ventanilla)
    _evaluar(ventanilla, caso, respuestas=SOCIAL | {"pide": "Zmarca: una cama"})
    donde = {"caso": UUID(caso["id"]).hex}

    with ventanilla.db.read() as session:
        suya = select(Evaluacion.id).where(Evaluacion.caso_id == UUID(caso["id"]))
        assert session.scalar(suya) is not None
        crudo = session.execute(
            text("SELECT respuestas_selladas FROM evaluaciones WHERE caso_id = :caso"), donde
        ).scalar_one()
    assert crudo.startswith("v1.")
    assert "Zmarca" not in crudo
    with pytest.raises(DBAPIError, match="never changed"), ventanilla.db.begin() as session:
        session.execute(text("UPDATE evaluaciones SET riesgo = 'bajo'"))
    # A key that changes seals it anew.
    with ventanilla.db.begin() as session:
        session.execute(text("UPDATE evaluaciones SET respuestas_selladas = respuestas_selladas"))


class Hoja:
    """The sheet in a browser without script: fields as they are shown, and the buttons."""

    def __init__(self, ventanilla: Ventanilla, caso: dict[str, Any]) -> None:
        self.ventanilla = ventanilla
        self.path = f"/expedientes/{caso['id']}/evaluaciones/nueva/evaluacion_social"
        self.html = ventanilla.pagina(self.path, "profesional").text
        self.status = 200

    @property
    def preguntas(self) -> set[str]:
        """The questions that are shown."""
        return set(re.findall(r'name="respuestas\.(\w+)"', self.html))

    def enviar(self, respuestas: dict[str, Any], boton: str = "revisar", **otros: str) -> None:
        """Send the questions that are shown, as they were answered."""
        ocultos = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.html)
        datos: dict[str, Any] = {**dict(ocultos), boton: "1", **otros}
        for codigo in self.preguntas & respuestas.keys():
            datos[f"respuestas.{codigo}"] = respuestas[codigo]
        answer = self.ventanilla.enviar(self.path, datos, "profesional")
        self.html, self.status = answer.text, answer.status_code


def test_la_hoja_muestra_lo_que_paso_a_corresponder_y_luego_sugiere(
    ventanilla: Ventanilla,
) -> None:
    caso = _por_evaluar(ventanilla)
    con_embarazo = SOCIAL | {"embarazo": "si", "embarazo_control": "no"}
    hoja = Hoja(ventanilla, caso)
    assert "embarazo_control" not in hoja.preguntas

    hoja.enviar(con_embarazo)
    assert hoja.status == 200
    assert "hay 1 pregunta más" in hoja.html
    assert "embarazo_control" in hoja.preguntas
    assert "Lo que sugieren" not in hoja.html
    hoja.enviar({k: v for k, v in con_embarazo.items() if k != "pide"})
    assert hoja.status == 422
    assert 'href="#campo-respuestas-pide"' in hoja.html
    hoja.enviar(con_embarazo)
    assert "Hay un embarazo sin control." in hoja.html
    # Another answer makes a question needless: it is said, and nothing is kept.
    hoja.enviar(con_embarazo | {"embarazo": "no"}, "guardar", riesgo="bajo")
    assert "Ya no corresponde preguntar: ¿Está en control?" in hoja.html
    assert ventanilla.guardado(caso).estado == "en_evaluacion"
    hoja.enviar(SOCIAL, "guardar", riesgo="bajo", amerita_derivacion="0")
    assert hoja.status == 422
    assert 'href="#campo-fundamento"' in hoja.html
    hoja.enviar(SOCIAL, "guardar", riesgo="bajo", amerita_derivacion="0", fundamento="Zbien")
    assert hoja.status == 303

    page = ventanilla.pagina(f"/expedientes/{caso['id']}/evaluaciones", "profesional").text
    assert "Zbien" in page
    assert "Un curso de español" in page
    relato = ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    assert "Evaluación social de la persona y su hogar (versión 1)" in relato


def test_una_hoja_de_un_caso_que_cambio_no_se_guarda_y_vuelve_entera(
    ventanilla: Ventanilla,
) -> None:
    caso = _por_evaluar(ventanilla)
    hoja = Hoja(ventanilla, caso)
    hoja.enviar(SOCIAL)
    ventanilla.paso(caso, "asignacion")

    hoja.enviar(SOCIAL, "guardar", riesgo="bajo", amerita_derivacion="0", fundamento="Quedó")

    assert hoja.status == 412
    assert "Quedó" in hoja.html
    assert "Un curso de español" in hoja.html


def test_las_dos_ultimas_se_comparan(ventanilla: Ventanilla) -> None:
    caso = _por_evaluar(ventanilla)
    _evaluar(ventanilla, caso)
    path = f"/expedientes/{caso['id']}/evaluaciones"
    assert "Qué cambió" not in ventanilla.pagina(path, "profesional").text
    ventanilla.paso(caso, "cierre", motivo="gestion_terminada", resultado="logrado")
    ventanilla.paso(caso, "reapertura", motivo="persona_vuelve")
    peor = SOCIAL | {"tenencia": "allegada", "comidas": "si"}
    assert _evaluar(ventanilla, caso, riesgo="medio", respuestas=peor).status_code == 200

    page = ventanilla.pagina(path, "profesional").text

    comparadas = page[page.index("Qué cambió") : page.index("respuestas son las mismas")]
    assert re.findall(r'<h3 class="h6">(.*?)</h3>', comparadas) == [
        "¿Cómo ocupa el lugar donde duerme?",
        "En la última semana, ¿alguien del hogar dejó de comer porque no había?",
    ]
    assert "La reciben de favor" in comparadas


def test_fuera_de_la_evaluacion_no_hay_hoja(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}/evaluaciones/nueva"

    assert ventanilla.pagina(f"{path}/evaluacion_social", "profesional").status_code == 409
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    assert ventanilla.pagina(f"{path}/no_hay", "profesional").status_code == 404


def test_el_catalogo_de_hoy_rige_hoy() -> None:
    assert catalogo().vigentes(clock.today())
