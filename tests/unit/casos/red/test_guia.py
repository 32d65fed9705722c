"""The printable guide: by need, in five languages, and never a confidential place."""

import json
from collections.abc import Iterator
from importlib.resources import files

import pytest
from tests.unit.casos.derivaciones.casos_app import Casos, levantar
from tests.unit.conftest import Oficina

from acogida import directorio
from casos.red.guia.documento import idiomas, textos_de
from oficina.actor import Actor


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with the network of the demonstration."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        with made.app.test_request_context():
            directorio.preparar(made.db, Actor.sistema("casos"))
        yield made


def test_los_textos_estan_enteros_en_cada_idioma_y_dicen_su_fuente() -> None:
    datos = json.loads((files("casos.red.guia") / "textos.json").read_text(encoding="utf-8"))

    assert list(idiomas()) == ["es", "ht", "en", "pt", "fr"]
    assert datos["fuente"]
    assert datos["version"]
    for idioma in idiomas():
        assert textos_de(idioma).keys() == textos_de("es").keys()
        assert all(textos_de(idioma).values())
        assert list(textos_de(idioma)["dias"]) == ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@pytest.mark.parametrize(
    ("idioma", "titulo", "dia", "tema"),
    [
        ("es", "Guía de servicios", "lunes", "Residencia temporal"),
        ("ht", "Gid sèvis yo", "lendi", "Rezidans tanporè"),
        ("en", "Guide to services", "Monday", "Temporary residence"),
        ("pt", "Guia de serviços", "segunda-feira", "Residência temporária"),
        ("fr", "Guide des services", "lundi", ""),
    ],
)
def test_la_pagina_esta_en_el_idioma_pedido(
    casos: Casos, idioma: str, titulo: str, dia: str, tema: str
) -> None:
    pagina = casos.como("recepcion").get(f"/casos/red/guia?idioma={idioma}").text

    assert f'<div lang="{idioma}">' in pagina
    for dicho in (titulo, f"{dia}–", tema, "Avenida Inventada 100", "+56 2 0000 0004"):
        assert dicho in pagina, dicho


def test_un_lugar_confidencial_no_sale_ni_para_quien_lo_puede_ver(casos: Casos) -> None:
    pagina = casos.como("coordinacion").get("/casos/red/guia").text

    assert "Acompañamiento en violencia de género" in pagina
    assert "Pasaje Reservado" not in pagina
    assert "Casa de acogida" not in pagina
    assert "@" not in pagina.partition('<div lang="es">')[2].partition("<footer")[0]


def test_el_pdf_se_entrega_en_el_idioma_pedido(casos: Casos) -> None:
    hecho = casos.como("recepcion").get("/casos/red/guia.pdf?idioma=ht")

    assert hecho.status_code == 200
    assert hecho.data.startswith(b"%PDF-")
    assert "guia-ht.pdf" in hecho.headers["Content-Disposition"]
