"""No page gives its templates a name that hides one that every page has."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask

from contextos import Dado, Fuentes, puestos

ROOT = Path(__file__).parents[4]
RAICES = (ROOT / "services", ROOT / "shared")


@pytest.fixture
def de_todas(servicios: Mapping[str, Flask]) -> Mapping[str, frozenset[str]]:
    """What every page of each service has; under "shared" what all of them have."""
    suyos = {}
    for servicio, app in servicios.items():
        with app.test_request_context("/"):
            dado: dict[str, object] = {}
            app.update_template_context(dado)
        suyos[servicio] = frozenset({*app.jinja_env.globals, *dado})
    return {**suyos, "shared": frozenset.intersection(*suyos.values())}


def test_ninguna_pagina_tapa_lo_que_tienen_todas(
    de_todas: Mapping[str, frozenset[str]],
) -> None:
    """Call it otherwise: in this page, `ahora`, `lugares`… are what every page means by them."""
    assert {"ahora", "idioma", "lugares", "membrete", "puede", "url_for"} <= de_todas["shared"]
    assert "numero" in de_todas["reportes"] - de_todas["casos"]

    dados = [*Fuentes(*RAICES).dados(), *_de_plantillas()]
    tapan = sorted(set(_tapan(dados, de_todas)))

    assert not tapan, "\n".join(tapan)


def test_todo_lo_que_se_da_a_una_plantilla_se_puede_leer() -> None:
    """Give the template what you give it by its name, or by a mapping that says its keys."""
    dados = list(Fuentes(*RAICES).dados())

    assert len(dados) > 1_000
    assert [_donde(uno, uno.que) for uno in dados if uno.nombre is None] == []


PAGINAS = """
from flask import render_template
from otra import prestado
from otra import render_template as ajeno

DICHO = {"en_modulo": 1}

def mostrar(plantilla, **mas):
    return render_template(plantilla, suyo=1, **mas)

def palabras():
    def par():
        return {"de_nadie": 1}
    return {"en_funcion": par, **dict(en_dict=2)}

def vista():
    datos = {clave: 1 for clave in DICHO}
    datos |= palabras()
    datos["puesto"] = 1
    return mostrar("a.html", por_otra=1, **datos, **(prestado() | {"unido": 1}))

def a_ciegas(pedido):
    ajeno("a.html", ni_esto=1)
    return render_template("a.html", **pedido["todo"])
"""
OTRA = """
def prestado():
    return {"prestado": 1}
"""


def test_se_lee_lo_que_llega_a_una_plantilla_por_cualquier_camino(tmp_path: Path) -> None:
    (tmp_path / "paginas.py").write_text(PAGINAS)
    (tmp_path / "otra.py").write_text(OTRA)
    (tmp_path / "a.html").write_text(
        "{% set fijado = 1 %}{% for cada in [] %}{{ cada }}{% endfor %}"
        "{% macro dice(pedido) %}{{ pedido }}{% endmacro %}"
    )

    dados = list(Fuentes(tmp_path).dados())
    lineas = {uno.nombre: uno.linea for uno in dados}

    assert {uno.nombre for uno in dados if uno.nombre} == {
        "suyo", "por_otra", "en_modulo", "en_funcion", "en_dict", "puesto", "prestado", "unido"
    }  # fmt: skip
    assert [uno.que for uno in dados if uno.nombre is None] == ["pedido['todo']"]
    assert PAGINAS.splitlines()[lineas["por_otra"] - 1].strip().startswith("return mostrar")
    assert [uno.nombre for uno in puestos(tmp_path / "a.html")] == ["fijado", "cada", "pedido"]


def _de_plantillas() -> Iterator[Dado]:
    for raiz in RAICES:
        for plantilla in sorted(raiz.rglob("templates/**/*.html")):
            yield from puestos(plantilla)


def _tapan(dados: list[Dado], de_todas: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for uno in dados:
        raiz, servicio, *_ = uno.archivo.relative_to(ROOT).parts
        if uno.nombre in de_todas["shared" if raiz == "shared" else servicio]:
            yield _donde(uno, uno.nombre or "")


def _donde(uno: Dado, que: str) -> str:
    return f"{uno.archivo.relative_to(ROOT)}:{uno.linea}: {que}"
