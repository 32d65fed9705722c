"""Texts of a request are of the language that holds at that moment."""

from flask import Flask
from flask_babel import force_locale, gettext

from oficina.web import i18n

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
