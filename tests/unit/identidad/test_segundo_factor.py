"""The second factor: asked after the password, once each code, and never a way around it."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from identidad.app import create_app
from identidad.models import CodigoDeRecuperacion, Funcionario, SegundoFactor, Sesion
from identidad.segundo_factor.models import ESPERA, FALLOS, PASO
from oficina.audit import Auditoria
from oficina.clock import real_now
from oficina.settings import Settings, SettingsError

CLAVE = "clave de prueba larga"
ENTRAR = "/identidad/entrar"
SEGUNDO = "/identidad/entrar/segundo-factor"
MIO = "/identidad/mi-cuenta/segundo-factor"


class Telefono:
    """What a person has in their pocket: it read the secret from the page, as text."""

    def __init__(self, page: str) -> None:
        found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
        assert found is not None
        key = base64.b32decode(found[1].replace(" ", ""))
        self._totp = TOTP(key, 6, SHA1(), PASO)

    def codigo(self, pasos: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return self._totp.generate(int(real_now().timestamp()) + pasos * PASO).decode()


def _browser(app: Flask) -> FlaskClient:
    client: FlaskClient = app.test_client()
    return client


def _clave(browser: FlaskClient, query: str = "") -> Any:
    return browser.post(f"{ENTRAR}{query}", data={"usuario": "profesional", "clave": CLAVE})


def _dentro(browser: FlaskClient) -> bool:
    return browser.get("/identidad/mi-cuenta").status_code == 200


def _codigos(page: str) -> list[str]:
    return re.findall(r"<code>([a-z2-7-]{19})</code>", page)


@pytest.fixture
def activo(oficina: Any) -> tuple[Telefono, list[str]]:
    """The profesional has a factor: their telephone and their recovery codes."""
    browser = oficina.entrar(oficina.identidad, "profesional")
    telefono = Telefono(browser.get(f"{MIO}/activar").text)
    # Of the step before, so that the code of now is still unused.
    done = browser.post(f"{MIO}/activar", data={"codigo": telefono.codigo(-1)})
    assert done.status_code == 200
    assert _dentro(browser)
    return telefono, _codigos(done.text)


def test_the_password_alone_no_longer_opens(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    telefono, _recovery = activo
    browser = _browser(oficina.identidad)

    first = _clave(browser, "?siguiente=/identidad/mi-cuenta")
    assert first.location == SEGUNDO
    assert not _dentro(browser)
    assert "Código de su teléfono" in browser.get(SEGUNDO).text
    second = browser.post(SEGUNDO, data={"codigo": telefono.codigo()})

    assert (second.status_code, second.location) == (303, "/identidad/mi-cuenta")
    assert _dentro(browser)


def test_a_code_is_used_once(oficina: Any, activo: tuple[Telefono, list[str]]) -> None:
    telefono, _recovery = activo
    codigo = telefono.codigo()

    answers = []
    for _times in range(2):
        browser = _browser(oficina.identidad)
        _clave(browser)
        answers.append(browser.post(SEGUNDO, data={"codigo": codigo}).status_code)

    assert answers == [303, 422]


def test_a_recovery_code_opens_once_however_it_is_typed(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    _telefono, recovery = activo
    assert len(set(recovery)) == 10
    typed = recovery[0].upper().replace("-", " ")

    answers = []
    for _times in range(2):
        browser = _browser(oficina.identidad)
        _clave(browser)
        answers.append(browser.post(SEGUNDO, data={"codigo": typed}).status_code)

    assert answers == [303, 422]
    assert "quedan 9 códigos" in oficina.entrar(oficina.identidad, "profesional").get(MIO).text


def test_after_some_wrong_codes_the_right_one_has_to_wait(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    telefono, recovery = activo
    browser = _browser(oficina.identidad)
    _clave(browser)
    for _times in range(FALLOS):
        assert browser.post(SEGUNDO, data={"codigo": "000000"}).status_code == 422

    refused = [
        browser.post(SEGUNDO, data={"codigo": right}) for right in (telefono.codigo(), recovery[0])
    ]

    assert [answer.status_code for answer in refused] == [429, 429]
    assert 60 < int(refused[0].headers["Retry-After"]) <= ESPERA.total_seconds()
    oficina.adelantar(oficina.identidad, ESPERA.total_seconds() + 1)
    _clave(browser)
    assert browser.post(SEGUNDO, data={"codigo": recovery[0]}).status_code == 303


def test_a_code_of_another_time_is_none(oficina: Any, activo: tuple[Telefono, list[str]]) -> None:
    telefono, _recovery = activo
    browser = _browser(oficina.identidad)
    _clave(browser)

    for pasos in (-3, 3):
        late = browser.post(SEGUNDO, data={"codigo": telefono.codigo(pasos)})
        assert late.status_code == 422


def test_the_step_between_opens_nothing_and_lasts_minutes(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    telefono, _recovery = activo
    browser = _browser(oficina.identidad)
    _clave(browser)
    held = browser.get_cookie("acogida_paso", path="/identidad").value

    as_session = _browser(oficina.identidad)
    as_session.set_cookie("acogida", held)
    bearer = {"Authorization": f"Bearer {held}"}
    api = _browser(oficina.identidad).get("/identidad/api/v1/yo", headers=bearer)
    forged = _browser(oficina.identidad)
    forged.set_cookie("acogida_paso", oficina.sesion("profesional"), path="/identidad")
    oficina.adelantar(oficina.identidad, 601)
    late = browser.post(SEGUNDO, data={"codigo": telefono.codigo()})

    assert not _dentro(as_session)
    assert api.status_code == 401
    assert forged.get(SEGUNDO).location == ENTRAR
    assert late.location == ENTRAR


def test_secret_and_codes_are_not_in_the_database(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    _telefono, recovery = activo
    with oficina.identidad.extensions["env"].db.read() as session:
        (factor,) = session.scalars(select(SegundoFactor))
        hashes = session.scalars(select(CodigoDeRecuperacion.codigo_hash)).all()
    raw = b"".join(path.read_bytes() for path in oficina.settings.data_dir.glob("identidad.db*"))

    assert factor.secreto.encode() not in raw
    assert len(hashes) == 10
    assert not [code for code in recovery if code.replace("-", "").encode() in raw]


def test_the_administrator_resets_it_and_it_is_written_down(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    persona = oficina.funcionario("profesional")
    before = oficina.sesion("profesional")
    admin = oficina.entrar(oficina.identidad, "administrador")
    address = f"/identidad/cuentas/{persona.id}/segundo-factor/restablecer"

    assert oficina.entrar(oficina.identidad, "coordinacion").post(address).status_code == 403
    assert admin.post(address).status_code == 303

    assert oficina.identidad.extensions["identidad_local"].renovar(before) is None
    browser = _browser(oficina.identidad)
    assert _clave(browser).location == "/"
    with oficina.identidad.extensions["env"].db.read() as session:
        row = session.scalars(
            select(Auditoria).where(Auditoria.accion == "identidad.segundo_factor.restablecer")
        ).one()
    assert (row.recurso_id, row.actor_id) == (
        persona.id,
        oficina.funcionario("administrador").id,
    )
    assert admin.post(address).status_code == 404


def test_other_codes_and_doing_without_ask_for_a_code(
    oficina: Any, activo: tuple[Telefono, list[str]]
) -> None:
    _telefono, recovery = activo
    browser = oficina.entrar(oficina.identidad, "profesional")

    assert browser.post(f"{MIO}/codigos", data={"codigo": "000000"}).status_code == 422
    fresh = _codigos(browser.post(f"{MIO}/codigos", data={"codigo": recovery[0]}).text)
    assert len(fresh) == 10
    assert not set(fresh) & set(recovery)
    assert browser.post(f"{MIO}/quitar", data={"codigo": recovery[1]}).status_code == 422
    assert browser.post(f"{MIO}/quitar", data={"codigo": fresh[0]}).status_code == 303
    assert "Sin activar" in browser.get(MIO).text


@pytest.fixture
def exigente(oficina: Any, tmp_path: Path) -> Any:
    """identidad of an office where profesionales must have a second factor."""
    settings = Settings(data_dir=tmp_path, segundo_factor="profesional, administrador")
    app = create_app(settings, oficina.client)
    yield app
    app.extensions["env"].db.close()


def test_a_role_that_must_have_one_gets_it_as_it_signs_in(oficina: Any, exigente: Flask) -> None:
    oficina.funcionario("profesional")
    browser = _browser(exigente)

    assert _clave(browser).location == SEGUNDO
    page = browser.get(SEGUNDO).text
    assert "Su rol exige un segundo factor" in page
    assert 'src="data:image/svg+xml' in page
    telefono = Telefono(page)
    assert browser.post(SEGUNDO, data={"codigo": "000000"}).status_code == 422
    done = browser.post(SEGUNDO, data={"codigo": telefono.codigo()})

    assert done.status_code == 200
    assert len(_codigos(done.text)) == 10
    assert _dentro(browser)
    removed = browser.post(f"{MIO}/quitar", data={"codigo": _codigos(done.text)[0]})
    assert removed.status_code == 409


def test_a_session_without_it_does_not_stand_where_it_is_required(
    oficina: Any, exigente: Flask
) -> None:
    token = oficina.sesion("profesional")
    other = oficina.sesion("recepcion")
    local = exigente.extensions["identidad_local"]

    assert local.renovar(token) is None
    assert local.renovar(other) is not None


def test_a_role_that_there_is_not_is_refused_at_the_start(oficina: Any, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="jefatura"):
        create_app(Settings(data_dir=tmp_path, segundo_factor="jefatura"), oficina.client)


def test_one_sees_their_sessions_and_ends_one(oficina: Any) -> None:
    oficina.funcionario("profesional")
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here, there = _browser(oficina.identidad), _browser(oficina.identidad)
    _clave(here)
    there.post(
        ENTRAR,
        data={"usuario": "profesional", "clave": CLAVE},
        headers={"User-Agent": agent},
        environ_overrides={"REMOTE_ADDR": "192.0.2.7"},
    )
    page = here.get("/identidad/mi-cuenta").text
    with oficina.identidad.extensions["env"].db.read() as session:
        sesion = session.scalars(select(Sesion).where(Sesion.direccion == "192.0.2.7")).one()
    address = f"/identidad/mi-cuenta/sesiones/{sesion.id}/terminar"

    assert "Firefox en Windows" in page
    assert "192.0.2.7" in page
    assert oficina.entrar(oficina.identidad, "recepcion").post(address).status_code == 404
    assert here.post(address).status_code == 303
    oficina.adelantar(oficina.identidad, 60)
    assert not _dentro(there)
    assert _dentro(here)


def test_signing_in_again_ends_the_session_that_the_browser_had(oficina: Any) -> None:
    oficina.funcionario("profesional")
    browser = _browser(oficina.identidad)
    _clave(browser)
    old = browser.get_cookie("acogida").value
    _clave(browser)

    local = oficina.identidad.extensions["identidad_local"]
    assert local.renovar(old) is None
    assert local.renovar(browser.get_cookie("acogida").value) is not None


def test_the_administrator_ends_the_sessions_of_an_account(oficina: Any) -> None:
    token = oficina.sesion("profesional")
    persona: Funcionario = oficina.funcionario("profesional")
    admin = oficina.entrar(oficina.identidad, "administrador")

    assert "Abiertas ahora: 1." in admin.get(f"/identidad/cuentas/{persona.id}").text
    assert admin.post(f"/identidad/cuentas/{persona.id}/sesiones/terminar").status_code == 303
    assert oficina.identidad.extensions["identidad_local"].renovar(token) is None
