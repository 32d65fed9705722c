"""The engine of texts: what can be saved always renders, and what does not render is not saved."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.plantillas.motor import (
    Falta,
    PlantillaInvalida,
    Tipo,
    Variable,
    leer,
    problemas_de,
)

VARIABLES = {
    "lugar": Variable(Tipo.TEXTO),
    "fecha": Variable(Tipo.FECHA),
    "nota": Variable(Tipo.TEXTO, opcional=True),
}


def _faltas(texto: str, imprescindibles: tuple[str, ...] = ()) -> list[tuple[Falta, str, int]]:
    hallados = problemas_de(texto, VARIABLES, imprescindibles)
    return [(uno.falta, uno.trozo, uno.posicion) for uno in hallados]


@pytest.mark.parametrize(
    ("texto", "hallado"),
    [
        ("su cita es {{fecha}} en {{lugar}}", []),
        ("hola{{#si nota}}, {{nota}}{{/si}}", []),
        ("en {{lugr}}", [(Falta.DESCONOCIDA, "lugr", 4)]),
        ("en {lugar}", [(Falta.LLAVE_SUELTA, "{lugar}", 4)]),
        ("en {{ lugar }}", [(Falta.LLAVE_SUELTA, "{{ lugar }}", 4)]),
        ("en {{lugar", [(Falta.LLAVE_SUELTA, "{{", 4)]),
        ("en {{lugar.__class__}}", [(Falta.LLAVE_SUELTA, "{{lugar.__class__}}", 4)]),
        ("a{{#si nota}}b", [(Falta.SIN_CERRAR, "{{#si nota}}", 2)]),
        ("a{{/si}}", [(Falta.SIN_ABRIR, "{{/si}}", 2)]),
        (
            "a{{#si nota}}b{{#si lugar}}c{{/si}}",
            [(Falta.ANIDADA, "{{#si lugar}}", 15)],
        ),
        ("a {{nota}}", [(Falta.OPCIONAL_SUELTA, "nota", 3)]),
        ("a{{#si lugar}}{{nota}}{{/si}}", [(Falta.OPCIONAL_SUELTA, "nota", 15)]),
        ("{{#si nota}}{{nota}}{{/si}}", [(Falta.VACIO, "", 1)]),
        ("{{lugar}}", [(Falta.VACIO, "", 1)]),
        ("a\x07b", [(Falta.CONTROL, "U+0007", 2)]),
    ],
)
def test_dice_que_esta_mal_y_donde(texto: str, hallado: list[tuple[Falta, str, int]]) -> None:
    assert _faltas(texto) == hallado


def test_lo_imprescindible_va_fuera_de_toda_condicion() -> None:
    assert _faltas("a {{fecha}}", ("fecha",)) == []
    assert _faltas("a{{#si nota}} {{fecha}}{{/si}}", ("fecha",)) == [
        (Falta.IMPRESCINDIBLE, "fecha", 1)
    ]


def test_una_condicion_se_muestra_si_hay_que_decir_y_no_deja_hueco() -> None:
    texto = leer("Hola.\n\n{{#si nota}}Ojo: {{nota}}{{/si}}\n\nAdiós.")

    assert texto.escribir({"nota": "traiga su RUN"}, {"nota"}) == (
        "Hola.\n\nOjo: traiga su RUN\n\nAdiós."
    )
    assert texto.escribir({}, ()) == "Hola.\n\nAdiós."


_PIEZAS = st.lists(
    st.sampled_from(
        [
            "{{lugar}}",
            "{{fecha}}",
            "{{nota}}",
            "{{#si nota}}",
            "{{#si lugar}}",
            "{{/si}}",
            "{{otra}}",
            "{",
            "}}",
            "hola ",
            "\n\n",
            "ñ",
        ]
    )
    | st.text(max_size=8),
    max_size=10,
).map("".join)
_VALORES = st.fixed_dictionaries(
    {"lugar": st.text(max_size=6), "fecha": st.just("martes 24")},
    optional={"nota": st.text(max_size=6)},
)


@given(texto=_PIEZAS, valores=_VALORES)
def test_lo_que_se_guarda_siempre_se_escribe_y_lo_demas_no_se_guarda(
    texto: str, valores: Mapping[str, str]
) -> None:
    ciertas = {nombre for nombre, valor in valores.items() if valor}
    if problemas_de(texto, VARIABLES):
        return
    escrito = leer(texto).escribir(valores, ciertas)

    assert escrito.strip()
    # Whatever is in braces was put there by a value.
    assert not re.search("[{}]", leer(texto).escribir(dict.fromkeys(valores, "x"), ciertas))


@given(texto=_PIEZAS, valores=_VALORES)
def test_lo_que_no_se_escribe_no_se_puede_guardar(texto: str, valores: Mapping[str, str]) -> None:
    try:
        leer(texto).escribir(valores, {nombre for nombre, valor in valores.items() if valor})
    except PlantillaInvalida:
        assert problemas_de(texto, VARIABLES)


def test_un_texto_puede_decir_lo_que_para_la_maquina_es_una_marca() -> None:
    leido = leer(
        "100% de {{folio}}: %(folio)s{{#si nota}} y %s{{nota}}%{{/si}}{{#si otra}}%{{/si}}"
    )

    assert not leido.problemas
    valores = {"folio": "%(nota)s", "nota": "5 %"}
    assert leido.escribir(valores, {"nota"}) == "100% de %(nota)s: %(folio)s y %s5 %%"
    assert leido.escribir(valores, {"otra"}) == "100% de %(nota)s: %(folio)s%"
    with pytest.raises(PlantillaInvalida, match=r"no value for \{\{nota\}\}"):
        leido.escribir({"folio": "1"}, {"nota"})
