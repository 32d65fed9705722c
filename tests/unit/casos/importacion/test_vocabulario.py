"""The words of the register's writers, and that what they mean exists."""

import json
from importlib.resources import files

import pycountry
import pytest

from casos.importacion.vocabulario import plano, vocabulario
from casos.taxonomia import taxonomia


def test_los_codigos_existen_en_sus_catalogos() -> None:
    datos = json.loads((files("casos.red") / "datos.json").read_text(encoding="utf-8"))
    siglas = {institucion["sigla"] for institucion in datos["instituciones"]}
    paises = {pais.alpha_3 for pais in pycountry.countries} | {"XXA"}
    palabras = vocabulario()

    assert set(palabras.motivos.exactas.values()) <= taxonomia().temas.keys()
    assert set(palabras.instituciones.exactas.values()) <= siglas
    assert set(palabras.nacionalidades.exactas.values()) <= paises
    assert {int(mes) for mes in palabras.meses.exactas.values()} == set(range(1, 13))


def test_las_palabras_estan_en_su_forma_plana() -> None:
    palabras = vocabulario()
    listas = (palabras.motivos, palabras.instituciones, palabras.resultados, palabras.sexos)

    for lista in listas:
        for exacta in (*lista.exactas, *(raiz for raiz, _ in lista.raices)):
            assert plano(exacta) == exacta.rstrip()
    assert all(plano(titulo) == titulo for titulo in palabras.columnas)


@pytest.mark.parametrize(
    ("escrito", "codigo"),
    [
        ("  VENEZOLANA ", "VEN"),
        ("Vzla.", "VEN"),
        ("venezolna", "VEN"),
        ("bolibiana", "BOL"),
        ("Chileno (hijo de migrante)", "CHL"),
        ("Rep. Dominicana", "DOM"),
        ("haitiano/a", "HTI"),
        ("Brasil", "BRA"),
        ("Egipto", "EGY"),
        ("Estados Unidos", "USA"),
        ("marciana", None),
        ("", None),
    ],
)
def test_una_nacionalidad_como_sea_que_la_escriban(escrito: str, codigo: str | None) -> None:
    assert vocabulario().nacionalidades.codigo(escrito) == codigo


@pytest.mark.parametrize(
    ("escrito", "codigo"),
    [
        ("R.S.H.", "SOC"),
        ("RSH / arriendo", "SOC"),
        ("Res. Temporal", "REG.TEMP"),
        ("residencia temporaria", "REG.TEMP"),
        ("Matrícula escolar sin RUN", "EDU.IPE"),
        ("matrícula en colegio", "EDU.MATRICULA"),
        ("búsqueda de trabajo", "TRA"),
        ("V.I.F.", "DER.VIF"),
        ("zzz", None),
    ],
)
def test_un_motivo_como_sea_que_lo_escriban(escrito: str, codigo: str | None) -> None:
    assert vocabulario().motivos.codigo(escrito) == codigo


def test_un_resultado_negativo_no_se_lee_como_logrado() -> None:
    assert vocabulario().resultados.codigo("rechazada, sin cupo") == "rechazada"
    assert vocabulario().resultados.codigo("no logrado") == "no_lograda"
    assert vocabulario().resultados.codigo("no atendida") != "cumplida"
