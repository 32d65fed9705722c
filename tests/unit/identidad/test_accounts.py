"""Accounts of the staff: only the administrator keeps them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from identidad.models import Funcionario

CUENTAS = "/identidad/cuentas"
NUEVA = {
    "nombre": "Ana Rojas",
    "usuario": "Ana.Rojas",
    "correo": "ana.rojas@oficina.example",
    "roles": ["profesional", "coordinacion"],
    "unidad": "migracion",
    "idioma": "es",
    "clave": "una clave bien larga",
}


@pytest.fixture
def admin(oficina: Any) -> FlaskClient:
    """The administrator's browser."""
    browser: FlaskClient = oficina.entrar(oficina.identidad, "administrador")
    return browser


def _ana(oficina: Any) -> Funcionario:
    with oficina.identidad.extensions["env"].db.read() as session:
        found: Funcionario = session.query(Funcionario).filter_by(usuario="ana.rojas").one()
        return found


def test_an_account_is_opened_and_its_person_enters(admin: FlaskClient, oficina: Any) -> None:
    created = admin.post(f"{CUENTAS}/nueva", data=NUEVA)
    listed = admin.get(CUENTAS).get_data(as_text=True)
    browser = oficina.identidad.test_client()
    entered = browser.post(
        "/identidad/entrar", data={"usuario": "ana.rojas", "clave": NUEVA["clave"]}
    )

    assert created.status_code == 303
    assert "Ana Rojas" in listed
    assert "La cuenta está abierta." in listed
    assert "Profesional" in listed
    assert entered.status_code == 303


def test_a_user_name_is_of_one_person(admin: FlaskClient) -> None:
    admin.post(f"{CUENTAS}/nueva", data=NUEVA)

    again = admin.post(f"{CUENTAS}/nueva", data=NUEVA | {"usuario": "ANA.ROJAS"})

    page = again.get_data(as_text=True)
    assert again.status_code == 422
    assert "Ese nombre de usuario ya existe." in page
    assert 'value="Ana Rojas"' in page
    assert NUEVA["clave"] not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("clave", "corta", "La clave debe tener entre 12 y 200 caracteres."),
        ("correo", "ana", "No es un correo electrónico válido."),
        ("usuario", "ána", "Use de 3 a 40 letras sin acento"),
        ("usuario", "ana rojas", "Use de 3 a 40 letras sin acento"),
        ("roles", ["jefatura"], "Ese rol no existe."),
        ("roles", [], "Falta este dato."),
        ("nombre", "A", "Debe tener entre 3 y 120 caracteres."),
        ("nombre", "123 45", "Un nombre tiene al menos una letra."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: FlaskClient, field: str, value: Any, says: str
) -> None:
    response = admin.post(f"{CUENTAS}/nueva", data=NUEVA | {field: value})

    assert response.status_code == 422
    assert says in response.get_data(as_text=True)


def test_closing_an_account_ends_its_sessions(admin: FlaskClient, oficina: Any) -> None:
    admin.post(f"{CUENTAS}/nueva", data=NUEVA)
    browser = oficina.identidad.test_client()
    sign_in = {"usuario": "ana.rojas", "clave": NUEVA["clave"]}
    browser.post("/identidad/entrar", data=sign_in)
    token = browser.get_cookie("acogida").value
    ana = _ana(oficina)

    assert admin.post(f"{CUENTAS}/{ana.id}/desactivar").status_code == 303
    assert oficina.identidad.extensions["identidad_local"].renovar(token) is None
    other = oficina.identidad.test_client()
    assert other.post("/identidad/entrar", data=sign_in).status_code == 422
    assert "Cerrada" in admin.get(f"{CUENTAS}/{ana.id}").get_data(as_text=True)

    assert admin.post(f"{CUENTAS}/{ana.id}/reactivar").status_code == 303
    assert other.post("/identidad/entrar", data=sign_in).status_code == 303


