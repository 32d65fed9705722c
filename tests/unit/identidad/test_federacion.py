"""Signing in with a provider: a real server on loopback, by discovery, and a line that lies."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from identidad.app import create_app
from identidad.federacion.perfiles import acuerdo, perfiles
from identidad.federacion.proveedor import leer
from identidad.models import Funcionario, VinculoFederado
from oficina.settings import Settings, SettingsError
from unit.identidad.proveedor import Servidor, servidor

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CLAVE = "clave de prueba larga"
IR = "/identidad/entrar/proveedor"
ACUERDO = {
    "oidc_perfil": "keycloak",
    "oidc_emisor": "https://sso.example",
    "oidc_cliente": "acogida",
    "oidc_secreto": "un secreto",
}
CORREO = {"email": "profesional@oficina.example", "email_verified": True}


@pytest.fixture(scope="module")
def afuera() -> Iterator[Servidor]:
    """The provider."""
    with servidor() as running:
        yield running


@pytest.fixture(autouse=True)
def _honesta(request: pytest.FixtureRequest) -> None:
    if "afuera" in request.fixturenames:
        linea = request.getfixturevalue("afuera").linea
        linea.cambia, linea.publica = None, True


@pytest.fixture
def con(oficina: Any, afuera: Servidor) -> Iterator[Callable[..., Flask]]:
    """Make identidad of an office that agreed with the provider."""
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        agreed = ACUERDO | {"oidc_emisor": afuera.url} | settings
        made.append(create_app(replace(oficina.settings, **agreed), oficina.client))
        return made[-1]

    for rol in ("profesional", "recepcion"):
        oficina.funcionario(rol)
    yield make
    for app in made:
        app.extensions["proveedor"].cerrar()
        app.extensions["env"].db.close()


def _ir(browser: FlaskClient, siguiente: str = "/casos/") -> str:
    sent = browser.get(IR, query_string={"siguiente": siguiente})
    assert sent.status_code == 303
    return str(sent.location)


def _volver(browser: FlaskClient, vuelta: str) -> Any:
    parts = urlsplit(vuelta)
    return browser.get(f"{parts.path}?{parts.query}")


def _entrar(app: Flask, afuera: Servidor, sub: str) -> tuple[FlaskClient, Any]:
    browser = app.test_client()
    return browser, _volver(browser, afuera.decir_si(_ir(browser), sub))


def _quien(browser: FlaskClient) -> str:
    page = browser.get("/identidad/mi-cuenta").text
    found = re.search(r"<dt>Usuario</dt><dd>([^<]+)</dd>", page)
    return found[1] if found else ""


def _dice(browser: FlaskClient, texto: str) -> bool:
    return texto in browser.get("/identidad/entrar").text


def test_who_the_provider_knows_by_verified_mail_enters_and_is_known_by_subject_then(
    con: Callable[..., Flask], afuera: Servidor, oficina: Any
) -> None:
    app = con()
    afuera.persona("ana", **CORREO)

    browser, back = _entrar(app, afuera, "ana")
    assert (back.status_code, back.location) == (303, "/casos/")
    assert _quien(browser) == "profesional"

    # Her address there is another now, and somebody else's here: she is still who she was.
    afuera.persona("ana", email="recepcion@oficina.example", email_verified=True)
    again, _back = _entrar(app, afuera, "ana")
    assert _quien(again) == "profesional"
    with app.extensions["env"].db.read() as session:
        (vinculo,) = session.scalars(select(VinculoFederado))
    assert (vinculo.emisor, vinculo.sujeto) == (afuera.url, "ana")
    assert vinculo.funcionario_id == oficina.funcionario("profesional").id


def test_what_is_sent_is_what_the_standards_say(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con()
    afuera.persona("bea", **CORREO)
    browser = app.test_client()

    direccion = _ir(browser)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(direccion).query).items()}
    _volver(browser, afuera.decir_si(direccion, "bea"))

    assert direccion.startswith(f"{afuera.url}/oauth2/authorize?")
    assert (asked["response_type"], asked["client_id"]) == ("code", "acogida")
    assert asked["redirect_uri"] == f"{app.extensions['env'].settings.base_url}{IR}/vuelta"
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert asked["code_challenge_method"] == "S256"
    digest = hashlib.sha256(afuera.linea.canje["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert "client_secret" not in afuera.linea.canje


def test_who_is_not_known_here_does_not_enter_and_gets_no_account(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con()
    told: list[dict[str, Any]] = [
        {"email": "profesional@oficina.example", "email_verified": False},
        {"email": "profesional@oficina.example"},
        {"email": "nadie@oficina.example", "email_verified": True},
        {},
    ]

    for claims in told:
        afuera.persona("caro", **claims)
        browser, back = _entrar(app, afuera, "caro")
        assert back.location == "/identidad/entrar", claims
        assert _dice(browser, "No hay una cuenta de la oficina para usted"), claims
    with app.extensions["env"].db.read() as session:
        assert session.scalars(select(VinculoFederado)).all() == []
        assert len(session.scalars(select(Funcionario)).all()) == 2


def test_an_account_is_opened_only_with_the_roles_that_the_office_says(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con(oidc_roles="analista")
    afuera.persona("dani", email="dani@oficina.example", email_verified=True, name="Dani Soto")
    afuera.persona("eva", email="eva@oficina.example")

    browser, _back = _entrar(app, afuera, "dani")
    other, _refused = _entrar(app, afuera, "eva")

    assert _quien(browser) == "dani"
    assert _quien(other) == ""
    with app.extensions["env"].db.read() as session:
        dani = session.scalars(select(Funcionario).where(Funcionario.usuario == "dani")).one()
    assert (dani.roles, dani.nombre, dani.tiene_clave) == (["analista"], "Dani Soto", False)


def test_a_closed_account_stays_closed(
    con: Callable[..., Flask], afuera: Servidor, oficina: Any
) -> None:
    app = con()
    afuera.persona("fede", **CORREO)
    _entrar(app, afuera, "fede")
    with app.extensions["env"].db.begin() as session:
        session.get_one(Funcionario, oficina.funcionario("profesional").id).activo = False

    browser, back = _entrar(app, afuera, "fede")

    assert back.location == "/identidad/entrar"
    assert _quien(browser) == ""


MENTIRAS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another issuer": lambda claims: claims | {"iss": "https://otro.example"},
    "another audience": lambda claims: claims | {"aud": "otra-oficina"},
    "for two, nobody in particular": lambda claims: claims | {"aud": ["acogida", "otra"]},
    "for another of two": lambda claims: claims | {"aud": ["acogida", "otra"], "azp": "otra"},
    "expired": lambda claims: claims | {"exp": claims["iat"] - 3600},
    "of the future": lambda claims: claims | {"iat": claims["iat"] + 3600},
    "another nonce": lambda claims: claims | {"nonce": "otro"},
    "no nonce": lambda claims: {k: v for k, v in claims.items() if k != "nonce"},
    "no subject": lambda claims: {k: v for k, v in claims.items() if k != "sub"},
    "no expiry": lambda claims: {k: v for k, v in claims.items() if k != "exp"},
    "another person than its userinfo": lambda claims: claims | {"sub": "otra"},
}


def test_an_answer_that_is_not_ours_opens_nothing(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con()
    afuera.persona("gabi", **CORREO)

    for nombre, mentira in MENTIRAS.items():
        afuera.linea.cambia = mentira
        browser, back = _entrar(app, afuera, "gabi")
        assert back.location == "/identidad/entrar", nombre
        assert _dice(browser, "La respuesta del proveedor no se pudo comprobar."), nombre
        assert _quien(browser) == "", nombre

    # The same line, when it changes nothing, is believed.
    afuera.linea.cambia = dict
    assert _quien(_entrar(app, afuera, "gabi")[0]) == "profesional"


def test_a_key_that_is_not_published_signs_nothing_until_it_is(
    con: Callable[..., Flask], afuera: Servidor, oficina: Any
) -> None:
    app = con()
    afuera.persona("hugo", **CORREO)
    afuera.linea.cambia, afuera.linea.publica = dict, False

    refused, _back = _entrar(app, afuera, "hugo")
    asked = afuera.linea.veces["/jwks"]
    _entrar(app, afuera, "hugo")
    assert _quien(refused) == ""
    # Keys are asked for again, but not at every answer that somebody makes up.
    assert afuera.linea.veces["/jwks"] == asked

    afuera.linea.publica = True
    oficina.adelantar(app, 31)
    app.extensions["identidad_local"].reloj = app.extensions["guard"].reloj
    browser, _back = _entrar(app, afuera, "hugo")
    assert _quien(browser) == "profesional"


def test_an_answer_to_another_question_opens_nothing(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con()
    afuera.persona("ines", **CORREO)

    for cambio in (("state=", "state=x"), ("code=", "code=x"), ("code=", "iss=otro&code=")):
        browser = app.test_client()
        vuelta = afuera.decir_si(_ir(browser), "ines").replace(*cambio)
        assert _volver(browser, vuelta).location == "/identidad/entrar", cambio
        assert _quien(browser) == "", cambio


def test_an_answer_in_another_browser_or_twice_opens_nothing(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con()
    afuera.persona("juan", **CORREO)
    browser, stranger = app.test_client(), app.test_client()
    vuelta = afuera.decir_si(_ir(browser), "juan")

    assert _volver(stranger, vuelta).location == "/identidad/entrar"
    assert _volver(browser, vuelta).location == "/casos/"
    assert _volver(browser, vuelta).location == "/identidad/entrar"
    assert _quien(stranger) == ""


def test_who_does_not_agree_there_is_told_so(con: Callable[..., Flask], afuera: Servidor) -> None:
    browser = con().test_client()

    back = _volver(browser, afuera.decir_no(_ir(browser)))

    assert back.location == "/identidad/entrar"
    assert _dice(browser, "El proveedor no le dejó entrar.")


def test_a_provider_that_is_away_keeps_nobody_out(con: Callable[..., Flask], oficina: Any) -> None:
    with servidor() as gone:
        app = con(oidc_emisor=gone.url)
    browser = app.test_client()

    sent = browser.get(IR)
    told = browser.get("/identidad/entrar").text
    local = browser.post("/identidad/entrar", data={"usuario": "profesional", "clave": CLAVE})

    assert sent.location == "/identidad/entrar"
    assert "Cuenta institucional no responde ahora. Puede entrar con su usuario y su clave." in told
    assert local.status_code == 303
    assert _quien(browser) == "profesional"


def test_a_provider_that_speaks_in_the_name_of_another_is_not_asked(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con(oidc_emisor=afuera.url.replace("localhost", "127.0.0.1") + "/otro")

    assert app.test_client().get(IR).location == "/identidad/entrar"


def test_the_second_factor_is_asked_here_whatever_the_provider_asked(
    con: Callable[..., Flask], afuera: Servidor
) -> None:
    app = con(segundo_factor="profesional")
    afuera.persona("kari", **CORREO)

    browser, back = _entrar(app, afuera, "kari")

    assert back.location == "/identidad/entrar/segundo-factor"
    assert _quien(browser) == ""


def test_one_links_their_account_and_takes_the_link_away(
    con: Callable[..., Flask], afuera: Servidor, oficina: Any
) -> None:
    app = con()
    afuera.persona("luis")
    browser = oficina.entrar(app, "recepcion")
    vincular = "/identidad/mi-cuenta/proveedor/vincular"

    sent = browser.get(vincular)
    done = _volver(browser, afuera.decir_si(sent.location, "luis"))
    assert done.location == "/identidad/mi-cuenta"
    assert f"Vinculada con {afuera.url}" in browser.get("/identidad/mi-cuenta").text
    entered, _back = _entrar(app, afuera, "luis")
    assert _quien(entered) == "recepcion"

    other = oficina.entrar(app, "profesional")
    _volver(other, afuera.decir_si(other.get(vincular).location, "luis"))
    assert "ya está vinculada con otra cuenta" in other.get("/identidad/mi-cuenta").text

    with app.extensions["env"].db.read() as session:
        (vinculo,) = session.scalars(select(VinculoFederado))
    address = f"/identidad/mi-cuenta/proveedor/{vinculo.id}/quitar"
    assert other.post(address).status_code == 404
    assert browser.post(address).status_code == 303
    assert _quien(_entrar(app, afuera, "luis")[0]) == ""


def test_claveunica_tells_a_run_and_the_account_has_it(
    con: Callable[..., Flask], afuera: Servidor, oficina: Any
) -> None:
    app = con(oidc_perfil="claveunica")
    afuera.persona(
        "2594",
        RolUnico={"numero": 11111111, "DV": "1", "tipo": "RUN"},
        name={"nombres": ["María", "Carmen"], "apellidos": ["De", "Prueba"]},
    )
    persona: Funcionario = oficina.funcionario("profesional")
    admin = oficina.entrar(app, "administrador")
    edited = {
        "nombre": persona.nombre,
        "correo": persona.correo,
        "roles": "profesional",
        "run": "11.111.111-1",
        "version": persona.version,
    }
    address = f"/identidad/cuentas/{persona.id}/editar"

    before, _refused = _entrar(app, afuera, "2594")
    assert _quien(before) == ""
    wrong = admin.post(address, data=edited | {"run": "11.111.111-2"})
    assert "No es un RUN" in wrong.text
    assert admin.post(address, data=edited).status_code == 303
    assert "11.111.111-1" in admin.get(address).text
    browser, _back = _entrar(app, afuera, "2594")

    assert _quien(browser) == "profesional"
    assert afuera.linea.canje["client_secret"] == "un secreto"
    raw = b"".join(path.read_bytes() for path in oficina.settings.data_dir.glob("identidad.db*"))
    assert b"11111111-1" not in raw


@pytest.mark.parametrize(
    ("perfil", "claims", "correo", "run"),
    [
        ("google", {"email": "a@x.example", "email_verified": True}, "a@x.example", ""),
        ("microsoft", {"email": "a@x.example", "email_verified": True}, "", ""),
        ("microsoft", {"email": "a@x.example", "xms_edov": "1"}, "a@x.example", ""),
        ("claveunica", {"RolUnico": {"numero": 11111111, "DV": "2"}}, "", ""),
        ("claveunica", {"RolUnico": {"numero": 11111111, "DV": "1"}}, "", "11111111-1"),
        ("claveunica", {"RolUnico": "11111111-1", "email": "a@x.example"}, "", ""),
        ("keycloak", {"email": ["a@x.example"], "email_verified": True}, "", ""),
        ("keycloak", {"email": "a@x.example", "email_verified": ["true"]}, "", ""),
    ],
)
def test_what_each_kind_of_provider_tells(
    perfil: str, claims: dict[str, Any], correo: str, run: str
) -> None:
    told = leer(perfiles()[perfil], "https://sso.example", {"sub": "x", **claims})

    assert (told.correo, told.run) == (correo, run)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"oidc_perfil": "facebook"}, "ACOGIDA_OIDC_PERFIL"),
        ({"oidc_emisor": ""}, "ACOGIDA_OIDC_EMISOR"),
        ({"oidc_emisor": "http://sso.example"}, "ACOGIDA_OIDC_EMISOR"),
        ({"oidc_secreto": ""}, "ACOGIDA_OIDC_SECRETO"),
        ({"oidc_roles": "jefatura"}, "ACOGIDA_OIDC_ROLES"),
        ({"oidc_roles": "administrador"}, "ACOGIDA_OIDC_ROLES"),
    ],
)
def test_an_agreement_that_cannot_be_is_named_at_the_start(
    settings: dict[str, str], names: str
) -> None:
    with pytest.raises(SettingsError, match=names):
        acuerdo(Settings(**ACUERDO | settings))


def test_without_a_provider_there_is_no_such_door(oficina: Any) -> None:
    browser = oficina.identidad.test_client()

    assert browser.get(IR).status_code == 404
    assert "Entrar con" not in browser.get("/identidad/entrar").text
    assert set(perfiles()) == {"keycloak", "google", "microsoft", "claveunica"}
    assert Settings().oidc_perfil == ""
