"""A program's secret is reached through its program, and through no other."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.routing import UUIDConverter

from identidad.models import SecretoDeCliente

HIJOS = [
    "/identidad/clientes/<cliente_id>/secretos/<secreto_id>/revocar",
    "/identidad/api/v1/clientes/<cliente_id>/secretos/<secreto_id>/revocar",
]


def test_every_route_with_two_ids_is_in_the_table(oficina: Any) -> None:
    found = {
        re.sub(r"<[^<>]*:([^<>:]+)>", r"<\1>", rule.rule)
        for rule in oficina.identidad.url_map.iter_rules()
        if sum(isinstance(one, UUIDConverter) for one in rule._converters.values()) > 1
    }

    assert found == set(HIJOS)


@pytest.mark.parametrize("route", HIJOS)
def test_a_secret_is_not_reached_through_another_program(oficina: Any, route: str) -> None:
    client = oficina.entrar(oficina.identidad, "administrador")
    mine, theirs = (_program(client, name) for name in ("tablero", "encuesta"))

    def ask(program: UUID, secret: UUID) -> int:
        path = re.sub("<[^>]+>", str(secret), re.sub("<[^>]+>", str(program), route, count=1))
        status: int = client.post(path).status_code
        return status

    secrets = {program: _secrets(oficina, program) for program in (mine, theirs)}
    foreign = [ask(mine, secrets[theirs][0].id), ask(theirs, secrets[mine][0].id)]
    after = {program: _secrets(oficina, program) for program in (mine, theirs)}
    own = ask(mine, secrets[mine][0].id)

    assert foreign == [404, 404]
    assert [one.revocado_en for found in after.values() for one in found] == [None, None]
    assert own in {200, 303}
    assert _secrets(oficina, mine)[0].revocado_en is not None


def _program(client: Any, name: str) -> UUID:
    asked = {
        "client_id": name,
        "nombre": f"Programa {name}",
        "roles": ["coordinacion"],
        "alcances": ["identidad.unidad.ver"],
        "unidad": "dideco",
    }
    made = client.post("/identidad/api/v1/clientes", json=asked)
    assert made.status_code == 201, made.text
    return UUID(made.get_json()["id"])


def _secrets(oficina: Any, program: UUID) -> list[SecretoDeCliente]:
    with oficina.identidad.extensions["env"].db.read() as session:
        query = select(SecretoDeCliente).where(SecretoDeCliente.cliente_id == program)
        return list(session.scalars(query))
