"""What is written down by ear is found, at the desk and among those who look alike."""

from datetime import date

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.personas import nombres
from casos.personas.matching import Razon, Senas, parecidos, reglas, se_confunden
from casos.personas.sonidos import sonido


@pytest.mark.parametrize(
    "escrituras",
    [
        "yeison jeison jeyson",
        "jhon john jon",
        "joseph jozef josef",
        "louis luis lwi",
        "baptiste batis",
        "gonzalez gonsales gonzales",
        "jean jan yan",
        "jacques jak",
        "hyppolite ipolit",
        "mercedes mercede",
        "pierre pye pier",
        "francois franswa",
        "huaman waman guaman",
        "guillermo guiyermo",
        "mireille mirey",
        "etienne etyen",
        "laurent loran",
        "quispe kispe",
        "vasquez basques",
        "jimenez gimenez",
        "beatriz beatris",
    ],
)
def test_un_nombre_suena_igual_en_sus_escrituras(escrituras: str) -> None:
    assert len({sonido(palabra) for palabra in escrituras.split()}) == 1


@pytest.mark.parametrize(
    "distintos", ["maria mario", "rosa rita", "ana ines", "luz li", "perez parra"]
)
def test_nombres_distintos_no_suenan_igual(distintos: str) -> None:
    una, otra = distintos.split()
    assert sonido(una) != sonido(otra)


def test_ninguna_palabra_se_queda_sin_sonido() -> None:
    for palabra in ("h", "s", "ste", "e", "li", "ñ", "陈", "d2", "rrr"):
        assert sonido(palabra)


def test_el_parecido_no_usa_dos_veces_una_palabra() -> None:
    assert nombres.parecido("Rosa Mamani", "Mamani ROSA") == 1
    assert nombres.parecido("Ana Ana", "Ana Quispe") < 0.7
    assert nombres.parecido("", "Ana") == 0


@pytest.mark.parametrize(
    ("una", "otra", "confusas"),
    [
        (date(1990, 4, 7), date(1990, 7, 4), True),
        (date(1990, 4, 7), date(1991, 4, 7), True),
        (date(1990, 4, 7), date(1990, 4, 17), True),
        (date(1990, 4, 7), date(1990, 1, 1), True),
        (date(1990, 4, 7), date(1992, 4, 7), False),
        (date(1990, 4, 7), date(1990, 5, 8), False),
        (date(1990, 4, 7), date(1992, 1, 1), False),
    ],
)
def test_dos_fechas_que_se_confunden(una: date, otra: date, confusas: bool) -> None:
    assert se_confunden(una, otra) is confusas
    assert se_confunden(otra, una) is confusas


def test_una_fecha_estimada_puede_estar_a_anios() -> None:
    lejos = reglas().anios_de_estimada
    assert se_confunden(date(1980, 1, 1), date(1980 + lejos, 6, 1), exactas=False)
    assert not se_confunden(date(1980, 1, 1), date(1981 + lejos, 6, 1), exactas=False)


@pytest.mark.parametrize(
    ("otra_vez", "razones"),
    [
        (("Yozef Batis", "Selestin", date(1988, 3, 9)),
         {Razon.NOMBRE_SUENA_IGUAL, Razon.MISMA_FECHA_NACIMIENTO}),
        (("Joseph", "Celestin", date(1988, 9, 3)),
         {Razon.NOMBRE_CONTENIDO, Razon.FECHA_NACIMIENTO_PARECIDA}),
        (("Jozeph Bantiste", "Celestin", date(1988, 1, 1)),
         {Razon.NOMBRE_PARECIDO, Razon.FECHA_NACIMIENTO_PARECIDA}),
        (("Joseph Bantiste", "Celestin", None),
         {Razon.NOMBRE_PARECIDO, Razon.SIN_FECHA_QUE_COMPARAR}),
        (("Joseph", "Celestin", date(1970, 5, 5)), None),
        (("Josefina", "Celedón", date(1988, 3, 9)), None),
    ],
)  # fmt: skip
def test_quien_vuelve_se_reconoce_por_razones_que_se_leen(
    ventanilla: Ventanilla,
    otra_vez: tuple[str, str, date | None],
    razones: set[Razon] | None,
) -> None:
    original = ventanilla.persona(
        nombres="Joseph Baptiste", primer_apellido="Célestin", fecha_nacimiento="1988-03-09"
    )
    *partes, nacimiento = otra_vez

    with ventanilla.db.read() as session:
        hallados = parecidos(session, Senas.de(*partes, nacimiento=nacimiento))

    # Other tests of this file may have registered the same name: each is recognised alike.
    por_persona = {str(uno.persona.id): set(uno.razones) for uno in hallados}
    assert por_persona.get(original["id"]) == razones


def test_la_recepcion_encuentra_lo_que_se_oye(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Widline", primer_apellido="Hyppolite")

    busca = ventanilla.api("POST", "/personas/buscar", json={"q": "uidlin ipolit"})
    escrita = ventanilla.api("POST", "/personas/buscar", json={"q": "widline hyppolite"})

    assert _hallazgos(busca.json, persona["id"]) == ["sonido"]
    assert _hallazgos(escrita.json, persona["id"]) == ["nombre"]


def test_un_nombre_corregido_deja_de_sonar_como_antes(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Yolette", primer_apellido="Quiñenao")
    ventanilla.cambiar(f"/personas/{persona['id']}", {"nombres": "Magdala"})

    antes = ventanilla.api("POST", "/personas/buscar", json={"q": "jolet kinenao"})
    ahora = ventanilla.api("POST", "/personas/buscar", json={"q": "magdala kinenao"})

    assert _hallazgos(antes.json, persona["id"]) is None
    assert _hallazgos(ahora.json, persona["id"]) == ["sonido"]


def _hallazgos(cuerpo: object, persona_id: str) -> list[str] | None:
    assert isinstance(cuerpo, dict)
    filas = {fila["persona"]["id"]: fila["razones"] for fila in cuerpo["resultados"]}
    return filas.get(persona_id)
