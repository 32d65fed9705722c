"""Units: only the administrator keeps them; whoever works here may ask for them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from identidad.models import Funcionario, Unidad
from oficina.audit import Auditoria

UNIDADES = "/identidad/unidades"
API = "/identidad/api/v1/unidades"
NUEVA = {"codigo": "vivienda", "nombre": "Oficina de Vivienda"}


@pytest.fixture
def admin(oficina: Any) -> FlaskClient:
    """The administrator's browser."""
    browser: FlaskClient = oficina.entrar(oficina.identidad, "administrador")
    return browser


def _una(oficina: Any, codigo: str) -> Unidad:
    with oficina.identidad.extensions["env"].db.read() as session:
        return session.scalars(select(Unidad).where(Unidad.codigo == codigo)).one()


def _acciones(oficina: Any) -> list[str]:
    with oficina.identidad.extensions["env"].db.read() as session:
        return list(session.scalars(select(Auditoria.accion).order_by(Auditoria.id)))


def test_a_unit_is_added_renamed_closed_and_opened_again(admin: FlaskClient, oficina: Any) -> None:
    assert admin.post(f"{UNIDADES}/nueva", data=NUEVA).status_code == 303
    una = _una(oficina, "vivienda")
    page = f"{UNIDADES}/{una.id}"

    renamed = admin.post(page, data={"nombre": "Entidad Patrocinante", "version": una.version})
    assert renamed.status_code == 303
    assert "Entidad Patrocinante" in admin.get(UNIDADES).text
    assert _una(oficina, "vivienda").codigo == "vivienda"

    for verb, stands in (("cerrar", False), ("abrir", True)):
        assert admin.post(f"{page}/{verb}").status_code == 428
        seen = re.search(r'name="version" value="(\d+)"', admin.get(page).text)
        assert seen
        assert admin.post(f"{page}/{verb}", data={"version": seen[1]}).status_code == 303
        assert _una(oficina, "vivienda").activa is stands
    assert [a for a in _acciones(oficina) if a.startswith("identidad.unidad.")] == [
        f"identidad.unidad.{verb}" for verb in ("crear", "editar", "cerrar", "abrir")
    ]


def test_the_name_that_somebody_else_changed_is_not_written_over(
    admin: FlaskClient, oficina: Any
) -> None:
    una = _una(oficina, "dideco")
    form = {"nombre": "Desarrollo Comunitario y Social", "version": una.version}

    assert admin.post(f"{UNIDADES}/{una.id}", data=form).status_code == 303
    assert admin.post(f"{UNIDADES}/{una.id}", data=form).status_code == 412


def test_what_is_wrong_with_a_unit_is_said_beside_its_field(admin: FlaskClient) -> None:
    for field, value, says in (
        ("codigo", "dideco", "Ya hay una unidad con ese código."),
        ("codigo", "Vivienda Social", "Use letras minúsculas sin acento"),
        ("nombre", "12", "Un nombre tiene al menos una letra."),
    ):
        answer = admin.post(f"{UNIDADES}/nueva", data=NUEVA | {field: value})
        assert (answer.status_code, says in answer.text) == (422, True), field


def test_a_unit_is_answered_for_by_who_has_that_role_in_it(
    admin: FlaskClient, oficina: Any
) -> None:
    contraparte = oficina.funcionario("contraparte_unidad")
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(contraparte).unidad = "dideco"
    headers = oficina.bearer("servicio")

    units = oficina.identidad.test_client().get(API, headers=headers).get_json()

    dideco = next(una for una in units if una["codigo"] == "dideco")
    assert [uno["id"] for uno in dideco["contrapartes"]] == [str(contraparte.id)]
    assert contraparte.nombre in admin.get(f"{UNIDADES}/{dideco['id']}").text


def test_a_closed_unit_is_not_chosen_and_who_is_in_it_keeps_it(
    admin: FlaskClient, oficina: Any
) -> None:
    persona = oficina.funcionario("profesional")
    with oficina.identidad.extensions["env"].db.begin() as session:
        session.merge(persona).unidad = "dideco"
    una = _una(oficina, "dideco")
    admin.post(f"{UNIDADES}/{una.id}/cerrar", data={"version": una.version})
    account = {
        "nombre": "Otra Persona",
        "correo": "otra@oficina.example",
        "roles": "recepcion",
        "unidad": "dideco",
    }
    editing = re.search(
        r'name="version" value="(\d+)"', admin.get(f"/identidad/cuentas/{persona.id}/editar").text
    )
    assert editing

    refused = admin.post(
        "/identidad/cuentas/nueva", data=account | {"usuario": "otra", "clave": "una clave larga"}
    )
    kept = admin.post(
        f"/identidad/cuentas/{persona.id}/editar",
        data=account | {"roles": "profesional", "version": editing[1]},
    )

    assert refused.status_code == 422
    assert "Esa unidad no existe o está cerrada." in refused.text
    assert kept.status_code == 303


def test_the_office_itself_is_not_closed(admin: FlaskClient, oficina: Any) -> None:
    una = _una(oficina, "migracion")
    refused = admin.post(f"{UNIDADES}/{una.id}/cerrar", data={"version": una.version})
    assert refused.status_code == 409


def test_units_by_the_api(oficina: Any) -> None:
    api = oficina.identidad.test_client()
    admin = oficina.bearer("administrador")

    made = api.post(API, json=NUEVA, headers=admin)
    one = f"{API}/{made.get_json()['id']}"
    renamed = api.put(one, json={"nombre": "Vivienda"}, headers=admin | {"If-Match": '"1"'})
    stale = api.put(one, json={"nombre": "Casas"}, headers=admin | {"If-Match": '"1"'})

    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert (renamed.get_json()["nombre"], renamed.headers["ETag"]) == ("Vivienda", '"2"')
    assert stale.status_code == 412
    seen = admin | {"If-Match": renamed.headers["ETag"]}
    closed = api.post(f"{one}/cerrar", headers=seen)
    assert closed.get_json()["activa"] is False
    assert api.post(f"{one}/abrir", headers=seen).status_code == 412
    reader = oficina.bearer("recepcion")
    codes = [una["codigo"] for una in api.get(API, headers=reader).get_json()]
    assert "vivienda" not in codes
    assert "migracion" in codes
    everything = api.get(f"{API}?todas=true", headers=reader).get_json()
    assert "vivienda" in [una["codigo"] for una in everything]
    seen = admin | {"If-Match": closed.headers["ETag"]}
    assert api.post(f"{one}/abrir", headers=seen).get_json()["activa"] is True
    assert api.post(API, json=NUEVA, headers=reader).status_code == 403
    assert api.get(API).status_code == 401


@pytest.mark.parametrize("rol", ["coordinacion", "auditor"])
def test_units_are_the_administrators(oficina: Any, rol: str) -> None:
    browser = oficina.entrar(oficina.identidad, rol)

    assert browser.get(UNIDADES).status_code == 403
    assert browser.post(f"{UNIDADES}/nueva", data=NUEVA).status_code == 403


def test_a_token_carries_the_code(oficina: Any) -> None:
    api = oficina.identidad.test_client()
    funcionario: Funcionario = oficina.funcionario("recepcion")

    me = api.get("/identidad/api/v1/yo", headers=oficina.bearer("recepcion")).get_json()

    assert me["unidad"] == funcionario.unidad == "migracion"