def test_a_new_password_replaces_the_old_one(admin: FlaskClient, oficina: Any) -> None:
    admin.post(f"{CUENTAS}/nueva", data=NUEVA)
    ana = _ana(oficina)

    short = admin.post(f"{CUENTAS}/{ana.id}/clave", data={"clave": "corta"})
    done = admin.post(f"{CUENTAS}/{ana.id}/clave", data={"clave": "  otra clave larga  "})

    assert short.status_code == 422
    assert done.status_code == 303
    browser = oficina.identidad.test_client()
    for clave, status in [(NUEVA["clave"], 422), ("  otra clave larga  ", 303)]:
        sent = {"usuario": "ana.rojas", "clave": clave}
        assert browser.post("/identidad/entrar", data=sent).status_code == status


def test_an_account_is_edited_and_other_roles_end_its_sessions(
    admin: FlaskClient, oficina: Any
) -> None:
    admin.post(f"{CUENTAS}/nueva", data=NUEVA)
    ana = _ana(oficina)
    browser = oficina.identidad.test_client()
    sign_in = {"usuario": "ana.rojas", "clave": NUEVA["clave"]}
    browser.post("/identidad/entrar", data=sign_in)
    token = browser.get_cookie("acogida").value
    edited = {
        "nombre": "Ana Rojas Soto",
        "correo": "ana@oficina.example",
        "roles": ["profesional", "coordinacion"],
        "unidad": "migracion",
        "idioma": "en",
        "version": ana.version,
    }
    local = oficina.identidad.extensions["identidad_local"]

    assert admin.post(f"{CUENTAS}/{ana.id}/editar", data=edited).status_code == 303
    assert local.renovar(token) is not None
    other = edited | {"roles": ["recepcion"], "version": ana.version + 1}
    assert admin.post(f"{CUENTAS}/{ana.id}/editar", data=other).status_code == 303
    assert local.renovar(token) is None
    stale = admin.post(f"{CUENTAS}/{ana.id}/editar", data=edited)

    assert stale.status_code == 412
    now = _ana(oficina)
    assert (now.nombre, now.correo, now.roles, now.idioma) == (
        "Ana Rojas Soto",
        "ana@oficina.example",
        ["recepcion"],
        "en",
    )


def test_a_mail_is_of_one_open_account(admin: FlaskClient, oficina: Any) -> None:
    admin.post(f"{CUENTAS}/nueva", data=NUEVA)
    other = NUEVA | {"usuario": "otra", "correo": "ANA.rojas@oficina.example"}

    refused = admin.post(f"{CUENTAS}/nueva", data=other)
    admin.post(f"{CUENTAS}/{_ana(oficina).id}/desactivar")

    assert refused.status_code == 422
    assert "Otra cuenta ya tiene ese correo." in refused.text
    assert admin.post(f"{CUENTAS}/nueva", data=other).status_code == 303


def test_the_last_administrator_stays(admin: FlaskClient, oficina: Any) -> None:
    own = oficina.funcionario("administrador")
    without = {
        "nombre": own.nombre,
        "correo": own.correo,
        "roles": "recepcion",
        "version": own.version,
    }

    refused = admin.post(f"{CUENTAS}/{own.id}/editar", data=without)
    admin.post(f"{CUENTAS}/nueva", data=NUEVA | {"roles": ["administrador"]})
    other = oficina.identidad.test_client()
    other.post("/identidad/entrar", data={"usuario": "ana.rojas", "clave": NUEVA["clave"]})

    assert refused.status_code == 422
    assert "Es la última cuenta que administra el sistema" in refused.text
    assert other.post(f"{CUENTAS}/{own.id}/desactivar").status_code == 303


def test_nobody_closes_the_account_that_they_use(admin: FlaskClient, oficina: Any) -> None:
    own = oficina.funcionario("administrador")

    assert admin.post(f"{CUENTAS}/{own.id}/desactivar").status_code == 409
    assert "Cerrar la cuenta" not in admin.get(f"{CUENTAS}/{own.id}").get_data(as_text=True)


def test_an_account_that_is_not_there_is_not_found(admin: FlaskClient) -> None:
    assert admin.get(f"{CUENTAS}/0189d4d4-0000-7000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("rol", ["recepcion", "profesional", "coordinacion"])
def test_accounts_are_the_administrators(oficina: Any, rol: str) -> None:
    browser = oficina.entrar(oficina.identidad, rol)

    assert browser.get(CUENTAS).status_code == 403
    assert browser.post(f"{CUENTAS}/nueva", data=NUEVA).status_code == 403
