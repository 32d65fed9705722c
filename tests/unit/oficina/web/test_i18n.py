"""Texts of a request are of the language that holds at that moment."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext

from oficina.actor import Actor
from oficina.web import i18n
from oficina.web.names import autor

ES, EN = "Cerrar sesión", "Sign out"


@pytest.mark.parametrize("dicho", [gettext, i18n.gettext], ids=["babel", "oficina"])
def test_el_idioma_puede_cambiar_dentro_de_una_misma_peticion(dicho: Callable[[str], str]) -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    with app.test_request_context("/", headers={"Cookie": "idioma=en"}):
        antes = dicho(ES)
        with force_locale("es"):
            en_medio = [dicho(ES), dicho(ES)]
        despues = dicho(ES)
    with app.test_request_context("/"):
        otra = dicho(ES)
    assert (antes, en_medio, despues, otra) == (EN, [ES] * 2, EN, ES)


def test_un_texto_se_dice_con_sus_partes_y_fuera_de_una_peticion_como_esta_escrito() -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    with app.test_request_context("/"):
        assert i18n.gettext("%(que)s al 100 %%", que="<b>") == "<b> al 100 %"
        assert i18n.gettext("100 %") == "100 %"
    assert i18n.gettext(ES) == ES


def test_un_momento_se_escribe_en_el_idioma_del_momento() -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    cuando = datetime(2026, 1, 31, 15, 4, tzinfo=UTC)
    pagina = "{{ cuando | fecha_hora }}|{{ cuando | iso }}|{{ cuando.date() | iso }}"
    resto = "|2026-01-31T15:04:00+00:00|2026-01-31"
    with app.test_request_context("/"):
        antes = render_template_string(pagina, cuando=cuando)
        with force_locale("en"):
            assert render_template_string(pagina, cuando=cuando) == "Jan 31, 2026, 12:04" + resto
        assert (
            antes == render_template_string(pagina, cuando=cuando) == ("31 ene 2026, 12:04" + resto)
        )


def test_una_pagina_dice_sus_textos_en_el_idioma_del_momento_y_con_las_partes_escapadas() -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    pagina = "{{ _('Cerrar sesión') }}|{{ _('<b>%(parte)s</b>', parte=parte) }}|{{ _('100 %%') }}"
    resto = "|<b>&lt;i&gt;</b>|100 %"
    with app.test_request_context("/"):
        for _vez in range(2):
            assert render_template_string(pagina, parte="<i>") == ES + resto
        with force_locale("en"):
            assert render_template_string(pagina, parte="<i>") == EN + resto
        assert render_template_string(pagina, parte="<i>") == ES + resto


@pytest.mark.parametrize(
    ("cuantos", "es", "en"),
    [
        (15, "15 bytes", "15 bytes"),
        (1_500, "1,5 kB", "1.5 kB"),
        (2_000_000, "2 MB", "2 MB"),
        (9_437_184, "9,4 MB", "9.4 MB"),
    ],
)
def test_lo_que_pesa_un_archivo_se_dice_como_aqui(cuantos: int, es: str, en: str) -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    with app.test_request_context("/"):
        assert i18n.tamano(cuantos) == es
        with force_locale("en"):
            assert i18n.tamano(cuantos) == en


def test_lo_que_un_servicio_hizo_por_si_mismo_no_lo_hizo_nadie() -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    with app.test_request_context("/"):
        assert autor(Actor.sistema("casos").nombre) == "automático"
        assert autor("Servicio Fulano") == "Servicio Fulano"
