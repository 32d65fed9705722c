"""Signing in and out."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from identidad import actions, secretos, tasks
from identidad.models import Rol, Sesion
from identidad.schemas import PARA_QUE
from oficina.audit import Auditoria
from oficina.clock import real_now

CLAVE = "clave de prueba larga"


@pytest.fixture
def browser(oficina: Any) -> FlaskClient:
    """A browser in front of identidad; the profesional has an account."""
    oficina.funcionario("profesional")
    client: FlaskClient = oficina.identidad.test_client()
    return client


def _entrar(browser: FlaskClient, usuario: str, clave: str, query: str = "") -> Any:
    return browser.post(f"/identidad/entrar{query}", data={"usuario": usuario, "clave": clave})


def test_a_person_enters_and_is_taken_to_their_work(browser: FlaskClient) -> None:
    response = _entrar(browser, "Profesional", CLAVE)

    assert response.status_code == 303
    assert response.location == "/"
    assert browser.get("/").location == "/casos/"
    assert browser.get("/identidad/entrar").status_code == 303


@pytest.mark.parametrize(
    ("rol", "inicio"),
    [
        ("recepcion", "/casos/recepcion"),
        ("profesional", "/casos/"),
        ("coordinacion", "/casos/"),
        ("delegado_datos", "/casos/derechos"),
        ("administrador", "/identidad/cuentas"),
        ("analista", "/reportes/"),
    ],
)
def test_home_is_by_role(oficina: Any, rol: str, inicio: str) -> None:
    assert oficina.entrar(oficina.identidad, rol).get("/").location == inicio


def test_a_role_without_pages_is_told_what_it_is_for(oficina: Any) -> None:
    browser = oficina.entrar(oficina.identidad, "capacitacion")

    home = browser.get("/")

    assert home.status_code == 200
    assert str(PARA_QUE[Rol.CAPACITACION]) in home.text
    browser.set_cookie("idioma", "en")
    assert "What your account is for" in browser.get("/").text


def test_nobody_is_taken_to_the_door(browser: FlaskClient) -> None:
    assert browser.get("/").location == "/identidad/entrar"


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ("/casos/personas?q=a%20b", "/casos/personas?q=a b"),
        ("//malo.example/", "/"),
        ("/\\malo.example", "/"),
        ("https://malo.example", "/"),
        ("/casos\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_one_comes_back_to_where_one_was_and_nowhere_else(
    browser: FlaskClient, asked: str, taken: str
) -> None:
    response = browser.post(
        "/identidad/entrar",
        query_string={"siguiente": asked},
        data={"usuario": "profesional", "clave": CLAVE},
    )

    assert response.status_code == 303
    assert response.location.replace("%20", " ") == taken.replace("%20", " ")


def test_wrong_password_unknown_user_and_closed_account_answer_the_same(
    browser: FlaskClient, oficina: Any
) -> None:
    cerrada = oficina.funcionario("recepcion")
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(cerrada).activo = False

    pages = [
        _entrar(browser, usuario, clave)
        for usuario, clave in [
            ("profesional", "otra"),
            ("nadie", CLAVE),
            ("recepcion", CLAVE),
        ]
    ]

    assert {page.status_code for page in pages} == {422}
    texts = {
        page.get_data(as_text=True).replace(usuario, "")
        for page, usuario in zip(pages, ("profesional", "nadie", "recepcion"), strict=True)
    }
    assert len(texts) == 1
    assert "El usuario o la clave no son correctos." in texts.pop()


def test_an_unknown_user_costs_the_same_work(oficina: Any) -> None:
    oficina.funcionario("profesional")
    db = oficina.identidad.extensions["env"].db

    def cost(usuario: str) -> float:
        times = []
        for _ in range(5):
            began = time.process_time()
            with pytest.raises(actions.CredencialesInvalidas):
                actions.identificar(db, usuario, "otra")
            times.append(time.process_time() - began)
        return statistics.median(times)

    assert cost("nadie") > cost("profesional") / 3


def test_a_blank_form_says_what_is_missing(browser: FlaskClient) -> None:
    response = browser.post("/identidad/entrar", data={"usuario": "  "})

    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Usuario: Falta este dato." in page
    assert "Clave: Falta este dato." in page


def test_guessing_at_one_account_has_to_wait(browser: FlaskClient, oficina: Any) -> None:
    for _ in range(10):
        assert _entrar(browser, "profesional", "otra").status_code == 422

    refused = _entrar(browser, "PROFESIONAL", CLAVE)
    oficina.funcionario("recepcion")

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 60
    assert _entrar(browser, "recepcion", CLAVE).status_code == 303


def test_of_many_guesses_at_once_no_more_are_compared_than_may_fail(
    browser: FlaskClient, oficina: Any
) -> None:
    compared: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        # An account is looked up right before its password is compared.
        if "FROM funcionarios" in statement:
            compared.append(statement)

    def guess(number: int) -> int:
        answer = _entrar(oficina.identidad.test_client(), "profesional", f"otra {number}")
        return int(answer.status_code)

    event.listen(oficina.identidad.extensions["env"].db.engine, "before_cursor_execute", count)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(32)))

    assert sorted(answers) == [422] * 10 + [429] * 22
    assert len(compared) == 10
    assert _entrar(browser, "profesional", CLAVE).status_code == 429


def test_who_gets_in_has_all_tries_back(browser: FlaskClient, oficina: Any) -> None:
    for _ in range(2):
        for _ in range(9):
            assert _entrar(browser, "profesional", "otra").status_code == 422
        assert _entrar(oficina.identidad.test_client(), "profesional", CLAVE).status_code == 303


def test_guessing_from_one_address_has_to_wait(browser: FlaskClient) -> None:
    for number in range(60):
        assert _entrar(browser, f"nadie{number}", "otra").status_code == 422

    assert _entrar(browser, "profesional", CLAVE).status_code == 429


def test_signing_in_again_replaces_a_cookie_that_no_longer_stands(browser: FlaskClient) -> None:
    browser.set_cookie("acogida", "gastada")

    response = _entrar(browser, "profesional", CLAVE)

    assert len([c for c in response.headers.getlist("Set-Cookie") if "acogida=" in c]) == 1
    assert browser.get("/").location == "/casos/"


def test_signing_out_ends_the_session(browser: FlaskClient, oficina: Any) -> None:
    _entrar(browser, "profesional", CLAVE)
    cookie = browser.get_cookie("acogida")
    assert cookie is not None
    kept = cookie.value

    response = browser.post("/identidad/salir")

    assert response.status_code == 303
    assert browser.get_cookie("acogida") is None
    assert oficina.identidad.extensions["identidad_local"].renovar(kept) is None
    assert "Cerró su sesión." in browser.get("/identidad/entrar").get_data(as_text=True)


def test_who_is_out_already_may_leave(browser: FlaskClient) -> None:
    assert browser.post("/identidad/salir").status_code == 303


def test_coming_and_going_is_in_the_audit(browser: FlaskClient, oficina: Any) -> None:
    _entrar(browser, "profesional", CLAVE)
    browser.post("/identidad/salir")

    with oficina.identidad.extensions["env"].db.read() as session:
        did = session.scalars(select(Auditoria.accion).order_by(Auditoria.id)).all()
    assert did == ["identidad.cuenta.crear", "identidad.sesion.abrir", "identidad.sesion.terminar"]


def test_the_language_of_the_account_is_the_language_of_the_page(
    browser: FlaskClient, oficina: Any
) -> None:
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(oficina.funcionario("profesional")).idioma = "en"

    _entrar(browser, "profesional", CLAVE)
    assert '<html lang="en">' in browser.get("/nada").get_data(as_text=True)

    back = browser.post("/identidad/idioma", data={"idioma": "es", "volver": "/casos/"})
    assert back.location == "/casos/"
    assert '<html lang="es">' in browser.get("/nada").get_data(as_text=True)


def test_old_sessions_are_forgotten(browser: FlaskClient, oficina: Any) -> None:
    _entrar(browser, "profesional", CLAVE)
    env = oficina.identidad.extensions["env"]

    tasks.borrar_sesiones_viejas(env)
    with env.db.read() as session:
        assert len(session.scalars(select(Sesion)).all()) == 1

    with env.db.begin() as session:
        assert actions.borrar_sesiones_viejas(session, real_now() + timedelta(hours=25)) == 1


def test_a_name_that_no_database_keeps_is_nobodys(browser: FlaskClient) -> None:
    page = _entrar(browser, "nadie\x00", CLAVE)
    assert page.status_code == 422
    assert "caracteres que no se pueden guardar" in page.text

    program = {"grant_type": "client_credentials", "client_id": "x\x00", "client_secret": "s"}
    assert browser.post("/identidad/oauth/token", data=program).status_code == 401


def test_a_password_costs_an_attacker_what_owasp_asks() -> None:
    """What the office uses; tests themselves compare with less."""
    assert secretos.PASADAS >= 2
    assert secretos.MEMORIA_KIB >= 19 * 1024
