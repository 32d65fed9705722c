"""The office's letterhead, as its settings say it."""

import pytest
from flask import Flask

from oficina.membrete import Membrete
from oficina.settings import Settings, SettingsError
from oficina.web import i18n


def test_says_what_is_set_and_nothing_in_place_of_what_is_not() -> None:
    whole = Settings.from_env(
        {
            "ACOGIDA_MUNICIPIO": "Municipalidad de Prueba",
            "ACOGIDA_DIRECCION": "Calle 1",
            "ACOGIDA_TELEFONO": "+56 2 2345 6789",
            "ACOGIDA_MAIL_FROM": "Oficina <oficina@prueba.example>",
        }
    )
    bare = Settings.from_env({"ACOGIDA_MAIL_FROM": "oficina@prueba.example"})
    app = Flask(__name__)
    i18n.init_app(app)
    with app.test_request_context():
        assert Membrete.de(whole).nombre == "Oficina de Migración · Municipalidad de Prueba"
        assert Membrete.de(whole).contacto == "Calle 1 · +56 2 2345 6789 · oficina@prueba.example"
        assert Membrete.de(bare).nombre == "Oficina de Migración"
        assert Membrete.de(bare).contacto == "oficina@prueba.example"


def test_a_telephone_without_its_country_is_refused() -> None:
    with pytest.raises(SettingsError, match="ACOGIDA_TELEFONO"):
        Settings.from_env({"ACOGIDA_TELEFONO": "2 2345 6789"})
