"""The directory of the network: seeded once, found by theme and by words, kept up to date."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from sqlalchemy import func, select
from tests.unit.casos.derivaciones.casos_app import Casos, OficinaLike, levantar

from casos.red.actions import sembrar
from casos.red.models import Institucion, ServicioRed
from casos.red.queries import POR_HOJA, institucion_por_sigla, servicios
from casos.taxonomia import temas

# The acronyms that the registers of past years use.
DEL_REGISTRO = ["CAJ", "CESFAM", "DIDECO", "IT", "MUJER", "OLN", "OMIL", "PDI", "SERMIG", "SJM"]


@pytest.fixture
def casos(oficina: OficinaLike) -> Iterator[Casos]:
    """The real application with its network."""
    with levantar(oficina) as made:
        yield made


def _siglas(casos: Casos, **filtro: str) -> list[str]:
    with casos.db.read() as session:
        return [s.institucion.sigla for s in servicios(session, **filtro)]


def test_los_datos_iniciales_dicen_su_version_su_fuente_y_temas_que_existen() -> None:
    datos = json.loads((files("casos.red") / "datos.json").read_text(encoding="utf-8"))

    assert re.fullmatch(r"\d{4}-\d\d-\d\d", datos["version"])
    codigos = [s["codigo"] for i in datos["instituciones"] for s in i["servicios"]]
    assert len(codigos) == len(set(codigos))
    for institucion in datos["instituciones"]:
        assert institucion["fuente"]
        for servicio in institucion["servicios"]:
            assert set(servicio["temas"]) <= set(temas())
    cubiertos = {t for i in datos["instituciones"] for s in i["servicios"] for t in s["temas"]}
    # A theme without a service of its own is attended by those of the theme above it.
    assert {t for t in temas() if t not in cubiertos and t.rpartition(".")[0] not in cubiertos} == {
        *("OTRO", "REG", "DER", "EDU")
    }


def test_sembrar_dos_veces_no_repite_ni_pisa_lo_editado(casos: Casos) -> None:
    with casos.db.begin() as session:
        antes = session.scalar(select(func.count()).select_from(ServicioRed))
        institucion_por_sigla(session, "SJM").correo = "hola@sjm.example"
        assert sembrar(session) == 0
    with casos.db.read() as session:
        assert session.scalar(select(func.count()).select_from(ServicioRed)) == antes
        sjm = institucion_por_sigla(session, " sjm ")
        assert sjm is not None
        assert sjm.correo == "hola@sjm.example"


@pytest.mark.parametrize("sigla", DEL_REGISTRO)
def test_las_siglas_del_registro_estan(casos: Casos, sigla: str) -> None:
    with casos.db.read() as session:
        assert institucion_por_sigla(session, sigla) is not None


def test_los_correos_de_demostracion_son_de_un_dominio_reservado(casos: Casos) -> None:
    with casos.db.read() as session:
        correos = [i.correo for i in session.scalars(select(Institucion))]
    assert all(correo and correo.endswith("@red.example") for correo in correos)


def test_primero_los_del_tema_despues_los_de_su_familia(casos: Casos) -> None:
    siglas = _siglas(casos, tema="DER.NNA")

    assert "OLN" in siglas
    propios = [s for s in siglas if s in {"OLN", "MEJOR_NINEZ", "UNICEF"}]
    assert siglas[: len(propios)] != []
    assert siglas.index("OLN") < siglas.index("IT")
    assert "OMIL" not in siglas


@pytest.mark.parametrize(
    ("texto", "sigla"),
    [("jesuita", "SJM"), ("INSPECCION", "IT"), ("niñez proteccion", "OLN"), ("sermig", "SERMIG")],
)
def test_se_encuentra_sin_acentos_ni_orden(casos: Casos, texto: str, sigla: str) -> None:
    assert sigla in _siglas(casos, texto=texto)


def test_la_pagina_busca_y_dice_cuando_no_hay(casos: Casos) -> None:
    browser = casos.como("recepcion")

    found = browser.get("/casos/red", query_string={"q": "refugio"})
    none = browser.get("/casos/red", query_string={"q": "zzzz"})

    assert "Alto Comisionado" in found.text
    assert "Ningún servicio coincide" in none.text
    assert "@red.example" not in found.text


def test_el_directorio_se_lee_por_hojas_plegadas(casos: Casos) -> None:
    browser = casos.como("recepcion")
    with casos.db.read() as session:
        todos = servicios(session)
    ultima = -(-len(todos) // POR_HOJA)

    hojas = [browser.get(f"/casos/red?pagina={n}").text for n in range(1, ultima + 1)]
    lejos = browser.get("/casos/red?pagina=999").text
    pocos = browser.get("/casos/red?q=jesuita").text

    assert [texto.count("<summary>") for texto in hojas[:-1]] == [POR_HOJA] * (ultima - 1)
    assert sum(texto.count("<summary>") for texto in hojas) == len(todos)
    assert f"Página {ultima} de {ultima}" in lejos
    assert " open>" in pocos
    assert " open>" not in hojas[0]
    assert f"{len(todos)} servicios" in hojas[0]


def test_las_instituciones_se_nombran_en_castellano(casos: Casos) -> None:
    with casos.db.read() as session:
        nombres = {i.sigla: (i.rotulo, i.titulo) for i in session.scalars(select(Institucion))}

    assert nombres["SJM"] == ("SJM", "Servicio Jesuita a Migrantes (SJM)")
    assert nombres["DEFENSORIA_NINEZ"] == ("Defensoría de la Niñez", "Defensoría de la Niñez")
    assert nombres["FISCALIA"][1].endswith(" (Fiscalía)")
    assert not [rotulo for rotulo, _ in nombres.values() if "_" in rotulo]


def test_solo_la_coordinacion_edita(casos: Casos) -> None:
    url = f"/casos/red/servicios/{casos.mundo.servicio('OMIL.EMPLEO')}/editar"

    assert [casos.como(r).get(url).status_code for r in ("profesional", "recepcion")] == [403, 403]


def test_api_lista_los_servicios_sin_sus_correos(casos: Casos) -> None:
    answer = casos.api("profesional", "GET", "/red/servicios?tema=SOC")

    assert answer.status_code == 200
    assert answer.json["servicios"][0]["institucion"]["sigla"]
    assert "@" not in answer.text
    assert casos.api("administrador", "GET", "/red/servicios").status_code == 403
