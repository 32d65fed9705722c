"""Texts of a request are of the language that holds at that moment."""

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from oficina.actor import Actor
from oficina.web import i18n
from oficina.web.names import autor

ES, EN = "Cerrar sesión", "Sign out"


def test_el_idioma_puede_cambiar_dentro_de_una_misma_peticion() -> None:
    app = Flask("oficina")
    i18n.init_app(app)
    with app.test_request_context("/", headers={"Cookie": "idioma=en"}):
        antes = gettext(ES)
        with force_locale("es"):
            en_medio = [gettext(ES), gettext(ES)]
        despues = gettext(ES)
    with app.test_request_context("/"):
        otra = gettext(ES)
    assert (antes, en_medio, despues, otra) == (EN, [ES] * 2, EN, ES)


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
