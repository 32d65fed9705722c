"""What the staff is told: in every language of the interface, with its words of that language."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from notificaciones.mensajes.avisos import AVISOS
from notificaciones.plantillas import palabras
from notificaciones.plantillas.catalogo import (
    Canal,
    Clave,
    Plantilla,
    PorIdioma,
    base,
    de_fabrica,
    redactar,
)
from notificaciones.plantillas.datos import leer_datos
from notificaciones.plantillas.motor import leer
from notificaciones.plantillas.previa import de_ejemplo
from oficina.web.i18n import LANGUAGES

AL_EQUIPO = (*AVISOS, Clave.PRUEBA_DE_PLANTILLA)
LISTAS = (
    "relojes",
    "resultados",
    "razones",
    "derechos",
    "situaciones_de_derecho",
    "situaciones_de_red",
    "situaciones_de_incidente",
    "titulos_en_resumen",
    "como_se_avisa",
    "palabras_de_derivacion",
    "respuestas_a_cita",
    "razones_de_suscripcion",
)


@pytest.mark.parametrize("idioma", LANGUAGES)
@pytest.mark.parametrize("clave", AL_EQUIPO)
def test_lo_que_se_avisa_al_equipo_se_dice_en_cada_idioma_de_la_interfaz(
    clave: Clave, idioma: str
) -> None:
    plantilla = de_fabrica()[clave]

    texto = redactar(plantilla, Canal.CORREO, idioma, de_ejemplo(plantilla))

    assert texto.idioma == idioma
    # Neither more nor less than in Spanish: a notice is as discreet in each.
    assert _nombra(plantilla, idioma) == _nombra(plantilla, base())


def _nombra(plantilla: Plantilla, idioma: str) -> Mapping[str, frozenset[str]]:
    return {parte: leer(texto).nombres for parte, texto in plantilla.textos[idioma].items()}


@pytest.mark.parametrize("lista", LISTAS)
def test_cada_palabra_de_un_aviso_se_dice_en_cada_idioma_de_la_interfaz(lista: str) -> None:
    dichas = leer_datos("plantillas.json")[lista]

    assert set(dichas) == set(LANGUAGES)
    for idioma in LANGUAGES:
        assert set(dichas[idioma]) == set(dichas[base()]), idioma
        assert all(palabra.strip() for palabra in dichas[idioma].values()), idioma


def test_ninguna_lista_de_palabras_queda_sin_mirar() -> None:
    """A list that is added is of those above, or only institutions read it."""
    datos = leer_datos("plantillas.json")

    assert {nombre for nombre, dicho in datos.items() if base() in _llaves(dicho)} == {
        *LISTAS,
        "derivacion_que_espera",
        "presupuesto_de_todos",
    }
    assert set(datos["presupuesto_de_todos"]) == set(LANGUAGES)


def _llaves(dicho: Any) -> Iterator[str]:
    return iter(dicho if isinstance(dicho, dict) else ())


VENCIDO = de_fabrica()[Clave.AVISO_PLAZO_VENCIDO]


def test_un_texto_que_no_hay_en_el_idioma_del_lector_tampoco_mezcla_sus_palabras() -> None:
    solo_base = Plantilla(**vars(VENCIDO) | {"textos": {base(): VENCIDO.textos[base()]}})
    valores = de_ejemplo(VENCIDO) | {"reloj": palabras.nombre_de_reloj("primer_contacto")}

    texto = redactar(solo_base, Canal.CORREO, "en", valores)

    assert texto.idioma == base()
    assert "plazo vencido: el primer contacto" in str(texto.asunto)


def test_un_texto_en_un_idioma_sin_palabras_las_lleva_en_el_de_base() -> None:
    con_pt = Plantilla(**vars(VENCIDO) | {"textos": {**VENCIDO.textos, "pt": VENCIDO.textos["en"]}})
    valores = de_ejemplo(VENCIDO) | {"reloj": palabras.nombre_de_reloj("primer_contacto")}

    texto = redactar(con_pt, Canal.CORREO, "pt", valores)

    assert "el primer contacto" in texto.cuerpo


def test_un_codigo_que_otra_version_conoce_se_dice_como_viene() -> None:
    assert palabras.nombre_de_reloj("otro_reloj") == PorIdioma(
        dict.fromkeys(LANGUAGES, "otro reloj")
    )
